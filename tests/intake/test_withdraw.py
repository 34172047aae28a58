"""Out of sight at once, for a while or for good; and one wrong image, removed in the open."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pinboard import audit, clock, ids, policy
from pinboard.intake import revise, withdraw
from pinboard.intake.errors import IntakeError
from pinboard.models import (
    Audience,
    Board,
    BoardKind,
    Case,
    CaseChange,
    CaseState,
    Comment,
    Consent,
    DoomedMedia,
    Instance,
    InvalidTransition,
    MediaFile,
    Pin,
    Receipt,
    Release,
    Series,
)
from tests.intake.files import ct, photo


@pytest.fixture
def case(desk):
    return desk.published(ct(), ct(SeriesInstanceUID="1.2.3"))


def act(desk, verb, case, *more):
    with desk.stores.writing() as session:
        return verb(session, session.get(Case, case.id), *(more or [desk.author]))


def readers(stores, case):
    with stores.reading() as session:
        return set(session.scalars(select(Audience.principal).where(Audience.case_id == case.id)))


def rows(stores, kind, case):
    with stores.reading() as session:
        return list(session.scalars(select(kind).where(kind.case_id == case.id).order_by(kind.id)))


def release(desk, case, instances):
    """Release images of a case on a board of its subject."""
    with desk.stores.writing() as session:
        board = Board(
            public_id=ids.public_id(),
            slug=ids.public_id(),
            kind=BoardKind.PATIENT,
            title="Mine",
            subject_id=case.subject_id,
            created_at=clock.now(),
        )
        session.add(board)
        session.flush()
        given = Release(
            public_id=ids.public_id(),
            case_id=case.id,
            subject_id=case.subject_id,
            board_id=board.id,
            caption="Your back",
            author_name="Dr Ashford",
            instances=[one.id for one in instances],
            not_before=clock.now(),
            by_id=desk.author.id,
            at=clock.now(),
        )
        session.add(given)
        policy.rebuild(session, [case.id])
    return given


def test_withdrawn_is_gone_for_everyone_but_its_subject(desk, stores, case):
    given = release(desk, case, desk.instances(case))
    act(desk, withdraw.withdraw, case)
    assert readers(stores, case) == {policy.released_on(given.board_id)}
    assert desk.fresh(case).state == CaseState.WITHDRAWN
    assert len(rows(stores, MediaFile, case)) == 6


def test_hidden_is_gone_for_its_subject_too_and_comes_back(desk, stores, case):
    release(desk, case, desk.instances(case))
    before = readers(stores, case)
    act(desk, withdraw.hide, case)
    assert readers(stores, case) == set()
    act(desk, withdraw.unhide, case)
    assert readers(stores, case) == before
    assert [change.verb for change in rows(stores, CaseChange, case)] == ["published", "hidden", "shown"]


def test_a_withdrawn_case_can_come_back_while_consent_stands(desk, stores, case):
    before = readers(stores, case)
    act(desk, withdraw.withdraw, case)
    act(desk, withdraw.restore, case)
    assert readers(stores, case) == before
    assert desk.fresh(case).withdrawn_at is None


def test_without_consent_it_cannot_come_back(desk, stores, case):
    act(desk, withdraw.withdraw, case)
    with stores.writing() as session:
        session.scalars(select(Consent).where(Consent.case_id == case.id)).one().withdrawn_at = clock.now()
        policy.rebuild(session, [case.id])
    with pytest.raises(IntakeError, match="no-consent"):
        act(desk, withdraw.restore, case)


def test_after_thirty_days_it_cannot_come_back_and_its_bytes_go(desk, stores, case):
    act(desk, withdraw.withdraw, case)
    with stores.writing() as session:
        session.get(Case, case.id).withdrawn_at = clock.now() - timedelta(days=30, minutes=1)
    with pytest.raises(IntakeError, match="too-late"):
        act(desk, withdraw.restore, case)
    with stores.writing() as session:
        withdraw.purge_withdrawn(session)
    assert rows(stores, MediaFile, case) == []


def test_what_its_subject_was_given_stays_after_thirty_days(desk, stores, case):
    release(desk, case, desk.instances(case))
    act(desk, withdraw.withdraw, case)
    with stores.writing() as session:
        session.get(Case, case.id).withdrawn_at = clock.now() - timedelta(days=300)
        withdraw.purge_withdrawn(session)
    assert len(rows(stores, MediaFile, case)) == 6


def test_acts_need_the_state_they_speak_of(desk, case):
    with pytest.raises(IntakeError, match="not-published"):
        act(desk, withdraw.unhide, case)
    act(desk, withdraw.withdraw, case)
    for verb in (withdraw.withdraw, withdraw.hide):
        with pytest.raises(InvalidTransition):
            act(desk, verb, case)
    act(desk, withdraw.erase, case)
    for verb in (withdraw.withdraw, withdraw.hide, withdraw.restore, withdraw.erase):
        with pytest.raises(InvalidTransition):
            act(desk, verb, case)


def test_erased_leaves_receipts_and_nothing_else(desk, stores, case):
    release(desk, case, desk.instances(case))
    with stores.writing() as session:
        session.add(
            Comment(
                public_id=ids.public_id(),
                case_id=case.id,
                author_id=desk.author.id,
                body="okapi",
                created_at=clock.now(),
            )
        )
        revise.edit_words(session, session.get(Case, case.id), {"findings": "okapi"}, desk.author)
        revise.edit_words(session, session.get(Case, case.id), {"findings": "zebra"}, desk.author)
    names = {file.object_name for file in rows(stores, MediaFile, case)}
    assert names <= set(stores.media.names())
    assert all(one.pixel_mac for one in rows(stores, Instance, case))
    act(desk, withdraw.erase, case)
    withdraw.delete_doomed(stores)
    assert not names & set(stores.media.names())
    gone = desk.fresh(case)
    assert (gone.state, gone.title, gone.findings, gone.cover) == ("erased", "", "", None)
    assert [comment.body for comment in rows(stores, Comment, case)] == [""]
    assert {(change.before, change.after) for change in rows(stores, CaseChange, case)} == {(None, None)}
    assert [one.header for one in rows(stores, Instance, case)] == [{}, {}]
    assert {(one.dhash, one.pixel_mac) for one in rows(stores, Instance, case)} == {(None, None)}
    assert [one.alt_text for one in rows(stores, Series, case)] == ["", ""]
    assert [one.caption for one in rows(stores, Release, case)] == [""]
    assert [rows(stores, kind, case) for kind in (MediaFile, Pin)] == [[], []]
    assert readers(stores, case) == set()
    assert len(rows(stores, Receipt, case)) == 2
    with stores.reading() as session:
        assert session.scalar(select(func.count()).select_from(DoomedMedia)) == 0
        assert audit.verify_chain(session) is None


def test_a_removed_image_is_dead_at_once_and_the_history_says_so(desk, stores, case):
    first, second = desk.instances(case)
    given = release(desk, case, [first, second])
    cover = case.cover["name"]
    assert cover == first.media_name
    with stores.writing() as session:
        revise.remove_image(session, session.get(Instance, first.id), desk.author, "wrong patient")
    now = desk.fresh(case)
    assert (now.cover["name"], now.frame_count) == (second.media_name, 1)
    assert {file.media_name for file in rows(stores, MediaFile, case)} == {second.media_name}
    gone = desk.instances(case)[0]
    assert (gone.state, gone.media_name, gone.header) == ("removed", None, {})
    assert gone.removed_at
    last = rows(stores, CaseChange, case)[-1]
    assert (last.verb, last.reason, last.by_id) == ("image-removed", "wrong patient", desk.author.id)
    with stores.reading() as session:
        assert session.get(Release, given.id).instances == [second.id]
        doomed = set(session.scalars(select(DoomedMedia.object_name)))
    withdraw.delete_doomed(stores)
    assert doomed
    assert not doomed & set(stores.media.names())


def test_a_release_that_loses_its_last_image_ends(desk, stores, case):
    first, _second = desk.instances(case)
    given = release(desk, case, [first])
    with stores.writing() as session:
        revise.remove_image(session, session.get(Instance, first.id), desk.author, "")
    assert policy.released_on(given.board_id) not in readers(stores, case)


def test_the_last_image_stays(desk, stores, case):
    first, second = desk.instances(case)
    with stores.writing() as session:
        revise.remove_image(session, session.get(Instance, first.id), desk.author, "")
    for image, code in ((second, "last-image"), (first, "not-published")):
        with stores.writing() as session, pytest.raises(IntakeError, match=code):
            revise.remove_image(session, session.get(Instance, image.id), desk.author, "")


def test_an_image_of_a_draft_is_not_removed_in_the_open(desk, stores):
    case = desk.draft()
    desk.upload(case, photo())
    with stores.writing() as session, pytest.raises(IntakeError, match="not-published"):
        revise.remove_image(session, session.get(Instance, desk.instances(case)[0].id), desk.author, "")


def test_words_are_mended_with_before_and_after(desk, stores, case):
    changes = {"laterality": "7771000", "title": case.title, "tags": ["hip"]}
    with stores.writing() as session:
        changed = revise.edit_words(session, session.get(Case, case.id), changes, desk.author)
    assert changed == ["laterality", "tags"]
    edits = [row for row in rows(stores, CaseChange, case) if row.verb == "edited"]
    assert [(edit.field, edit.before, edit.after) for edit in edits] == [
        ("laterality", None, "7771000"),
        ("tags", "[]", '["hip"]'),
    ]
    assert desk.fresh(case).laterality == "7771000"


@pytest.mark.parametrize("field", ["state", "author_id", "seq", "audience_choice", "cover", "subject_id"])
def test_what_decides_about_readers_is_no_word(desk, stores, case, field):
    with stores.writing() as session, pytest.raises(IntakeError, match="not-editable"):
        revise.edit_words(session, session.get(Case, case.id), {field: 1}, desk.author)


def test_words_of_a_draft_have_no_history(desk, stores):
    case = desk.draft()
    with stores.writing() as session, pytest.raises(IntakeError, match="not-published"):
        revise.edit_words(session, session.get(Case, case.id), {"title": "x"}, desk.author)


def test_a_mended_alt_text_reaches_the_card(desk, stores, case):
    with stores.writing() as session:
        series = session.scalars(select(Series).where(Series.case_id == case.id).order_by(Series.position)).first()
        revise.edit_alt_text(session, series, "A vertebra", desk.author)
    assert desk.fresh(case).cover["alt"] == "A vertebra"
