"""Marks in a browser: drawn with one thumb, moved, spoken of, found again from the words, and all of it by keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select

from pinboard.config import load
from pinboard.identity import members, sessions
from pinboard.intake.stores import Stores
from pinboard.marks import service
from pinboard.marks.queries import places
from pinboard.models import Case, Comment, Mark, MarkKind, Role
from pinboard.models.ready import ensure_ready
from tests.e2e.conftest import violations
from tests.e2e.maker import Maker
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.serving import Site

PASSWORD = "four quiet herons fly"
SLICES = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 60, 4)]
FILM = "xray-mammo/shoulder-rf.dcm"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}


class Place:
    """A published case with a film and a few slices, and two people who read it."""

    def __init__(self, browser: Browser, site: Site, maker: Maker, case: Case) -> None:
        self.browser, self.site, self.stores, self.case, self.people = browser, site, maker.stores, case, maker.people
        self.path = f"/c/{case.public_id}"
        self.secrets: dict[str, str] = {}
        with self.stores.writing() as session:
            images = maker.images(session, case)
            where = places(session, case.id)
            self.slices = sorted(
                (one for one in images if one.header["Modality"] == "CT"), key=lambda one: where[one.id].before
            )
            self.number = where[self.slices[0].id].series
            for name in ("ada", "ben"):
                self.secrets[name] = sessions.start(session, self.people[name], agent="Firefox Linux")

    def clear(self) -> None:
        with self.stores.writing() as session:
            session.execute(delete(Mark))
            session.execute(delete(Comment))

    def marks(self) -> list[Mark]:
        with self.stores.reading() as session:
            return list(session.scalars(select(Mark).order_by(Mark.id)))

    def draw(self, by: str, place: int = 0, kind: MarkKind = MarkKind.BOX, text: str = "") -> Mark:
        points = [[200.0, 220.0]] if kind is MarkKind.TEXT else [[200.0, 220.0], [300.0, 320.0]]
        with self.stores.writing() as session:
            case = session.get_one(Case, self.case.id)
            drawn = service.Drawn(kind, 0, points, text)
            return service.draw(session, case, self.slices[place], drawn, by=self.people[by].id)

    def open(self, who: str, path: str | int = 0, **options: object) -> Page:
        """Open a frame of the slices, or another page of the case."""
        context = self.browser.new_context(base_url=self.site.url, **{**DESK, **options})  # type: ignore[arg-type]
        context.add_cookies([{"name": "pinboard", "value": self.secrets[who], "url": self.site.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(self.path + (f"/series/{self.number}?frame={path}" if isinstance(path, int) else path))
        if options.get("java_script_enabled", True):
            ready(page)
        return page


def ready(page: Page) -> None:
    page.wait_for_selector(".stage.is-drawn")
    if page.locator("#marks li").count():
        page.wait_for_selector(".marks-layer", state="attached")
    page.wait_for_function("() => window.htmx")


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("marks") / "data"
    config = load({"PINBOARD_DATA": str(data)})
    ensure_ready(config)
    stores = Stores.open(config)
    maker = Maker(stores)
    with stores.writing() as session:
        for login, name in (("ada", "Dr Ada Rao"), ("ben", "Dr Ben Okafor")):
            new = members.NewMember(login, name, Role.CLINICIAN, PASSWORD, verification="Licence seen")
            maker.people[login] = members.add(session, new)
    case = maker.draft(FILM, *SLICES, patient="MRN-1")
    maker.look(case)
    maker.write(case, title="Is this node new?", question="Beside the head of the pancreas.")
    case = maker.publish(case)
    site = start(data)
    yield Place(browser, site, maker, case)
    stop(site)
    stores.close()


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    yield running
    for context in running.browser.contexts:
        context.close()
    running.clear()


def spot(page: Page, x: float, y: float) -> dict[str, float]:
    """Find where a pixel of the frame lies in the window."""
    return page.evaluate(
        """([x, y]) => {
          const viewer = document.querySelector('series-viewer'), box = viewer.stage.getBoundingClientRect();
          const at = viewer.toScreen(x, y);
          return {x: box.left + at.x, y: box.top + at.y};
        }""",
        [x, y],
    )


def thumb(page: Page, *spots: dict[str, float]) -> None:
    """Lay one finger down, lead it over these places, rest and lift it.

    A finger that leaves the glass in motion starts a fling, and the browser takes a tap right after it for a stop.
    """
    wire = page.context.new_cdp_session(page)
    for number, at in enumerate(spots):
        kind = "touchStart" if number == 0 else "touchMove"
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        page.wait_for_timeout(30)
    page.wait_for_timeout(120)
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def drag(page: Page, start: dict[str, float], end: dict[str, float]) -> None:
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    page.mouse.move((start["x"] + end["x"]) / 2, (start["y"] + end["y"]) / 2)
    page.mouse.move(end["x"], end["y"])
    page.mouse.up()


def choose(page: Page, shape: str) -> None:
    """Unfold the shapes and take one."""
    opener = page.get_by_role("button", name="Marks", exact=True)
    if opener.get_attribute("aria-expanded") != "true":
        opener.click()
    page.locator("[data-rows=marks]").get_by_role("button", name=shape, exact=True).click()


def lines(page: Page) -> list[str]:
    return page.locator("#marks li").evaluate_all("all => all.map(one => one.dataset.letter)")


def drawn(page: Page) -> list[str]:
    return page.locator("[data-shape]").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")


def near(points: list[list[float]], wanted: list[list[float]], within: float = 2.5) -> bool:
    pairs = zip(points, wanted, strict=True)
    return all(abs(a - b) <= within for one, other in pairs for a, b in zip(one, other, strict=True))


def test_with_one_thumb_a_slice_is_found_measured_marked_and_spoken_of_and_the_next_reader_sees_it(
    place: Place,
) -> None:
    page = place.open("ben", **PHONE)
    number, facts = page.locator("[data-number]"), page.locator("[data-facts]")
    number.get_by_text("1 / 4").wait_for()
    start = spot(page, 256, 200)
    thumb(page, *({**start, "y": start["y"] + down} for down in (0, 14, 28)))
    number.get_by_text("2 / 4").wait_for()
    page.get_by_role("button", name="Window", exact=True).tap()
    page.locator("series-viewer[data-tool=window]").wait_for()
    page.wait_for_function("() => document.querySelector('series-viewer').entry.frame === 1")
    before = facts.text_content()
    thumb(page, spot(page, 200, 256), spot(page, 260, 256), spot(page, 320, 256))
    page.wait_for_function("before => document.querySelector('[data-facts]').textContent !== before", arg=before)
    page.get_by_role("button", name="Measure", exact=True).tap()
    page.get_by_role("button", name="Length", exact=True).tap()
    thumb(page, spot(page, 150, 300), spot(page, 200, 300), spot(page, 250, 300))
    page.locator(".viewer-measured", has_text="mm").wait_for()
    page.get_by_role("button", name="Marks", exact=True).tap()
    page.get_by_role("button", name="Arrow", exact=True).tap()
    thumb(page, spot(page, 250, 260), spot(page, 300, 200), spot(page, 340, 180))
    page.get_by_text("Mark A is drawn").wait_for()
    page.locator("#marks li").wait_for()
    assert lines(page) == ["A"]
    made = place.marks()[0]
    assert (made.instance_id, made.frame, made.kind) == (place.slices[1].id, 0, MarkKind.ARROW)
    assert near(made.points, [[250, 260], [340, 180]])
    assert violations(page, within=".stage") == []
    page.get_by_role("button", name="Comment on it").tap()
    body = page.locator("#body-new")
    assert body.input_value() == "[A] "
    body.press_sequentially("is the node.")
    page.get_by_role("button", name="Comment", exact=True).tap()
    page.locator(".comment .body a", has_text="[A]").wait_for()
    page.reload()
    ready(page)
    assert lines(page) == ["A"]
    other = place.open("ada", 1, **PHONE)
    other.locator("[data-shape]").wait_for(state="attached")
    assert drawn(other) == ["Mark A, Arrow, by Dr Ben Okafor"]
    other.get_by_role("link", name="Next").or_(other.get_by_role("button", name="Next")).first.tap()
    other.locator("[data-number]", has_text="3 / 4").wait_for()
    other.locator("[data-shape]").wait_for(state="detached")


@pytest.mark.parametrize("shape", ["Box", "Ellipse", "Length"])
def test_shapes_are_drawn_where_the_pointer_was(place: Place, shape: str) -> None:
    page = place.open("ben")
    choose(page, shape)
    drag(page, spot(page, 150, 160), spot(page, 250, 300))
    page.locator("#marks li").wait_for()
    made = place.marks()[0]
    assert made.kind == shape.lower()
    assert near(made.points, [[150, 160], [250, 300]])
    assert page.locator("[data-shape] .mark-over").get_attribute("d")


def test_a_length_is_told_in_millimetres(place: Place) -> None:
    place.draw("ben", kind=MarkKind.LENGTH)
    page = place.open("ada")
    told = page.locator("[data-shape] .mark-label").text_content() or ""
    spacing = place.slices[0].header["PixelSpacing"]
    assert told.startswith("A ")
    assert told.endswith("mm")
    wanted = ((100 * spacing[1]) ** 2 + (100 * spacing[0]) ** 2) ** 0.5
    assert abs(float(told.split()[1]) - wanted) <= 0.005 * wanted


def test_after_one_shape_the_hand_does_again_what_it_did(place: Place) -> None:
    page = place.open("ben")
    before = page.locator("series-viewer").get_attribute("data-tool")
    choose(page, "Box")
    assert page.locator("series-viewer").get_attribute("data-tool") == "mark-box"
    drag(page, spot(page, 150, 160), spot(page, 250, 300))
    page.locator("#marks li").wait_for()
    assert page.locator("series-viewer").get_attribute("data-tool") == before
    choose(page, "Box")
    drag(page, spot(page, 150, 160), spot(page, 151, 161))
    page.wait_for_timeout(300)
    assert len(place.marks()) == 1


def test_words_on_the_picture_are_asked_for_and_checked(place: Place) -> None:
    page = place.open("ben")
    choose(page, "Text")
    at = spot(page, 150, 160)
    page.mouse.click(at["x"], at["y"])
    page.get_by_label("Words on the picture").fill("Ask Dr Rao")
    page.get_by_role("button", name="Put it on the picture").click()
    page.get_by_label("“Dr Rao” is not identifying").check()
    assert place.marks() == []
    page.get_by_role("button", name="Put it on the picture").click()
    page.locator("#marks li", has_text="Ask Dr Rao").wait_for()
    assert page.locator("dialog[open]").count() == 0
    assert page.locator("[data-shape] .mark-label").text_content() == "A Ask Dr Rao"
    assert near(place.marks()[0].points, [[150, 160]])


def test_words_that_are_given_up_leave_nothing(place: Place) -> None:
    page = place.open("ben")
    choose(page, "Text")
    at = spot(page, 150, 160)
    page.mouse.click(at["x"], at["y"])
    page.get_by_label("Words on the picture").wait_for()
    page.keyboard.press("Escape")
    page.locator(".is-draft").wait_for(state="detached")
    assert place.marks() == []


def test_words_lead_to_the_mark_and_the_mark_to_its_words(place: Place) -> None:
    mark = place.draw("ben", 2)
    page = place.open("ada", f"/series/{3 - place.number}")
    page.locator("#body-new").fill("What is [A]?")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.locator("#marks li", has_text="comment by Dr Ada Rao").wait_for()
    page.locator(".comment .body a").click()
    page.wait_for_function(
        "place => document.querySelector('series-viewer .strip [aria-current]')?.href.includes(place)",
        arg=f"/series/{place.number}",
    )
    ready(page)
    page.locator(f"[data-shape='{mark.public_id}'].is-chosen").wait_for(state="attached")
    assert page.locator("[data-number]").text_content() == "3 / 4"
    assert page.locator(".mark.is-chosen").get_attribute("data-letter") == "A"
    page.get_by_role("button", name="Done").click()
    assert page.locator(".is-chosen").count() == 0
    edge = spot(page, 200, 270)
    page.mouse.click(edge["x"], edge["y"])
    page.locator(".comment.is-chosen").wait_for()
    assert page.locator(".comment.is-chosen").bounding_box()["y"] < 900  # type: ignore[index]


def test_an_address_names_a_mark(place: Place) -> None:
    mark = place.draw("ben", 2)
    page = place.open("ada", f"/marks/{mark.public_id}")
    page.locator("[data-shape].is-chosen").wait_for(state="attached")
    assert page.locator("[data-number]").text_content() == "3 / 4"


def test_ones_own_mark_is_dragged_and_taken_away_and_brought_back(place: Place) -> None:
    mark = place.draw("ben")
    page = place.open("ben")
    edge = spot(page, 200, 270)
    drag(page, edge, spot(page, 240, 300))
    page.wait_for_timeout(300)
    assert place.marks()[0].points == mark.points, "one that is not chosen does not follow"
    page.reload()
    ready(page)
    at = spot(page, 200, 270)
    page.mouse.click(at["x"], at["y"])
    page.locator("[data-shape].is-chosen").wait_for(state="attached")
    with page.expect_response("**/move"):
        drag(page, at, spot(page, 240, 300))
    assert near(place.marks()[0].points, [[240, 250], [340, 350]])
    page.get_by_role("group", name="The chosen mark").get_by_role("button", name="Remove").click()
    page.locator("[data-shape]").wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    page.locator("[data-shape]").wait_for(state="attached")
    assert lines(page) == ["A"]


def test_the_mark_of_another_stays_where_it_is(place: Place) -> None:
    mark = place.draw("ada")
    page = place.open("ben")
    at = spot(page, 200, 270)
    page.mouse.click(at["x"], at["y"])
    page.locator("[data-shape].is-chosen").wait_for(state="attached")
    assert not page.get_by_role("group", name="The chosen mark").get_by_role("button", name="Remove").is_visible()
    drag(page, at, spot(page, 240, 300))
    page.wait_for_timeout(300)
    assert place.marks()[0].points == mark.points


def test_marks_by_keyboard(place: Place) -> None:
    page = place.open("ben")
    opener = page.get_by_role("button", name="Marks", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Box", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("[data-shape]:focus").wait_for(state="attached")
    columns, rows = place.slices[0].columns, place.slices[0].rows
    begun = place.marks()[0].points
    assert begun[0] == [columns / 2, rows / 2]
    with page.expect_response("**/move"):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
    assert place.marks()[0].points == [[x + 1, y + 10] for x, y in begun]
    page.keyboard.press("m")
    assert page.locator("[data-shape]").count() == 0
    page.keyboard.press("m")
    page.locator("[data-shape]").focus()
    page.keyboard.press("Delete")
    page.locator("[data-shape]").wait_for(state="detached")
    assert place.marks()[0].removed_at is not None


def test_marks_hide_and_come_back(place: Place) -> None:
    place.draw("ada")
    page = place.open("ben")
    page.get_by_role("button", name="Marks", exact=True).click()
    page.get_by_role("button", name="Hide marks").click()
    assert page.locator("[data-shape]").count() == 0
    page.get_by_role("button", name="Show marks").click()
    assert page.locator("[data-shape]").count() == 1


def test_marks_turn_with_the_picture(place: Place) -> None:
    place.draw("ada")
    page = place.open("ben")
    before = page.locator("[data-shape] .mark-over").get_attribute("d")
    page.get_by_role("button", name="Adjust").click()
    page.get_by_role("button", name="Turn to the right").click()
    page.wait_for_function("d => document.querySelector('[data-shape] .mark-over').getAttribute('d') !== d", arg=before)
    corner = spot(page, 200, 220)
    box = page.locator("series-viewer .picture").bounding_box()
    first = (page.locator("[data-shape] .mark-over").get_attribute("d") or "")[1:].split("L")[0].split()
    assert box is not None
    assert abs(box["x"] + float(first[0]) - corner["x"]) < 1
    assert abs(box["y"] + float(first[1]) - corner["y"]) < 1


def test_without_script_the_list_leads_to_the_frame(place: Place) -> None:
    place.draw("ada", 2, MarkKind.TEXT, "Node")
    page = place.open("ben", "", java_script_enabled=False)
    page.get_by_role("link", name="Show mark A on its frame").click()
    assert f"/series/{place.number}?frame=2" in page.url
    assert page.locator("#stage img").first.get_attribute("src") == f"/media/{place.slices[2].media_name}/f0"


def test_what_the_list_says_of_a_mark_is_what_was_drawn(place: Place) -> None:
    mark = place.draw("ada")
    page = place.open("ben")
    assert json.loads(page.locator("#marks li").get_attribute("data-points") or "") == mark.points


def test_the_author_lets_the_frame_that_is_seen_stand_for_the_case(place: Place) -> None:
    page = place.open("ada")
    page.get_by_role("link", name="Next").click()
    page.get_by_role("link", name="Next").click()
    page.locator("[data-number]", has_text="3 / 4").wait_for()
    page.get_by_role("button", name="Let this image stand for the case").click()
    page.get_by_text("This image now stands for the case").wait_for()
    page.goto("/")
    assert f"/media/{place.slices[2].media_name}/" in (page.locator(".card img").first.get_attribute("src") or "")
    assert place.open("ben").get_by_role("button", name="Let this image stand for the case").count() == 0
