"""A board is arranged in a real browser: dragged, sectioned, chosen with keys, moved away and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from pinboard.boards import service as boards
from pinboard.config import load
from pinboard.identity import sessions as sign_ins
from pinboard.intake.stores import Stores
from pinboard.models import Board
from tests.e2e.conftest import violations
from tests.factories import make_board, make_case, make_user
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

SIZES = [{"width": 360, "height": 780}, {"width": 1440, "height": 900}]
ROOM = "Before all sections"


@pytest.fixture(params=SIZES, ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    site = start(tmp_path / "data")
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    with stores.writing() as session:
        ada = make_user(session, "Ada Owens")
        board, other = make_board(session, ada, title="Chests", slug="chests"), make_board(session, ada, title="Later")
        assert session.scalar(select(Board.slug).where(Board.id == other.id))
        for number in range(6):
            boards.pin(session, board, make_case(session, ada, pictures=0, title=f"Case {number}"), by=ada.id)
        secret = sign_ins.start(session, ada)
    is_phone = request.param["width"] < 640
    context = browser.new_context(base_url=site.url, viewport=request.param, has_touch=is_phone)
    context.add_cookies([{"name": "pinboard", "value": secret, "url": site.url}])
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()
    stores.close()
    stop(site)


def standing(page: Page) -> dict[str, list[str]]:
    """Give the titles on the page that arranges, by the name of their section."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.shelf')].map(shelf => [
          shelf.querySelector('h2')?.textContent ?? shelf.getAttribute('aria-label'),
          [...shelf.querySelectorAll('.tile-pick span')].map(line => line.textContent)]))"""
    )


def tile(page: Page, title: str) -> Locator:
    return page.locator(".tile", has_text=title)


def drag(page: Page, title: str, target: Locator, *, at: float) -> None:
    """Take a tile by its picture and let it go over another place, with the mouse."""
    tile(page, title).locator(".plate").scroll_into_view_if_needed()
    start_box = tile(page, title).locator(".plate").bounding_box()
    page.mouse.move(start_box["x"] + 30, start_box["y"] + 30)
    page.mouse.down()
    page.mouse.move(start_box["x"] + 40, start_box["y"] + 40)
    box = target.bounding_box()
    page.mouse.move(box["x"] + box["width"] * at, box["y"] + min(30, box["height"] / 2), steps=6)
    with page.expect_response("**/order") as answer:
        page.mouse.up()
    assert answer.value.status == 204


def test_a_board_is_arranged(page: Page) -> None:
    page.goto("/b/chests")
    page.keyboard.press("f")
    page.get_by_role("button", name="Following").wait_for()
    page.keyboard.press("x")
    page.wait_for_url("**/arrange")
    assert standing(page) == {ROOM: [f"Case {n}" for n in (5, 4, 3, 2, 1, 0)]}
    assert violations(page) == []

    drag(page, "Case 5", tile(page, "Case 3"), at=0.9)
    assert standing(page)[ROOM][:3] == ["Case 4", "Case 3", "Case 5"]
    assert page.locator("#arrange-news").inner_text() == f"“Case 5” stands at place 3 of 6 in “{ROOM}”."

    # The menu of a tile does the same without dragging, and the focus stays where it was.
    menu = tile(page, "Case 0").locator("summary")
    menu.focus()
    page.keyboard.press("Enter")
    tile(page, "Case 0").get_by_role("button", name="Move earlier").press("Enter")
    page.locator("#arrange-news", has_text="place 5").wait_for(state="attached")
    assert standing(page)[ROOM][-2:] == ["Case 0", "Case 1"]
    assert page.evaluate("document.activeElement.closest('.tile')?.dataset.pin")

    page.get_by_label("New section").fill("Easily missed")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("heading", name="Easily missed").wait_for()
    shelf = page.locator(".shelf", has_text="Easily missed").locator(".tiles")
    shelf.scroll_into_view_if_needed()
    tile(page, "Case 1").scroll_into_view_if_needed()
    drag(page, "Case 1", shelf, at=0.5)
    assert standing(page)["Easily missed"] == ["Case 1"]

    # One, and all up to another, are chosen with the keyboard and go to another board in one act.
    tile(page, "Case 3").locator("input").focus()
    page.keyboard.press("x")
    tile(page, "Case 2").locator("input").focus()
    page.keyboard.press("Shift+x")
    assert page.locator(".bulk-count").inner_text() == "3 chosen"
    page.locator("#b-board").select_option(label="Later")
    page.get_by_role("button", name="Move", exact=True).click()
    toast = page.locator(".toast", has_text="3 cases moved to “Later”.")
    toast.wait_for()
    assert standing(page)[ROOM] == ["Case 4", "Case 0"]
    toast.get_by_role("button", name="Undo").click()
    page.wait_for_url("**/b/chests")
    titles = page.locator(".card-title").all_inner_texts()
    assert titles == ["Case 4", "Case 3", "Case 5", "Case 2", "Case 0", "Case 1"]
    assert page.locator(".board-section h2").all_inner_texts() == ["Easily missed"]

    # A key of a card is that of the card in focus, and the board used last comes first.
    page.locator(".card > a").nth(2).focus()
    page.keyboard.press("s")
    dialog = page.locator("#dialog")
    dialog.get_by_text("Case 5").wait_for()
    dialog.get_by_role("button", name="Pin to “Later”").click()
    page.get_by_text("Pinned to “Later”.").wait_for()
    page.locator(".card > a").nth(0).focus()
    page.keyboard.press("s")
    dialog.locator("button.primary").wait_for()
    assert dialog.locator("button.primary").get_attribute("aria-label") == "Pin to “Later”"


def test_a_drop_is_taken_back(page: Page) -> None:
    page.goto("/b/chests/arrange")
    before = standing(page)
    drag(page, "Case 5", tile(page, "Case 3"), at=0.9)
    assert standing(page) != before
    with page.expect_navigation(url="**/b/chests/arrange"):
        page.locator(".toast", has_text="1 case moved.").get_by_role("button", name="Undo").click()
    assert standing(page) == before
    page.locator(".toast, .flash, .banner", has_text="Taken back.").first.wait_for()


def test_a_heading_and_its_place_are_taken_back_with_the_keyboard(page: Page) -> None:
    page.goto("/b/chests/arrange")
    for name in ("Easily missed", "Old films"):
        page.get_by_label("New section").fill(name)
        page.get_by_label("New section").press("Enter")
        page.get_by_role("heading", name=name).wait_for()
    tile(page, "Case 2").locator("input").check()
    page.locator("#b-section").select_option(label="Old films")
    page.get_by_role("button", name="Put there").press("Enter")
    page.locator(".toast", has_text="1 case moved.").wait_for()
    before = standing(page)
    assert list(before) == [ROOM, "Easily missed", "Old films"]
    for act, said in (("Move section up", "Section moved."), ("Remove the heading", "Heading removed.")):
        page.locator(".shelf-head", has_text="Old films").locator("summary").press("Enter")
        page.locator(".shelf-head", has_text="Old films").get_by_role("button", name=act).press("Enter")
        toast = page.locator(".toast", has_text=said)
        toast.wait_for()
        assert list(standing(page)) != list(before)
        with page.expect_navigation(url="**/b/chests/arrange"):
            toast.get_by_role("button", name="Undo").press("Enter")
        assert standing(page) == before
        assert list(standing(page)) == list(before)
