"""Search by keyboard alone: found with a suggestion, kept under a name, and opened again from the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import violations
from tests.e2e.pages import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

EXPANDED = "() => document.querySelector('#q').getAttribute('aria-expanded') === 'true'"


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus stands on what is called so."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()").startswith(words):
            return
    pytest.fail(f"Tab never reached “{words}”")


@pytest.mark.parametrize("width", [360, 1440])
def test_a_case_is_found_kept_and_come_back_to_without_a_mouse(
    browser: Browser, clinic: tuple[Site, Scene], width: int
) -> None:
    visitor = Visitor(browser, *clinic, options={"viewport": {"width": width, "height": 800}})
    page = visitor.page("ben")
    page.goto("/search")
    page.wait_for_function("() => customElements.get('search-box')")
    page.focus("#q")
    page.keyboard.type("is:unsolved modality:c")
    page.wait_for_function(EXPANDED)
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert page.get_attribute("#q", "aria-activedescendant") == chosen.get_attribute("id")
    assert violations(page) == []
    page.keyboard.press("Enter")
    assert page.input_value("#q") == "is:unsolved modality:ct "
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=is*")
    assert page.locator(".chip.selected").count() == 2
    found = page.locator(".hits li").count()
    assert found > 0

    tab_to(page, "Keep this search")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(f"Open CT {width}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/saved")
    assert page.locator(".saved-searches li", has_text=f"Open CT {width}").count() == 1
    tab_to(page, f"Open CT {width}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=is*since=*")
    assert page.locator(".hits li").count() == found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.close()
    assert visitor.complaints == []


def test_body_parts_are_offered_below_their_field_as_a_search_offers_words(
    browser: Browser, clinic: tuple[Site, Scene]
) -> None:
    visitor = Visitor(browser, *clinic, options={"viewport": {"width": 1440, "height": 900}})
    page = visitor.page("ada")
    page.goto(f"/drafts/{clinic[1].names['draft']}")
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.get_by_role("combobox", name="Body part").fill("")
        page.get_by_role("combobox", name="Body part").press_sequentially("kne")
        offered = page.locator("#body-part-options [role=option]")
        offered.first.wait_for()
        field, listed = (page.locator(one).bounding_box() for one in ("#f-body_part_text", "#body-part-options"))
        assert listed["y"] >= field["y"] + field["height"]
        assert abs(listed["x"] - field["x"]) <= 1
        assert offered.first.bounding_box()["height"] >= 44
        page.keyboard.press("ArrowDown")
        plain = page.locator("#body-part-options").evaluate("list => getComputedStyle(list).backgroundColor")
        chosen = page.locator("[role=option][aria-selected=true]")
        assert chosen.evaluate("option => getComputedStyle(option).backgroundColor") not in {plain, "rgba(0, 0, 0, 0)"}
        assert violations(page, within="type-ahead") == []
        page.keyboard.press("Escape")
    visitor.close()
