"""Coming back: the feed and a board say what is new since the last visit, and nothing that one reads moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from pinboard import clock
from pinboard.boards import service as boards
from pinboard.config import load
from pinboard.identity import sessions as sign_ins
from pinboard.intake.stores import Stores
from pinboard.models import Board, BoardVisit, User
from tests.e2e.conftest import violations
from tests.factories import add, make_board, make_case, make_user
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

SIZES = [{"width": 360, "height": 780}, {"width": 1440, "height": 900}]
# Layout shifts that no press of a key explains.
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: 'layout-shift', buffered: true }); }"""
DIVIDER = ".seen-before"
ASK = """() => htmx.ajax('GET', document.querySelector('#news').getAttribute('hx-get'),
  { target: '#news', swap: 'outerHTML' })"""


@dataclass(slots=True)
class Return:
    """Ben, who was here last week, and what Ada writes meanwhile."""

    page: Page
    stores: Stores
    board: int
    ada: int

    def write(self, *titles: str) -> None:
        """Let Ada write cases and pin them to the board that Ben follows."""
        with self.stores.writing() as session:
            ada, board = session.get_one(User, self.ada), session.get_one(Board, self.board)
            for title in titles:
                boards.pin(session, board, make_case(session, ada, pictures=0, title=title), by=ada.id)


@pytest.fixture(params=SIZES, ids=["phone", "desk"])
def back(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Return]:
    site = start(tmp_path / "data")
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    with stores.writing() as session:
        ada, ben = make_user(session, "Ada Owens"), make_user(session, "Ben Shah")
        board = make_board(session, ada, readers=[ben], title="Chests", slug="chests")
        old = make_case(session, ada, pictures=0, title="Seen last week")
        pin = boards.place(session, board, old, by=ada.id)
        assert pin
        at = clock.now() - timedelta(days=7)
        seen = {"followed_at": at, "visited_at": at, "seen_pin_id": pin.id}
        add(session, BoardVisit(user_id=ben.id, board_id=board.id, **seen))
        ben.feed_seen_seq = old.seq
        secret = sign_ins.start(session, ben)
    is_phone = request.param["width"] < 640
    context = browser.new_context(
        base_url=site.url, viewport=request.param, has_touch=is_phone, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "pinboard", "value": secret, "url": site.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.add_init_script(f"({SHIFTS})()")
    yield Return(page, stores, board.id, ada.id)
    context.close()
    stores.close()
    stop(site)


def order(page: Page, *words: str) -> list[float]:
    """Give how far down each of these stands; DIVIDER is where what was seen before begins."""
    main = page.locator("main")
    found = [main.locator(one) if one == DIVIDER else main.get_by_text(one, exact=True).first for one in words]
    return [box["y"] for one in found if (box := one.bounding_box())]


def line(page: Page) -> Locator:
    return page.locator("#news")


def test_the_feed_says_what_is_new_and_what_was_seen(back: Return) -> None:
    back.write("New 0", "New 1")
    page = back.page
    page.goto("/")
    line(page).get_by_text("2 new cases, since today.").wait_for()
    new_1, divider, old = order(page, "New 1", DIVIDER, "Seen last week")
    assert new_1 < divider < old
    assert violations(page) == []

    # What comes while one reads waits behind a link, and nothing on the page moves for it.
    places = order(page, "New 1", "New 0", "Seen last week")
    back.write("New 2")
    page.evaluate(ASK)
    line(page).get_by_text("1 new case has come.").wait_for()
    assert order(page, "New 1", "New 0", "Seen last week") == places
    assert page.locator("main").get_by_text("New 2", exact=True).count() == 0
    assert page.evaluate("window.shifted") <= 0.02
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    line(page).get_by_role("link", name="Show them").click()
    page.locator("main").get_by_text("New 2", exact=True).wait_for()

    mark = page.get_by_role("button", name="Mark all as seen")
    with page.expect_response("**/feed/seen"):
        mark.scroll_into_view_if_needed()
        mark.click()
    page.goto("/")
    page.locator("main").get_by_text("New 2", exact=True).wait_for()
    assert page.locator(".seen-before").count() == 0
    assert line(page).inner_text() == ""


def test_a_board_that_is_followed_counts_what_is_new_until_it_is_visited(back: Return) -> None:
    back.write("New 0", "New 1")
    page = back.page
    page.goto("/boards?kind=followed")
    card = page.locator(".boardcard", has_text="Chests")
    card.get_by_text("2 new").wait_for()
    with page.expect_response("**/b/chests/seen"):
        card.get_by_role("link").first.click()
        page.wait_for_url("**/b/chests")
        line(page).get_by_text("2 new cases, since today.").wait_for()
    new_0, divider, old = order(page, "New 0", DIVIDER, "Seen last week")
    assert new_0 <= divider <= old
    assert page.evaluate("window.shifted") <= 0.02
    page.goto("/boards?kind=followed")
    card.wait_for()
    assert "new" not in card.inner_text()
    page.goto("/b/chests")
    page.locator("main").get_by_text("New 1", exact=True).wait_for()
    assert page.locator(".seen-before").count() == 0
