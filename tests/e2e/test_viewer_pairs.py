"""Two series side by side, and all images of one at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.reviewing import Bench, open_page
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CT = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 52)]
MR = [f"mr-series/oblique-orientation/IM-0001-000{number}-0001.dcm" for number in (1, 2)]


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Give a case of two series that do not lie alike."""
    data = tmp_path_factory.mktemp("pairs") / "data"
    bench = Bench(data)
    case = bench.draft(*CT, *MR, patient="MRN-1")
    bench.maker.look(case)
    bench.maker.write(case, title="Where does it end?", question="Where?")
    address = f"/c/{bench.maker.publish(case).public_id}"
    bench.stores.close()
    site = start(data)
    page = open_page(browser, site.url, bench.secret)
    page.goto(address)
    page.locator("#stage.is-drawn").wait_for()
    yield page
    assert page.faults == []
    page.context.close()
    stop(site)


def number(page: Page, viewer: str = "#stage") -> str:
    return page.locator(f"{viewer} [data-number]").inner_text()


def test_a_second_series_steps_along_until_it_is_told_not_to_and_goes_with_the_first(page: Page) -> None:
    page.get_by_role("button", name="Compare").click()
    choice = page.get_by_label("Series beside this one")
    choice.locator("option").nth(1).wait_for(state="attached")
    choice.select_option(index=1)
    page.locator("#stage-beside.is-drawn").wait_for()
    for frame, beside in ((0, "1 / 2"), (7, "2 / 2")):
        page.evaluate("frame => document.querySelector('#stage').go(frame)", frame)
        page.locator("#stage-beside [data-number]").get_by_text(beside).wait_for()
    page.get_by_role("button", name="Step together").click()
    page.evaluate("() => document.querySelector('#stage').go(0)")
    page.locator("#stage [data-number]").get_by_text("1 / 8").wait_for()
    assert number(page, "#stage-beside") == "2 / 2"
    page.locator("#stage .strip a").nth(1).click()
    page.locator("#stage.is-drawn [data-number]").get_by_text("/ 2").wait_for()
    assert page.locator("#stage-beside, .is-comparing").count() == 0
    # The pair that was left has no say in the next one, whatever else of the page is swapped.
    page.get_by_role("button", name="Compare").click()
    page.get_by_label("Series beside this one").select_option(index=1)
    page.locator("#stage-beside.is-drawn").wait_for()
    page.evaluate("() => document.body.dispatchEvent(new CustomEvent('htmx:after:swap', { bubbles: true }))")
    assert page.locator(".is-comparing #stage-beside").count() == 1
    page.locator("#stage").get_by_label("Series beside this one").select_option(index=0)
    page.locator("#stage-beside").wait_for(state="detached")


def test_the_image_that_is_pressed_among_all_is_shown(page: Page) -> None:
    page.get_by_role("button", name="All images").click()
    cells = page.locator(".viewer-sheet button")
    cells.first.wait_for()
    assert cells.count() == int(number(page).split("/")[1])
    cells.first.click()
    page.locator("#stage [data-number]").get_by_text("1 / ").wait_for()
    assert not page.locator(".viewer-sheet").is_visible()
    page.get_by_role("button", name="All images").click()
    page.keyboard.press("Escape")
    assert not page.locator(".viewer-sheet").is_visible()
