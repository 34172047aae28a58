"""Every page in Spanish and from right to left: axe is content, and no word is cut off or leaves its box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.conftest import violations
from tests.e2e.measures import SPILLED, WIDER
from tests.e2e.pages import PAGES, Visitor
from tests.e2e.test_axe import enlarge, in_colours, options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from tests.e2e.maker import Scene
    from tests.serving import Site


def test_every_page_fits_in_spanish(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    """One load for each page: axe in both schemes, then words at 320 px and with text of twice the size."""
    visitor = Visitor(browser, *clinic, options={**options(320, "dark"), "locale": "es-ES", "bypass_csp": True})
    found = {}
    for view in PAGES:
        page = visitor.open(view)
        faults = [] if page.locator("html").get_attribute("lang") == "es" else ["is not in Spanish"]
        faults += spilled(page) + violations(page, is_unrolled=True)
        faults += in_colours(page, "dark", "light", is_unrolled=True)
        page.set_viewport_size({"width": 640, "height": 900})
        enlarge(page)
        faults += [f"{fault} (text of 200 %)" for fault in spilled(page)]
        page.set_viewport_size({"width": 320, "height": 900})
        if faults:
            found[view.name] = faults[:4]
    visitor.close()
    assert found == {}


def test_every_page_fits_from_right_to_left(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    """The pages as they come, but for the direction: what a language such as Arabic or Hebrew would lay out."""
    # The worker of an installed app would fetch pages past the turning.
    visitor = Visitor(browser, *clinic, options={**options(320, "light"), "service_workers": "block"})
    found = {}
    for view in PAGES:
        if view.who not in visitor.pages:
            visitor.page(view.who).route("**/*", turn_round)
        page = visitor.open(view)
        faults = [] if page.locator("html").get_attribute("dir") == "rtl" else ["is not from right to left"]
        faults += spilled(page)
        page.set_viewport_size({"width": 1440, "height": 900})
        faults += spilled(page)
        page.set_viewport_size({"width": 320, "height": 900})
        if faults:
            found[view.name] = faults[:4]
    visitor.close()
    assert found == {}


def test_words_that_are_cut_off_or_leave_their_box_are_found(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 600})
    page = context.new_page()
    page.set_content(
        "<p style='width:60px;overflow:hidden;white-space:nowrap' class=cut>Much too long for it</p>"
        "<p style='width:60px' class=out><b style='white-space:nowrap'>Leaves its box</b></p>"
        "<p style='height:10px;overflow:hidden;line-height:30px' class=low>Low</p>"
        "<p style='width:60px;overflow:auto;white-space:nowrap'>Can be scrolled to</p><p>Fits</p>"
    )
    assert [fault.rsplit(".", 1)[1] for fault in page.evaluate(SPILLED)] == ["cut", "out", "low"]
    assert page.evaluate(WIDER) == []
    page.set_content("<html dir=rtl><div style='width:500px'>Wide</div>")
    assert page.evaluate(WIDER) == ["div."]
    context.close()


def spilled(page: Page) -> list[str]:
    return page.evaluate(WIDER) + page.evaluate(SPILLED)


def turn_round(route: Route) -> None:
    """Hand over a page as if its language were written from right to left."""
    if route.request.resource_type != "document":
        route.fallback()
        return
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, body=answer.text().replace('dir="ltr"', 'dir="rtl"', 1))
