"""The outline never lies: what the page's arithmetic shows is, to the pixel, what the server's paints."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pinboard.deid.rectangles import covered, grow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = Path(__file__).parents[2] / "static/js/redactor/geometry.js"
CALL = """async ({code, name, cases}) => {
  const {[name]: call} = await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
  return cases.map(one => call(...one));
}"""


@pytest.fixture(scope="module")
def call(browser: Browser):
    """Give the page's functions, called for many cases at once."""
    page = browser.new_page()
    code = SCRIPT.read_text(encoding="utf-8")
    yield lambda name, cases: page.evaluate(CALL, {"code": code, "name": name, "cases": cases})
    page.close()


def corners(box: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(("x0", "y0", "x1", "y1"), box, strict=True))


def some_boxes(seed: int, count: int) -> list[tuple[tuple[int, int, int, int], int, int]]:
    """Give boxes of every size on frames of every size, at edges, beyond them, without area and turned around."""
    pick = random.Random(seed)  # noqa: S311 - the same boxes every time
    found = []
    for _ in range(count):
        rows, columns = pick.choice([(1, 1), (16, 17), (240, 320), (480, 640), (2500, 2048)])
        sides = [(columns, rows)[place % 2] for place in range(4)]
        box = tuple(pick.choice([pick.randint(-20, side + 20), 0, side, pick.randint(0, side)]) for side in sides)
        found.append((box, rows, columns))
    return found


def test_a_box_grows_on_the_page_as_on_the_server(call):
    boxes = some_boxes(seed=7, count=20_000)
    shown = call("grow", [[corners(box), rows, columns] for box, rows, columns in boxes])
    painted = [grow(box, rows=rows, columns=columns) for box, rows, columns in boxes]
    assert sum(one is not None for one in painted) > 10_000
    assert sum(one is None for one in painted) > 100
    wrong = [
        (box, there, here)
        for box, there, here in zip(boxes, shown, painted, strict=True)
        if there != (corners(here) if here else None)
    ]
    assert wrong == []


def test_every_width_snaps_as_on_the_server(call):
    boxes = [((300, 300, 300 + width, 300 + height), 900, 900) for width in range(1, 180) for height in range(1, 180)]
    shown = call("grow", [[corners(box), rows, columns] for box, rows, columns in boxes])
    assert shown == [corners(grow(box, rows=rows, columns=columns) or ()) for box, rows, columns in boxes]


def test_what_lies_under_areas_is_counted_as_on_the_server(call):
    pick = random.Random(11)  # noqa: S311 - the same boxes every time
    cases = []
    for _ in range(3_000):
        boxes = [
            (x, y, x + pick.randint(1, 30), y + pick.randint(1, 30))
            for x, y in ((pick.randint(0, 60), pick.randint(0, 60)) for _ in range(pick.randint(1, 6)))
        ]
        cases.append((boxes[0], boxes[1:]))
    shown = call("covered", [[corners(one), [corners(box) for box in others]] for one, others in cases])
    held = [covered(one, others) for one, others in cases]
    assert 0 in held
    assert 1 in held
    assert shown == pytest.approx(held)
