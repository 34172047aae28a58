"""Measures how long three planes take to draw: python -m bench.planes [--rounds 200].

A made-up volume of 512 × 512 × 200 values on a screen of 1440 × 900; each round moves the point along all three axes,
so that every plane is cut and shaded anew. Time of the processor in the thread of the page, not of the clock. Exit
code 1 where the 95th percentile takes more than 16 ms. Needs Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.serving import start, stop

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
BOUND_MS = 16
WARM = 10
"""Rounds until the script is compiled."""
PREPARE = """async () => {
  const folder = document.querySelector('script[src*="/js/app.js"]').src.replace('app.js', 'viewer/');
  const { Pane } = await import(`${folder}planes/pane.js`);
  const { shade } = await import(`${folder}lut.js`);
  const size = [512, 512, 200];
  const stored = Int16Array.from({ length: 512 * 512 * 200 }, (_, at) => ((at * 40503) >> 5) & 0xfff);
  const volume = { stored, size, range: [0, 4095], spacing: [0.7, 0.7, 1], steps: [512, 512, 286] };
  const planes = { volume, at: [0, 0, 0], isNarrow: false, viewer: { words: { slice: '{n} of {all}' } } };
  const grey = shade({ slope: 1, intercept: -1024, photometric: 'MONOCHROME2' }, { center: 40, width: 400 });
  const made = [
    { across: [0, 1], down: [1, 1] }, { across: [0, 1], down: [2, -1] }, { across: [1, 1], down: [2, -1] },
  ].map((plane, place) => {
    const pane = new Pane(planes, { ...plane, label: '', sides: ['L', 'P', 'R', 'A'] });
    const [width, height] = place ? [340, 320] : [680, 690];
    Object.assign(pane.canvas.style, { position: 'fixed', width: `${width}px`, height: `${height}px` });
    document.body.append(pane.root);
    pane.resize();
    return pane;
  });
  window.step = (round) => {
    planes.at = [(round * 7) % 512, (round * 11) % 512, (round * 3) % 200];
    for (const pane of made) pane.draw(grey);
  };
}"""


def times(page: Page, rounds: int) -> list[float]:
    """Draw so many times and give the milliseconds of each."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def spent() -> float:
        found = devtools.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(one["value"]) for one in found if one["name"] == "ThreadTime")

    took = []
    for number in range(rounds):
        before = spent()
        page.evaluate("(round) => step(round)", number)
        took.append(spent() - before)
    return took


def main() -> int:
    """Print what a draw of all planes takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    chosen = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        site = start(Path(folder) / "data")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{site.url}/login")
        page.evaluate(PREPARE)
        took = sorted(times(page, chosen.rounds)[WARM:])
        browser.close()
        stop(site)
    high = took[int(len(took) * 0.95)]
    print(f"three planes of 512 × 512 × 200: {statistics.median(took):.1f} ms, 95th percentile {high:.1f} ms")
    return int(high > BOUND_MS)


if __name__ == "__main__":
    raise SystemExit(main())
