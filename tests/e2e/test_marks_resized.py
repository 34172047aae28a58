"""One's own marks made larger and smaller by their handles: by pointer, by thumb and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pinboard.models import MarkKind
from tests.e2e.conftest import violations
from tests.e2e.test_marks import PHONE, Place, drag, near, place, running, spot, thumb  # noqa: F401 - fixtures too

if TYPE_CHECKING:
    from playwright.sync_api import Page

FINGER = 44  # pixels of the screen


def chosen(page: Page) -> None:
    """Choose the only mark that is seen."""
    page.locator("[data-shape]").focus()
    page.keyboard.press("Enter")
    page.locator("[data-shape].is-chosen").wait_for(state="attached")
    # What is said of the mark came into sight; the picture is wanted.
    page.locator(".stage .picture").evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")


@pytest.mark.parametrize(
    ("kind", "start", "end", "points"),
    [
        (MarkKind.BOX, (300, 320), (340, 300), [[200, 220], [340, 300]]),
        (MarkKind.ELLIPSE, (300, 220), (280, 200), [[200, 200], [280, 320]]),
        (MarkKind.ARROW, (200, 220), (180, 260), [[180, 260], [300, 320]]),
        (MarkKind.LENGTH, (300, 320), (350, 220), [[200, 220], [350, 220]]),
    ],
)
def test_a_handle_moves_its_corner_and_nothing_else(place: Place, kind: MarkKind, start, end, points) -> None:  # noqa: F811
    place.draw("ben", kind=kind)
    page = place.open("ben")
    assert page.locator(".mark-handle").count() == 0
    chosen(page)
    assert page.locator(".mark-handle").count() == (4 if kind in {MarkKind.BOX, MarkKind.ELLIPSE} else 2)
    assert violations(page, within=".stage") == []
    with page.expect_response("**/move"):
        drag(page, spot(page, *start), spot(page, *end))
    assert near(place.marks()[0].points, points)
    page.reload()
    page.locator("[data-shape]").wait_for(state="attached")
    assert near(place.marks()[0].points, points)


def test_handles_are_reached_by_a_thumb(place: Place) -> None:  # noqa: F811
    place.draw("ben")
    page = place.open("ben", **PHONE)
    chosen(page)
    sizes = page.locator(".mark-handle").evaluate_all(
        "all => all.map(one => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height))"
    )
    assert min(sizes) >= FINGER
    at, to = spot(page, 300, 320), spot(page, 400, 420)
    beside = {"x": at["x"] + 14, "y": at["y"] + 10}
    with page.expect_response("**/move"):
        thumb(page, beside, {"x": to["x"], "y": to["y"]}, {"x": to["x"] + 14, "y": to["y"] + 10})
    assert near(place.marks()[0].points, [[200, 220], [400, 420]])
    assert page.locator("[data-number]").inner_text() == "1 / 4", "the finger did not scroll meanwhile"


def test_handles_are_moved_by_keys_and_keep_the_focus(place: Place) -> None:  # noqa: F811
    place.draw("ben")
    page = place.open("ben")
    chosen(page)
    page.get_by_role("button", name="Handle 2 of 4 of mark A; arrow keys move it").focus()
    with page.expect_response("**/move"):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowUp")
    assert place.marks()[0].points == [[200, 219], [310, 320]]
    assert page.evaluate("() => document.activeElement.matches('.mark-handle')")


def test_a_shape_made_too_small_is_as_it_was(place: Place) -> None:  # noqa: F811
    place.draw("ben")
    page = place.open("ben")
    chosen(page)
    before = page.locator("[data-shape] .mark-over").get_attribute("d")
    with page.expect_response("**/move") as answer:
        drag(page, spot(page, 300, 320), spot(page, 200, 320))
    assert answer.value.status == 422
    page.wait_for_function("d => document.querySelector('[data-shape] .mark-over').getAttribute('d') === d", arg=before)
    assert place.marks()[0].points == [[200, 220], [300, 320]]


def test_the_mark_of_another_and_words_have_no_handles(place: Place) -> None:  # noqa: F811
    place.draw("ada")
    page = place.open("ben")
    chosen(page)
    assert page.locator(".mark-handle").count() == 0
    place.clear()
    place.draw("ben", kind=MarkKind.TEXT, text="Node")
    page.reload()
    page.locator("[data-shape]").wait_for(state="attached")
    chosen(page)
    assert page.locator(".mark-handle").count() == 0
