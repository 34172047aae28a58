"""What lies on a CD, from the drop to the wall: slices of a head of which few are shown, a report, a recording."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from pinboard.models import Case, Instance, InstanceState, Series
from tests.documents import pdf, waveform
from tests.e2e.conftest import violations
from tests.e2e.reviewing import Bench, Hands, open_page, wait_for_eyes
from tests.e2e.test_redactor_journeys import write_and_publish
from tests.e2e.test_slices import look_through
from tests.intake.test_arrange import a_slice
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.serving import Site

STUDY = "1.2.826.0.1.3680043.8.498.77"
HEAD, CHEST, SCOUT = (f"1.2.826.0.1.3680043.8.498.77.{number}" for number in (1, 2, 3))


class Ward:
    """A site, its author and what she dropped."""

    def __init__(self, bench: Bench, site: Site, browser: Browser) -> None:
        self.bench, self.site, self.browser = bench, site, browser

    def drop(self, folder: Path, files: dict[str, bytes]) -> Page:
        """Drop files into a new case and go on to what follows."""
        paths = []
        for name, data in files.items():
            paths.append(folder / name)
            paths[-1].write_bytes(data)
        page = open_page(self.browser, self.site.url, self.bench.secret)
        page.goto("/new")
        page.wait_for_function("() => document.querySelector('[data-upload].is-live') && window.htmx")
        page.set_input_files("#upload-pick", [str(path) for path in paths])
        page.locator("#upload-count").filter(has_text=f"{len(files)} of {len(files)} ready").wait_for(timeout=120_000)
        page.get_by_role("link", name="Review images").click()
        return page

    def images(self, page: Page) -> list[tuple[Series, Instance]]:
        public_id = re.search(r"/(?:drafts|c)/(\w{26})", page.url)
        assert public_id, page.url
        with self.bench.stores.reading() as session:
            rows = (
                select(Series, Instance)
                .join(Instance, Instance.series_id == Series.id)
                .join(Case, Case.id == Instance.case_id)
                .where(Case.public_id == public_id[1])
                .order_by(Series.position, Instance.position)
            )
            return [(series, instance) for series, instance in session.execute(rows)]


@pytest.fixture(scope="module")
def ward(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = tmp_path_factory.mktemp("cd") / "data"
    bench = Bench(folder)
    site = start(folder)
    yield Ward(bench, site, browser)
    stop(site)
    bench.stores.close()


def row_of(page: Page, words: str) -> Locator:
    return page.locator(".choose-row", has_text=words)


def test_of_a_head_few_slices_are_shown_and_the_rest_is_kept_for_its_subject(ward: Ward, tmp_path: Path) -> None:
    files = {f"h{number}.dcm": a_slice(number, series=HEAD, part="HEAD", study_uid=STUDY) for number in range(1, 31)}
    files |= {f"c{number}.dcm": a_slice(number, series=CHEST, study_uid=STUDY) for number in range(1, 11)}
    files |= {f"l{number}.dcm": a_slice(number, series=SCOUT, study_uid=STUDY) for number in range(1, 3)}
    page = ward.drop(tmp_path, files)
    page.wait_for_url("**/series*")
    while page.get_by_text("being put in order").count():
        page.wait_for_timeout(200)
        page.reload()
    head, chest, scout = (row_of(page, f"{count} slices") for count in (30, 10, 2))
    assert head.get_by_label("All slices").count() == 0, "a face could be rebuilt from all slices of a head"
    assert "6 of 30 are shown" in head.inner_text(), "key slices are the default"
    assert not head.get_by_label("Keep the full set for the patient only").is_checked()
    head.get_by_label("Keep the full set for the patient only").check()
    chest.get_by_label("from", exact=True).fill("3")
    chest.get_by_label("to", exact=True).fill("7")
    chest.get_by_label("in steps of").fill("2")
    chest.get_by_label("Slices", exact=True).check()
    scout.get_by_label("Leave it out").check()
    assert violations(page) == []
    page.get_by_role("button", name="Save and review").click()
    page.wait_for_url("**/drafts/**")
    confirm_all(page)
    kept = [(series.position, one.number) for series, one in ward.images(page) if one.is_subject_only]
    shown = [(series.position, one.number) for series, one in ward.images(page) if is_shown(one)]
    assert len(kept) == 24
    assert [number for place, number in shown if place == shown[0][0]] == [3, 8, 13, 18, 23, 28]
    assert [number for place, number in shown if place != shown[0][0]] == [3, 5, 7]
    write_and_publish(Hands(page))
    page.locator("#stage.is-drawn").wait_for()
    assert page.locator("[data-number]").inner_text().endswith("/ 6")
    assert page.locator(".strip a").count() == 2
    after = ward.images(page)
    assert {one.state for _, one in after if one.is_subject_only} == {InstanceState.PUBLISHED}
    left_out = [one for series, one in after if one.state == InstanceState.LEFT_OUT]
    assert all(one.media_name is None and one.blob is None for one in left_out)
    assert page.faults == []
    page.context.close()


def test_a_report_and_a_recording_are_looked_at_and_published(ward: Ward, tmp_path: Path) -> None:
    page = ward.drop(tmp_path, {"report.pdf": pdf("Fairfax, Gwendolen", "No fracture."), "ecg.dcm": waveform()})
    page.wait_for_url(re.compile(r"/(review|series)"))
    if "/series" in page.url:
        page.get_by_role("button", name="Save and review").click()
    pages = len(ward.images(page))
    page.locator("redactor-canvas.is-live").wait_for()
    draw_over_the_top(page)
    confirm_all(page)
    write_and_publish(Hands(page))
    page.locator("#stage.is-drawn").wait_for()
    images = [one for _, one in ward.images(page)]
    assert [one.state for one in images] == [InstanceState.PUBLISHED] * pages
    assert page.locator(".strip a").count() == 2
    assert page.faults == []
    page.context.close()


def is_shown(one: Instance) -> bool:
    return one.state == InstanceState.DRAFT and not one.is_subject_only


def draw_over_the_top(page: Page) -> None:
    """Paint over the line in which the name of the patient stands."""
    page.keyboard.press("a")
    page.get_by_text(re.compile("1 area")).first.wait_for()
    page.keyboard.press("Escape")


def confirm_all(page: Page) -> None:
    """Look at every slice and image that waits, and confirm it."""
    for _ in range(20):
        page.wait_for_load_state("load")
        if page.locator("slice-montage").count():
            look_through(page)
            page.locator("[data-confirm]").click()
        elif page.locator("redactor-canvas").count():
            wait_for_eyes(page)
            page.locator(".image-confirm button:enabled").first.click()
        else:
            return
        page.wait_for_timeout(600)
    raise AssertionError("the review never ended")
