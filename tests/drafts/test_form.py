"""The case form: all that is typed is kept, half-written drafts too, and what cannot be is said beside its field."""

from datetime import UTC, datetime, timedelta

import pytest

from pinboard import vocabulary
from pinboard.clock import now
from pinboard.models import Case, CaseState, Consent, ConsentLevel, Series
from tests.drafts.conftest import ROW, sealed, soup
from tests.factories import make_board, make_group, make_user
from tests.html import page

CONSENT = {"consent_kind": "signed", "level": "clinic", "taken_on": "2026-11-20"}


@pytest.fixture
def draft(author, session):
    """Give a draft without images."""
    author.slot()
    return session.query(Case).filter_by(public_id=author.draft).one()


def save(author, **fields):
    return author.client.post(author.url(), fields)


def autosave(author, **fields):
    return author.client.post(author.url(step="autosave"), fields, headers=ROW)


def test_words_are_kept_as_they_are_typed(author, draft, session):
    fields = {
        "title": "  Is this a dissection? ",
        "question": "CT now, or wait?",
        "history": "Sudden pain.\r\nNo trauma.",
        "findings": "A flap.",
        "diagnosis": ["Dissection", "", "Aneurysm"],
        "certainty": ["almost certain", "possible", "possible"],
        "tags": "Aorta, #follow up, aorta",
        "age_band": "60–69",
        "sex": "F",
        "body_part_text": vocabulary.body_parts()[0].meaning,
        "laterality": "7771000",
    }
    assert save(author, **fields).status_code == 303
    session.expire_all()
    assert draft.title == "Is this a dissection?"
    assert draft.history == "Sudden pain.\nNo trauma."
    assert draft.differential == [
        {"diagnosis": "Dissection", "certainty": "almost certain"},
        {"diagnosis": "Aneurysm", "certainty": "possible"},
    ]
    assert draft.tags == ["aorta", "follow up"]
    assert (draft.age_band, draft.sex, draft.laterality) == ("60–69", "F", "7771000")
    assert draft.body_part == vocabulary.body_parts()[0].code
    page = soup(author.client.get(author.url()))
    assert page.select_one("#f-title")["value"] == "Is this a dissection?"
    assert [row["value"] for row in page.select("#differential > .draft-row input[name=diagnosis]")] == [
        "Dissection",
        "Aneurysm",
        "",
    ]


def test_an_error_keeps_what_was_typed_and_saves_the_rest(author, draft, session):
    answer = save(author, title="x" * 201, findings="Kept", tags="a, b", sex="Q", taken_on="yesterday")
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one("#f-title")["value"] == "x" * 201
    assert page.select_one("#f-title")["aria-invalid"] == "true"
    assert page.select_one("#f-sex-error")
    assert page.select_one("#f-taken_on-error")
    session.expire_all()
    assert (draft.title, draft.findings, draft.sex) == ("", "Kept", None)


def test_autosave_answers_in_parts(author, draft, session):
    answer = autosave(author, title="Which plane?")
    assert answer.status_code == 200
    parts = {part["id"] for part in soup(answer).select("[data-part]")}
    assert parts == {"draft-saved", "draft-errors", "draft-doubts", "draft-missing", "draft-reach"}
    assert "Saved" in answer.text
    session.expire_all()
    assert draft.title == "Which plane?"
    wrong = autosave(author, title="x" * 300)
    assert wrong.status_code == 422
    assert soup(wrong).select_one("#draft-errors [data-for=title]")


@pytest.mark.usefixtures("draft")
def test_a_row_more_comes_without_javascript(author):
    answer = save(author, diagnosis=["A", "B", "C"], certainty=["possible"] * 3, add="diagnosis")
    assert answer.status_code == 200
    assert len(soup(answer).select("#differential > .draft-row")) == 4


@pytest.mark.usefixtures("draft")
def test_a_consent_is_recorded_whole_or_not_at_all(author, session):
    save(author, consent_kind="signed", level="clinic")
    assert session.query(Consent).count() == 0
    save(author, **CONSENT, valid_until="2030-01-31", form_version="v3")
    consent = session.query(Consent).one()
    assert consent.level is ConsentLevel.CLINIC
    assert consent.taken_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert consent.valid_until == datetime(2030, 2, 1, tzinfo=UTC)
    page = soup(author.client.get(author.url()))
    assert page.select_one("#f-valid_until")["value"] == "2030-01-31"
    save(author, consent_kind="signed", level="", taken_on="2026-11-20")
    assert session.query(Consent).count() == 0


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"taken_on": (now() + timedelta(days=3)).date().isoformat()}, "taken_on"),
        ({"taken_on": "1066-10-14"}, "taken_on"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"consent_kind": "hearsay"}, "consent_kind"),
        ({"level": "everyone"}, "level"),
        ({"consent_kind": "paper", "filed_under": "Jane Doe"}, "filed_under"),
        ({"consent_kind": "exemption", "reason": "Policy 4", "level": "public"}, "level"),
    ],
)
def test_a_consent_that_cannot_be_is_refused(author, session, fields, name):
    answer = save(author, **{**CONSENT, **fields})
    assert answer.status_code == 422
    assert soup(answer).select_one(f".invalid [name={name}]") or soup(answer).select_one(f".invalid#f-{name}")
    assert session.query(Consent).count() == 0


@pytest.mark.usefixtures("draft")
def test_an_exemption_needs_its_reason(author, session):
    save(author, consent_kind="exemption", level="clinic", taken_on="2026-11-20")
    assert session.query(Consent).count() == 0
    save(author, consent_kind="exemption", level="clinic", taken_on="2026-11-20", reason="Policy 4")
    assert session.query(Consent).one().reason == "Policy 4"


def test_an_audience_wider_than_the_consent_is_refused_in_words(author, draft, session):
    narrow = {**CONSENT, "level": "care"}
    answer = save(author, **narrow, reach="others", audience="clinic")
    assert answer.status_code == 422
    assert "The consent does not reach that far" in answer.text
    session.expire_all()
    assert draft.audience_choice == {}
    assert save(author, **CONSENT, reach="others", audience="clinic", trainees="1").status_code == 303
    session.expire_all()
    assert draft.audience_choice == {"clinic": True, "trainees": True}


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(("level", "audience"), [("clinic", "outside"), ("outside", "public"), ("care", "connections")])
def test_each_level_bounds_the_choice(author, level, audience):
    answer = save(author, **{**CONSENT, "level": level}, reach="others", audience=audience)
    assert answer.status_code == 422
    assert save(author, **{**CONSENT, "level": "public"}, reach="others", audience=audience).status_code == 303


@pytest.mark.usefixtures("draft")
def test_the_choice_says_how_many_it_reaches(author, session):
    ben, cleo = make_user(session, "Ben Shah"), make_user(session, "Cleo Marsh")
    make_user(session, "Tom Young", "trainee")
    make_user(session, "Pia Lund", verified=False)
    group = make_group(session, ben)
    session.commit()
    reach = lambda **fields: soup(autosave(author, **fields)).select_one("#draft-reach").get_text()  # noqa: E731
    assert reach(reach="me") == "Only you will see it."
    assert "Nobody but you" in reach()
    assert "reaches 2 people" in reach(reach="others", audience="clinic")
    assert "reaches 3 people" in reach(reach="others", audience="clinic", trainees="1")
    assert "reaches 1 person" in reach(reach="others", audience="named", audience_person=cleo.public_id)
    assert "joins those boards and groups later" in reach(
        reach="others", audience="groups", audience_group=group.public_id
    )
    both = {"audience": ["groups", "clinic"], "audience_group": group.public_id}
    assert "reaches 2 people" in reach(reach="others", **both)


def test_only_what_was_offered_can_be_chosen(author, draft, session):
    owner = make_user(session, "Ben Shah")
    private = make_board(session, owner=owner, kind="personal")
    pending = make_user(session, "Pia Lund", verified=False)
    session.commit()
    assert save(author, board=private.public_id).status_code == 422
    named = {"reach": "others", "audience": "named"}
    assert save(author, **named, audience_person=pending.public_id).status_code == 422
    assert save(author, reach="others", audience="boards", audience_board=private.public_id).status_code == 422
    session.expire_all()
    assert (draft.board_choice, draft.audience_choice) == ([], {})


def test_boards_are_chosen_by_name(author, draft, session):
    page = soup(author.client.get(author.url()))
    label = page.find("label", string="Cardiology")
    chosen = page.select_one(f"#{label['for']}")["value"]
    assert save(author, board=chosen).status_code == 303
    session.expire_all()
    assert draft.board_choice == [chosen]


def test_alternative_texts_belong_to_series_of_this_draft(author, other, files, session):
    author.add(files.ct)
    other.add(files.cine)
    mine, theirs = (
        session.query(Series).join(Case, Case.id == Series.case_id).filter(Case.public_id == who.draft).one()
        for who in (author, other)
    )
    page = soup(author.client.get(author.url()))
    assert page.select_one(f"#f-alt-{mine.public_id}")
    save(author, **{f"alt-{mine.public_id}": "A slice", f"alt-{theirs.public_id}": "Not mine"})
    session.expire_all()
    assert (mine.alt_text, theirs.alt_text) == ("A slice", "")


def test_the_example_becomes_the_text_without_javascript(author, files, session):
    author.add(files.ct)
    series = session.query(Series).one()
    assert save(author, suggest=series.public_id).status_code == 200
    session.expire_all()
    assert series.alt_text == ""
    save(author, body_part_text="Ankle joint")
    assert save(author, suggest=series.public_id).status_code == 200
    session.expire_all()
    assert series.alt_text == "CT: ankle joint"


def test_body_parts_are_suggested(author):
    answer = author.client.fragment("/drafts/body-parts?q=ank")
    options = soup(answer).select("[role=option]")
    assert "Ankle joint" in [option["data-text"] for option in options]
    assert author.client.get("/drafts/body-parts?q=ank").status_code == 200


def test_drafts_are_listed_with_what_is_left(author, other, draft, session):
    page = author.client.get("/drafts")
    assert "Untitled draft" in page.text
    assert "erased in 7 days" in page.text
    assert not soup(page).select(".banner.warning")
    draft.expires_at = now() + timedelta(days=2, hours=1)
    session.commit()
    banner = soup(author.client.get("/drafts")).select_one(".banner.warning")
    assert "erased in 2 days" in banner.get_text()
    assert "No draft waits" in other.client.get("/drafts").text


def test_a_draft_is_discarded_after_it_was_named(author, session, stores, files):
    author.add(files.ct)
    save(author, title="Is this a dissection?")
    asked = author.client.get(author.url(step="discard"))
    assert "Discard “Is this a dissection?”" in asked.text
    assert "1 image" in asked.text
    answer = author.client.post(author.url(step="discard"))
    assert answer.status_code == 303
    session.expire_all()
    assert session.query(Case).filter_by(public_id=author.draft).one().state is CaseState.ERASED
    assert sealed(stores) == []
    assert author.client.get(author.url()).status_code == 404


def test_others_cannot_write_to_a_draft(author, other, draft, session):
    for step in ("", "autosave", "publish", "discard"):
        assert other.client.post(author.url(step=step), {"title": "Mine now"}).status_code == 404
    session.expire_all()
    assert draft.title == ""
    assert draft.state is CaseState.DRAFT


def test_every_page_is_in_order(author, files):
    author.send(files.cine)
    author.send(b"no picture")
    for url in ("/new", f"/new?draft={author.draft}", "/drafts", "/drafts/body-parts?q=ank"):
        page(author.client, url)
    for step in ("", "review", "discard"):
        page(author.client, author.url(step=step))
