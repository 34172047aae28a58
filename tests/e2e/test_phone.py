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
