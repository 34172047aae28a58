"""Images that are dropped or pasted on a wall begin a case there; and the camera's way into a case on a telephone."""

from __future__ import annotations

import base64
import io
import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import select

from pinboard.models import Case
from pinboard.models.clinic_settings import decide, forget
from tests.archives import NAME
from tests.e2e.conftest import violations
from tests.e2e.reviewing import open_page
from tests.e2e.test_upload import bench  # noqa: F401 - a fixture
from tests.e2e.wire import Wire
from tests.factories import make_board

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, JSHandle, Page

    from tests.e2e.reviewing import Bench
    from tests.serving import Site

HELD = """([bytes, name, kinds]) => {
  const held = new DataTransfer();
  held.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name, { type: "image/png" }));
  for (const kind of kinds) held.items.add("<img>", kind);
  return held;
}"""
PASTE = "(held) => document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true}))"
WHERE = ("/", "/boards", "/b/chest-films")


@pytest.fixture(scope="module")
def chest(bench: tuple[Bench, Site]) -> str:  # noqa: F811
    """Give Ada a board that is empty still."""
    with bench[0].stores.writing() as session:
        owner = session.merge(bench[0].maker.people["ada"])
        return make_board(session, owner, slug="chest-films", title="Chest films").public_id


@pytest.fixture(params=[360, 1440])
def page(request: pytest.FixtureRequest, browser: Browser, bench: tuple[Bench, Site], chest: str) -> Iterator[Page]:  # noqa: F811
    wire = Wire(bench[1].url)
    opened = open_page(browser, wire.url, bench[0].secret, viewport={"width": request.param, "height": 780})
    opened.wire = wire
    yield opened
    opened.context.close()
    wire.close()


def go(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function("() => window.htmx && document.querySelector('script[src*=app]')")
    page.wait_for_load_state("networkidle")


def files(page: Page, *kinds: str) -> JSHandle:
    """Give a picture as a drag or the clipboard holds it, under a name that must stay on the device."""
    held = io.BytesIO()
    Image.effect_noise((300, 200), 60).save(held, "PNG")
    return page.evaluate_handle(HELD, [base64.b64encode(held.getvalue()).decode(), f"{NAME}.png", list(kinds)])


def drop(page: Page, held: JSHandle) -> None:
    page.dispatch_event("main", "dragenter", {"dataTransfer": held})
    page.locator(".upload-veil").wait_for()
    page.dispatch_event("main", "dragover", {"dataTransfer": held})
    page.dispatch_event("main", "drop", {"dataTransfer": held})


def arrived(page: Page, bench: Bench) -> Case:  # noqa: F811
    page.locator("#upload-count").filter(has_text="1 of 1 ready").wait_for()
    draft = page.locator("[data-upload] [name=draft]").input_value()
    with bench.stores.reading() as session:
        return session.scalars(select(Case).where(Case.public_id == draft)).one()


@pytest.mark.parametrize("url", WHERE)
def test_what_is_dropped_on_a_wall_begins_a_case(
    page: Page,
    bench: tuple[Bench, Site],  # noqa: F811
    chest: str,
    url: str,
) -> None:
    go(page, url)
    drop(page, files(page))
    case = arrived(page, bench[0])
    assert case.board_choice == ([chest] if url == WHERE[2] else [])
    assert page.get_by_role("heading", level=1).inner_text() == "New case"
    assert page.title().startswith("New case")
    assert page.locator(".upload-veil").is_hidden()
    assert NAME.encode() not in page.wire.left
    assert b"PUT /uploads/" in page.wire.left
    assert violations(page) == []
    assert page.faults == []
    # A reload finds the same draft, and Back the wall.
    page.reload()
    page.locator("#upload-count").filter(has_text="1 of 1 ready").wait_for()
    page.go_back()
    page.wait_for_url(f"**{url}")
    page.locator("[data-drop-target]").first.wait_for(state="attached")


def test_back_leads_to_the_wall_without_a_reload_between(page: Page, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    go(page, "/")
    drop(page, files(page))
    arrived(page, bench[0])
    page.go_back()
    page.get_by_role("heading", name="Home").wait_for()
    assert page.locator("[data-upload]").count() == 0


def test_more_can_follow_on_the_page_that_came(page: Page) -> None:
    go(page, "/")
    drop(page, files(page))
    page.locator("#upload-count").filter(has_text="1 of 1 ready").wait_for()
    held = files(page)
    for kind in ("dragenter", "drop"):
        page.dispatch_event("main", kind, {"dataTransfer": held})
    page.locator("#upload-count").filter(has_text="2 of 2 ready").wait_for()
    page.evaluate(PASTE, files(page))
    page.locator("#upload-count").filter(has_text="3 of 3 ready").wait_for()


def test_a_picture_is_pasted_on_a_board(page: Page, bench: tuple[Bench, Site], chest: str) -> None:  # noqa: F811
    go(page, "/b/chest-films")
    page.evaluate(PASTE, files(page, "text/html"))
    assert arrived(page, bench[0]).board_choice == [chest]


def test_a_picture_dragged_out_of_a_page_is_no_file(page: Page) -> None:
    go(page, "/")
    with page.expect_request("**/upload/elsewhere.js"):
        page.dispatch_event("main", "dragenter", {"dataTransfer": files(page)})
    held = files(page, "text/html")
    page.locator(".upload-veil").wait_for()
    page.dispatch_event("main", "dragleave", {"dataTransfer": files(page)})
    page.locator(".upload-veil").wait_for(state="hidden")
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", kind, {"dataTransfer": held})
    assert page.locator(".upload-veil").is_hidden()
    assert page.get_by_role("heading", name="Home").is_visible()
    assert b"POST /uploads" not in page.wire.left


def test_the_scripts_for_it_come_when_files_do(page: Page) -> None:
    go(page, "/b/chest-films")
    assert b"/upload/" not in page.wire.left
    assert b"drafts.css" not in page.wire.left


def test_where_consent_comes_first_the_question_is_shown(page: Page, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    asks_first(bench[0], is_on=True)
    try:
        # A decision that another process made is known after some seconds.
        wait_for_the_question(page)
        go(page, "/")
        drop_without_veil(page, files(page))
        page.wait_for_url("**/new")
        page.get_by_role("heading", name="New case").wait_for()
        assert page.get_by_label("Reason, by the clinic’s policy").is_hidden()
        assert violations(page) == []
        page.locator("[name=consent_kind][value=verbal]").check()
        page.locator("[name=level][value=clinic]").check()
        page.get_by_role("button", name="Go on to the images").click()
        page.locator("[data-upload].is-live").wait_for()
        assert b"PUT /uploads" not in page.wire.left
    finally:
        asks_first(bench[0], is_on=False)


def wait_for_the_question(page: Page) -> None:
    deadline = time.monotonic() + 30
    while "/new/consent" not in page.request.get("/new").text():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def drop_without_veil(page: Page, held: JSHandle) -> None:
    with page.expect_response("**/new"):
        page.dispatch_event("main", "dragenter", {"dataTransfer": held})
    page.dispatch_event("main", "drop", {"dataTransfer": held})


def asks_first(bench: Bench, *, is_on: bool) -> None:  # noqa: F811
    with bench.stores.writing() as session:
        decide(session, "consent_first", is_on, by_id=None)
    forget(session)


def test_the_camera_is_two_taps_away(browser: Browser, bench: tuple[Bench, Site]) -> None:  # noqa: F811
    page = open_page(browser, bench[1].url, bench[0].secret, viewport={"width": 360, "height": 740}, has_touch=True)
    go(page, "/")
    plus = page.locator(".bottombar .new")
    assert_takes_a_finger(page, plus)
    plus.tap()
    page.locator("[data-upload].is-live").wait_for()
    camera = page.locator("#upload-camera")
    assert camera.get_attribute("capture") == "environment"
    assert "image/*" in camera.get_attribute("accept")
    for one in page.locator(".upload-pick").all():
        assert_takes_a_finger(page, one)
    with page.expect_file_chooser() as asked:
        page.locator(".upload-pick", has=camera).tap()
    picture = io.BytesIO()
    Image.effect_noise((1200, 900), 60).save(picture, "JPEG")
    asked.value.set_files({"name": f"{NAME}.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
    page.locator("#upload-count").filter(has_text="1 of 1 ready").wait_for()
    for one in page.locator("#upload-queue button:visible, #upload-next").all():
        assert one.bounding_box()["height"] >= 44
    page.context.close()


def assert_takes_a_finger(page: Page, target: object) -> None:
    """See that a target is 44 px high and wide, on the screen, and not below the bar of the telephone."""
    box = target.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    assert box["y"] + box["height"] <= page.viewport_size["height"]
    centre = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    hit = "([x, y]) => document.elementFromPoint(x, y)?.closest('.upload-pick, .new') !== null"
    assert page.evaluate(hit, centre)
