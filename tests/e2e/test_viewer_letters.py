"""The letters of direction keep clear of the scale bar and its words, however narrow the stage is."""

from __future__ import annotations

import pytest

WRITTEN = """async ([width, kind]) => {
  const folder = document.querySelector('script[src*="/js/app.js"]').src.replace('app.js', 'viewer/');
  const { Overlay } = await import(`${folder}overlay.js`);
  const overlay = new Overlay(document.createElement('canvas'));
  const { context } = overlay;
  const written = [];
  overlay.text = (words, x, y) => {
    const { actualBoundingBoxLeft, actualBoundingBoxRight } = context.measureText(words);
    written.push({ words, left: x - actualBoundingBoxLeft, right: x + actualBoundingBoxRight, y });
  };
  const frames = [{ view: { spacing: [.5, .5], spacing_kind: kind } }];
  const series = { frames, letters: () => ['P', 'FL', 'A', 'HR'] };
  const camera = { size: { width, height: 400 }, scale: .6, sides: letters => letters };
  overlay.draw({ series, frame: 0, camera, words: { detector: 'at the detector' }, layers: [] }, 1);
  return written;
}"""


@pytest.mark.parametrize("kind", ["detector", "patient"])
@pytest.mark.parametrize("width", [320, 360, 768])
def test_the_letter_below_makes_way_for_the_scale(browser, site, width, kind):
    page = browser.new_page()
    page.goto(f"{site.url}/login")
    written = {one["words"]: one for one in page.evaluate(WRITTEN, [width, kind])}
    page.close()
    scale = next(one for words, one in written.items() if words.startswith(("5 cm", "2 cm", "10 cm")))
    letter = written["FL"]
    assert letter["left"] >= scale["right"] + 4
    assert letter["right"] < width
    if width == 768 or kind == "patient":
        assert (letter["left"] + letter["right"]) / 2 == pytest.approx(width / 2, abs=1)
