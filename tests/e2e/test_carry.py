"""Images are carried away in a browser: the page says how far it is, and what was saved opens without a network."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import violations
from tests.e2e.pages import PAGES, Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

SHOWN = "() => [...document.images].map(image => image.complete && image.naturalWidth > 0)"


@pytest.fixture
def visitor(browser: Browser, clinic: tuple[Site, Scene]) -> Visitor:
    found = Visitor(browser, *clinic, options={"viewport": {"width": 390, "height": 844}})
    yield found
    found.close()


@pytest.fixture(scope="module")
def copy(browser: Browser, clinic: tuple[Site, Scene], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that the patient has after saving and opening the file."""
    visitor = Visitor(browser, *clinic, options={"accept_downloads": True})
    page = visitor.open(next(view for view in PAGES if view.name == "my-carry"))
    place = tmp_path_factory.mktemp("copy")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save all as one file").click()
    saving.value.save_as(place / "images.zip")
    page.get_by_text("All of it was sent.").wait_for()
    with zipfile.ZipFile(place / "images.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(place)
    visitor.close()
    assert visitor.complaints == []
    return place


def test_the_page_says_how_much_it_is_before_it_starts(visitor: Visitor) -> None:
    page = visitor.open(next(view for view in PAGES if view.name == "my-carry"))
    facts = page.locator(".facts").inner_text()
    assert "MB" in facts
    assert "At 16 megabits a second" in facts
    assert page.locator("[data-carry-way]").is_hidden()


def offline(browser: Browser, copy: Path, **options: object) -> Page:
    """Open the saved page as a double click does, where any request for a network would be seen."""
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.asked = asked  # type: ignore[attr-defined]
    page.goto((copy / "INDEX.HTM").as_uri())
    page.wait_for_load_state("load")
    return page


def test_the_saved_page_shows_every_series_from_a_file(browser: Browser, copy: Path) -> None:
    page = offline(browser, copy)
    assert page.locator(".series").count() >= 2
    assert all(page.evaluate(SHOWN))
    assert [url for url in page.asked if not url.startswith("file://")] == []
    assert page.get_by_text("Not for primary diagnosis.").is_visible()
    assert violations(page) == []
    page.context.close()


def test_a_series_is_stepped_through_by_keys_wheel_and_finger(browser: Browser, copy: Path) -> None:
    page = offline(browser, copy, viewport={"width": 390, "height": 844}, has_touch=True)
    series = page.locator(".series[data-time]:not([data-time='0'])").first
    first = series.locator("img").get_attribute("src")
    slider = series.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    after_key = series.locator("img").get_attribute("src")
    assert after_key != first
    series.locator("img").scroll_into_view_if_needed()
    series.locator("img").hover()
    page.mouse.wheel(0, 100)
    page.wait_for_function(
        "([one, before]) => one.getAttribute('src') !== before", arg=[series.locator("img").element_handle(), after_key]
    )
    before = series.locator("img").get_attribute("src")
    series.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "([one, before]) => one.getAttribute('src') !== before", arg=[series.locator("img").element_handle(), before]
    )
    series.get_by_role("button", name="Pause").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_without_a_script_every_picture_has_a_link(browser: Browser, copy: Path) -> None:
    page = offline(browser, copy, java_script_enabled=False)
    links = [link.get_attribute("href") for link in page.locator(".frames a").all()]
    assert len(links) > 60
    assert all((copy / link).is_file() for link in links)
    page.context.close()
