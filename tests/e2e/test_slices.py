"""A series of 184 slices, looked at and confirmed as a person does: every slice shown, in few actions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import select

from pinboard.intake import drafts, receive, review
from pinboard.models import Case, DrawnBox, Instance, User
from tests.dicoms import make_dicom
from tests.e2e.conftest import violations
from tests.e2e.reviewing import Bench, open_page
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

SLICES, ODD = 184, 58
MOST = 10
"""Actions from the first look at the page to the last slice confirmed: a click, or one screen further."""
UNSEEN = """() => [...document.querySelectorAll('.slices .slice')].filter(slice => {
    const {top, bottom} = slice.querySelector('.slice-plate').getBoundingClientRect();
    const end = document.querySelector('.slices-bar').getBoundingClientRect().top;
    return top >= 56 && bottom <= end && !('passed' in slice.dataset);
}).length"""
"""How many slices are on the screen and do not count as seen yet."""
STUDY = "1.2.826.0.1.3680043.8.498.21"


def picture(number: int) -> bytes:
    """Give a round thing that changes slowly; one slice of all shows letters in a corner."""
    down, across = np.mgrid[:96, :96]
    pixels = np.full((96, 96), 10, np.uint8)
    pixels[(down - 50) ** 2 + (across - 48) ** 2 < (20 + number // 12) ** 2] = 90
    if number == ODD:
        pixels[3:9, 4:60:3] = 255
    plain = {"RescaleIntercept": 0, "WindowCenter": 128, "WindowWidth": 256, "is_planted": False}
    uid = {"study_uid": STUDY, "SOPInstanceUID": f"{STUDY}.2.{number}", "InstanceNumber": number}
    return make_dicom(pixels, patient_id="MRN-184", **uid, **plain).data


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, Site, Case]]:
    """Run a site whose author has one draft with a whole series in it."""
    folder = tmp_path_factory.mktemp("slices")
    bench = Bench(folder / "data")
    author, stores = bench.maker.people["ada"], bench.stores
    with stores.writing() as session:
        case = drafts.new_draft(session, author)
    for number in range(1, SLICES + 1):
        with stores.writing() as session:
            slot = receive.open_slot(session, session.get_one(Case, case.id), author)
        with stores.pool.memfile(picture(number)) as mem:
            assert receive.receive(stores, slot.id, mem, by=author).refusal is None
    site = start(folder / "data")
    yield bench, site, case
    stop(site)


@pytest.fixture
def fresh(ward: tuple[Bench, Site, Case]) -> tuple[Bench, Site, Case]:
    """Take areas and confirmations of earlier journeys away."""
    bench, _site, case = ward
    with bench.stores.writing() as session:
        for one in session.scalars(select(Instance).where(Instance.case_id == case.id)).all():
            review.set_boxes(session, one, [], session.get_one(User, case.author_id))
            review.unconfirm(session, one)
    return ward


def confirmed(bench: Bench, case: Case) -> int:
    with bench.stores.reading() as session:
        return len(review.confirmed_ids(session, session.get_one(Case, case.id)))


def shown(page: Page) -> int:
    return int(re.match(r"\d+", page.locator("[data-shown]").inner_text())[0])


def look_through(page: Page) -> int:
    """Go down screen by screen, waiting for its pictures as eyes do; gives how many screens further that was."""
    actions, at_end = 0, "() => innerHeight + scrollY >= document.documentElement.scrollHeight - 2"
    while True:
        page.wait_for_function(f"() => ({UNSEEN})() === 0")
        if page.evaluate(at_end):
            return actions
        page.evaluate(
            "() => scrollBy({top: innerHeight - 56 - document.querySelector('.slices-bar').offsetHeight - 170})"
        )
        actions += 1


def test_184_slices_are_confirmed_in_few_actions(browser: Browser, fresh: tuple[Bench, Site, Case]) -> None:
    bench, site, case = fresh
    page = open_page(browser, site.url, bench.secret, viewport={"width": 1440, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/drafts/{case.public_id}/review")
    page.wait_for_selector(f".closer [data-slice='{ODD}']")
    assert page.locator(".closer .slice").count() == 1
    actions = look_through(page)
    assert shown(page) == SLICES
    button = page.locator("[data-confirm]")
    assert button.inner_text() == f"Confirm all {SLICES} slices"
    button.click()
    page.wait_for_url(f"**/drafts/{case.public_id}")
    assert confirmed(bench, case) == SLICES
    assert actions + 1 <= MOST
    sheets = [url for url in asked if ".jpg" in url]
    assert len(set(sheets)) == 9
    # What is not to be stored is used again only until the page has loaded, so the sheet at that edge may come twice.
    assert len(sheets) <= 10, "a sheet is asked for once, however many slices it shows"
    page.context.close()


def test_what_flew_past_is_not_confirmed(browser: Browser, fresh: tuple[Bench, Site, Case]) -> None:
    bench, site, case = fresh
    page = open_page(browser, site.url, bench.secret, viewport={"width": 1440, "height": 900})
    page.goto(f"/drafts/{case.public_id}/review")
    page.wait_for_selector(f".closer [data-slice='{ODD}']")
    page.locator("#slice-184").scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({UNSEEN})() === 0")
    seen = shown(page)
    assert seen < SLICES
    page.locator("[data-confirm]").click()
    page.wait_for_selector(".slices-did")
    assert confirmed(bench, case) == seen
    page.locator("[data-rest]").click()
    assert page.evaluate("() => document.activeElement.id") == "slice-1"
    page.locator(".slices-did button").click()
    page.wait_for_selector("text=0 of 184 confirmed")
    assert confirmed(bench, case) == 0
    page.context.close()


def test_an_area_is_drawn_once_for_a_range(browser: Browser, fresh: tuple[Bench, Site, Case]) -> None:
    bench, site, case = fresh
    page = open_page(browser, site.url, bench.secret, viewport={"width": 1440, "height": 900})
    page.goto(f"/drafts/{case.public_id}/review")
    page.wait_for_selector(f".closer [data-slice='{ODD}']")
    page.locator(f".closer [data-slice='{ODD}']").click()
    assert page.locator("[data-title]").inner_text() == f"Slice {ODD} of {SLICES}"
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-title]").inner_text() == f"Slice {ODD + 1} of {SLICES}"
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('[data-stage] img').complete")
    assert violations(page) == []
    stage = page.locator("[data-stage]").bounding_box()
    side = min(stage["width"], stage["height"])
    left, top = stage["x"] + (stage["width"] - side) / 2, stage["y"] + (stage["height"] - side) / 2
    page.mouse.move(left + side * 2 / 96, top + side * 1 / 96)
    page.mouse.down()
    page.mouse.move(left + side * 66 / 96, top + side * 12 / 96, steps=3)
    page.mouse.up()
    page.get_by_label("From slice").last.fill("50")
    page.get_by_label("To slice").last.fill("60")
    page.locator("[data-go]").click()
    page.wait_for_selector(".slices-did")
    assert "The area is on slices 50–60 now" in page.locator(".slices-did").inner_text()
    with bench.stores.reading() as session:
        rows = session.execute(
            select(Instance.number, DrawnBox.x0, DrawnBox.y0, DrawnBox.x1, DrawnBox.y1)
            .join(DrawnBox, DrawnBox.instance_id == Instance.id)
            .where(Instance.case_id == case.id)
            .order_by(Instance.number)
        ).all()
    assert [row[0] for row in rows] == list(range(50, 61))
    assert {tuple(row[1:]) for row in rows} == {(2, 1, 66, 12)}
    assert page.locator("#slice-58 .slice-mark").inner_text() == "to look at, painted"
    page.locator(".slices-did button").click()
    page.wait_for_selector("text=Nothing is painted over on these slices.")
    page.context.close()


def test_a_slice_is_looked_at_larger_and_in_another_window(browser: Browser, fresh: tuple[Bench, Site, Case]) -> None:
    _bench, site, case = fresh
    page = open_page(browser, site.url, fresh[0].secret, viewport={"width": 1440, "height": 900})
    page.goto(f"/drafts/{case.public_id}/review")
    page.locator("#slice-2").click()
    loaded = (
        "() => { const one = document.querySelector('[data-stage] img'); return one.complete && one.naturalWidth; }"
    )
    page.wait_for_function(loaded)
    before = shown(page)
    page.get_by_label("Window").select_option("lung")
    page.wait_for_function(loaded)
    with page.expect_response(re.compile(r"preview.*window=lung")) as answer:
        page.get_by_role("button", name="Later slice").click()
    assert answer.value.status == 200
    page.keyboard.press("+")
    page.get_by_role("button", name="Larger").click()
    room = page.locator("[data-room]").bounding_box()
    assert page.locator("[data-stage]").bounding_box()["width"] == pytest.approx(4 * room["width"], rel=0.05)
    assert violations(page) == []
    page.mouse.move(room["x"] + room["width"] / 2 - 60, room["y"] + room["height"] / 2 - 60)
    page.mouse.down()
    page.mouse.move(room["x"] + room["width"] / 2 + 60, room["y"] + room["height"] / 2 + 60, steps=3)
    page.mouse.up()
    drawn = [int(page.locator(f"[data-paint] [name={name}]").input_value()) for name in ("x", "y", "width", "height")]
    scale = 4 * min(room["width"], room["height"]) / 96
    assert drawn[2] == pytest.approx(120 / scale, abs=1.5)
    assert drawn[0] + drawn[2] / 2 == pytest.approx(48, abs=1.5), "the middle stayed in the middle"
    assert shown(page) >= before
    page.context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_page_is_read_by_everybody(browser: Browser, fresh: tuple[Bench, Site, Case], scheme: str) -> None:
    bench, site, case = fresh
    page = open_page(
        browser, site.url, bench.secret, viewport={"width": 390, "height": 800}, color_scheme=scheme, has_touch=True
    )
    page.goto(f"/drafts/{case.public_id}/review")
    page.wait_for_selector(f".closer [data-slice='{ODD}']")
    assert violations(page, is_unrolled=True) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    width = page.evaluate("() => document.querySelector('.slices .slice-plate').offsetWidth")
    assert width >= 128
    page.context.close()


def test_without_javascript_every_slice_is_shown_and_confirmed(
    browser: Browser, fresh: tuple[Bench, Site, Case]
) -> None:
    bench, site, case = fresh
    page = open_page(browser, site.url, bench.secret, java_script_enabled=False)
    page.goto(f"/drafts/{case.public_id}/review", wait_until="load")
    page.locator(".slices-areas summary").first.click()
    for name, value in (("Left", 70), ("Top", 80), ("Width", 20), ("Height", 10)):
        page.get_by_label(name, exact=True).fill(str(value))
    page.locator(".slices-form button").first.click()
    page.wait_for_selector("text=The area is on slices 1–184 now")
    page.wait_for_load_state("load")
    # What a slice looks like is known once its sheet was made, so that the odd one is large by now.
    assert page.locator(f".closer [data-slice='{ODD}']").count() == 1
    page.locator("[data-confirm]").click()
    page.wait_for_url(f"**/drafts/{case.public_id}")
    assert confirmed(bench, case) == SLICES
    page.context.close()
