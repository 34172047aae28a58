"""Three planes of a volume: the same values as numpy cuts, moved by hand and key, and gone when they are left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from sqlalchemy import select

from pinboard.marks import service as marks
from pinboard.models import Case, Instance, MarkKind
from tests.e2e.conftest import violations
from tests.e2e.reviewing import Bench, open_page
from tests.samples import sample
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page, Route

    from tests.serving import Site

CT = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 68)]
HEAD = [f"mr-series/t1w-7t-head/N2D_{number:04}.dcm" for number in range(96, 288, 8)]
CASES = {"ct": CT, "head": HEAD, "gap": CT[:5] + CT[6:11], "tilt": CT[:9], "scout": CT[:1]}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
VIEWER = "document.querySelector('series-viewer')"
PANES = f"""async () => (await {VIEWER}.part('planes')).panes.map(({{ plane, pixels, image }}) => ({{
  name: plane.name, sides: plane.sides.join(''), width: image.width, grey: Array.from(pixels, (one) => one & 255),
}}))"""
MEMORY = f"(({{ bytes, budget }}) => ({{ bytes, budget }}))({VIEWER}.frames)"
TURN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class Clinic:
    """A clinic with one case for each kind of series."""

    site: Site
    secret: str
    names: dict[str, str]

    def open(self, browser: Browser, name: str, *, frame: int = 0, **options: object) -> Page:
        page = open_page(browser, self.site.url, self.secret, reduced_motion="reduce", **options)
        page.goto(f"/c/{self.names[name]}/series/1?frame={frame}")
        page.locator("#stage.is-drawn").wait_for()
        return page


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    data = tmp_path_factory.mktemp("planes") / "data"
    bench, names = Bench(data), {}
    for number, (name, files) in enumerate(CASES.items()):
        case = bench.draft(*files, patient=f"MRN-{number}")
        bench.maker.look(case)
        bench.maker.write(case, title="How far does it reach?", question="In all directions?")
        names[name] = bench.maker.publish(case).public_id
        if name == "tilt":
            lean(bench, case.id)
        if name == "head":
            mark(bench, case.id)
    bench.stores.close()
    running = start(data)
    yield Clinic(running, bench.secret, names)
    stop(running)


def lean(bench: Bench, case_id: int) -> None:
    """Move each slice in its plane as a tilted gantry does."""
    with bench.stores.writing() as session:
        for one in session.scalars(select(Instance).where(Instance.case_id == case_id)):
            (x, y, z), *_rest = one.view["positions"]
            one.view = one.view | {"positions": [[x, y + 0.3 * (z - 350), z]]}


def mark(bench: Bench, case_id: int) -> None:
    """Draw on the fourth slice."""
    with bench.stores.writing() as session:
        case = session.get_one(Case, case_id)
        image = bench.maker.images(session, case)[3]
        box = marks.Drawn(MarkKind.BOX, 0, [[20.0, 20.0], [80.0, 60.0]])
        marks.draw(session, case, image, box, by=case.author_id)


@pytest.fixture
def ct(clinic: Clinic, browser: Browser) -> Iterator[Page]:
    page = clinic.open(browser, "ct", frame=12)
    yield page
    assert page.faults == []
    page.context.close()


@pytest.fixture
def phone(clinic: Clinic, browser: Browser) -> Iterator[Page]:
    page = clinic.open(browser, "ct", frame=12, **PHONE)
    yield page
    assert page.faults == []
    page.context.close()


def open_planes(page: Page) -> None:
    page.get_by_role("button", name="Three planes").click()
    page.locator(".plane-number").nth(2).wait_for()


def numbers(page: Page) -> list[int]:
    page.evaluate(TURN)
    return [int(text.split(" / ")[0]) for text in page.locator(".plane-number").all_inner_texts()]


def volume(files: list[str]) -> tuple[NDArray[Any], pydicom.Dataset, float]:
    """Give values in modality units as [slice, row, column], from the feet to the head, and mm from slice to slice."""
    slices = sorted((pydicom.dcmread(sample(name)) for name in files), key=lambda one: one.ImagePositionPatient[2])
    first, second = (np.array(one.ImagePositionPatient, float) for one in slices[:2])
    values = np.stack([one.pixel_array.astype(float) for one in slices])
    scaled = values * float(slices[0].get("RescaleSlope", 1)) + float(slices[0].get("RescaleIntercept", 0))
    return scaled, slices[0], float(np.linalg.norm(second - first))


def across(values: NDArray[Any], lines: int) -> NDArray[Any]:
    """Cut a plane [slice, …] into so many lines from the head to the feet, straight between the middles of slices."""
    count = len(values)
    depth = np.clip((np.arange(lines) + 0.5) * count / lines - 0.5, 0, count - 1)
    lower = np.minimum(depth.astype(int), count - 2)
    part = (depth - lower)[:, None]
    return (values[lower] * (1 - part) + values[lower + 1] * part)[::-1]


def shown(values: NDArray[Any], center: float, width: float) -> NDArray[Any]:
    """Show values as the standard says (PS3.3 section C.11.2.1.2.1)."""
    return np.rint(np.clip(((values - (center - 0.5)) / (width - 1) + 0.5) * 255, 0, 255))


@pytest.mark.parametrize(("name", "center", "width"), [("ct", 40, 400), ("ct", -600, 1500), ("head", 90, 200)])
def test_planes_show_what_numpy_cuts(clinic: Clinic, browser: Browser, name: str, center: int, width: int) -> None:
    page = clinic.open(browser, name)
    open_planes(page)
    page.evaluate(
        f"""async ([center, width]) => {{
          const viewer = {VIEWER}, planes = await viewer.part('planes');
          planes.move({{0: 200, 1: 140, 2: 7}});
          viewer.looks.chosen = {{ key: 'own', center, width, function: 'LINEAR' }};
          viewer.changed('look');
        }}""",
        [center, width],
    )
    page.evaluate(TURN)
    found = {one["name"]: np.reshape(one["grey"], (-1, one["width"])) for one in page.evaluate(PANES)}
    place = page.evaluate(f"{VIEWER}.series.frames[7].position[2]")
    page.context.close()
    values, first, gap = volume(CASES[name])
    lowest = float(first.ImagePositionPatient[2])
    step = gap * abs(np.cross(first.ImageOrientationPatient[:3], first.ImageOrientationPatient[3:])[2])
    lines = round(len(values) * gap / min(map(float, first.PixelSpacing)))
    expected = {
        "axial": values[round((place - lowest) / step)],
        "coronal": across(values[:, 140, :], lines),
        "sagittal": across(values[:, :, 200], lines),
    }
    for plane, cut in expected.items():
        grey = shown(cut, center, width)
        assert found[plane].shape == grey.shape, plane
        assert np.abs(found[plane] - grey).max() <= 1, plane
        assert len(np.unique(found[plane])) > 50, plane


@pytest.mark.parametrize("name", ["ct", "head"])
def test_the_letters_of_each_plane(clinic: Clinic, browser: Browser, name: str) -> None:
    page = clinic.open(browser, name)
    open_planes(page)
    found = {one["name"]: one["sides"] for one in page.evaluate(PANES)}
    page.context.close()
    # Right, below, left, above.
    assert found == {"axial": "LPRA", "coronal": "LFRH", "sagittal": "PFAH"}


def test_a_press_in_one_plane_moves_the_others_and_leaving_goes_to_its_slice(ct: Page) -> None:
    open_planes(ct)
    before = numbers(ct)
    assert before == [13, 257, 257]
    for name in ("Axial", "Coronal", "Sagittal"):
        assert ct.get_by_role("button", name=name, exact=True).is_visible()
    axial, coronal = (ct.locator(".plane canvas").nth(place) for place in (0, 1))
    box = axial.bounding_box()
    # A hundred pixels to the right and down is towards the left and the back of the person.
    ct.mouse.click(box["x"] + box["width"] / 2 + 100, box["y"] + box["height"] / 2 + 50)
    moved = numbers(ct)
    assert moved[0] == 13
    assert moved[1] > 270
    assert moved[2] > moved[1] + 20
    box = coronal.bounding_box()
    # At the upper end of the coronal plane lies the slice next to the head, which is the first one of this series.
    ct.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    ct.mouse.down()
    ct.mouse.move(box["x"] + box["width"] / 2, box["y"] + 2)
    ct.mouse.up()
    assert numbers(ct)[:2] == [1, moved[1]]
    ct.mouse.wheel(0, 120)
    assert numbers(ct)[1] == moved[1] + 3
    ct.keyboard.press("Escape")
    ct.locator("#stage [data-number]").get_by_text("1 / 24").wait_for()
    assert ct.locator(".viewer-planes, .is-planes").count() == 0
    ct.keyboard.press("]")
    ct.locator("#stage [data-number]").get_by_text("2 / 24").wait_for()


def test_by_key_and_aloud(ct: Page) -> None:
    open_planes(ct)
    slider = ct.get_by_role("slider", name="Axial")
    assert slider.evaluate("one => one === document.activeElement")
    ct.keyboard.press("ArrowLeft")
    assert numbers(ct)[0] == 12
    assert slider.get_attribute("aria-valuetext") == "Slice 12 of 24"
    ct.get_by_role("slider", name="Sagittal").press("Home")
    assert numbers(ct)[2] == 1
    large = ct.get_by_role("button", name="Sagittal", exact=True)
    large.focus()
    ct.keyboard.press("Enter")
    assert large.get_attribute("aria-pressed") == "true"
    assert ct.get_by_role("button", name="Axial", exact=True).get_attribute("aria-pressed") == "false"
    # What the stack alone can do is out of the way; window and warning are not.
    assert not ct.locator(".stage-tools").is_visible()
    assert ct.get_by_text("Not for primary diagnosis").is_visible()
    grey = ct.evaluate(PANES)[1]["grey"]
    ct.get_by_label("Window", exact=True).select_option(label="Lung")
    ct.evaluate(TURN)
    assert ct.evaluate(PANES)[1]["grey"] != grey
    assert violations(ct) == []
    ct.get_by_role("button", name="Three planes").click()
    ct.locator("#stage [data-number]").get_by_text("12 / 24").wait_for()


def test_with_a_thumb_a_small_plane_becomes_the_large_one(phone: Page) -> None:
    open_planes(phone)
    planes = phone.locator(".plane")
    planes.nth(2).locator("canvas").tap()
    assert "is-large" in planes.nth(2).get_attribute("class")
    assert numbers(phone) == [13, 257, 257]
    box = planes.nth(2).locator("canvas").bounding_box()
    assert box["width"] > 340
    assert planes.nth(0).bounding_box()["y"] >= box["y"] + box["height"]
    phone.touchscreen.tap(box["x"] + box["width"] / 2 - 60, box["y"] + box["height"] / 2)
    assert numbers(phone)[1] < 200
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert phone.get_by_text("Not for primary diagnosis").is_visible()
    assert violations(phone, is_unrolled=True) == []


def test_marks_are_not_drawn_there_and_whoever_asks_for_one_sees_it(clinic: Clinic, browser: Browser, ct: Page) -> None:
    open_planes(ct)
    assert ct.get_by_text("Marks are not drawn here.").count() == 0
    page = clinic.open(browser, "head", frame=12)
    open_planes(page)
    assert page.get_by_text("Marks are not drawn here.").is_visible()
    page.locator("#marks [data-go-mark]").first.click()
    page.locator("#stage:not(.is-planes)").wait_for()
    page.locator(".marks-layer .mark-shape").wait_for()
    assert page.evaluate(f"{VIEWER}.frame") == 3
    assert page.faults == []
    page.context.close()


def collect(page: Page) -> None:
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")


@pytest.mark.parametrize("way", ["left", "gone"])
def test_nothing_of_the_volume_stays(ct: Page, way: str) -> None:
    before = ct.evaluate(MEMORY)
    open_planes(ct)
    size = ct.evaluate(
        f"""async () => {{
          const {{ volume }} = await {VIEWER}.part('planes');
          window.held = new WeakRef(volume.stored);
          return volume.stored.byteLength;
        }}"""
    )
    during = ct.evaluate(MEMORY)
    assert size == 512 * 512 * 24 * 2
    assert during["budget"] == before["budget"] - size
    collect(ct)
    assert ct.evaluate("Boolean(held.deref())")
    if way == "left":
        ct.keyboard.press("Escape")
        ct.locator("#stage:not(.is-planes)").wait_for()
        assert ct.evaluate(MEMORY)["budget"] == before["budget"]
    else:
        ct.evaluate(f"{VIEWER}.remove()")
    ct.evaluate(TURN)
    collect(ct)
    assert not ct.evaluate("Boolean(held.deref())")


def test_on_a_phone_frames_make_room_for_the_volume(phone: Page) -> None:
    assert phone.evaluate(MEMORY)["budget"] == 64 * 2**20
    phone.evaluate(f"{VIEWER}.frames.budget = 13 * 2 ** 20")
    open_planes(phone)
    during = phone.evaluate(MEMORY)
    assert during["budget"] == 13 * 2**20 - 512 * 512 * 24 * 2
    assert during["bytes"] <= during["budget"] + 2 * 512 * 512 * 2
    assert phone.evaluate(PANES)[1]["width"] == 512


def test_a_series_that_the_device_cannot_hold_says_so(phone: Page) -> None:
    assert phone.get_by_role("button", name="Three planes").is_visible()
    phone.evaluate(f"{VIEWER}.frames.budget = 2 ** 20")
    phone.evaluate(f"{VIEWER}.bar.offerPlanes({VIEWER}.series.view.volume)")
    assert phone.get_by_role("button", name="Three planes").count() == 0
    phone.get_by_role("button", name="Adjust").click()
    assert phone.get_by_text("No three planes: they need 12 MB of memory").is_visible()


@pytest.mark.parametrize(
    ("name", "why"), [("gap", "not all the same distance apart"), ("tilt", "tilted gantry"), ("scout", "")]
)
def test_what_is_no_even_volume_has_no_control(clinic: Clinic, browser: Browser, name: str, why: str) -> None:
    page = clinic.open(browser, name)
    adjust = page.get_by_role("button", name="Adjust")
    adjust.click()
    assert page.get_by_role("button", name="Three planes").count() == 0
    line = page.locator("[data-too-large]").inner_text()
    assert (why in line) if why else (line == "")
    page.context.close()


def test_slices_that_do_not_come_are_told_and_the_stack_stays(clinic: Clinic, browser: Browser) -> None:
    page = open_page(browser, clinic.site.url, clinic.secret)
    held: list[Route] = []
    is_first = True

    def answer(route: Route) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            route.continue_()
        else:
            held.append(route)

    page.route("**/media/*/n0", answer)
    page.goto(f"/c/{clinic.names['ct']}")
    page.locator("#stage.is-drawn").wait_for()
    page.get_by_role("button", name="Three planes").click()
    page.get_by_role("progressbar", name="Loading slice 0 of 24").wait_for()
    assert held
    for route in tuple(held):
        route.abort()
    page.get_by_text("The slices could not be loaded").wait_for()
    page.unroute("**/media/*/n0")
    assert page.locator(".viewer-planes").count() == 0
    open_planes(page)
    page.context.close()
