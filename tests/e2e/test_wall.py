"""The wall in a real browser: nothing jumps, Tab reads as the eye does, large text overlaps nothing, axe is content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import select

from pinboard.config import load
from pinboard.custody import Rendition
from pinboard.identity import sessions as sign_ins
from pinboard.ids import public_id
from pinboard.imaging.renditions import ladder
from pinboard.intake.stores import Stores
from pinboard.models import BoardKind, MediaFile
from tests.e2e.conftest import violations
from tests.factories import make_board, make_case, make_comment, make_picture, make_pin, make_user
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.serving import Site

CARDS = 170
SHAPES = [(512, 512), (300, 640), (640, 300), (420, 560), (200, 640), (640, 220), (512, 384)]
TITLES = [
    "Old?",
    "Does this shadow need another film before the weekend?",
    "Which of the two lesions would you biopsy first, and why not both?",
]


class Wall:
    """A running site with a full board, and what a browser needs to open it."""

    def __init__(self, site: Site, secret: str, case: str) -> None:
        self.site, self.secret, self.case = site, secret, case

    def context(self, browser: Browser, **options: object) -> BrowserContext:
        """Open a browser of the member."""
        context = browser.new_context(base_url=self.site.url, **options)  # type: ignore[arg-type]
        context.add_cookies([{"name": "pinboard", "value": self.secret, "url": self.site.url}])
        return context


@pytest.fixture(scope="module")
def wall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    site = start(tmp_path_factory.mktemp("wall") / "data")
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    with stores.writing() as session:
        ada = make_user(session, "Ada Owens", is_admin=True)
        board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
        for number in range(CARDS):
            width, height = SHAPES[number % len(SHAPES)]
            case = make_case(session, ada, pictures=0, title=TITLES[number % len(TITLES)], question="Film or CT?")
            instance = make_picture(session, case, width=width, height=height, modality=("CT", "XC")[number % 2])
            shades = np.full((height, width), 40 + number % 150, np.uint8)
            for row in session.scalars(select(MediaFile).where(MediaFile.instance_id == instance.id)):
                made = Rendition(public_id(), row.variant, "image/webp", width, height, ladder(shades)[-1][2])
                row.object_name = stores.media.put(made, row.receipt_id).object_name
            make_comment(session, case, ada)
            make_pin(session, case, board)
        secret = sign_ins.start(session, ada)
    yield Wall(site, secret, case.public_id)
    stores.close()
    stop(site)


POSITIONS = "() => [...document.querySelectorAll('pin-grid > .card')].map(card => card.style.transform)"
WATCH = """() => {
  window.shift = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
}"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('pin-grid > .card')].map(card => card.getBoundingClientRect());
  let pairs = 0;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) pairs += 1;
  }));
  return pairs;
}"""
# How far each card stands from its place when the cards are read by their upper edge.
DISPLACEMENT = """() => {
  const tops = [...document.querySelectorAll('pin-grid > .card')].map((card, place) =>
    ({place, top: card.getBoundingClientRect().top, left: card.getBoundingClientRect().left}));
  const seen = [...tops].sort((a, b) => a.top - b.top || a.left - b.left);
  return Math.max(...seen.map((card, rank) => Math.abs(card.place - rank)));
}"""


def scroll_on(page: Page) -> None:
    """Scroll until the third page of cards has come by itself."""
    for _ in range(200):
        if page.locator("pin-grid > .card").count() >= 120:
            return
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(50)
    raise AssertionError("the wall did not go on")


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desk"])
def test_nothing_jumps_and_tab_reads_as_the_eye_does(browser: Browser, wall: Wall, size: tuple[int, int]) -> None:
    context = wall.context(browser, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto("/b/chests")
    page.evaluate(WATCH)
    first = page.evaluate(POSITIONS)
    assert len(first) == 40
    scroll_on(page)
    assert page.evaluate(POSITIONS)[:40] == first
    assert page.evaluate("() => window.shift") <= 0.02
    assert page.evaluate(OVERLAPS) == 0
    assert page.evaluate(DISPLACEMENT) <= 4
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.locator(".card > a").first.focus()
    order = []
    for _ in range(24):
        place = page.evaluate(
            "() => [...document.querySelectorAll('pin-grid > .card')].indexOf(document.activeElement.closest('.card'))"
        )
        order.append(place)
        page.keyboard.press("Tab")
    assert order == sorted(order)
    assert order[-1] >= 5
    context.close()


def test_after_three_pages_the_wall_waits_for_a_click(browser: Browser, wall: Wall) -> None:
    context = wall.context(browser, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto("/b/chests")
    scroll_on(page)
    for _ in range(3):
        page.mouse.wheel(0, 5000)
        page.wait_for_timeout(200)
    assert page.locator("pin-grid > .card").count() == 160
    page.get_by_role("link", name="Load more").click()
    page.wait_for_function(f"() => document.querySelectorAll('pin-grid > .card').length === {CARDS}")
    assert page.locator("#wall-news").text_content() == "10 more cases"
    context.close()


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_larger_text_overlaps_nothing(browser: Browser, wall: Wall, percent: int) -> None:
    context = wall.context(browser, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto("/b/chests")
    page.evaluate(f"() => {{ document.documentElement.style.fontSize = '{percent}%'; }}")
    page.wait_for_timeout(200)
    assert page.evaluate(OVERLAPS) == 0
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_without_script_the_wall_is_a_grid_and_goes_on(browser: Browser, wall: Wall) -> None:
    context = wall.context(browser, viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto("/b/chests")
    boxes = [card.bounding_box() for card in page.locator("pin-grid > .card").all()[:3]]
    assert all(boxes)
    assert len({box["y"] for box in boxes if box}) == 1
    page.get_by_role("link", name="Load more").click()
    assert page.locator("pin-grid > .card").count() == 40
    assert "after=" in page.url
    context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_is_content(browser: Browser, wall: Wall, scheme: str) -> None:
    found = {}
    for width in (390, 1440):
        look = {"color_scheme": scheme, "bypass_csp": True, "reduced_motion": "reduce"}
        context = wall.context(browser, viewport={"width": width, "height": 900}, **look)
        page = context.new_page()
        here = f"/c/{wall.case}"
        for path in (
            "/", "/boards", "/boards/new", "/b/chests", here, f"{here}/pin", f"{here}/receipt", f"{here}/solve",
            "/search?q=shadow", "/search?q=nothing", "/inbox", "/help", "/help/shortcuts",
        ):  # fmt: skip
            page.goto(path)
            if faults := violations(page):
                found[f"{path} at {width}"] = faults[:3]
        page.goto(here)
        page.get_by_role("link", name="Pin to a board").first.click()
        page.wait_for_selector("dialog[open] h2")
        if faults := violations(page):
            found[f"pin dialog at {width}"] = faults[:3]
        context.close()
    assert found == {}
