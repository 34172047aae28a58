"""The viewer of a series in a real browser: by mouse, by key, by one thumb, and when the network lets it down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pydicom
import pytest
from sqlalchemy import select

from pinboard import clock
from pinboard.identity import members, sessions
from pinboard.models import Case, Role, ShareKind, Subject, User
from pinboard.patients import service as patients
from pinboard.shares import service as shares
from tests.e2e.conftest import violations
from tests.e2e.maker import Maker, begun
from tests.e2e.pages import Visitor
from tests.samples import sample
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

PASSWORD = "four quiet herons fly"
SLICES = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 68)]
CASES = {
    "ct": SLICES,
    "xray": ["xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm"],
    "cine": ["ultrasound/echo-cine-65f-jpeg-burned-in.dcm"],
}
DESK = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
VIEWER = "document.querySelector('series-viewer')"
# That the whole line is seen and nothing lies over it.
IN_SIGHT = """line => {
  const {left, top, right, bottom} = line.getBoundingClientRect();
  const ends = [[left + 20, top + 6], [left + 20, bottom - 6], [(left + right) / 2, (top + bottom) / 2]];
  return top >= 0 && bottom <= innerHeight && ends.every(([x, y]) => line.contains(document.elementFromPoint(x, y)));
}"""
# The mean of each quarter of what is drawn: left above, right above, left below, right below.
QUARTERS = """() => {
  const {width, height} = document.querySelector('.viewer-frame'), sums = [0, 0, 0, 0];
  const sheet = new OffscreenCanvas(width, height).getContext('2d');
  sheet.drawImage(document.querySelector('.viewer-frame'), 0, 0);
  sheet.getImageData(0, 0, width, height).data.forEach((value, at) => {
    if (at % 4 === 0) sums[((at >> 2) % width >= width / 2) + 2 * ((at >> 2) >= width * height / 2)] += value;
  });
  return sums.map((sum) => Math.round(100 * sum / width / height));
}"""


@dataclass
class Reader:
    """Somebody who looks at a series."""

    page: Page
    names: dict[str, str]

    def open(self, name: str, path: str = "/c/{}") -> None:
        self.page.goto(path.format(self.names[name]))
        self.shown()

    def shown(self) -> None:
        """Wait until the frame that is meant is the one that is drawn."""
        self.page.wait_for_function(
            f"() => {{ const v = {VIEWER}; return v.classList.contains('is-drawn') && v.entry?.frame === v.frame; }}"
        )
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    @property
    def frame(self) -> int:
        return int(self.page.locator("[data-number]").inner_text().split("/")[0])

    @property
    def facts(self) -> str:
        return self.page.locator("[data-facts]").inner_text()

    @property
    def window(self) -> tuple[int, int]:
        found = re.search(r"window (\d+) level (-?\d+)", self.facts)
        assert found, self.facts
        return int(found[1]), int(found[2])

    @property
    def stage(self) -> dict[str, float]:
        box = self.page.locator(".picture").bounding_box()
        assert box
        return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}

    def ask(self, what: str) -> Any:
        return self.page.evaluate(f"() => {VIEWER}.{what}")

    def settle(self) -> None:
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def drag(self, dx: float, dy: float) -> None:
        at = self.stage
        self.page.mouse.move(at["x"], at["y"])
        self.page.mouse.down()
        self.page.mouse.move(at["x"] + dx / 2, at["y"] + dy / 2)
        self.page.mouse.move(at["x"] + dx, at["y"] + dy)
        self.page.mouse.up()
        self.settle()

    def touch(self, *ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Draw with as many fingers as there are ways, from and to, both counted from the middle of the stage."""
        at = self.stage
        devtools = self.page.context.new_cdp_session(self.page)

        def points(part: float) -> list[dict[str, float]]:
            return [
                {"x": at["x"] + x + (to_x - x) * part, "y": at["y"] + y + (to_y - y) * part, "id": finger}
                for finger, ((x, y), (to_x, to_y)) in enumerate(ways)
            ]

        devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points(0)})
        for step in range(1, 9):
            devtools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points(step / 8)})
        devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.settle()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Scene]]:
    """Run a clinic with three series: a CT, a film in which dark stands for much light, and a cine in colour."""
    data = tmp_path_factory.mktemp("hall") / "data"
    scene = _build(data)
    running = start(data)
    yield running, scene
    stop(running)


def _build(data: Path) -> Scene:
    with begun(data) as maker:
        with maker.stores.writing() as session:
            ada = members.NewMember("ada", "Dr Ada Rao", Role.CLINICIAN, PASSWORD, verification="Licence seen")
            maker.people["ada"] = members.add(session, ada)
        for name, files in CASES.items():
            case = maker.draft(*files, patient=f"MRN-{name}")
            maker.look(case, *([(0.6, 0.02, 0.98, 0.12)] if name == "cine" else []))
            maker.write(case, title="Which slice shows it best?")
            maker.scene.names[name] = maker.publish(case).public_id
        _release(maker)
        with maker.stores.writing() as session:
            for login, who in maker.people.items():
                someone = session.get_one(User, who.id)
                maker.scene.secrets[login] = sessions.start(session, someone, agent="Firefox Linux")
        return maker.scene


def _release(maker: Maker) -> None:
    """Let the person in the CT see it, with an account and by a link."""
    with maker.stores.writing() as session:
        case = session.scalars(select(Case).where(Case.public_id == maker.scene.names["ct"])).one()
        ada = session.get_one(User, maker.people["ada"].id)
        person = session.get_one(Subject, case.subject_id)
        pat = members.NewMember("pat", person.chart_code, Role.PATIENT, PASSWORD, subject_id=person.id)
        maker.people["pat"] = members.add(session, pat)
        images = tuple(one.id for one in maker.images(session, case))
        shown = patients.Terms(
            caption="Your belly, slice by slice.", author_name="Dr Rao", shows_date=True, instances=images,
            not_before=clock.now() - timedelta(minutes=1),
        )  # fmt: skip
        patients.release(session, case, person, shown, by=ada)
        terms = shares.Terms(ShareKind.SUBJECT, "Printed at the desk", 14, wants_pin=False, allows_download=False)
        maker.scene.names["link"] = shares.make(
            session, case, terms, by=ada, slip_key=maker.stores.keys.subkey("slip")
        ).path


@pytest.fixture
def reader(browser: Browser, hall: tuple[Site, Scene]) -> Iterator[Callable[..., Reader]]:
    """Open a series, as Ada unless told otherwise; whatever a browser complains about fails the test."""
    visitors: list[Visitor] = []

    def opener(name: str, options: dict[str, Any] | None = None, *, who: str = "ada", path: str = "/c/{}") -> Reader:
        visitors.append(Visitor(browser, *hall, options=dict(options or DESK)))
        one = Reader(visitors[-1].page(who), hall[1].names)
        one.open(name, path)
        return one

    yield opener
    for visitor in visitors:
        visitor.close()
        assert visitor.complaints == []


def test_the_first_picture_stands_before_the_viewer_and_stays_for_the_ear(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    picture = one.page.locator(".picture img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 512
    assert picture.get_attribute("alt")
    assert one.page.get_by_text("Not for primary diagnosis.").is_visible()


def test_every_value_is_the_one_in_the_file(reader: Callable[..., Reader]) -> None:
    """Probe 100 points of each slice; the slices are told apart by where they lie."""
    one = reader("ct")
    files = [pydicom.dcmread(sample(name)) for name in SLICES]
    by_place = {round(float(file.ImagePositionPatient[2]), 2): file for file in files}
    points = [[(at * 37) % 512, (at * 101) % 512] for at in range(100)]
    for frame in (0, 11, 23):
        place, values = one.page.evaluate(
            f"""async ([frame, points]) => {{
              const viewer = {VIEWER}, {{stored, columns, unit}} = await viewer.valuesOf(frame);
              return [viewer.series.frames[frame].position[2], points.map(([x, y]) => unit(stored[y * columns + x]))];
            }}""",
            [frame, points],
        )
        file = by_place[round(place, 2)]
        truth = file.pixel_array * float(file.RescaleSlope) + float(file.RescaleIntercept)
        assert values == [truth[y, x] for x, y in points]


def test_wheel_slider_and_keys_lead_through_the_slices(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    start_at = one.frame
    one.page.mouse.move(one.stage["x"], one.stage["y"])
    one.page.mouse.wheel(0, 120)
    one.shown()
    assert one.frame == min(24, start_at + 3)
    for key, wanted in (("Home", 1), ("ArrowDown", 1), ("End", 24), ("PageUp", 14)):
        one.page.locator(".picture").focus()
        one.page.get_by_role("button", name="Scroll").click()
        one.page.locator(".picture").focus()
        one.page.keyboard.press(key)
        one.shown()
        assert one.frame == wanted + (key == "ArrowDown"), key
    one.page.locator("[data-slider]").fill("7")
    one.shown()
    assert one.frame == 7
    one.page.keyboard.press("]")
    one.shown()
    assert one.frame == 8


def test_the_window_follows_the_hand_the_list_and_the_key(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    assert one.window == (400, 60)
    before = one.page.evaluate(QUARTERS)
    one.drag(120, 0)
    width, level = one.window
    assert width > 400
    assert level == 60
    one.drag(0, -100)
    assert one.window[1] > 60
    looks = one.page.get_by_role("combobox", name="Window")
    assert looks.input_value() == "own"
    looks.select_option(label="Lung")
    one.settle()
    assert one.window == (1500, -600)
    assert sum(one.page.evaluate(QUARTERS)) > sum(before)
    assert looks.locator("option").all_inner_texts()[-1] == "Automatic"
    one.page.locator("#main").focus()
    one.page.keyboard.press("w")
    one.settle()
    assert one.window != (1500, -600)
    looks.select_option(label="From the file")
    one.settle()
    assert one.window == (400, 60)
    assert one.page.evaluate(QUARTERS) == before


def test_inverting_turns_dark_and_bright(reader: Callable[..., Reader]) -> None:
    one = reader("xray")
    plain = one.page.evaluate(QUARTERS)
    one.page.locator("#main").focus()
    one.page.keyboard.press("i")
    one.settle()
    assert one.page.get_by_role("button", name="Invert").get_attribute("aria-pressed") == "true"
    assert one.page.evaluate(QUARTERS) != plain
    one.page.get_by_role("button", name="Invert").click()
    one.settle()
    assert one.page.evaluate(QUARTERS) == plain


def test_what_is_turned_mirrored_and_enlarged_comes_back_with_fit(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    plain = one.page.evaluate(QUARTERS)
    one.page.get_by_role("button", name="Adjust").click()
    one.page.get_by_role("button", name="Turn to the right").click()
    one.settle()
    turned = one.page.evaluate(QUARTERS)
    assert turned != plain
    one.page.get_by_role("button", name="Mirror").click()
    one.settle()
    assert one.page.evaluate(QUARTERS) != turned
    one.page.keyboard.press("+")
    one.settle()
    assert "1.3" in one.facts or "1.2" in one.facts
    one.page.get_by_role("button", name="Fit").click()
    one.page.get_by_role("button", name="Adjust").click()
    one.settle()
    assert one.page.evaluate(QUARTERS) == plain


def test_the_wheel_with_control_enlarges_what_lies_under_it(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    x, y = round(one.stage["x"] + 100), round(one.stage["y"] - 60)
    box = one.page.locator(".picture").bounding_box()
    assert box
    under = f"toImage({x - box['x']}, {y - box['y']})"
    before = one.ask(under)
    one.page.mouse.move(x, y)
    one.page.keyboard.down("Control")
    one.page.mouse.wheel(0, -300)
    one.page.keyboard.up("Control")
    one.settle()
    assert one.ask("camera.zoom") > 2
    after = one.ask(under)
    assert abs(before["x"] - after["x"]) < 0.1
    assert abs(before["y"] - after["y"]) < 0.1


def test_a_cine_plays_in_its_own_time_and_ends_where_it_is_told_to(reader: Callable[..., Reader]) -> None:
    one = reader("cine")
    assert one.page.get_by_role("combobox", name="Window").count() == 0
    one.page.get_by_role("button", name="Adjust").click()
    one.page.get_by_role("combobox", name="Speed").select_option("4")
    one.page.get_by_role("button", name="Again and again").click()
    one.page.locator("[data-slider]").fill("50")
    one.page.get_by_role("button", name="Play").click()
    one.page.get_by_role("button", name="Stop").wait_for()
    one.page.get_by_role("button", name="Play").wait_for()
    assert one.frame == 65
    assert one.ask("cine.delay") < 40


def test_it_says_where_it_is_when_the_hand_rests(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    one.page.locator("[data-slider]").fill("12")
    status = one.page.get_by_role("status").filter(has_text="Slice 12 of 24, window 400 level 60")
    status.wait_for(state="attached")


def test_full_screen_keeps_the_line_that_says_what_it_is_not_for(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    one.page.get_by_role("button", name="Full screen").click()
    one.page.wait_for_function(f"() => {VIEWER}.isFull && {VIEWER}.offsetWidth > innerWidth - 20")
    assert one.page.get_by_text("Not for primary diagnosis.").is_visible()
    one.page.get_by_role("button", name="Full screen").click()
    one.page.wait_for_function(f"() => !{VIEWER}.isFull")


def test_a_slice_that_does_not_come_is_told_and_comes_when_asked_again(reader: Callable[..., Reader]) -> None:
    one = reader("ct")
    one.page.wait_for_function(f"() => !{VIEWER}.frames.coming.size && !{VIEWER}.frames.wanted.length")
    one.page.evaluate(f"() => {VIEWER}.frames.kept.clear()")
    one.page.route("**/media/**/n*", lambda route: route.abort())
    one.page.locator("[data-slider]").fill("3")
    told = one.page.get_by_text("This picture could not be loaded.")
    told.wait_for()
    one.page.unroute("**/media/**/n*")
    one.page.get_by_role("link", name="Retry").click()
    one.shown()
    assert not told.is_visible()
    assert one.frame == 3


def test_without_the_values_it_still_shows_pictures_and_says_so(reader: Callable[..., Reader]) -> None:
    one = reader("xray")
    one.page.route("**/view.json", lambda route: route.fulfill(status=500))
    one.open("ct")
    assert "could not be loaded" in one.facts
    before = one.page.evaluate(QUARTERS)
    one.page.locator("[data-slider]").fill("1")
    one.shown()
    assert one.page.evaluate(QUARTERS) != before


def test_one_thumb_scrolls_and_windows_and_two_fingers_enlarge(reader: Callable[..., Reader]) -> None:
    one = reader("ct", PHONE)
    begun = one.frame
    one.touch(((0, 40), (0, -80)))
    one.shown()
    assert one.frame < begun
    at_top = one.page.evaluate("scrollY")
    one.touch(((0, -80), (0, 120)))
    one.shown()
    assert one.frame > begun - 5
    assert one.page.evaluate("scrollY") == at_top
    one.touch(((-30, -30), (-90, -90)), ((30, 30), (90, 90)))
    assert one.ask("camera.zoom") == pytest.approx(3, abs=0.2)
    one.page.get_by_role("button", name="Window", exact=True).tap()
    one.touch(((0, 0), (100, 0)))
    assert one.window[0] > 400
    one.page.get_by_role("combobox", name="Window").select_option(label="Bone")
    # A finger on a row that still slides stops it and presses nothing, so this is a click.
    one.page.get_by_role("button", name="Fit").click()
    one.page.wait_for_function(f"() => {VIEWER}.camera.zoom === 1")


@pytest.mark.parametrize(
    ("who", "name", "path"), [("pat", "ct", "/my/c/{}"), ("", "link", "{}")], ids=["account", "link"]
)
def test_the_person_in_the_images_has_the_same_viewer(
    reader: Callable[..., Reader], who: str, name: str, path: str
) -> None:
    one = reader(name, PHONE, who=who, path=path)
    first = one.frame
    assert first == 9  # the slice that shows most
    assert one.window == (400, 60)
    one.touch(((0, 60), (0, -60)))
    one.shown()
    assert one.frame < first
    one.page.get_by_role("combobox", name="Window").select_option(label="Lung")
    one.settle()
    assert one.window == (1500, -600)
    assert one.page.locator("#stage .notdiagnostic").is_visible()
    assert one.page.get_by_role("button", name="Marks").count() == 0


def test_every_control_is_large_enough_for_a_thumb(reader: Callable[..., Reader]) -> None:
    one = reader("ct", PHONE)
    small = one.page.evaluate(
        """() => [...document.querySelectorAll('series-viewer :is(button, a, select, input)')]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, {width, height}]) => width < 44 || height < 44).map(([name]) => name)"""
    )
    assert small == []
    assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["ct", "cine"])
def test_axe_finds_nothing(reader: Callable[..., Reader], name: str, options: dict[str, Any]) -> None:
    one = reader(name, options)
    for row in ("Measure", "Adjust"):
        one.page.get_by_role("button", name=row).click()
        assert violations(one.page, within="series-viewer") == []


@pytest.mark.parametrize("file", ["tools/measure.js", "tools/measured.js"], ids=["itself", "what-it-needs"])
def test_a_part_that_did_not_come_is_said_and_asked_for_again(reader: Callable[..., Reader], file: str) -> None:
    one = reader("ct", {**DESK, "service_workers": "block"})
    line = one.page.locator("[data-unreached]")
    one.page.route(f"**/{file}", lambda route: route.abort())
    one.page.get_by_role("button", name="Measure").click()
    line.get_by_text("The server could not be reached. Try again.").wait_for()
    assert violations(one.page, within="series-viewer") == []
    with one.page.expect_event("requestfailed"):
        line.get_by_role("button", name="Retry").click()
    one.settle()
    assert line.is_visible()
    one.page.unroute(f"**/{file}")
    line.get_by_role("button", name="Retry").focus()
    one.page.keyboard.press("Enter")
    one.page.wait_for_function(f"() => {VIEWER}.tools.length")
    assert not line.is_visible()
    assert one.ask("stage === document.activeElement")
    one.page.get_by_role("button", name="Length", exact=True).click()
    assert one.ask("tool.name") == "length"


def test_the_button_of_a_part_is_a_way_to_ask_again_too(reader: Callable[..., Reader]) -> None:
    one = reader("ct", {**DESK, "service_workers": "block"})
    line = one.page.locator("[data-unreached]")
    one.page.route("**/tools/montage.js", lambda route: route.abort())
    button = one.page.get_by_role("button", name="All images")
    button.click()
    line.wait_for()
    one.page.unroute("**/tools/montage.js")
    button.click()
    one.page.locator(".viewer-sheet").wait_for()
    assert not line.is_visible()


@pytest.mark.parametrize(("who", "path"), [("ada", "/c/{}"), ("pat", "/my/c/{}")], ids=["clinic", "patient"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 568), (740, 360)])
def test_what_the_pictures_are_not_for_is_always_in_sight(
    reader: Callable[..., Reader], width: int, height: int, who: str, path: str
) -> None:
    one = reader("ct", {**PHONE, "viewport": {"width": width, "height": height}}, who=who, path=path)
    words = one.page.get_by_text("Not for primary diagnosis.")
    rows = [None, "Measure", "Marks", "Adjust"] if who == "ada" else [None, "Measure", "Adjust"]
    for row in rows:
        if row:
            one.page.get_by_role("button", name=row, exact=True).click()
        for way in ("picture", "viewer-bar", "stage-tools"):
            one.page.locator(f"series-viewer .{way}").evaluate("part => part.scrollIntoView({block: 'start'})")
            assert words.evaluate(IN_SIGHT), (row, way)
        one.page.evaluate("scrollTo(0, 0)")
        assert words.evaluate(IN_SIGHT), row
    assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    one.page.evaluate(f"() => {VIEWER}.classList.add('is-full')")
    one.settle()
    assert words.evaluate(IN_SIGHT)
