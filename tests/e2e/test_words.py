"""Doubtful words in a browser: marked where they are typed, ticked by keyboard, and axe is content with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import violations
from tests.e2e.pages import PAGES, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

FOLDER = os.environ.get("PINBOARD_SCREENSHOTS")
LOOKS = [(360, "dark"), (768, "light"), (1440, "dark"), (1440, "light")]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def ada(request: pytest.FixtureRequest, browser: Browser, clinic: tuple[Site, Scene]) -> Iterator[Visitor]:
    width, scheme = request.param
    size = {"width": width, "height": 900}
    options = {"viewport": size, "color_scheme": scheme, "reduced_motion": "reduce", "bypass_csp": True}
    visitor = Visitor(browser, *clinic, options=options)
    yield visitor
    visitor.close()
    assert visitor.complaints == []


def visit(visitor: Visitor, name: str) -> Page:
    page = visitor.open(next(view for view in PAGES if view.name == name))
    page.wait_for_function("() => window.htmx")
    return page


def settled(page: Page, name: str) -> None:
    """Take a picture where one is asked for, and let axe look."""
    if FOLDER:
        size = page.viewport_size or {}
        scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        page.screenshot(path=Path(FOLDER) / f"words-{name}-{size.get('width')}-{scheme}.png")
    assert violations(page, within=".doubts") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_comment_is_asked_about_where_it_was_typed(ada: Visitor) -> None:
    page = visit(ada, "case")
    composer = page.locator("#composer-new")
    count = page.locator("#comments > li").count()
    composer.locator("textarea").fill("I would ask Dr Weber, who saw her on 3 March 2021.")
    composer.get_by_role("button", name="Comment").click()
    asked = page.locator("#composer-new .doubts")
    asked.wait_for()
    assert asked.locator("mark").all_inner_texts() == ["Dr Weber", "3 March 2021"]
    page.wait_for_function("() => document.activeElement.matches('.doubts')")
    assert page.locator("#composer-new textarea").input_value().startswith("I would ask Dr Weber")
    asked.scroll_into_view_if_needed()
    settled(page, "comment")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert asked.get_by_role("checkbox").first.is_checked()
    assert page.locator("#comments > li").count() == count


def test_a_draft_is_asked_about_while_it_is_written_and_a_tick_by_keyboard_keeps_its_place(ada: Visitor) -> None:
    page = visit(ada, "draft")
    history = page.locator("#f-history")
    before = history.input_value()
    name = f"Weber{page.viewport_size['width']}".replace("3", "x").translate(str.maketrans("0146789", "abcdefg"))
    name += "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    history.fill(f"Seen by Mr {name} and by Mrs {name} on 3 March 2021.")
    asked = page.locator("#draft-doubts .doubts")
    asked.wait_for()
    marks = asked.locator("mark").all_inner_texts()
    assert [f"Mr {name}", f"Mrs {name}"] == marks[:2]
    asked.scroll_into_view_if_needed()
    settled(page, "draft")
    asked.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    page.wait_for_function("count => document.querySelectorAll('#draft-doubts mark').length < count", arg=len(marks))
    assert page.evaluate("document.activeElement.closest('#draft-doubts') !== null")
    history.fill(before)
    page.wait_for_function("() => !document.querySelector('#draft-doubts .doubts')")


def test_a_long_form_comes_back_at_the_question_with_everything_typed(ada: Visitor) -> None:
    page = visit(ada, "edit")
    page.locator("#f-history").fill("She was seen by Mr Kent.")
    page.locator("#words-form").get_by_role("button", name="Save").click()
    page.locator(".doubts").wait_for()
    assert page.evaluate("document.activeElement.matches('.doubts')")
    box = page.locator(".doubts").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900
    assert page.locator("#f-history").input_value() == "She was seen by Mr Kent."
    settled(page, "edit")
