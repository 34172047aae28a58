"""A real server and a real browser for the journeys."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.scene import build
from tests.serving import Site, start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Photographs are looked at, not judged by a machine; they are taken when somebody names a folder for them.
collect_ignore = [] if os.environ.get("PINBOARD_SCREENSHOTS") else ["test_looks.py"]
AXE = Path(__file__).parents[1] / "vendor" / "axe-4.14.1.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = start(tmp_path_factory.mktemp("site") / "data")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def clinic(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Scene]]:
    """Run one clinic with everything in it, for whoever only looks."""
    data = tmp_path_factory.mktemp("clinic") / "data"
    scene = build(data)
    running = start(data)
    yield running, scene
    stop(running)


WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that can say another thing in the other colour scheme."""


def violations(
    page: Page, *, is_unrolled: bool = False, within: str = "html", rules: Sequence[str] = WCAG
) -> list[str]:
    """List what axe finds on the page as it stands, one line per fault.

    Unrolled, the screen is as high as the page meanwhile: what the bottom bar of a telephone happens to lie over can
    be scrolled free, and axe would call it obscured.
    """
    size = page.viewport_size or {"width": 1440, "height": 900}
    if is_unrolled:
        page.set_viewport_size({**size, "height": max(size["height"], page.evaluate("document.body.scrollHeight"))})
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "([where, rules]) => axe.run(where, {runOnly: rules, resultTypes: ['violations']})", [within, list(rules)]
    )
    page.set_viewport_size(size)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of every open page of a failed journey, where a folder for them is named."""
    report = yield
    folder = os.environ.get("PINBOARD_FAILURES")
    if folder and report.when == "call" and report.failed:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for who, page in getattr(item.funcargs.get("day"), "pages", {}).items():
            page.screenshot(path=Path(folder) / f"{item.name}-{who}.png", full_page=True)
    return report
