"""Pinboard on a telephone: what the installed app keeps on the device, and what it shows without a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.e2e.pages import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.maker import Scene
    from tests.serving import Site

PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "reduced_motion": "reduce"}
IN_CHARGE = """() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(
  done => navigator.serviceWorker.addEventListener('controllerchange', done))).then(() => true)"""
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(request.url);
  return found;
}"""


def test_the_device_keeps_static_files_and_the_offline_page_alone(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options=dict(PHONE))
    names = visitor.scene.names
    page = visitor.page("ada")
    page.goto("/")
    page.evaluate(IN_CHARGE)
    for path in ("/", f"/b/{names['board']}", f"/c/{names['case']}", f"/drafts/{names['draft']}", "/inbox", "/new"):
        page.goto(path, wait_until="networkidle")
    paths = {urlsplit(url).path for url in page.evaluate(KEPT)}
    assert "/offline" in paths
    assert any(path.endswith("/js/app.js") for path in paths)
    assert all(path == "/offline" or path.startswith("/static/") for path in paths), sorted(paths)
    visitor.contexts["ada"].set_offline(True)
    page.goto("/inbox")
    assert page.get_by_role("heading", name="No connection").is_visible()
    assert "Rao" not in page.content()
    visitor.contexts["ada"].set_offline(False)
    visitor.close()


def test_filters_open_as_a_sheet_and_back_comes_to_the_wall(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options=dict(PHONE))
    page = visitor.page("ben")
    page.goto("/b/radiology")
    opener = page.locator("a.to-filters")
    opener.click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_role("heading", name="Filters").wait_for()
    box = sheet.bounding_box()
    assert box is not None
    assert box["width"] >= 340
    assert round(box["y"] + box["height"]) == 780
    page.keyboard.press("Escape")
    assert not sheet.is_visible()
    assert opener.evaluate("one => one === document.activeElement")
    opener.click()
    sheet.get_by_text("Unsolved", exact=False).first.click()
    sheet.get_by_role("button", name="Show cases").click()
    page.wait_for_url("**state=unsolved**")
    assert opener.inner_text().split() == ["Filters", "1"]
    assert page.locator(".looks > .chip:visible").count() == 1
    page.go_back()
    page.wait_for_url("**/b/radiology")
    assert not page.locator("dialog[open]").is_visible()
    visitor.close()


def test_filters_of_a_search_are_a_page_without_a_script(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options={**PHONE, "java_script_enabled": False})
    page = visitor.page("ben")
    page.goto("/search?q=wall")
    page.locator("a.to-filters").click()
    assert page.url.endswith("/search/filters?q=wall")
    page.get_by_text("Unsolved", exact=True).click()
    page.get_by_role("button", name="Show cases").click()
    assert page.url.endswith("/search?q=wall%20is%3Aunsolved")
    visitor.close()


def test_chips_have_their_room_where_there_is_any(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options={**PHONE, "viewport": {"width": 640, "height": 900}})
    page = visitor.page("ben")
    page.goto("/b/radiology")
    assert not page.locator("a.to-filters").is_visible()
    assert page.locator(".looks > .chip:visible").count() > 3
    visitor.close()


def test_a_board_in_the_dialog_that_pins_takes_one_line(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options=dict(PHONE))
    page = visitor.page("ada")
    page.goto(f"/c/{visitor.scene.names['case']}")
    page.get_by_role("link", name="Pin to a board").first.click()
    page.wait_for_selector("dialog[open] .pin-boards")
    rows = page.evaluate("""() => [...document.querySelectorAll('.pin-boards > li')].map(row => {
      const [picture, act] = [row.firstElementChild, row.lastElementChild].map(one => one.getBoundingClientRect());
      return [act.left > picture.right, act.top < picture.bottom, act.right <= row.getBoundingClientRect().right];
    })""")
    assert len(rows) > 20
    assert all(all(row) for row in rows), rows
    visitor.close()


def test_the_tab_of_the_open_page_is_in_sight(browser: Browser, clinic: tuple[Site, Scene]) -> None:
    visitor = Visitor(browser, *clinic, options=dict(PHONE))
    page = visitor.page("ada")
    for path in ("/admin/people", "/admin/audit", "/admin/settings"):
        page.goto(path)
        tab = page.locator(".tabs [aria-current]").bounding_box()
        assert tab is not None
        assert tab["x"] >= 0, path
        assert tab["x"] + tab["width"] <= 360, path
    visitor.close()
