"""Keys lead on past what was loaded, back to where one came from, and wait for a dialog that is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pinboard.boards import service as boards
from pinboard.config import load
from pinboard.identity import sessions as sign_ins
from pinboard.intake.stores import Stores
from pinboard.models import BoardKind
from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.factories import make_board, make_case, make_pin, make_user
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Route

    from tests.serving import Site

CASES, PAGE, FOUND = 90, 40, 20
DESK = {"width": 1440, "height": 900}
CARD = "pin-grid > .card > a"
HIT = "#hits a.stretch"
FOCUSED = "document.activeElement?.pathname"  # a page that is on its way has none
LISTS = [("/", CARD, PAGE), ("/b/chests", CARD, PAGE), ("/search?q=chest", HIT, FOUND)]


@pytest.fixture(scope="module")
def full(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """Run a site whose walls and search have more than two pages; give it and the secret of a member."""
    del browser  # asked for so that a machine without one makes nothing
    site = start(tmp_path_factory.mktemp("keys") / "data")
    stores = Stores.open(load({"PINBOARD_DATA": str(site.data)}))
    with stores.writing() as session:
        ada = make_user(session, "Ada Owens", is_admin=True)
        board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
        boards.follow(session, board, ada.id, is_on=True)
        for number in range(CASES):
            make_pin(session, make_case(session, ada, title=f"Chest {number}", question="Film or CT?"), board)
        secret = sign_ins.start(session, ada)
    yield site, secret
    stores.close()
    stop(site)


@pytest.fixture
def opened(browser: Browser, full: tuple[Site, str]) -> Iterator[Callable[..., Page]]:
    """Open pages of the member, in a browser that keeps the pages that were left or in one that does not."""
    site, secret = full
    browsers: list[Browser] = []
    problems: list[str] = []

    def open_page(path: str, *, keeping: bool = False, **options: Any) -> Page:
        chromium = browser
        if keeping:
            chromium = browser.browser_type.launch(
                executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
            )
            browsers.append(chromium)
        context = chromium.new_context(base_url=site.url, viewport=DESK, **options)
        context.add_cookies([{"name": "pinboard", "value": secret, "url": site.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        page.wait_for_function("() => window.htmx")
        return page

    yield open_page
    for one in browsers:
        one.close()
    for context in browser.contexts:
        context.close()
    assert problems == []


def paths(page: Page, selector: str) -> list[str]:
    return page.locator(selector).evaluate_all("links => links.map(link => link.pathname)")


def load_keys(page: Page) -> None:
    """Press a key that does nothing, so that the script of the keys is there."""
    with page.expect_response("**/js/keys.js"):
        page.keyboard.press("y")


@pytest.mark.parametrize(("path", "selector", "size"), LISTS, ids=["feed", "board", "search"])
def test_j_on_the_last_card_goes_on_to_the_next_page(
    opened: Callable[..., Page], path: str, selector: str, size: int
) -> None:
    page = opened(path)
    asked: list[str] = []
    page.on("request", lambda request: "after=" in request.url and asked.append(request.url))
    first = paths(page, selector)
    page.locator(selector).last.focus()
    page.keyboard.press("j")
    page.wait_for_function(f"last => {FOCUSED} !== last", arg=first[-1])
    found = paths(page, selector)
    assert page.evaluate(FOCUSED) == found[len(first)]
    assert found[: len(first)] == first
    assert len(set(found)) == len(found)
    page.keyboard.press("k")
    assert page.evaluate(FOCUSED) == first[-1]
    assert len(first) >= size
    assert len(asked) >= 1


def let_go(page: Page, held: list[Route]) -> None:
    """Answer the one request that was made; the browser tells of it a moment after the page shows that it asked."""
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(50)
    assert len(held) == 1
    held.pop().continue_()


def test_each_press_while_the_page_comes_is_one_card_and_who_leaves_is_left_alone(opened: Callable[..., Page]) -> None:
    page = opened("/search?q=chest")
    held: list[Route] = []
    page.route("**/search/results?*", lambda route: held.append(route))  # noqa: PLW0108 - a builtin takes no route
    load_keys(page)
    page.locator(HIT).last.focus()
    for key in "jjj":
        page.keyboard.press(key)
    page.wait_for_function("() => document.querySelector('#more a.htmx-request')")
    let_go(page, held)
    page.wait_for_function(f"() => document.querySelectorAll('{HIT}').length === {2 * FOUND}")
    found = paths(page, HIT)
    page.wait_for_function(f"third => {FOCUSED} === third", arg=found[FOUND + 2])

    page.locator(HIT).last.focus()
    page.keyboard.press("j")
    page.wait_for_function("() => document.querySelector('#more a.htmx-request')")
    page.locator("[data-search]").first.focus()
    let_go(page, held)
    page.wait_for_function(f"() => document.querySelectorAll('{HIT}').length === {3 * FOUND}")
    assert page.evaluate("document.activeElement.name") == "q"


def test_a_page_that_cannot_come_leaves_the_focus_and_can_be_asked_for_again(opened: Callable[..., Page]) -> None:
    page = opened("/search?q=chest")
    page.route("**/search/results?*", lambda route: route.abort())
    load_keys(page)
    page.locator(HIT).last.focus()
    page.keyboard.press("j")
    page.locator(".toast", has_text="The server could not be reached.").wait_for()
    assert page.evaluate(FOCUSED) == paths(page, HIT)[-1]
    page.unroute("**/search/results?*")
    # The line is said a moment before the request ends, and until then another press counts with the first.
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.keyboard.press("j")
    page.wait_for_function(f"() => document.querySelectorAll('{HIT}').length === {2 * FOUND}")
    page.wait_for_function(f"next => {FOCUSED} === next", arg=paths(page, HIT)[FOUND])


def test_at_the_true_end_the_focus_stays(opened: Callable[..., Page]) -> None:
    page = opened("/b/chests?pages=9")
    assert page.locator(CARD).count() == CASES
    page.locator(CARD).last.focus()
    page.keyboard.press("j")
    page.locator(".toast", has_text="This was the last one that was shown.").wait_for()
    assert page.evaluate(FOCUSED) == paths(page, CARD)[-1]
    assert page.locator(CARD).count() == CASES


@pytest.mark.parametrize(("path", "selector"), [("/b/chests", CARD), ("/search?q=chest", HIT)], ids=["board", "search"])
def test_j_on_the_last_case_that_was_loaded_leads_to_the_next_page_of_its_wall(
    opened: Callable[..., Page], path: str, selector: str
) -> None:
    page = opened(path)
    page.locator(selector).last.focus()
    last = page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{last}")
    known = page.evaluate("JSON.parse(sessionStorage.wall).cases")
    page.keyboard.press("j")
    page.wait_for_url(lambda url: not url.endswith(last))
    here = page.evaluate("location.pathname")
    assert here not in known
    assert page.evaluate("JSON.parse(sessionStorage.wall).cases")[len(known)] == here
    page.keyboard.press("k")
    page.wait_for_url(f"**{last}")
    page.keyboard.press("j")
    page.wait_for_url(f"**{here}")
    page.keyboard.press("u")
    page.wait_for_url(f"**{path}*")
    if selector == CARD:
        page.wait_for_function(f"here => {FOCUSED} === here", arg=here)


@pytest.mark.parametrize("keeping", [True, False], ids=["kept", "asked-again"])
@pytest.mark.parametrize("steps", ["", "jjk"], ids=["at-once", "after-steps"])
def test_u_goes_back_to_the_card_and_the_wall_is_where_it_was(
    opened: Callable[..., Page], keeping: bool, steps: str
) -> None:
    page = opened("/b/chests", keeping=keeping)
    page.locator(CARD).nth(PAGE - 1).scroll_into_view_if_needed()
    page.wait_for_function(f"() => document.querySelectorAll('{CARD}').length > {PAGE}")
    page.evaluate("() => { window.kept = true; }")
    cases = paths(page, CARD)
    page.locator(CARD).nth(PAGE + 5).focus()
    height = page.evaluate("Math.round(scrollY)")
    assert height > 900
    page.keyboard.press("Enter")
    at = PAGE + 5
    page.wait_for_url(f"**{cases[at]}")
    page.wait_for_function("() => window.htmx")
    for key in steps:
        at += 1 if key == "j" else -1
        page.keyboard.press(key)
        page.wait_for_url(f"**{cases[at]}")
        page.wait_for_function("() => window.htmx")
    page.keyboard.press("u")
    page.wait_for_url("**/b/chests?pages=*", wait_until="commit")
    page.wait_for_function(f"card => {FOCUSED} === card", arg=cases[at])
    assert bool(page.evaluate("window.kept")) is keeping
    assert page.locator(":focus-visible").count() == 1
    box = page.locator(":focus").bounding_box()
    assert box
    assert box["y"] < DESK["height"]
    assert box["y"] + box["height"] > 0
    if not steps:
        assert abs(page.evaluate("scrollY") - height) <= 2
    assert page.evaluate("sessionStorage.back") is None


def test_whoever_comes_back_otherwise_or_elsewhere_is_moved_nowhere(opened: Callable[..., Page]) -> None:
    page = opened("/b/chests")
    page.evaluate("sessionStorage.back = JSON.stringify({at: `${location.origin}/b/chests`, path: '/c/x'})")
    page.goto("/boards")
    page.wait_for_function("() => !sessionStorage.back")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.activeElement === document.body")


def test_what_is_typed_while_a_dialog_comes_is_for_the_dialog(opened: Callable[..., Page]) -> None:
    page = opened("/b/chests")
    page.locator(CARD).first.focus()
    case = page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{case}")
    page.wait_for_function("() => window.htmx")
    load_keys(page)
    held: list[Route] = []
    page.route("**/pin", lambda route: held.append(route))  # noqa: PLW0108 - a builtin takes no route
    page.keyboard.press("s")
    page.keyboard.type("je")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.evaluate("() => new Promise(done => setTimeout(done, 100))")
    assert len(held) == 1
    held.pop().continue_()
    page.get_by_role("dialog", name="Pin to a board").wait_for()
    assert page.url.endswith(case)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    page.keyboard.press("j")
    page.wait_for_url(lambda url: not url.endswith(case))


def test_a_dialog_that_cannot_come_gives_the_keys_back(opened: Callable[..., Page]) -> None:
    page = opened("/b/chests")
    page.locator(CARD).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    page.wait_for_function("() => window.htmx")
    load_keys(page)
    page.route("**/pin", lambda route: route.abort())
    page.keyboard.press("s")
    page.locator(".toast", has_text="The server could not be reached.").wait_for()
    page.keyboard.press("u")
    page.wait_for_url("**/b/chests*")
