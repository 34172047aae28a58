"""The wall in a real browser: nothing jumps, Tab reads as the eye does, Back finds it as it was, and it is light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import select

from pinboard.boards import places
from pinboard.config import load
from pinboard.custody import Rendition
from pinboard.identity import sessions as sign_ins
from pinboard.ids import public_id
from pinboard.imaging.renditions import ladder
from pinboard.intake.stores import Stores
from pinboard.models import BoardKind, MediaFile
from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.factories import make_board, make_case, make_comment, make_picture, make_pin, make_user
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.serving import Site

CARDS, PAGE, BY_ITSELF = 170, 40, 160
SHAPES = [(512, 512), (300, 640), (640, 300), (420, 560), (200, 640), (640, 220), (512, 384)]
TITLES = [
    "Old?",
    "Does this shadow need another film before the weekend?",
    "Which of the two lesions would you biopsy first, and why not both?",
]
SHELVES = ["To begin with", "Easily missed", "What the next film showed, and what it did not show", "Last"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
COUNT = "() => document.querySelectorAll('pin-grid > .card').length"
POSITIONS = "() => [...document.querySelectorAll('pin-grid > .card')].map(card => card.style.transform)"
# Sums up what moved without being asked to: on the whole page, and of it what lies in the wall.
WATCH = """() => {
  window.shift = {page: 0, wall: 0};
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      window.shift.page += entry.value;
      const inside = source => source.node?.parentElement?.closest('pin-grid');
      if (entry.sources.some(inside)) window.shift.wall += entry.value;
    }
  }).observe({type: 'layout-shift', buffered: true});
}"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('pin-grid > *')].map(piece => piece.getBoundingClientRect());
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
FOCUSED = "() => [...document.querySelectorAll('pin-grid > .card')].indexOf(document.activeElement.closest('.card'))"


class Wall:
    """A running site with a full board, and what a browser needs to open it."""

    def __init__(self, site: Site, secret: str) -> None:
        self.site, self.secret = site, secret

    def context(self, browser: Browser, **options: Any) -> BrowserContext:
        """Open a browser of the member."""
        context = browser.new_context(base_url=self.site.url, **options)
        context.add_cookies([{"name": "pinboard", "value": self.secret, "url": self.site.url}])
        return context


@pytest.fixture(scope="module")
def wall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    del browser  # asked for so that a machine without one makes nothing
    site = start(tmp_path_factory.mktemp("wall") / "data")
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    with stores.writing() as session:
        ada = make_user(session, "Ada Owens", is_admin=True)
        board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
        shelves = make_board(session, ada, readers=[], title="Shelves", slug="shelves")
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
            if number < 4 * len(SHELVES):
                pin = make_pin(session, case, shelves)
                if not number % 4:
                    shelf = places.add_section(session, shelves, SHELVES[number // 4], by=ada.id)
                places.put_into(session, shelves, [pin], shelf, by=ada.id)
        secret = sign_ins.start(session, ada)
    yield Wall(site, secret)
    stores.close()
    stop(site)


def scroll_to(page: Page, cards: int) -> None:
    """Scroll on until the wall has so many cards by itself."""
    for _ in range(400):
        if page.evaluate(COUNT) >= cards:
            return
        page.mouse.wheel(0, 900)
        page.evaluate("() => new Promise(done => setTimeout(done, 40))")
    raise AssertionError(f"the wall stopped at {page.evaluate(COUNT)} cards")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_jumps_while_the_wall_loads_and_grows(browser: Browser, wall: Wall, size: dict[str, int]) -> None:
    context = wall.context(browser, viewport=size)
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    page.goto("/b/chests", wait_until="load")
    first = page.evaluate(POSITIONS)
    assert len(first) == PAGE
    scroll_to(page, 120)
    assert page.evaluate(POSITIONS)[:PAGE] == first
    shift = page.evaluate("() => window.shift")
    assert shift["wall"] == 0
    assert shift["page"] <= 0.02
    assert page.evaluate(OVERLAPS) == 0
    context.close()


def test_the_observer_of_jumps_sees_a_jump(browser: Browser, wall: Wall) -> None:
    context = wall.context(browser, viewport=DESK)
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    page.goto("/b/chests", wait_until="load")
    page.evaluate("""() => new Promise(done => {
      document.querySelector('.page-head').style.marginBottom = '300px';
      document.querySelectorAll('pin-grid > .card').forEach(card => { card.style.marginTop = '90px'; });
      requestAnimationFrame(() => setTimeout(done, 200));
    })""")
    shift = page.evaluate("() => window.shift")
    assert shift["wall"] > 0
    assert shift["page"] > 0.02
    context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_tab_reads_as_the_eye_does(browser: Browser, wall: Wall, size: dict[str, int]) -> None:
    context = wall.context(browser, viewport=size)
    page = context.new_page()
    page.goto("/b/chests")
    assert page.evaluate(DISPLACEMENT) <= 4
    page.locator(".card > a").first.focus()
    order = []
    for _ in range(24):
        order.append(page.evaluate(FOCUSED))
        page.keyboard.press("Tab")
    assert order == sorted(order)
    assert order[-1] >= 5
    context.close()


def test_after_three_pages_the_wall_waits_for_a_click(browser: Browser, wall: Wall) -> None:
    context = wall.context(browser, viewport=DESK)
    page = context.new_page()
    page.goto("/b/chests")
    scroll_to(page, BY_ITSELF)
    page.mouse.wheel(0, 90_000)
    page.get_by_role("link", name="Load more").wait_for()
    page.evaluate("() => new Promise(done => setTimeout(done, 300))")
    assert page.evaluate(COUNT) == BY_ITSELF
    page.get_by_role("link", name="Load more").click()
    page.wait_for_function(f"() => document.querySelectorAll('pin-grid > .card').length === {CARDS}")
    assert page.locator("#wall-news").text_content() == "10 more cases"
    context.close()


@pytest.mark.parametrize("path", ["/b/chests", "/b/shelves"])
@pytest.mark.parametrize("percent", [100, 150, 200])
def test_larger_text_overlaps_nothing(browser: Browser, wall: Wall, percent: int, path: str) -> None:
    context = wall.context(browser, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(path)
    page.evaluate(f"""() => new Promise(done => {{
      document.documentElement.style.fontSize = '{percent}%';
      requestAnimationFrame(() => requestAnimationFrame(done));
    }})""")
    assert page.evaluate(OVERLAPS) == 0
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_without_script_the_wall_is_a_grid_and_goes_on(browser: Browser, wall: Wall) -> None:
    context = wall.context(browser, viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto("/b/chests")
    cards = page.locator("pin-grid > .card")
    assert cards.count() == PAGE
    boxes = [card.bounding_box() for card in cards.all()[:3]]
    assert len({box["y"] for box in boxes if box}) == 1
    page.get_by_role("link", name="Load more").click()
    assert cards.count() == PAGE
    assert "after=" in page.url
    cards.first.locator("> a").click()
    page.wait_for_url("**/c/*")
    assert page.get_by_role("heading", level=1).inner_text() in TITLES
    context.close()


def test_back_from_a_case_finds_the_wall_as_it_was(browser: Browser, wall: Wall) -> None:
    """With all pages that had come and at the same height: the browser kept it, nothing is asked for again."""
    keeping = browser.browser_type.launch(
        executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    context = wall.context(keeping, viewport=DESK)
    page = context.new_page()
    page.goto("/b/chests")
    scroll_to(page, 120)
    page.evaluate("() => { window.kept = true; }")
    card = page.locator("pin-grid > .card > a").nth(100)
    card.focus()
    height = page.evaluate("() => Math.round(scrollY)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    page.evaluate("() => { setTimeout(() => history.back(), 0); }")
    page.wait_for_url("**/b/chests?pages=*", wait_until="commit")  # a page that was kept fires no load event
    page.wait_for_function("() => document.querySelectorAll('pin-grid > .card').length >= 120")
    assert page.evaluate("() => window.kept"), "the page was asked for again"
    assert abs(page.evaluate("() => scrollY") - height) <= 2
    keeping.close()


def test_back_finds_its_place_where_the_browser_kept_nothing(browser: Browser, wall: Wall) -> None:
    """As in Firefox, which keeps no page that must not be stored: the address says how many pages there were."""
    context = wall.context(browser, viewport=DESK)
    page = context.new_page()
    page.goto("/b/chests")
    scroll_to(page, 120)
    page.evaluate("() => { window.kept = true; }")
    card = page.locator("pin-grid > .card > a").nth(100)
    card.focus()
    href, height = card.get_attribute("href"), page.evaluate("() => Math.round(scrollY)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    page.go_back(wait_until="load")
    page.wait_for_function("() => document.querySelectorAll('pin-grid > .card').length >= 120")
    assert not page.evaluate("() => window.kept"), "the browser kept the page, so nothing was tried"
    page.wait_for_function(f"() => Math.abs(scrollY - {height}) <= 2")
    assert page.locator("pin-grid > .card > a").nth(100).get_attribute("href") == href
    context.close()


def test_what_is_pressed_as_a_page_comes_is_not_lost(browser: Browser, wall: Wall) -> None:
    context = wall.context(browser, viewport=DESK)
    context.add_init_script(
        "addEventListener('pointerdown', press => { window.pressed = press.target.localName; }, true)"
    )
    page = context.new_page()
    pressed = []
    for _ in range(8):
        page.goto("/b/chests")
        page.evaluate("() => new Promise(done => setTimeout(done, 300))")
        page.locator(".card > a").first.click()
        page.wait_for_url("**/c/*", wait_until="commit")
        title = page.locator("h1").bounding_box()
        assert title
        page.mouse.move(title["x"] + 5, title["y"] + 5)
        page.mouse.down()
        page.mouse.up()
        pressed.append(page.evaluate("() => window.pressed"))
    assert pressed == ["h1"] * 8
    context.close()


def test_after_sign_out_neither_back_nor_an_address_shows_anything(browser: Browser, wall: Wall) -> None:
    keeping = browser.browser_type.launch(
        executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    stores = Stores.open(load({"PINBOARD_DATA": str(wall.site.data)}))
    with stores.writing() as session:
        secret = sign_ins.start(session, make_user(session, "Ben Shah"))
    stores.close()
    context = Wall(wall.site, secret).context(keeping, viewport=DESK)
    page = context.new_page()
    page.goto("/b/chests")
    picture = page.locator("pin-grid img").first.get_attribute("src")
    assert picture
    assert page.request.get(picture).ok
    page.locator("details.usermenu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login*")
    page.evaluate("() => { setTimeout(() => history.back(), 0); }")
    page.wait_for_function("() => document.readyState === 'complete' && document.querySelector('[name=password]')")
    assert "Does this shadow" not in page.content()
    answer = page.goto(picture)
    assert answer is not None
    assert answer.status == 404
    keeping.close()


def test_the_first_view_is_light(browser: Browser, wall: Wall) -> None:
    """At most six requests before the first picture, and 35 KB of page, styles and scripts on the wire."""
    context = wall.context(browser, viewport=DESK)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    asked: list[tuple[str, str]] = []
    sizes: dict[str, int] = {}
    devtools.on("Network.requestWillBeSent", lambda event: asked.append((event["requestId"], event["request"]["url"])))
    devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    devtools.send("Network.enable")
    page.goto("/b/chests", wait_until="networkidle")
    first = next(place for place, (_, url) in enumerate(asked) if "/media/" in url)
    assert first <= 6, [url for _, url in asked[:first]]
    pictures = [url for _, url in asked if "/media/" in url]
    assert pictures
    words = {
        url: sizes.get(name, 0) for name, url in asked if "/media/" not in url and not url.endswith((".svg", ".svg#"))
    }
    assert sum(words.values()) <= 35 * 1024, words
    assert any("htmx" in url for url in words)
    context.close()
