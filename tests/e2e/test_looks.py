"""Photographs every page at three widths, dark and light, for somebody to look at: `make screenshots`."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.e2e import showcase
from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.maker import Scene
from tests.e2e.pages import FIRST_PAGES, PAGES, View, Visitor
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

FOLDER = os.environ.get("PINBOARD_SCREENSHOTS")
WIDTHS = (360, 768, 1440)
HEIGHTS = {360: 780, 768: 1024, 1440: 900}
# Pages that are as high as the window, photographed as they are seen and not in full length.
WINDOWED = {"case", "case-reader", "case-series", "review", "review-cine"}
LOADED = """() => Promise.allSettled(
  [...document.images].map(image => { image.loading = 'eager'; return image.decode(); }))"""
# What sticks to the window would lie somewhere in the middle of a picture of the whole page.
LAID_FLAT = """.bottombar, .slices-bar, .thread > .composer, .upload-next, .draft-acts, .choose-acts,
  .stage > .notdiagnostic, .stage-foot span { position: static !important }
  .app > main { padding-bottom: 48px !important }"""

# What a finger changes, which a picture that is longer than the window would forget.
TOUCHED = "--blink-settings=primaryPointerType=2,availablePointerTypes=2,primaryHoverType=1,availableHoverTypes=1"

# What the README shows: name, page, scheme, width and height.
SHOWN = (
    ("board-dark", "/b/radiology", "dark", 1280, 800),
    ("board-light", "/b/radiology", "light", 1280, 800),
    ("case", "/c/{abdomen}", "dark", 1280, 800),
    ("phone-board", "/b/radiology", "light", 390, 800),
    ("phone-case", "/c/{abdomen}", "dark", 390, 800),
)
MOST_SHOWN = 200_000  # bytes

pytestmark = pytest.mark.skipif(not FOLDER, reason="PINBOARD_SCREENSHOTS names no folder for the pictures")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_photographed(browser: Browser, clinic: tuple[Site, Scene], scheme: str, width: int) -> None:
    touched = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, TOUCHED]) if width < 640 else None
    visitor = Visitor(touched or browser, *clinic, options=looks(scheme, width))
    for view in PAGES:
        page = visitor.open(view)
        photograph(page, f"{view.name}-{width}-{scheme}", full_page=view.name not in WINDOWED)
        if view.name in WINDOWED:
            photograph(page, f"{view.name}-{width}-{scheme}-whole")
    for name, view, act in OPEN:
        page = visitor.open(next(one for one in PAGES if one.name == view))
        act(page)
        photograph(page, f"open-{name}-{width}-{scheme}", full_page=False)
    visitor.close()
    if touched:
        touched.close()
    assert visitor.complaints == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_first_evening_is_photographed(browser: Browser, tmp_path: Path, scheme: str) -> None:
    site = start(tmp_path / "data")
    try:
        setup = site.setup_link.removeprefix(site.url)
        for width in WIDTHS:
            visitor = Visitor(browser, site, Scene(names={"setup": setup}), looks(scheme, width))
            for view in FIRST_PAGES:
                photograph(visitor.open(view), f"{view.name}-{width}-{scheme}")
            visitor.close()
    finally:
        stop(site)


def test_the_printed_slip_is_photographed(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    """A new link for the patient, as it comes out of a printer on A4."""
    visitor = Visitor(browser, *clinic, options=looks("light", 794))
    page = visitor.open(View("shares", "shares.index", "ada", "/c/{case}/shares"))
    page.check("[name=kind][value=subject]")
    page.fill("[name=label]", "Handed over at the desk")
    page.get_by_role("button", name="Make the link").click()
    page.wait_for_selector(".slip")
    photograph(page, "slip-screen")
    page.emulate_media(media="print")
    photograph(page, "slip-print")
    page.pdf(path=str(Path(FOLDER or "") / "slip.pdf"), format="A4")
    visitor.close()


@pytest.mark.parametrize(("name", "path", "scheme", "width", "height"), SHOWN, ids=[one[0] for one in SHOWN])
def test_the_pictures_of_the_readme_are_taken(
    browser: Browser, free: tuple[Site, Scene], name: str, path: str, scheme: str, width: int, height: int
) -> None:
    """Take what docs/img holds, as WebP, of a clinic whose pictures may be shown to everybody."""
    more = {"viewport": {"width": width, "height": height}, "device_scale_factor": 1.5}
    visitor = Visitor(browser, *free, options={**looks(scheme, width), **more})
    page = visitor.open(View(name, "", "ada", path))
    page.evaluate(LOADED)
    taken = page.screenshot()
    target = Path(FOLDER or "") / "readme" / f"{name}.webp"
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(taken)).save(target, quality=84, method=6)
    visitor.close()
    assert target.stat().st_size <= MOST_SHOWN


@pytest.fixture(scope="module")
def free(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Scene]]:
    data = tmp_path_factory.mktemp("free") / "data"
    scene = showcase.build(data)
    running = start(data)
    yield running, scene
    stop(running)


def looks(scheme: str, width: int) -> dict[str, object]:
    return {
        "viewport": {"width": width, "height": HEIGHTS.get(width, 1123)},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
        "bypass_csp": True,  # for the style that lays the page flat
        "has_touch": width < 640,
        "is_mobile": width < 640,  # or a scroll bar takes 15 pixels of a telephone's 360
    }


def photograph(page: Page, name: str, *, full_page: bool = True) -> None:
    Path(FOLDER or "").mkdir(parents=True, exist_ok=True)
    page.evaluate(LOADED)
    page.screenshot(path=str(Path(FOLDER or "") / f"{name}.png"), full_page=full_page, style=LAID_FLAT * full_page)


def open_menu(page: Page) -> None:
    page.locator("details.usermenu > summary").click()


def open_pin(page: Page) -> None:
    page.get_by_role("link", name="Pin to a board").first.click()
    page.wait_for_selector("dialog[open] h2")


def open_keys(page: Page) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open] h2")


OPEN: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("menu", "feed", open_menu),
    ("pin", "case", open_pin),
    ("keys", "help", open_keys),
)
