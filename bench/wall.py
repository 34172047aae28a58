"""How soon the first view of a board is there on a slow line and a slow telephone, and what it weighs.

Chromium with an empty cache opens a board of 200 cases over an emulated slow 4G (1.6 Mbit/s, 150 ms) with a processor
four times slower, at 360 px. Printed are medians: the largest paint, the slowest answer to a press, what moved, bytes
and requests of the page before pictures, and bytes of the renditions above the fold.

    python -m bench.wall [--rounds 5]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import sync_playwright

from pinboard.config import load
from pinboard.custody import Rendition
from pinboard.identity import sessions as sign_ins
from pinboard.ids import public_id
from pinboard.imaging.renditions import ladder
from pinboard.intake.stores import Stores
from pinboard.models import BoardKind, MediaFile
from tests.factories import make_board, make_case, make_picture, make_pin, make_user
from tests.serving import Site, start, stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CASES, DRAWN = 200, 24
SHAPES = [(512, 512), (420, 560), (640, 300), (512, 384)]
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
LIMITS = {"LCP ms": 2000, "INP ms": 100, "CLS": 0.02, "page bytes": 35 * 1024, "requests": 6, "fold bytes": 150 * 1024}
WATCH = """() => {
  window.seen = {lcp: 0, cls: 0, inp: 0};
  const watch = (type, each, more) => new PerformanceObserver(list => list.getEntries().forEach(each))
    .observe({type, buffered: true, ...more});
  watch('largest-contentful-paint', entry => { window.seen.lcp = entry.startTime; });
  watch('layout-shift', entry => { if (!entry.hadRecentInput) window.seen.cls += entry.value; });
  watch('event', entry => { if (entry.interactionId) window.seen.inp = Math.max(window.seen.inp, entry.duration); },
    {durationThreshold: 16});
}"""
FOLD = """() => [...document.querySelectorAll('pin-grid img')]
  .filter(img => img.getBoundingClientRect().top < innerHeight).map(img => img.currentSrc)"""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 300)))"


def fill(site: Site) -> str:
    """Make a board whose pictures are as heavy as grainy radiology, and sign somebody in."""
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    grain = np.random.default_rng(5)
    drawn: dict[int, list[tuple[int, int, bytes]]] = {}
    with stores.writing() as session:
        ada = make_user(session, "Ada Owens", is_admin=True)
        board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
        for number in range(CASES):
            width, height = SHAPES[number % len(SHAPES)]
            case = make_case(session, ada, pictures=0, title="Does this shadow need another film?", question="Or CT?")
            instance = make_picture(session, case, width=width, height=height, modality=("CT", "DX")[number % 2])
            steps = drawn.setdefault(number % DRAWN, ladder(film(grain, width, height)))
            for row in session.query(MediaFile).where(MediaFile.instance_id == instance.id):
                wanted = int(row.variant[1:]) if row.variant.startswith("w") else 0
                step = min(steps, key=lambda one: abs(one[0] - wanted))
                made = Rendition(public_id(), row.variant, "image/webp", *step)
                row.object_name = stores.media.put(made, row.receipt_id).object_name
            make_pin(session, case, board)
        secret: str = sign_ins.start(session, ada)
    stores.close()
    return secret


def film(grain: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Draw soft shapes with the noise of a film."""
    down, along = np.mgrid[0:height, 0:width]
    soft = 110 + 70 * np.sin(along / 60 + grain.random() * 6) * np.cos(down / 80 + grain.random() * 6)
    return np.clip(soft + grain.normal(0, 6, (height, width)), 0, 255).astype(np.uint8)


def visit(browser: Browser, site: Site, secret: str) -> dict[str, float]:
    """Open the board once as somebody who was never here, and press what a card offers."""
    context = browser.new_context(
        base_url=site.url, viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True,
        device_scale_factor=2, service_workers="block",
    )  # fmt: skip
    context.add_cookies([{"name": "pinboard", "value": secret, "url": site.url}])
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    asked: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}
    line.on("Network.responseReceived", lambda said: asked.update({said["requestId"]: kind(said)}))
    line.on("Network.loadingFinished", lambda said: sizes.update({said["requestId"]: int(said["encodedDataLength"])}))
    page.goto("/b/chests", wait_until="networkidle", timeout=60_000)
    lcp, fold = page.evaluate("() => window.seen.lcp"), set(page.evaluate(FOLD))
    weights = [(what, url, sizes.get(number, 0)) for number, (what, url) in asked.items()]
    text = [size for what, _url, size in weights if what in {"Document", "Stylesheet", "Script"}]
    pin = page.locator(".card-acts a").first.bounding_box()
    assert pin is not None
    for _ in range(3):
        # As a finger does it: a click of Playwright's own looks in the page for what lies under it, within the answer.
        page.touchscreen.tap(pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2)
        page.locator("#dialog :is(form, a, button)").first.wait_for()
        page.evaluate(PAINTED)
        page.keyboard.press("Escape")
        page.evaluate(PAINTED)
    seen = page.evaluate("() => window.seen")
    context.close()
    pictures = sum(size for _what, url, size in weights if url in fold)
    return dict(zip(LIMITS, (lcp, seen["inp"], seen["cls"], sum(text), len(text), pictures), strict=True))


def kind(said: dict[str, object]) -> tuple[str, str]:
    """Give what a response is and where it came from."""
    response = said["response"]
    return str(said["type"]), str(response["url"]) if isinstance(response, dict) else ""


def main() -> int:
    """Print the medians beside what is asked, and fail where one is above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        site = start(Path(folder) / "data")
        try:
            secret = fill(site)
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            visit(browser, site, secret)  # the server's first time counts for nobody
            found = [visit(browser, site, secret) for _ in range(rounds)]
            browser.close()
        finally:
            stop(site)
    medians = {name: statistics.median(one[name] for one in found) for name in LIMITS}
    for name, limit in LIMITS.items():
        print(f"{name:>10}: {medians[name]:>10.3f}  of {limit}   ({', '.join(f'{one[name]:.3f}' for one in found)})")
    return int(any(medians[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
