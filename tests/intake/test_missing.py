"""A draft says what it lacks, one thing at a time, and nothing when it lacks nothing."""

from datetime import timedelta

import pytest

from pinboard import clock, policy
from pinboard.intake.missing import missing
from pinboard.models import Case, Consent, ConsentLevel, Series, Source, Upload, UploadState
from pinboard.models.engine import writing
from tests.intake.conftest import consent
from tests.intake.files import ct


def codes(stores, case):
    with stores.reading() as session:
        found = missing(session, session.get(Case, case.id))
    assert all(one.sentence.endswith(".") and one.anchor for one in found)
    return [one.code for one in found]


@pytest.fixture(scope="module")
def whole(desk):
    """Give a draft that lacks nothing; the tests take one thing away and roll back."""
    case = desk.draft()
    desk.upload(case, ct())
    desk.confirm(case)
    desk.fill(case)
    return case


def without(stores, case, change):
    with stores.sessions() as session:
        writing(session)
        one = session.get(Case, case.id)
        change(session, one)
        session.flush()
        found = [gap.code for gap in missing(session, one)]
        session.rollback()
    return found


def test_an_empty_draft_lacks_all(desk, stores):
    assert codes(stores, desk.draft()) == ["no-image", "title", "consent", "audience"]


def test_a_whole_draft_lacks_nothing(stores, whole):
    assert codes(stores, whole) == []


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("title", lambda _session, case: setattr(case, "title", "  ")),
        ("audience", lambda _session, case: setattr(case, "audience_choice", {})),
        ("audience", lambda _session, case: setattr(case, "audience_choice", {"clinic": False, "named": []})),
        (
            "audience-too-wide",
            lambda _session, case: setattr(case, "audience_choice", {"clinic": True, "public": True}),
        ),
        ("alt-text", lambda session, case: session.query(Series).filter_by(case_id=case.id).update({"alt_text": " "})),
        ("consent", lambda session, case: session.query(Consent).filter_by(case_id=case.id).delete()),
        (
            "consent",
            lambda session, case: (
                session.query(Consent)
                .filter_by(case_id=case.id)
                .update({"valid_until": clock.now() - timedelta(minutes=1)})
            ),
        ),
        (
            "consent",
            lambda session, case: (
                session.query(Consent).filter_by(case_id=case.id).update({"withdrawn_at": clock.now()})
            ),
        ),
        (
            "audience-too-wide",
            lambda session, case: (
                session.query(Consent).filter_by(case_id=case.id).update({"level": ConsentLevel.CARE})
            ),
        ),
        (
            "receiving",
            lambda session, case: (
                session.query(Upload).filter_by(case_id=case.id).update({"state": UploadState.RECEIVING})
            ),
        ),
    ],
)
def test_each_thing_is_missed_alone(stores, whole, code, change):
    assert without(stores, whole, change) == [code]


def test_only_me_needs_no_wide_consent(stores, whole):
    def nobody_else(session, case):
        case.audience_choice = {"only_me": True}
        session.query(Consent).filter_by(case_id=case.id).update({"level": ConsentLevel.CARE})

    assert without(stores, whole, nobody_else) == []


def test_every_image_is_named_that_nobody_looked_at(desk, stores):
    case = desk.draft()
    for _ in range(3):
        desk.upload(case, ct())
    assert codes(stores, case).count("unconfirmed") == 3


def test_levels_and_choices_fit_as_the_table_of_the_policy_says():
    ticks = {"clinic": "clinic", "trainees": "trainees", "connections": "connection", "public": "public"}
    lists = {"named": "named", "groups": "group", "boards": "board"}
    for level in ConsentLevel:
        for name, source in (ticks | lists).items():
            picked = {name: ["x"] if name in lists else True}
            assert policy.fits(picked, [level]) is policy.allows(level, Source(source))
    assert not policy.fits({"clinic": True}, [])


def test_a_consent_that_begins_later_is_none_yet(stores, desk, author):
    case = desk.draft()
    with stores.writing() as session:
        later = consent(case, author)
        later.taken_at = clock.now() + timedelta(days=1)
        session.add(later)
        policy.rebuild(session, [case.id])
    assert "consent" in codes(stores, case)
