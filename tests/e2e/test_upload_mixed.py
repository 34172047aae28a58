"""Ten kinds of files in one go, over a line that breaks and a page that is lost: each arrives once, or says why not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import func, select

from pinboard.intake.errors import sentence_for
from pinboard.models import Case, Instance, Upload
from tests.archives import NAME, slice_of, zipped
from tests.documents import pdf
from tests.e2e.conftest import violations
from tests.e2e.maker import of_patient
from tests.e2e.test_upload import LOST, Author, bench  # noqa: F401 - a fixture
from tests.e2e.wire import Wire
from tests.samples import sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request, Route

    from tests.e2e.reviewing import Bench
    from tests.serving import Site

PATIENT = "MRN-4711"
GOOD, BROKEN = 9, ("not-an-image", "damaged", "duplicate")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give the files of one person as they lie on a desk, each under a name that says who that is."""
    scan = of_patient("ct-series/pancreas-ct/1-044.dcm", PATIENT)
    photo = sample("photos/fundus-retina.jpg").read_bytes()
    files = {
        "chest.dcm": of_patient("xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm", PATIENT),
        "slice 1.dcm": scan,
        "slice 2.dcm": of_patient("ct-series/pancreas-ct/1-045.dcm", PATIENT),
        "echo.dcm": of_patient("ultrasound/paediatric-echo-34f-jpeg.dcm", PATIENT),
        "eye.jpg": photo,
        "skin.png": picture("PNG"),
        "letter.pdf": pdf("Nothing remarkable"),
        "disc.zip": zipped({f"{NAME}/IM{number}": slice_of(2, number) for number in (1, 2)}),
        "notes.txt": b"The patient was seen on the ward. " * 40,
        "broken.jpg": photo[: len(photo) // 3],
        "slice 1 again.dcm": scan,
    }
    folder = tmp_path_factory.mktemp(NAME)
    for name, data in files.items():
        (folder / f"{NAME} {name}").write_bytes(data)
    return sorted(folder.iterdir())


def picture(kind: str) -> bytes:
    held = io.BytesIO()
    Image.effect_noise((900, 700), 80).save(held, kind)
    return held.getvalue()


@pytest.fixture(params=[360, 1440])
def ada(request: pytest.FixtureRequest, browser: Browser, bench: tuple[Bench, Site]) -> Iterator[Author]:  # noqa: F811
    wire = Wire(bench[1].url)
    author = Author(browser, wire.url, bench[0].secret, request.param)
    author.wire = wire
    author.page.on("dialog", lambda dialog: dialog.accept())
    yield author
    author.page.context.close()
    wire.close()


class Flights:
    """Counts how many files are on their way at once."""

    def __init__(self, page: Page) -> None:
        self.now: set[Request] = set()
        self.most = 0
        page.on("request", self._take_off)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, self._land)

    def _land(self, request: Request) -> None:
        self.now.discard(request)

    def _take_off(self, request: Request) -> None:
        if request.method == "PUT":
            self.now.add(request)
            self.most = max(self.most, len(self.now))


def test_ten_kinds_of_files_survive_a_lost_line_and_a_reload(
    ada: Author,
    bench: tuple[Bench, Site],  # noqa: F811
    mixed: list[Path],
) -> None:
    flights = Flights(ada.page)
    ada.choose(*mixed)
    ada.wait_for_more_than(1)
    ada.wire.cut()
    ada.page.get_by_text(LOST).first.wait_for()
    assert ada.counted[0] < GOOD
    ada.wire.mend()
    ada.wait_for_more_than(ada.counted[0])
    assert ada.page.locator("#upload-pause").is_hidden()
    # The page is lost while files are under way; whoever chooses them again sends the rest.
    ada.page.reload()
    flights.now.clear()
    ada.page.wait_for_function("() => document.querySelector('[data-upload].is-live') && window.htmx")
    ada.choose(*mixed)
    ada.wait(f"{GOOD} of {GOOD + len(BROKEN)} ready")
    ada.page.wait_for_function(
        f"() => document.querySelectorAll('[data-put][data-state=refused]').length === {len(BROKEN)}"
    )
    assert 2 <= flights.most <= 5  # four at once, and one of whose end the browser has not told yet
    queue = ada.page.locator("#upload-queue").text_content()
    assert [code for code in BROKEN if sentence_for(code) not in queue] == []
    assert_each_came_once(bench[0], ada.page.locator("[data-upload] [name=draft]").input_value())
    assert_no_name_left(ada)
    assert violations(ada.page) == []
    assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def assert_each_came_once(bench: Bench, draft: str) -> None:  # noqa: F811
    with bench.stores.reading() as session:
        case = session.scalars(select(Case).where(Case.public_id == draft)).one()
        of_case = select(func.count()).where(Instance.case_id == case.id)
        distinct = select(func.count(Instance.uid.distinct())).where(Instance.case_id == case.id)
        assert session.scalar(of_case) == session.scalar(distinct) == GOOD
        states = select(Upload.state, func.count()).where(Upload.case_id == case.id).group_by(Upload.state)
        assert {state.value: number for state, number in session.execute(states)} == {
            "received": GOOD,
            "refused": len(BROKEN),
        }


def assert_no_name_left(ada: Author) -> None:
    """See that what lay on the desk has its names there still, and nowhere on the way to the server."""
    assert len(ada.wire.left) > 1_000_000
    for part in NAME.split("_"):
        for form in (part.encode(), part.lower().encode(), part.encode("utf-16-le")):
            assert form not in ada.wire.left
    assert NAME not in ada.page.content()
    assert NAME not in str(ada.page.evaluate("({...sessionStorage, ...localStorage})"))


def test_a_name_on_the_way_would_be_seen(ada: Author) -> None:
    ada.page.evaluate("(name) => fetch('/new', {headers: {'X-Name': name}})", NAME)
    with pytest.raises(AssertionError):
        assert_no_name_left(ada)


def test_one_is_stopped_on_its_way_and_comes_later(ada: Author, mixed: list[Path]) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if route.request.method == "PUT" and not held:
            held.append(route)
        else:
            route.continue_()

    ada.page.route("**/uploads/*", hold_the_first)
    photos = [path for path in mixed if path.suffix in {".jpg", ".png"} and "broken" not in path.name]
    ada.choose(*photos)
    ada.wait("1 of 2 ready")
    waiting = ada.page.locator("[data-put]:not([data-state=received])")
    name = waiting.get_attribute("data-name")
    ada.page.get_by_role("button", name=f"Remove {name}").click()
    waiting.wait_for(state="detached")
    ada.wait("1 of 1 ready")
    ada.choose(*photos)
    ada.wait("2 of 2 ready")
    assert "1 file is here already" in ada.left()


def test_one_that_was_cut_off_is_tried_again_by_hand(ada: Author, mixed: list[Path]) -> None:
    chosen: list[str] = []

    def cut_the_first(route: Route) -> None:
        if route.request.method == "PUT" and route.request.url in (chosen or [route.request.url]):
            chosen.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    photos = [path for path in mixed if path.suffix in {".jpg", ".png"} and "broken" not in path.name]
    ada.page.route("**/uploads/*", cut_the_first)
    ada.choose(*photos)
    stopped = ada.page.locator("[data-state='stopped']")
    stopped.wait_for(timeout=90_000)
    assert ada.counted == (1, 2)
    ada.page.unroute("**/uploads/*", cut_the_first)
    again = stopped.get_by_role("button", name="Try again")
    assert again.bounding_box()["height"] >= 44
    again.click()
    ada.wait("2 of 2 ready")
