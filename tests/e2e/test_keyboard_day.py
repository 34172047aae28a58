"""A day without a mouse: from signing in to locking the screen, by keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pinboard.boards import service as boards
from pinboard.config import load
from pinboard.identity import passwords
from pinboard.intake.stores import Stores
from tests.factories import make_board, make_case, make_user
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PASSWORD = "four quiet herons fly"
NAMED = """() => {
  const one = document.activeElement;
  const name = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent;
  return name.replace(/\\s+/g, ' ').trim();
}"""
NO_MOUSE = "addEventListener('pointerdown', () => { throw new Error('a pointer was used'); }, true)"
TITLES = ("Heron", "Kestrel", "Plover", "Sandpiper", "Wagtail")


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    site = start(tmp_path / "data")
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    with stores.writing() as session:
        known = {"login": "ada", "password_hash": passwords.make_hash(PASSWORD), "is_admin": True}
        ada = make_user(session, "Ada Owens", **known)
        board = make_board(session, ada, title="Birds of the marsh", slug="birds")
        make_board(session, ada, title="Later")
        for title in TITLES:
            boards.pin(session, board, make_case(session, ada, pictures=0, title=title), by=ada.id)
    context = browser.new_context(base_url=site.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_init_script(NO_MOUSE)
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    stores.close()
    stop(site)
    assert faults == []


def tab_to(page: Page, name: str) -> None:
    """Go on with Tab until something of that name has the focus."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate(NAMED).startswith(name):
            return
    pytest.fail(f"Tab never reached “{name}”")


def run(page: Page, words: str, *, first: str) -> None:
    """Find a command in the palette, see that it is the one meant, and run it."""
    page.keyboard.press("Control+K")
    page.keyboard.type(words)
    page.locator(".palette [role=option][aria-selected=true]", has_text=first).wait_for()
    page.keyboard.press("Enter")


def test_a_day_without_a_mouse(page: Page) -> None:
    page.goto("/login")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".card").first.wait_for()
    search(page)
    go_through(page)
    comment_and_pin(page)

    page.keyboard.press("u")
    page.wait_for_url("**/b/birds")
    page.wait_for_function("() => document.activeElement?.textContent.includes('Plover')")
    page.keyboard.press("x")
    page.wait_for_url("**/arrange?at=*")
    arrange(page)

    page.keyboard.press("n")
    page.wait_for_url("**/new")
    choose_files(page)

    run(page, "appear", first="Appearance")
    page.wait_for_url("**/settings/appearance")
    run(page, "lock", first="Lock this screen")
    page.wait_for_url("**/lock")
    assert page.locator("[data-palette]").count() == 0


def search(page: Page) -> None:
    """Find a case: what is typed right behind the slash goes into the box, whether its scripts are there yet or not."""
    page.keyboard.press("/")
    page.keyboard.type("plo")
    page.wait_for_selector("#q-top[aria-expanded=true]")
    assert page.input_value("#q-top") == "plo"
    page.keyboard.press("ArrowDown")
    page.locator(".searchbox [role=option][aria-selected=true]", has_text="Plover").wait_for()
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Plover").wait_for()
    page.wait_for_load_state()  # until then nobody listens for keys
    page.keyboard.press("j")
    page.locator(".toast", has_text="Open a case from a wall").wait_for()


def go_through(page: Page) -> None:
    """Go from card to card of a board, open one, and go on from case to case."""
    run(page, "marsh", first="Birds of the marsh")
    page.wait_for_url("**/b/birds")
    for _ in range(2):
        page.keyboard.press("j")
    page.wait_for_function("() => document.activeElement?.textContent.includes('Sandpiper')")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Wagtail").wait_for()
    page.keyboard.press("k")
    page.locator(".toast", has_text="This is the first one.").wait_for()
    for title in ("Sandpiper", "Plover"):
        page.keyboard.press("j")
        page.locator("h1", has_text=title).wait_for()


def comment_and_pin(page: Page) -> None:
    page.keyboard.press("c")
    page.keyboard.type("It wades.")
    page.keyboard.press("Control+Enter")
    page.locator(".comment", has_text="It wades.").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.locator("#dialog[open]").wait_for()
    tab_to(page, "Pin to “Later”")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Pinned to “Later”.").wait_for()


def arrange(page: Page) -> None:
    """Move one case later and earlier, move two to another board, and take that back."""
    tab_to(page, "⋯More for Wagtail")
    page.keyboard.press("Enter")
    tab_to(page, "Move later")
    page.keyboard.press("Enter")
    page.locator("#arrange-news", has_text="place 2").wait_for(state="attached")
    page.keyboard.press("Enter")
    tab_to(page, "Move earlier")
    page.keyboard.press("Enter")
    page.locator("#arrange-news", has_text="place 1").wait_for(state="attached")
    tab_to(page, "Sandpiper")
    page.keyboard.press("x")
    tab_to(page, "Plover")
    page.keyboard.press("Shift+x")
    assert page.locator(".bulk-count").inner_text() == "2 chosen"
    tab_to(page, "Board")
    page.keyboard.press("L")
    tab_to(page, "Move")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="2 cases moved to “Later”.").wait_for()
    assert page.locator(".tile").count() == 3
    tab_to(page, "Undo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/b/birds")
    assert page.locator(".card").count() == 5


def choose_files(page: Page) -> None:
    """Reach what opens the browser's own dialog for files, and open it."""
    page.wait_for_selector("[data-upload].is-live")
    page.on("filechooser", lambda _: None)  # so that the browser hands them over well before the key is pressed
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('.upload input[type=file]')"):
            break
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    assert chosen.value.is_multiple()
