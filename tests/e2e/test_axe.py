"""Every page in a browser: axe is content, nothing is wider than a narrow screen, and nobody hears a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pinboard.application import create_app
from pinboard.config import load
from tests.e2e.conftest import violations
from tests.e2e.maker import Scene
from tests.e2e.pages import FIRST_PAGES, NOT_PAGES, PAGES, Visitor
from tests.e2e.test_looks import OPEN

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

# Whoever is wider than the window, named by the element that sticks out.
WIDER = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `${one.localName}.${one.className}`).slice(0, 4);
}"""
HEAR = """() => {
  window.blocked = [];
  document.addEventListener('securitypolicyviolation', event =>
    window.blocked.push(`${event.violatedDirective} ${event.blockedURI}`));
}"""


def test_every_page_has_its_address_here(tmp_path: Path) -> None:
    app = create_app(load({"PINBOARD_DATA": str(tmp_path)}))
    reachable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    listed = {view.endpoint for view in (*PAGES, *FIRST_PAGES)}
    assert reachable - NOT_PAGES == listed
    assert not (listed | NOT_PAGES) - reachable


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(browser: Browser, clinic: tuple[Site, Scene], scheme: str, width: int) -> None:
    visitor = Visitor(browser, *clinic, options=options(width, scheme) | {"bypass_csp": True})
    found = {}
    for view in PAGES:
        if faults := violations(visitor.open(view), is_unrolled=True):
            found[view.name] = faults[:3]
    for name, view_name, act in OPEN:
        page = visitor.open(next(one for one in PAGES if one.name == view_name))
        act(page)
        # What an open menu lies over is covered on purpose, so only the menu itself is asked about.
        if faults := violations(page, within="dialog[open], details[open]"):
            found[f"{name}, opened"] = faults[:3]
    visitor.close()
    assert found == {}


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_is_wider_than_the_screen_or_complains(
    browser: Browser, clinic: tuple[Site, Scene], width: int
) -> None:
    visitor = Visitor(browser, *clinic, options=options(width, "dark"), first_script=f"({HEAR})()")
    found = {}
    for view in PAGES:
        page = visitor.open(view)
        if faults := page.evaluate(WIDER) + page.evaluate("() => window.blocked"):
            found[view.name] = faults
    visitor.close()
    assert found == {}
    assert visitor.complaints == []


def test_the_first_pages_of_a_clinic_are_fine_too(browser: Browser, site: Site) -> None:
    scene = Scene(names={"setup": site.setup_link.removeprefix(site.url)})
    found = {}
    for width in (320, 1440):
        visitor = Visitor(browser, site, scene, options(width, "light") | {"bypass_csp": True})
        for view in FIRST_PAGES:
            page = visitor.open(view)
            if faults := violations(page) + page.evaluate(WIDER):
                found[f"{view.name} at {width}"] = faults
        visitor.close()
        assert visitor.complaints == []
    assert found == {}


def test_a_page_that_is_zoomed_by_text_alone_keeps_its_width(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    """WCAG 1.4.4: twice the size of text, and nothing leaves the screen."""
    visitor = Visitor(browser, *clinic, options=options(640, "light"))
    found = {}
    for view in PAGES:
        page = visitor.open(view)
        enlarge(page)
        if faults := page.evaluate(WIDER):
            found[view.name] = faults
    visitor.close()
    assert found == {}


def enlarge(page: Page) -> None:
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")


def options(width: int, scheme: str) -> dict[str, object]:
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce"}
