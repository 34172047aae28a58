"""Pages on which a mark is seen, and pages that must not show one, asked by axe in both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import violations
from tests.e2e.pages import Visitor
from tests.e2e.test_axe import options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

FRAME = "series/1?frame=39"  # where the scene has an arrow and a text
MARKED = {
    "case": ("ada", "/c/{case}"),
    "series": ("tom", "/c/{case}/" + FRAME),
    "from the words of a comment": ("ben", "/c/{case}/marks/{mark}"),
    "being written": ("ben", "/c/{case}/marks/new?media={media}&kind=text&points=[[80,90]]"),
}
UNMARKED = {
    "patient": ("pat", "/my/c/{case}?frame=39"),
    "subject's link": ("", "{link_subject}?frame=39"),
    "colleague's link": ("", "{link_open}?frame=39"),
}


def opened(visitor: Visitor, who: str, path: str) -> Page:
    page = visitor.page(who)
    page.goto(path.format(**visitor.scene.names))
    if page.locator("series-viewer").count():
        page.locator(".stage.is-drawn").wait_for()
    return page


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_marks_are_for_everybody_who_may_see_them(browser: Browser, clinic: tuple[Site, Scene], scheme: str) -> None:
    visitor = Visitor(browser, *clinic, options=options(1440, scheme) | {"bypass_csp": True})
    found = {}
    for name, (who, path) in MARKED.items():
        page = opened(visitor, who, path)
        if name == "case":
            page.locator("#marks li").first.wait_for()
            page.locator(".comment [data-go-mark]").first.click()
        if name != "being written":
            page.locator("[data-shape].is-chosen, [data-shape]").first.wait_for(state="attached")
            page.get_by_role("button", name="Marks", exact=True).click()
            if who == "tom":
                page.locator("[data-shape]").last.press("Enter")
                page.locator("[data-shape].is-chosen").wait_for(state="attached")
        if faults := violations(page, is_unrolled=True):
            found[name] = faults[:3]
    for name, (who, path) in UNMARKED.items():
        page = opened(visitor, who, path)
        assert page.locator("series-viewer").count(), name
        assert page.locator("[data-shape], #marks").count() == 0, f"{name} shows what readers of the clinic drew"
        if faults := violations(page, is_unrolled=True):
            found[name] = faults[:3]
    complaints = visitor.complaints
    visitor.close()
    assert found == {}
    assert complaints == []
