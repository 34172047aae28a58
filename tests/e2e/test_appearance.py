"""What a reader or a device asks of the looks: the preview follows at once, colours of the system, calm, contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import violations
from tests.e2e.measures import ALIKE, MOVING
from tests.e2e.pages import PAGES, View, Visitor
from tests.e2e.test_axe import options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

SETTINGS = View("appearance", "accounts.appearance", "dee", "/settings/appearance")
MAIN = (
    "feed",
    "boards",
    "board-radiology",
    "board-filters",
    "case",
    "search-filters",
    "inbox",
    "profile",
    "appearance",
    "draft",
)


def views() -> list[View]:
    return [view for view in PAGES if view.name in MAIN]


def look(page: Page, selector: str, name: str) -> str:
    return str(page.evaluate("([one, name]) => getComputedStyle(document.querySelector(one))[name]", [selector, name]))


def test_the_preview_follows_at_once_and_nothing_is_kept_before_it_is_saved(
    browser: Browser, clinic: tuple[Site, Scene]
) -> None:
    visitor = Visitor(browser, *clinic, options={"viewport": {"width": 1000, "height": 900}, "color_scheme": "dark"})
    page = visitor.open(SETTINGS)
    before = {name: look(page, ".preview", name) for name in ("backgroundColor", "fontSize")}
    meta = look(page, ".preview .meta", "color")
    for label in ("Light", "Largest, by a half"):
        page.get_by_label(label, exact=True).check()
    page.check("#f-contrast-more")
    assert look(page, ".preview", "backgroundColor") == "rgb(246, 247, 247)" != before["backgroundColor"]
    assert float(look(page, ".preview", "fontSize")[:-2]) == 1.5 * float(before["fontSize"][:-2])
    assert look(page, ".preview .meta", "color") not in (meta, "rgb(94, 105, 112)")
    assert page.locator(".preview .covered").is_visible()
    page.get_by_label("Cover pictures that may disturb").uncheck()
    assert page.locator(".preview-second img").is_visible()
    page.get_by_label("Single letters are shortcuts").uncheck()
    assert not page.locator(".preview-keys").is_visible()
    assert look(page, "body", "backgroundColor") == "rgb(14, 17, 19)"
    assert look(visitor.open(SETTINGS), ".preview", "backgroundColor") == before["backgroundColor"]
    visitor.close()
    assert visitor.complaints == []


def test_what_is_saved_is_on_the_next_page_and_gone_again(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options={"viewport": {"width": 1000, "height": 900}, "color_scheme": "dark"})
    page = visitor.open(SETTINGS)
    usual = {name: look(page, "body", name) for name in ("fontSize", "backgroundColor")}
    assert page.evaluate(MOVING) != []
    try:
        for choice in ("theme-light", "contrast-more", "text-150", "motion-less"):
            page.check(f"#f-{choice}")
        page.get_by_role("button", name="Save").click()
        page.goto("/inbox")
        assert look(page, "body", "fontSize") == "22.5px" != usual["fontSize"]
        assert look(page, "body", "backgroundColor") == "rgb(246, 247, 247)"
        assert page.evaluate(MOVING) == []
        assert violations(page, rules=["color-contrast-enhanced"]) == []
    finally:
        page.goto(SETTINGS.path)
        for choice in ("theme-system", "contrast-system", "text-100", "motion-system"):
            page.check(f"#f-{choice}")
        page.get_by_role("button", name="Save").click()
    page.goto("/inbox")
    assert {name: look(page, "body", name) for name in usual} == usual
    visitor.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_in_a_palette_of_the_system_what_is_chosen_stands_out(
    browser: Browser, clinic: tuple[Site, Scene], width: int
) -> None:
    visitor = Visitor(browser, *clinic, options={**options(width, "dark"), "forced_colors": "active"})
    found = {}
    for view in views():
        page = visitor.open(view)
        page.keyboard.press("Tab")
        faults = page.evaluate(ALIKE)
        if look(page, ":focus", "outlineStyle") == "none":
            faults += ["the focus is not seen"]
        if faults:
            found[view.name] = faults
    visitor.close()
    assert found == {}


def test_what_looks_alike_is_found(browser: Browser) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.set_content(
        "<style>a{background:#fff;color:#000} [aria-current]{background:#000}</style>"
        "<p><a href='#' aria-current=page>One</a> <a href='#'>Two</a></p>"
    )
    assert page.evaluate(ALIKE) == ["a. “One”"]
    page.emulate_media(forced_colors="none")
    assert page.evaluate(ALIKE) == []
    context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_who_asks_for_more_contrast_has_seven_to_one(browser: Browser, clinic: tuple[Site, Scene], scheme: str) -> None:
    visitor = Visitor(browser, *clinic, options={**options(1440, scheme), "contrast": "more", "bypass_csp": True})
    found = {}
    for view in views():
        if faults := violations(visitor.open(view), rules=["color-contrast-enhanced"]):
            found[view.name] = faults[:3]
    visitor.close()
    assert found == {}


def test_nothing_moves_for_who_asks_for_less_of_it(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options=options(1440, "dark"))
    found = {}
    for view in views():
        page = visitor.open(view)
        if view.name == "case":
            page.get_by_role("link", name="Pin to a board").first.click()
            page.wait_for_selector("dialog[open] h2")
        if faults := page.evaluate(MOVING):
            found[view.name] = faults
    visitor.close()
    assert found == {}


# What of the preview is in sight, and of what is chosen: that nothing lies over its middle.
PREVIEW_SEEN = """() => {
  const {top, bottom} = document.querySelector('.preview').getBoundingClientRect();
  return top >= document.querySelector('.topbar').getBoundingClientRect().bottom && bottom <= innerHeight * .5;
}"""
IS_FREE = """field => {
  const {left, top, width, height} = field.getBoundingClientRect();
  return [field, ...field.labels].includes(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


@pytest.mark.parametrize(("width", "height", "enlarged"), [(360, 740, ""), (320, 568, ""), (360, 740, "200%")])
def test_on_a_telephone_the_preview_stays_in_sight_and_covers_no_choice(
    browser: Browser, clinic: tuple[Site, Scene], width: int, height: int, enlarged: str
) -> None:
    visitor = Visitor(browser, *clinic, options={"viewport": {"width": width, "height": height}})
    page = visitor.open(SETTINGS)
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", enlarged)
    fields = page.locator("#appearance :is(input[type=radio], input[type=checkbox])")
    assert fields.count() == 12
    for way in (range(12), reversed(range(12))):
        for place in way:
            field = fields.nth(place)
            field.focus()
            assert field.evaluate(IS_FREE), place
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.get_by_role("button", name="Save").is_visible()
    if not enlarged:
        # Down to the last choice, where each of them shows what it does.
        fields.last.focus()
        assert page.evaluate(PREVIEW_SEEN)
        fields.last.uncheck()
        assert page.locator(".preview-second > img").is_visible()
        box = page.locator(".preview").bounding_box()
        keys = page.locator(".preview-keys").bounding_box()
        assert box
        assert keys
        assert keys["y"] + keys["height"] <= box["y"] + box["height"]
    assert page.evaluate("document.querySelector('.preview').offsetHeight <= innerHeight / 3")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.close()
    assert visitor.complaints == []


def test_where_the_window_is_low_the_preview_scrolls_away(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    for width, height in ((740, 360), (600, 400)):
        visitor = Visitor(browser, *clinic, options={"viewport": {"width": width, "height": height}})
        page = visitor.open(SETTINGS)
        assert look(page, ".preview", "position") == "static"
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.evaluate("document.querySelector('.preview').getBoundingClientRect().bottom < 0")
        visitor.close()
