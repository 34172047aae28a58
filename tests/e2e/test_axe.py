"""Every page in a browser: axe is content, nothing is wider than a narrow screen, and nobody hears a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pinboard.application import create_app
from pinboard.config import load
from tests.e2e.conftest import COLOURS, violations
from tests.e2e.maker import Scene
from tests.e2e.measures import WIDER
from tests.e2e.pages import FIRST_PAGES, NOT_PAGES, PAGES, Visitor
from tests.e2e.test_looks import OPEN

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

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


@pytest.mark.parametrize(("width", "scheme", "other"), [(390, "dark", "light"), (1440, "light", "dark")])
def test_axe_finds_nothing(browser: Browser, clinic: tuple[Site, Scene], width: int, scheme: str, other: str) -> None:
    """Each page is loaded once for each width; the other scheme changes its colours and nothing else."""
    visitor = Visitor(browser, *clinic, options=options(width, scheme) | {"bypass_csp": True})
    found = {}
    for view in PAGES:
        page = visitor.open(view)
        faults = violations(page, is_unrolled=True)
        if faults := faults + in_colours(page, scheme, other, is_unrolled=True):
            found[view.name] = faults[:3]
    for name, view_name, act in OPEN:
        page = visitor.open(next(one for one in PAGES if one.name == view_name))
        act(page)
        # What an open menu lies over is covered on purpose, so only the menu itself is asked about.
        faults = violations(page, within="dialog[open], details[open]")
        if faults := faults + in_colours(page, scheme, other, within="dialog[open], details[open]"):
            found[f"{name}, opened"] = faults[:3]
    visitor.close()
    assert found == {}


def in_colours(page: Page, scheme: str, other: str, **options: Any) -> list[str]:
    page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
    faults = violations(page, rules=COLOURS, **options)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    return [f"{fault} ({other})" for fault in faults]


def test_a_colour_that_is_too_pale_in_one_scheme_is_found_from_the_other(browser: Browser) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.set_content(
        "<!doctype html><html lang='en'><title>x</title><style>:root{color-scheme:light dark}"
        "p{color:light-dark(#000,#333);background:light-dark(#fff,#111)}</style><main><p>Words</p></main>"
    )
    assert violations(page) == []
    assert len(in_colours(page, "light", "dark")) == 1
    context.close()


def test_no_page_is_wider_than_the_screen_or_complains(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    """On a small telephone, on a tablet, and with text of twice the size (WCAG 1.4.4)."""
    visitor = Visitor(browser, *clinic, options=options(320, "dark"), first_script=f"({HEAR})()")
    found = {}
    for view in PAGES:
        page = visitor.open(view)
        faults = page.evaluate(WIDER)
        page.set_viewport_size({"width": 768, "height": 900})
        faults += page.evaluate(WIDER)
        page.set_viewport_size({"width": 640, "height": 900})
        enlarge(page)
        faults += page.evaluate(WIDER) + page.evaluate("() => window.blocked")
        page.set_viewport_size({"width": 320, "height": 900})
        if faults:
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


def enlarge(page: Page) -> None:
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")


def options(width: int, scheme: str) -> dict[str, object]:
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce"}
