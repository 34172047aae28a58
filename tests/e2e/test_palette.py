"""The palette: found by key or link, on a phone too, by what one may open and nothing else; and j, k, u, /."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import violations
from tests.e2e.pages import PAGES, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

OPTIONS = ".palette [role=option]"
CHOSEN = ".palette [role=option][aria-selected=true]"


@pytest.fixture(params=[360, 1440])
def visitor(request: pytest.FixtureRequest, browser: Browser, clinic: tuple[Site, Scene]) -> Iterator[Visitor]:
    size = {"width": request.param, "height": 800}
    made = Visitor(browser, *clinic, options={"viewport": size, "reduced_motion": "reduce"})
    yield made
    made.close()
    assert made.complaints == []


def visit(visitor: Visitor, name: str, who: str = "ada") -> Page:
    view = next(one for one in PAGES if one.name == name)
    page = visitor.page(who)
    page.goto(view.path.format(**visitor.scene.names))
    page.wait_for_function("() => window.htmx")
    return page


def names(page: Page) -> list[str]:
    return page.locator(f"{OPTIONS} > span:first-child").all_inner_texts()


def test_the_palette_is_a_list_that_arrows_go_through(visitor: Visitor) -> None:
    page = visit(visitor, "case")
    link = page.get_by_role("link", name="Pin to a board").first
    link.focus()
    page.keyboard.press("Control+K")
    page.locator(CHOSEN).wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    field = page.locator(".palette input")
    assert field.evaluate("field => field === document.activeElement")
    assert {"Pin to a board", "Edit", "Inbox", "Lock this screen"} <= set(names(page))
    first = page.locator(CHOSEN).inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator(CHOSEN).inner_text() != first
    assert field.get_attribute("aria-activedescendant") == page.locator(CHOSEN).get_attribute("id")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.locator(CHOSEN).get_attribute("id") == page.locator(OPTIONS).last.get_attribute("id")
    page.keyboard.type("inb")
    assert names(page)[0] == "Inbox"
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    assert link.evaluate("link => link === document.activeElement")


def test_it_finds_cases_and_filters_and_what_the_page_offers(visitor: Visitor) -> None:
    page = visit(visitor, "case")
    page.keyboard.press("Control+K")
    page.keyboard.type("wall motion")
    page.locator(OPTIONS, has_text="Is this wall motion abnormality new").wait_for()
    assert "Search for “wall motion”" in names(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    page.wait_for_function("() => window.htmx")
    page.keyboard.press("Control+K")
    page.keyboard.type("write")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+K")
    page.keyboard.type("pin to")
    page.locator(CHOSEN, has_text="Pin to a board").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Pin to a board").wait_for()
    page.keyboard.press("Control+K")
    assert page.locator("dialog[open]").count() == 1


def test_what_is_called_nothing_says_so(visitor: Visitor) -> None:
    page = visit(visitor, "my", who="pat")
    page.keyboard.press("Control+K")
    page.keyboard.type("zebra")
    page.get_by_text("Nothing is called that.").wait_for()
    page.keyboard.press("Enter")
    assert page.locator(".palette[open]").count() == 1
    page.keyboard.press("Control+K")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")


def test_it_opens_by_its_link_and_works_without_a_script(visitor: Visitor, browser: Browser) -> None:
    page = visit(visitor, "feed", who="ben")
    page.locator(".usermenu summary").click()
    page.get_by_role("link", name="Commands").click()
    page.locator(CHOSEN).wait_for()
    page.locator(OPTIONS, has_text="Saved searches").click()
    page.wait_for_url("**/search/saved")
    context = browser.new_context(base_url=visitor.site.url, java_script_enabled=False)
    context.add_cookies([{"name": "pinboard", "value": visitor.scene.secrets["ben"], "url": visitor.site.url}])
    plain = context.new_page()
    plain.goto("/help/commands")
    plain.locator("main").get_by_role("link", name="Saved searches").click()
    assert plain.url.endswith("/search/saved")
    context.close()


@pytest.mark.parametrize(
    ("who", "place", "has", "has_not"),
    [
        ("ada", "feed", {"Boards", "New case", "Administration", "Monday round"}, {"Nowhere"}),
        ("ben", "feed", {"Boards", "New case", "Second look"}, {"Administration"}),
        ("dee", "inbox-empty", {"Inbox", "Help", "Lock this screen"}, {"Boards", "New case", "Search", "Monday round"}),
        ("pat", "my", {"Home", "Help", "Sign out"}, {"Boards", "Inbox", "New case", "Search", "People"}),
    ],
)  # fmt: skip
def test_it_offers_what_one_may_open(visitor: Visitor, who: str, place: str, has: set[str], has_not: set[str]) -> None:
    page = visit(visitor, place, who=who)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Control+K")
    page.locator(CHOSEN).wait_for()
    assert has <= set(names(page))
    assert not has_not & set(names(page))
    if who in {"dee", "pat"}:
        page.keyboard.type("wall")
        page.get_by_text("Nothing is called that.").wait_for()
        assert not [url for url in asked if "/search/" in url]


def test_whoever_is_no_member_has_neither_palette_nor_list(visitor: Visitor) -> None:
    for name in ("login", "share-colleague"):
        page = visit(visitor, name, who="")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.locator("#main").focus()
        for key in ("Control+K", "?", "g", "h", "/"):
            page.keyboard.press(key)
        page.wait_for_function(
            "() => performance.getEntriesByType('resource').some(one => one.name.includes('keys.js'))"
        )
        assert page.locator("dialog[open]").count() == 0
        assert not [url for url in asked if "/help" in url]


def test_j_and_k_go_through_what_was_found_and_u_goes_back(visitor: Visitor) -> None:
    page = visit(visitor, "feed", who="ben")
    cases = page.locator("pin-grid > .card > a").evaluate_all("links => links.map(link => link.pathname)")
    page.keyboard.press("j")
    page.wait_for_function("() => document.activeElement?.matches('pin-grid > .card > a')")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.pathname") == cases[1]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{cases[1]}")
    page.wait_for_function("() => window.htmx")
    page.keyboard.press("j")
    page.wait_for_url(f"**{cases[2]}")
    page.wait_for_function("() => window.htmx")
    page.keyboard.press("k")
    page.wait_for_url(f"**{cases[1]}")
    page.wait_for_function("() => window.htmx")
    page.keyboard.press("u")
    page.wait_for_url(f"{visitor.site.url}/")

    page.goto("/search?q=is:unsolved")
    found = page.locator("#hits a.stretch").evaluate_all("links => links.map(link => link.pathname)")
    page.wait_for_function("() => window.htmx")
    page.keyboard.press("j")
    page.wait_for_function("() => document.activeElement?.matches('#hits a.stretch')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{found[0]}")
    page.wait_for_function("() => window.htmx")
    page.keyboard.press("k")
    page.locator(".toast", has_text="This is the first one.").wait_for()
    page.keyboard.press("u")
    page.wait_for_url("**/search?q=is:unsolved")
