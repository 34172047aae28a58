"""The demo board is made by the same steps as any case, once, and can be taken away."""

import tomllib
from importlib.resources import files

import pytest
from sqlalchemy import func, select

from pinboard import policy, vocabulary
from pinboard.intake import demo, withdraw
from pinboard.models import (
    Audience,
    Board,
    Case,
    CaseState,
    Comment,
    Consent,
    Instance,
    MediaFile,
    Pin,
    Receipt,
    Series,
    User,
)

PLAN = tomllib.loads(files("pinboard.data").joinpath("demo.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def loaded(stores):
    assert demo.load_demo(stores) == 7
    return stores


def every(stores, query):
    with stores.reading() as session:
        return session.scalars(query).all()


def test_seven_cases_a_cine_among_them_stand_on_specialty_boards(loaded):
    cases = every(loaded, select(Case).order_by(Case.seq))
    assert {case.state for case in cases} == {CaseState.PUBLISHED}
    assert max(case.frame_count for case in cases) == 30
    assert len(cases) == 7
    boards = every(loaded, select(Board.slug).join(Pin, Pin.board_id == Board.id).distinct())
    assert len(boards) >= 5
    assert set(boards) == {slug for entry in PLAN["case"] for slug in entry["boards"]}


def test_the_clinic_sees_them_and_the_public_does_not(loaded):
    assert set(every(loaded, select(Audience.principal).where(~Audience.principal.startswith("u:")))) == {
        policy.CLINICIANS,
        policy.TRAINEES,
    }


def test_nobody_can_sign_in_as_their_author(loaded):
    people = every(loaded, select(User))
    assert len(people) == 2
    assert {(one.is_demo, one.password_hash, one.email, one.is_admin) for one in people} == {(True, None, None, False)}


def test_consent_is_an_exemption_that_says_so(loaded):
    consents = every(loaded, select(Consent))
    assert {(one.kind, one.level, one.reason) for one in consents} == {("exemption", "clinic", demo.POLICY)}
    assert len(consents) == 7


def test_words_are_honest_and_complete(loaded):
    for case in every(loaded, select(Case)):
        assert case.title.endswith("?")
        assert "Sample image of the pydicom project (MIT)." in case.findings
        assert case.body_part is None or vocabulary.meaning(case.body_part)
    assert all(text for text in every(loaded, select(Series.alt_text)))
    assert len(every(loaded, select(Comment))) >= 5
    assert sum(every(loaded, select(Case.comment_count))) == len(every(loaded, select(Comment)))


def test_burned_in_text_was_painted(loaded):
    painted = {tuple(receipt.boxes[0]) for receipt in every(loaded, select(Receipt)) if receipt.boxes}
    assert len(painted) == 3


def test_headers_say_nothing_of_the_originals(loaded):
    text = str(every(loaded, select(Instance.header))).lower()
    assert not [
        word for word in ("compressedsamples", "sssss", "jxd1", "cq500", "-142825", "021234567") if word in text
    ]


def test_no_pixels_wait_in_the_vault(loaded):
    assert loaded.vault.drafts() == []
    assert every(loaded, select(Instance.blob).where(Instance.blob.is_not(None))) == []


def test_loading_again_adds_nothing_and_brings_nothing_back(loaded):
    with loaded.writing() as session:
        case = session.scalars(select(Case).order_by(Case.seq)).first()
        withdraw.erase(session, case, session.get(User, case.author_id))
    assert demo.load_demo(loaded) == 0
    assert len(every(loaded, select(Case))) == 7


def test_a_load_that_broke_off_goes_on(loaded):
    before = every(loaded, select(MediaFile.object_name).order_by(MediaFile.id))
    with loaded.writing() as session:
        row = session.get(demo.ClinicSetting, demo.LOADED)
        row.value = row.value[:2]
    assert demo.load_demo(loaded) == 0
    assert every(loaded, select(MediaFile.object_name).order_by(MediaFile.id)) == before
    with loaded.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 2
