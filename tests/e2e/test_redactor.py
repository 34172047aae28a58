"""The review page in a browser: suggestions, areas, what is painted, and how nobody confirms by mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pinboard.deid.rectangles import grow
from pinboard.models import ScanState
from tests.e2e.conftest import violations
from tests.e2e.reviewing import Bench, boxes_on, open_page, outlines, wait_for_eyes
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from pinboard.models import Case, Instance
    from tests.serving import Site

ROWS, COLUMNS = 480, 640
TEXT = ("text", 0.93, None, 10, 8, 260, 36)
MEMORY = ("memory", 0.66, None, 430, 5, 630, 34)
OUTSIDE = ("outside", 1.0, None, 0, 440, 640, 480)
STROKES = ("strokes", 0.3, None, 320, 240, 380, 260)
ALL = (TEXT, MEMORY, OUTSIDE, STROKES)
US = "ultrasound/cardiac-ybr-full-burned-in.dcm"
CINE = "ultrasound/echo-cine-65f-jpeg-burned-in.dcm"
SLICES = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in (44, 50, 56)]
NAMES = ("us", "other", "cine", "series", "two", "plain", "touched", "found", "keys")


class Place:
    """A site with drafts, one for each thing that is tried."""

    def __init__(self, bench: Bench, browser: Browser, site: Site, drafts: dict[str, Case]) -> None:
        self.bench, self.browser, self.site, self.drafts = bench, browser, site, drafts

    def image(self, name: str, place: int = 0) -> Instance:
        return self.bench.images(self.drafts[name])[place]

    def url(self, name: str, place: int = 0) -> str:
        return f"/drafts/{self.drafts[name].public_id}/review?image={self.image(name, place).public_id}"

    def open(self, name: str, *rows: tuple, scan: ScanState | None = ScanState.DONE, **options: object) -> Page:
        """Open one image of a draft as the search left it."""
        self.bench.clear(self.image(name))
        self.bench.say(self.image(name), scan, *rows)
        page = open_page(self.browser, self.site.url, self.bench.secret, **options)
        page.goto(self.url(name))
        if options.get("java_script_enabled", True):
            wait_for_eyes(page)
        return page


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("review") / "data"
    bench = Bench(data)
    files = {"cine": [CINE], "series": SLICES, "two": [US, CINE]}
    drafts = {name: bench.draft(*files.get(name, [US]), patient=f"MRN-{name}") for name in NAMES}
    site = start(data)
    yield Place(bench, browser, site, drafts)
    stop(site)
    bench.stores.close()


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    """Give the site, and see that no script failed."""
    yield running
    for context in running.browser.contexts:
        faults = [fault for page in context.pages for fault in getattr(page, "faults", [])]
        context.close()
        # A refused form is an answer; a browser writes a line about it all the same.
        assert [fault for fault in faults if "409" not in fault and "422" not in fault] == []


def status(page: Page, words: str) -> None:
    page.locator(".image-state-now").get_by_text(words).wait_for()


def say(page: Page) -> str:
    return page.locator("[data-say]").inner_text()


def grown(*rows: tuple) -> list[list[int]]:
    return [list(grow(row[3:], rows=ROWS, columns=COLUMNS) or ()) for row in rows]


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Give where a pixel of the frame lies on the screen."""
    box = page.locator("redactor-canvas svg").bounding_box()
    assert box
    return box["x"] + x / COLUMNS * box["width"], box["y"] + y / ROWS * box["height"]


def drag(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*point(page, *points[0]))
    page.mouse.down()
    for one in points[1:]:
        page.mouse.move(*point(page, *one), steps=4)
    page.mouse.up()


def test_one_key_accepts_what_is_sure_and_one_takes_it_back(place: Place) -> None:
    page = place.open("us", *ALL)
    assert page.locator(".redactor-hint").count() == 4
    assert outlines(page) == []
    page.keyboard.press("y")
    status(page, "3 areas, not confirmed yet")
    assert sorted(outlines(page)) == sorted(grown(TEXT, MEMORY, OUTSIDE))
    assert page.locator(".redactor-hint").count() == 1  # the weak one
    assert "3 suggestions accepted" in say(page)
    page.keyboard.press("z")
    status(page, "No area, not confirmed yet")
    assert place.bench.drawn(place.image("us")) == []
    page.keyboard.press("Control+z")  # nothing is left to undo
    assert outlines(page) == []


def test_each_is_switched_by_click_by_key_and_in_the_list(place: Place) -> None:
    page = place.open("us", TEXT, MEMORY, STROKES)
    page.mouse.click(*point(page, 100, 20))
    status(page, "1 area, not confirmed yet")
    assert outlines(page) == grown(TEXT)
    page.locator(".redactor-box").focus()
    page.keyboard.press("Enter")
    status(page, "No area, not confirmed yet")
    page.keyboard.press("Enter")  # the focus is on the suggestion that it was before
    status(page, "1 area, not confirmed yet")
    page.get_by_role("button", name=re.compile("^Accept maybe letters")).click()
    status(page, "2 areas, not confirmed yet")
    page.get_by_role("button", name=re.compile("^Take back maybe letters")).click()
    status(page, "1 area, not confirmed yet")
    page.keyboard.press("z")
    status(page, "2 areas, not confirmed yet")
    for _ in range(4):
        page.keyboard.press("z")
    page.locator(".redactor-hint").nth(2).wait_for()


def test_the_outline_is_what_the_server_paints_and_shows(place: Place) -> None:
    page = place.open("us", TEXT)
    page.keyboard.press("y")
    status(page, "1 area, not confirmed yet")
    page.keyboard.press("p")
    page.locator("redactor-canvas.is-painted:not([aria-busy])").wait_for()
    assert "This is what will be published" in say(page)
    ((x0, y0, x1, y1),) = outlines(page)
    assert brightest(page, x0, y0, x1, y1) < 8
    drag(page, (400, 60), (500, 100))
    status(page, "2 areas, not confirmed yet")
    page.locator("redactor-canvas:not([aria-busy])").wait_for()
    assert brightest(page, *outlines(page)[1]) < 8  # painted anew without asking
    page.keyboard.press("p")
    page.locator("redactor-canvas:not(.is-painted, [aria-busy])").wait_for()
    assert brightest(page, x0, y0, x1, y1) > 60
    page.keyboard.press("z")
    page.keyboard.press("z")
    status(page, "No area, not confirmed yet")


def brightest(page: Page, *outline: int) -> int:
    """Give the brightest pixel of what the page shows inside an outline, but for the edge of a JPEG's squares."""
    return page.evaluate(
        """async ([x0, y0, x1, y1]) => {
      const image = document.querySelector('[data-sheet] img');
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const draw = canvas.getContext('2d');
      draw.drawImage(image, 0, 0);
      const {data} = draw.getImageData(x0 + 8, y0 + 8, x1 - x0 - 16, y1 - y0 - 16);
      return data.reduce((most, value, at) => at % 4 === 3 ? most : Math.max(most, value), 0);
    }""",
        list(outline),
    )


def test_enter_confirms_what_is_decided_and_asks_about_the_rest(place: Place) -> None:
    page = place.open("other", TEXT, MEMORY)
    image = place.image("other")
    page.keyboard.press("Enter")
    page.get_by_text("2 suggestions are open: y accepts them, Enter again confirms without them").wait_for()
    assert not place.bench.is_confirmed(image)
    page.keyboard.press("y")
    page.keyboard.press("Enter")  # faster than the areas are saved
    page.wait_for_url(re.compile(r"/drafts/\w+$"))
    assert place.bench.is_confirmed(image)
    assert len(place.bench.drawn(image)) == 2
    page.goto(place.url("other"))
    wait_for_eyes(page)
    drag(page, (400, 60), (500, 100))
    status(page, "3 areas, not confirmed yet")
    page.keyboard.press("z")
    status(page, "2 areas, not confirmed yet")


def test_enter_goes_from_suggestion_to_suggestion_and_then_confirms(place: Place) -> None:
    page = place.open("keys", TEXT, MEMORY, STROKES)
    page.locator(".redactor-hint").first.focus()
    for count in (1, 2, 3):
        page.keyboard.press("Enter")
        status(page, f"{count} area{'s' * (count > 1)}, not confirmed yet")
    page.keyboard.press("a")
    page.keyboard.press("Enter")  # a button never confirms; it leads to where Enter does
    page.get_by_text("Enter confirms the image").wait_for()
    assert not place.bench.is_confirmed(place.image("keys"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/drafts/\w+$"))
    assert len(place.bench.drawn(place.image("keys"))) == 4


def test_enter_twice_confirms_without_the_suggestions(place: Place) -> None:
    page = place.open("plain", TEXT)
    page.keyboard.press("Enter")
    page.get_by_text("1 suggestion is open").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/drafts/\w+$"))
    assert place.bench.drawn(place.image("plain")) == []


def test_nothing_is_confirmed_before_it_can_have_been_seen(place: Place) -> None:
    page = place.open("us")
    page.route("**/preview*", lambda route: route.abort())
    page.goto(place.url("us"), wait_until="domcontentloaded")
    page.locator("redactor-canvas.is-live").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Look at the image first").wait_for()
    page.faults.clear()
    assert not place.bench.is_confirmed(place.image("us"))


def test_what_the_search_finds_arrives_without_moving_what_one_looks_at(place: Place) -> None:
    page = place.open("found", scan=ScanState.WAITING)
    image = place.image("found")
    page.get_by_text("Text and faces are looked for").wait_for()
    assert page.get_by_role("button", name="Confirm without waiting").is_visible()
    page.locator("#image-exact > summary").click()
    page.fill("#exact-x", "77")
    before = [page.locator(one).bounding_box() for one in ("[data-sheet] img", ".image-confirm .button")]
    with page.expect_response(lambda answer: "/suggestions" in answer.url and answer.status == 204):
        pass  # it was asked, and nothing was new
    place.bench.say(image, ScanState.DONE, TEXT, MEMORY)
    page.locator(".redactor-hint").nth(1).wait_for()
    assert say(page) == "2 areas are suggested."
    assert [page.locator(one).bounding_box() for one in ("[data-sheet] img", ".image-confirm .button")] == before
    assert page.locator("#exact-x").input_value() == "77"
    assert page.evaluate("() => document.activeElement.id") == "exact-x"
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/suggestions" in request.url else None)
    page.wait_for_timeout(2_500)
    assert asked == []  # the search is over


def test_what_is_drawn_here_and_there_meanwhile_is_kept(place: Place) -> None:
    """The search may draw what a device calls outside, just while the author draws."""
    page = place.open("found", scan=ScanState.WAITING)
    page.evaluate("""() => {
      const canvas = document.querySelector('redactor-canvas');
      canvas.saving.isDirty = true;
      canvas.areas.boxes.push({frame: null, x0: 300, y0: 300, x1: 350, y1: 330, fill: 'block'});
      document.querySelector('#image-state').dataset.boxes = '[[null, 0, 440, 640, 480]]';
      document.dispatchEvent(new CustomEvent('htmx:after:swap'));
    }""")
    page.wait_for_function("() => JSON.parse(document.querySelector('#image-state').dataset.boxes).length === 2")
    assert {tuple(box) for box in boxes_on(page)} == {(None, 300, 300, 350, 330), (None, 0, 440, 640, 480)}
    page.evaluate("() => document.querySelector('redactor-canvas').areas.change(function () { this.boxes = []; })")


def test_areas_are_moved_resized_nudged_and_deleted(place: Place) -> None:
    page = place.open("us")
    drag(page, (200, 200), (280, 240))
    status(page, "1 area, not confirmed yet")
    (first,) = place_settled(page)
    assert first[1:] == pytest.approx([200, 200, 280, 240], abs=1)
    drag(page, (240, 220), (300, 260))
    drag(page, corner(page), (420, 380))
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Shift+Control+ArrowDown")
    (box,) = place_settled(page)
    assert box[1:3] == pytest.approx([first[1] + 59, first[2] + 40], abs=2)
    assert box[3:5] == pytest.approx([419, 381], abs=2)
    page.keyboard.press("d")
    status(page, "No area, not confirmed yet")


def corner(page: Page) -> tuple[float, float]:
    """Give the far corner of the chosen area, in pixels of the frame."""
    x, y = page.evaluate("""() => {
      const circle = document.querySelector('.is-chosen [data-corner="x1 y1"]');
      return [Number(circle.getAttribute('cx')), Number(circle.getAttribute('cy'))];
    }""")
    return x, y


def place_settled(page: Page) -> list[list[object]]:
    """Wait until the server has what the page has, and give it."""
    page.wait_for_function("""() => {
      const {saving, areas} = document.querySelector('redactor-canvas');
      const held = document.querySelector('#image-state').dataset.boxes;
      return !saving.isDirty && !saving.isSending && JSON.stringify(JSON.parse(held)) === areas.text;
    }""")
    return boxes_on(page)


def test_an_area_is_blurred_or_for_one_frame(place: Place) -> None:
    page = place.open("cine")
    page.keyboard.press("]")
    page.keyboard.press("a")
    page.keyboard.press("b")
    page.keyboard.press("f")
    (box,) = place_settled(page)
    assert (box[0], box[5]) == (1, "blur")
    assert page.locator("[data-act=blur]").get_attribute("aria-pressed") == "true"
    assert page.locator(".redactor-box").get_attribute("aria-label") == (
        f"Area 1 of 1, a blur: {box[3] - box[1]} by {box[4] - box[2]} pixels, "
        f"{box[1]} from the left, {box[2]} from the top, on frame 2 only"
    )
    page.keyboard.press("[")
    page.locator(".redactor-box").wait_for(state="detached")
    page.keyboard.press("z")
    page.keyboard.press("z")
    (box,) = place_settled(page)
    assert box[0] is None
    assert len(box) == 5


def test_areas_go_to_the_whole_series_and_each_image_is_still_looked_at(place: Place) -> None:
    page = place.open("series", scan=None)
    page.keyboard.press("a")
    status(page, "1 area, not confirmed yet")
    with page.expect_navigation():
        page.keyboard.press("w")
    page.get_by_text("The areas are on 2 other images now").wait_for()
    images = place.bench.images(place.drafts["series"])
    assert [len(place.bench.drawn(one)) for one in images] == [1, 1, 1]
    assert not any(map(place.bench.is_confirmed, images))
    for done in (1, 2):
        wait_for_eyes(page)
        page.keyboard.press("Enter")
        page.get_by_text(f"{done} of 3 confirmed").wait_for()
    assert page.locator("progress[aria-label='Confirmed images']").get_attribute("value") == "2"
    page.goto(place.url("series"))
    page.keyboard.press("j")
    page.wait_for_url(f"**{place.url('series', 2)}")


def test_a_finger_accepts_draws_and_pinches(place: Place) -> None:
    page = place.open("touched", TEXT, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*point(page, 100, 22))
    status(page, "1 area, not confirmed yet")
    wire = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y, "id": place} for place, (x, y) in enumerate(points)]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", point(page, 300, 200))
    touch("touchMove", point(page, 350, 240))
    touch("touchMove", point(page, 420, 300))
    touch("touchEnd")
    status(page, "2 areas, not confirmed yet")
    before = page.locator("[data-sheet]").bounding_box()
    touch("touchStart", point(page, 280, 240), point(page, 360, 240))
    touch("touchMove", point(page, 200, 240), point(page, 440, 240))
    touch("touchEnd")
    page.wait_for_function(
        "width => document.querySelector('[data-sheet]').getBoundingClientRect().width > width * 1.5",
        arg=before["width"] if before else 0,
    )
    assert len(place_settled(page)) == 2  # two fingers draw nothing
    for box in page.locator(".redactor-tools .button:visible").all():
        size = box.bounding_box()
        assert size
        assert size["height"] >= 44


def test_everything_works_without_a_script(place: Place) -> None:
    page = place.open("two", TEXT, MEMORY, STROKES, java_script_enabled=False)
    assert page.locator("[data-sheet] svg .redactor-would").count() == 3
    page.get_by_role("button", name=re.compile("^Accept text")).click()
    status(page, "1 area, not confirmed yet")
    page.get_by_role("button", name=re.compile("^Take back text")).click()
    status(page, "No area, not confirmed yet")
    page.get_by_role("button", name="Accept all 2").click()
    status(page, "2 areas, not confirmed yet")
    page.locator("#image-exact > summary").click()
    for name, value in (("x", "300"), ("y", "200"), ("width", "60"), ("height", "40")):
        page.fill(f"#exact-{name}", value)
    page.select_option("#exact-fill", "blur")
    page.get_by_role("button", name="Add area").click()
    status(page, "3 areas, not confirmed yet")
    assert [len(box) for box in boxes_on(page)] == [5, 5, 6]
    page.get_by_role("link", name="Show as painted").click()
    page.get_by_text("This is what will be published.").wait_for()
    assert "painted=1" in (page.locator("[data-sheet] img").get_attribute("src") or "")
    page.get_by_role("button", name="Confirm this image").click()
    page.get_by_text("1 of 2 confirmed").wait_for()
    assert place.bench.is_confirmed(place.image("two"))


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1440])
def test_a_reader_of_screens_is_told_everything(place: Place, scheme: str, width: int) -> None:
    page = place.open("us", *ALL, color_scheme=scheme, viewport={"width": width, "height": 900})
    group = page.get_by_role("group", name="Areas to paint over, and suggestions")
    for words in ("text, 250 × 28 at 10, 8", "painted before on this device", "outside the image", "maybe letters"):
        assert group.get_by_role("button", name=re.compile(f"Suggested: {words}.*Enter accepts it")).count() == 1
    page.keyboard.press("y")
    status(page, "3 areas, not confirmed yet")
    name = re.compile("Area 2 of 3, a block: 250 by 28 pixels")
    area = group.get_by_role("button", name=name)
    assert area.get_attribute("aria-pressed") == "false"
    area.focus()
    assert area.get_attribute("aria-pressed") == "true"
    assert violations(page) == []
    page.keyboard.press("z")
    status(page, "No area, not confirmed yet")
