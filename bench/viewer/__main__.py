"""Measures the viewer: time to the first image beside Cornerstone3D, time of a draw, memory over a long series.

Needs Chromium, and for the peer npm: `python -m bench.viewer`. Both are asked for the middle of the same series, in one
browser, in turn, each time with nothing kept; the peer has a page with nothing but its picture.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.viewer.scene import Place, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
PACKAGES = ("core@5", "tools@5", "dicom-image-loader@5")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic"]

WATCH = """window.toldAll = new Promise((done) => {
  const told = {};
  const turn = () => {
    const viewer = document.querySelector("series-viewer");
    const image = viewer?.querySelector(".picture img");
    if (image?.complete && image.naturalWidth) told.picture ??= performance.now();
    if (viewer?.classList.contains("is-drawn")) told.drawn ??= performance.now();
    if (told.picture && told.drawn) done(told);
    else requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
});"""
DRAWS = """async (rounds) => {
  const viewer = document.querySelector("series-viewer");
  const took = [];
  for (let round = 0; round < rounds; round += 1) {
    viewer.shiftLook(round % 2 ? 3 : -3, 1);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    took.push(viewer.took);
  }
  return took;
}"""
WALK = """async () => {
  const viewer = document.querySelector("series-viewer");
  const began = performance.now();
  let most = 0;
  for (let frame = 0; frame < viewer.count; frame += 1) {
    await viewer.go(frame);
    most = Math.max(most, viewer.frames.bytes);
  }
  return { most, budget: viewer.frames.budget, kept: viewer.frames.kept.size, count: viewer.count,
    seconds: (performance.now() - began) / 1000 };
}"""


def main() -> int:
    """Print a table; 0 where everything that must hold does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--long", type=int, default=500, help="slices of the long series")
    parser.add_argument("--peer", type=Path, help="a folder in which npm has installed the peer already")
    chosen = parser.parse_args()
    if not CHROMIUM:
        print("Chromium is not installed")
        return 2
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        place = build(Path(folder), long=chosen.long)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            peer = _peer(Path(folder), chosen.peer, place)
            return _report(browser, place, peer, chosen.rounds)
        finally:
            browser.close()
            place.close()


def _peer(folder: Path, installed: Path | None, place: Place) -> str | None:
    """Install and bundle Cornerstone3D, and serve it with the files of the series; None where there is no npm."""
    npm = shutil.which("npm")
    if npm is None and installed is None:
        return None
    home = folder / "peer"
    home.mkdir()
    for name in ("entry.js", "build.mjs", "index.html"):
        shutil.copy(HERE / name, home)
    (home / "package.json").write_text('{"private": true, "type": "module"}')
    names = ["esbuild@0.28", *(f"@cornerstonejs/{name}" for name in PACKAGES)]
    if installed is not None:
        (home / "node_modules").symlink_to(installed / "node_modules")
    else:
        subprocess.run([npm, "install", "--no-audit", "--no-fund", *names], cwd=home, check=True, capture_output=True)
    subprocess.run([shutil.which("node") or "node", "build.mjs"], cwd=home, check=True)
    files = home / "out" / "files"
    files.mkdir()
    for number, data in enumerate(place.files):
        (files / f"{number}.dcm").write_bytes(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(home / "out")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/index.html?count={len(place.files)}"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of single requests."""


def _report(browser: Browser, place: Place, peer: str | None, rounds: int) -> int:
    ours: list[dict[str, float]] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(_ours(browser, place))
        if peer:
            theirs.append(_theirs(browser, peer))
    picture, drawn = (statistics.median(one[name] for one in ours) for name in ("picture", "drawn"))
    print(f"series of {len(place.files)} slices, median of {rounds} rounds from a cold cache")
    print(f"  first picture              {picture:7.0f} ms")
    print(f"  drawn from stored values   {drawn:7.0f} ms")
    met = True
    if peer:
        median = statistics.median(theirs)
        print(f"  Cornerstone3D, first image {median:7.0f} ms   {median / picture:.1f} × ours")
        met &= _floor("first picture in at most a third of the peer's time", picture <= median / 3)
    page = _open(browser, place, place.case)
    took = sorted(page.evaluate(DRAWS, 200))
    p95 = took[int(0.95 * len(took))]
    print(f"\ndraw of a 512 × 512 frame with a new window: median {statistics.median(took):.1f} ms, p95 {p95:.1f} ms")
    met &= _floor("p95 of a draw at most 8 ms", p95 <= 8)
    page.context.close()
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = _open(browser, place, place.long, **phone)
    walk = page.evaluate(WALK)
    page.context.close()
    print(
        f"\n{walk['count']} slices walked in {walk['seconds']:.1f} s ({walk['count'] / walk['seconds']:.0f} per second)"
    )
    most, budget = walk["most"] / 2**20, walk["budget"] / 2**20
    print(f"  at most {most:.0f} MB of frames, {walk['kept']} kept, budget {budget:.0f} MB")
    met &= _floor("frames within their budget", walk["most"] <= walk["budget"] * 1.1)
    return 0 if met else 1


def _floor(words: str, is_met: bool) -> bool:
    print(f"{'met   ' if is_met else 'MISSED'}  {words}")
    return is_met


def _open(browser: Browser, place: Place, case: str, **device: Any) -> Page:
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **device})
    context.add_cookies([{"name": place.cookie, "value": place.secret, "url": place.url}])
    page = context.new_page()
    page.goto(f"{place.url}/c/{case}", wait_until="commit")
    page.locator("series-viewer.is-drawn").wait_for()
    return page


def _ours(browser: Browser, place: Place) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": place.cookie, "value": place.secret, "url": place.url}])
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{place.url}/c/{place.case}", wait_until="commit")
    told: dict[str, float] = page.evaluate("() => window.toldAll")
    context.close()
    return told


def _theirs(browser: Browser, address: str) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.painted", timeout=60_000)
    painted: float = page.evaluate("window.painted")
    context.close()
    return painted


if __name__ == "__main__":
    sys.exit(main())
