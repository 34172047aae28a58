"""A clinic that wants consent before images: no answer, no slot; the answer begins the draft and goes with it."""

import io

import pytest

from pinboard import policy
from pinboard.clock import now
from pinboard.intake.errors import sentence_for
from pinboard.models import Case, CaseState, Consent, ConsentKind, ConsentLevel, Upload
from pinboard.models.clinic_settings import decide
from tests.drafts.conftest import ROW, photo, sealed
from tests.factories import make_board, make_case
from tests.html import checked, page

GIVEN = {"consent_kind": "paper", "level": "clinic"}
WORDS = sentence_for("consent-first")


@pytest.fixture
def asks_first(session):
    decide(session, "consent_first", True, by_id=None)
    session.commit()


def answer_first(author, **answer):
    given = author.client.post("/new/consent", {**GIVEN, **answer})
    assert given.status_code == 303, given.text
    author.draft = given.headers["Location"].partition("draft=")[2]
    return given


def test_the_question_comes_before_the_images(author, asks_first, session):
    asked = page(author.client, "/new")
    assert asked.select("[data-upload], input[type=file]") == []
    form = asked.find("form", action="/new/consent")
    assert form.find("input", value="verbal", attrs={"name": "consent_kind"})
    # How it was given is never offered: somebody has to say it.
    assert form.select("[name=consent_kind][checked], [name=level][checked]") == []
    given = answer_first(author)
    taken = page(author.client, given.headers["Location"])
    assert taken.select_one("[data-upload]")
    assert taken.find("input", attrs={"name": "draft"})["value"] == author.draft
    assert author.send(photo()).status_code == 200
    consent = session.query(Consent).one()
    assert (consent.kind, consent.level) == (ConsentKind.PAPER, ConsentLevel.CLINIC)
    assert consent.taken_at.date() == now().date()
    shown = page(author.client, author.url())
    assert [one["value"] for one in shown.select("[name=consent_kind][checked], [name=level][checked]")] == [
        "paper",
        "clinic",
    ]


def test_without_an_answer_the_server_gives_no_slot(author, asks_first, session, stores):
    answer = author.client.post("/uploads", {"photo_kind": "XC"}, headers=ROW)
    assert (answer.status_code, WORDS in answer.text) == (409, True)
    form = author.client.post("/new", {"file": (io.BytesIO(photo()), "x.jpg"), "photo_kind": "XC"})
    assert (form.status_code, WORDS in form.text) == (409, True)
    headers = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
    shared = author.client.post("/new/shared", {"file": (io.BytesIO(photo()), "x.jpg")}, token=False, headers=headers)
    assert shared.status_code == 409
    assert WORDS in checked(shared).get_text()
    assert checked(shared).find("form", action="/new/consent")
    assert session.query(Upload).count() == session.query(Case).count() == 0
    assert sealed(stores) == []


def test_a_draft_from_before_the_decision_asks_too(author, session, files):
    author.add(files.photo)
    decide(session, "consent_first", True, by_id=None)
    session.commit()
    assert author.slot().status_code == 409
    asked = page(author.client, f"/new?draft={author.draft}")
    assert asked.find("input", attrs={"name": "draft"})["value"] == author.draft
    draft = author.draft
    answer_first(author, draft=draft)
    assert author.draft == draft
    assert author.slot().status_code == 201
    assert session.query(Consent).count() == 1


def test_an_answer_that_is_taken_away_closes_the_door_again(author, asks_first):
    answer_first(author)
    assert author.slot().status_code == 201
    author.client.post(author.url(), {"level": "clinic", "taken_on": now().date().isoformat()})
    assert author.slot().status_code == 409


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"consent_kind": ""}, "consent_kind"),
        ({"consent_kind": "winked"}, "consent_kind"),
        ({"level": ""}, "level"),
        ({"level": "everything"}, "level"),
        ({"taken_on": "2999-01-01"}, "taken_on"),
        ({"consent_kind": "exemption"}, "reason"),
        ({"consent_kind": "exemption", "reason": "Policy 4", "level": "public"}, "level"),
        ({"filed_under": "Jane Doe"}, "filed_under"),
    ],
)
def test_half_an_answer_is_none(author, asks_first, session, answer, field):
    given = author.client.post("/new/consent", {**GIVEN, **answer})
    assert given.status_code == 422
    marked = checked(given).select(".field.invalid")
    assert [one.find(attrs={"name": field}) is not None for one in marked] == [True]
    assert session.query(Case).count() == 0


def test_what_the_last_case_allowed_is_offered(author, asks_first, session):
    make_case(session, author.user, level=ConsentLevel.OUTSIDE)
    session.commit()
    asked = page(author.client, "/new")
    assert [one["value"] for one in asked.select("[name=level][checked]")] == ["outside"]
    assert asked.select("[name=consent_kind][checked]") == []


def test_nobody_answers_for_the_draft_of_another(author, other, asks_first, session):
    answer_first(author)
    assert other.client.post("/new/consent", {**GIVEN, "draft": author.draft}).status_code == 404
    case = session.query(Case).one()
    case.state = CaseState.PUBLISHING
    policy.rebuild(session, [case.id])
    session.commit()
    assert author.client.post("/new/consent", {**GIVEN, "draft": author.draft}).status_code == 409


def test_the_board_goes_along(author, asks_first, session):
    board = make_board(session, author.user, slug="chest", title="Chest")
    session.commit()
    asked = page(author.client, "/new?board=chest")
    assert asked.find("input", attrs={"name": "board"})["value"] == "chest"
    answer_first(author, board="chest")
    assert session.query(Case).one().board_choice == [board.public_id]


def test_a_clinic_that_does_not_want_it_is_not_asked(author, session):
    assert page(author.client, "/new").select_one("[data-upload]")
    assert author.send(photo()).status_code == 200
    assert session.query(Consent).count() == 0


def test_an_administrator_decides_it(client, sign_in, session):
    sign_in("clinician", is_admin=True)
    form = page(client, "/admin/settings").find("form", id="clinic")
    kept = {one["name"]: one.get("value", "") for one in form.select("input:not([type=checkbox])") if one.get("name")}
    kept |= {"language": "en", "clinic_name": "Riverside", "release_gate": "1", "includes_trainees": "1"}
    assert client.post("/admin/settings", {**kept, "consent_first": "1"}).status_code == 303
    assert page(client, "/new").find("form", action="/new/consent")
    assert client.post("/admin/settings", kept).status_code == 303
    assert page(client, "/new").find("form", action="/new/consent") is None
