"""What the viewer measures, beside the same sums in numpy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.e2e.test_viewer_values import LOAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

TOOLS = """async () => {
  const folder = document.querySelector('script[src*="/js/app.js"]').src.replace('app.js', 'viewer/tools/');
  for (const name of ['values', 'words']) Object.assign(window, await import(`${folder}${name}.js`));
}"""
STATISTICS = """([kind, points, rows, columns, values, view]) =>
  statisticsOf(kind, points, {stored: Int16Array.from(values), rows, columns, view})"""
WORDS = {"mean": "Mean {mean}, SD {deviation}", "range": "{least} to {most}", "detector": "at the detector"}
ENDS = [[(3.2, 4.7), (20.4, 17.1)], [(20, 17), (3, 4)], [(-5, -5), (12, 60)], [(0, 0), (32, 24)]]
HU = {"slope": 1, "intercept": -1024, "unit": "HU"}


@pytest.fixture(scope="module")
def bench(browser: Browser, site: Site) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{site.url}/login")
    page.evaluate(LOAD)
    page.evaluate(TOOLS)
    yield page
    page.close()


def points(*pairs: tuple[float, float]) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in pairs]


@pytest.mark.parametrize(
    ("view", "ends", "length"),
    [
        ({"spacing": [0.5, 0.5]}, [(10, 10), (40, 50)], (25.0, "mm")),
        ({"spacing": [2.0, 0.5]}, [(0, 0), (4, 0)], (2.0, "mm")),
        ({"spacing": [2.0, 0.5]}, [(0, 0), (0, 4)], (8.0, "mm")),
        ({"spacing": [0.7, 0.9]}, [(3.25, 8.5), (120.75, 99)], (math.hypot(117.5 * 0.9, 90.5 * 0.7), "mm")),
        ({"spacing": None}, [(0, 0), (3, 4)], (5.0, "px")),
        ({"spacing": [1, 1], "regions": [[10, 10, 99, 99]]}, [(20, 20), (20, 30)], (10.0, "mm")),
        ({"spacing": [1, 1], "regions": [[10, 10, 99, 99]]}, [(5, 20), (20, 20)], (15.0, "px")),
        ({"spacing": [1, 1], "regions": [[0, 0, 9, 9], [20, 0, 29, 9]]}, [(5, 5), (25, 5)], (20.0, "px")),
    ],
)
def test_a_length_is_in_millimetres_only_where_the_size_of_a_pixel_holds(
    bench: Page, view: dict[str, Any], ends: list[tuple[float, float]], length: tuple[float, str]
) -> None:
    told = bench.evaluate("([points, view]) => lengthOf(points, view)", [points(*ends), view])
    assert told["unit"] == length[1]
    assert told["value"] == pytest.approx(length[0], rel=1e-9)


@pytest.mark.parametrize(
    ("view", "legs", "degrees"),
    [
        ({"spacing": [1, 1]}, [(10, 0), (0, 0), (0, 10)], 90),
        ({"spacing": [1, 1]}, [(10, 0), (0, 0), (-10, 0)], 180),
        ({"spacing": [1, 1]}, [(10, 0), (0, 0), (5, 0)], 0),
        ({"spacing": [2, 1]}, [(10, 0), (0, 0), (10, 10)], math.degrees(math.atan2(20, 10))),
        ({"spacing": None}, [(10, 0), (0, 0), (10, 10)], 45),
        ({"spacing": None, "aspect": [2, 1]}, [(10, 0), (0, 0), (10, 10)], math.degrees(math.atan2(20, 10))),
    ],
)
def test_an_angle_is_that_in_the_body(
    bench: Page, view: dict[str, Any], legs: list[tuple[float, float]], degrees: float
) -> None:
    told = bench.evaluate("([points, view]) => angleOf(points, view)", [points(*legs), view])
    assert told == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize("kind", ["rectangle", "ellipse"])
@pytest.mark.parametrize("ends", ENDS)
def test_the_values_inside_a_shape_are_those_of_numpy(bench: Page, kind: str, ends: list[tuple[float, float]]) -> None:
    rows, columns = 24, 32
    stored = np.random.default_rng(5).integers(0, 4096, (rows, columns)).astype(np.int16)
    y, x = np.mgrid[:rows, :columns] + 0.5
    (left, right), (top, bottom) = (sorted(side) for side in zip(*ends, strict=True))
    inside = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    if kind == "ellipse":
        across, down = (left + right) / 2, (top + bottom) / 2
        inside &= ((x - across) / (right - left) * 2) ** 2 + ((y - down) / (bottom - top) * 2) ** 2 <= 1
    expected = stored[inside] - 1024.0
    told = bench.evaluate(STATISTICS, [kind, points(*ends), rows, columns, stored.ravel().tolist(), HU])
    assert told["count"] == expected.size > 10
    assert told["mean"] == pytest.approx(expected.mean())
    assert told["deviation"] == pytest.approx(expected.std())
    assert (told["least"], told["most"]) == (expected.min(), expected.max())


def test_where_no_pixel_lies_nothing_is_told(bench: Page) -> None:
    for ends in ([(40, 40), (50, 50)], [(3.6, 3.6), (3.9, 3.9)]):
        assert bench.evaluate(STATISTICS, ["rectangle", points(*ends), 24, 32, [0] * 768, HU]) is None
    assert bench.evaluate("statisticsOf('ellipse', [{x: 0, y: 0}, {x: 2, y: 2}], {colours: []})") is None


def test_a_pixel_is_told_by_the_square_it_fills(bench: Page) -> None:
    told = """([x, y]) => valueAt({x, y}, {stored: Int16Array.from([0, 1000, 2000, 3000, 4000, 5000]),
      rows: 2, columns: 3, view: {slope: 1, intercept: -1024}})"""
    expected = {
        (0, 0): -1024,
        (0.99, 0.99): -1024,
        (1, 0): -24,
        (2.5, 1.5): 3976,
        (3, 0): None,
        (0, 2): None,
        (-0.1, 0): None,
    }
    assert {at: bench.evaluate(told, list(at)) for at in expected} == expected
    colours = "valueAt({x: 1.5, y: 0.5}, {colours: [1, 2, 3, 255, 4, 5, 6, 255], rows: 1, columns: 2})"
    assert bench.evaluate(colours) == [4, 5, 6]


def test_what_is_said_has_unit_and_only_digits_that_count(bench: Page) -> None:
    say = "([measure, frame, words]) => told(measure, frame, words)"
    line = {"kind": "length", "points": points((0, 0), (30, 0))}
    assert bench.evaluate(say, [line, {"view": {"spacing": [0.5, 0.41]}}, WORDS]) == ["12.3 mm"]
    assert bench.evaluate(say, [line, {"view": {"spacing": None}}, WORDS]) == ["30.0 px"]
    seen = {"view": {"spacing": [1, 1], "spacing_kind": "detector"}}
    assert bench.evaluate(say, [line, seen, WORDS]) == ["30.0 mm at the detector"]
    flat = """([words]) => told({kind: 'rectangle', points: [{x: 0, y: 0}, {x: 2, y: 2}]},
      {stored: Int16Array.from([990, 990, 990, 994]), rows: 2, columns: 2,
      view: {slope: 1, intercept: -1024, unit: 'HU', spacing: [1, 1]}}, words)"""
    assert bench.evaluate(flat, [WORDS]) == ["Mean −33.0 HU, SD 1.73", "−34.0 to −30.0", "4.00 mm²"]
    assert [bench.evaluate(f"number({one})") for one in (-0.001, 0, 1234.5, 12.34)] == ["0.00", "0.00", "1235", "12.3"]
