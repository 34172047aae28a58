"""Every control of every page is large enough for a finger: 44 px both ways on a telephone of 360 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.measures import SMALL
from tests.e2e.pages import PAGES, Visitor
from tests.e2e.test_looks import OPEN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

PHONE = {
    "viewport": {"width": 360, "height": 780},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}
EXCEPTIONS = {
    "svg g": "areas lie where they lie on the picture; each has its row of buttons below",
}
"""Controls that may be smaller, and why; links within a line of text are left out by WCAG 2.5.8 itself."""


def test_every_control_is_as_large_as_a_finger_needs(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options=dict(PHONE))
    found = {}
    for view in PAGES:
        if faults := small(visitor.open(view)):
            found[view.name] = faults
    for name, view_name, act in OPEN:
        page = visitor.open(next(one for one in PAGES if one.name == view_name))
        act(page)
        if faults := page.evaluate(SMALL, exceptions()):
            found[f"{name}, opened"] = faults
    visitor.close()
    assert found == {}


def test_a_control_that_is_too_small_is_found(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 600})
    page = context.new_page()
    page.set_content(
        "<meta name=viewport content='width=device-width'><style>*{margin:0} a,button{display:inline-block}</style>"
        "<p><button class=small style='width:30px;height:60px'>x</button></p>"
        "<p><button style='width:44px;height:44px'>x</button></p>"
        "<p>As the <a href='#' style='display:inline'>guideline</a> says of a line of text.</p>"
        "<p><a class=alone href='#'>Alone</a></p>"
        "<p><input type=checkbox id=a><label for=a style='display:inline-block;padding:15px 40px'>A</label></p>"
        "<p><button class=grown style='position:relative;width:44px;height:30px'>"
        "<i style='position:absolute;inset:-9px 0'></i></button></p>"
    )
    assert [fault.split()[0] for fault in page.evaluate(SMALL, "#none")] == ["button[submit].small", "a.alone"]
    context.close()


def small(page: Page) -> list[str]:
    """Measure the page as high as it is, so that no bar lies over anything."""
    size = page.viewport_size or {"width": 360, "height": 780}
    page.set_viewport_size({**size, "height": max(size["height"], page.evaluate("document.body.scrollHeight") + 80)})
    faults = page.evaluate(SMALL, exceptions())
    page.set_viewport_size(size)
    return list(faults)


def exceptions() -> str:
    return ", ".join(EXCEPTIONS) or "#none"
