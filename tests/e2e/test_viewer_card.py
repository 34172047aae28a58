"""The graphics card shades a frame as the processor does, pixel by pixel."""

from __future__ import annotations

import pytest

from tests.e2e.test_viewer_values import LOAD

BOTH = """async ([signed, inverted]) => {
  const folder = document.querySelector('script[src*="/js/app.js"]').src.replace('app.js', 'viewer/');
  const { Card } = await import(`${folder}webgl.js`);
  const card = Card.of();
  if (!card) return null;
  const [columns, rows] = [301, 257];
  const words = Uint16Array.from({ length: columns * rows }, (_, at) => (at * 40503) & 0xffff);
  const entry = { stored: signed ? new Int16Array(words.buffer) : words, columns, rows };
  const different = [];
  for (const look of [{ center: 40, width: 400 }, { center: 3000, width: 20000, function: 'SIGMOID' }]) {
    const grey = shade({ slope: 1, intercept: -1024, photometric: 'MONOCHROME2' }, look, inverted);
    const pixels = new Uint32Array(columns * rows);
    paint(pixels, entry, grey);
    const onto = new OffscreenCanvas(columns, rows).getContext('2d');
    onto.drawImage(card.shade(entry, grey), 0, 0);
    const shown = new Uint32Array(onto.getImageData(0, 0, columns, rows).data.buffer);
    different.push(pixels.reduce((count, one, at) => count + (one !== shown[at]), 0), new Set(pixels).size);
  }
  return different;
}"""


@pytest.mark.parametrize("is_signed", [True, False])
@pytest.mark.parametrize("is_inverted", [True, False])
def test_both_ways_give_the_same_pixels(browser, site, is_signed, is_inverted):
    page = browser.new_page()
    page.goto(f"{site.url}/login")
    page.evaluate(LOAD)
    found = page.evaluate(BOTH, [is_signed, is_inverted])
    page.close()
    if found is None:
        pytest.skip("this Chromium has no WebGL 2")
    assert found[::2] == [0, 0]
    assert min(found[1::2]) > 100
