"""What its time has passed for goes, what is alive stays."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from pinboard import clock, ids
from pinboard.custody import Rendition
from pinboard.intake import publish, receive
from pinboard.intake.sweep import sweep, sweep_media
from pinboard.intake.withdraw import delete_doomed
from pinboard.models import (
    Case,
    CaseState,
    Comment,
    InboxItem,
    Job,
    JobState,
    LinkPurpose,
    MediaFile,
    MediaIntent,
    RememberedBox,
    SingleUseLink,
    Throttle,
    Upload,
    UploadState,
)
from pinboard.models import Session as SignedIn
from tests.factories import make_comment
from tests.intake.files import ct


@pytest.fixture
def draft(desk):
    case = desk.draft()
    desk.upload(case, ct())
    return case


def warnings(stores, case):
    with stores.reading() as session:
        return session.scalars(select(InboxItem.kind).where(InboxItem.case_id == case.id)).all()


def test_a_draft_is_kept_warned_about_and_erased(desk, stores, draft):
    assert draft.expires_at - draft.created_at == timedelta(days=7)
    sweep(stores, draft.expires_at - timedelta(days=2, minutes=1))
    assert warnings(stores, draft) == []
    for _ in range(2):
        sweep(stores, draft.expires_at - timedelta(days=1))
    assert warnings(stores, draft) == ["draft-expires"]
    assert desk.fresh(draft).state == CaseState.DRAFT
    assert draft.public_id in stores.vault.drafts()
    sweep(stores, draft.expires_at + timedelta(seconds=1))
    assert desk.fresh(draft).state == CaseState.ERASED
    assert desk.instances(draft) == []
    assert draft.public_id not in stores.vault.drafts()


def test_a_published_case_does_not_expire(desk, stores):
    case = desk.published(ct())
    sweep(stores, clock.now() + timedelta(days=400))
    assert desk.fresh(case).state == CaseState.PUBLISHED
    assert warnings(stores, case) == []


def test_a_case_on_its_way_keeps_its_vault(desk, stores, draft):
    desk.confirm(draft)
    desk.fill(draft)
    with stores.writing() as session:
        publish.start(session, session.get(Case, draft.id), desk.author, keys=desk.stores.keys)
    sweep(stores)
    assert draft.public_id in stores.vault.drafts()
    publish.run(stores, draft.id)
    assert desk.fresh(draft).state == CaseState.PUBLISHED


def test_vault_folders_without_a_draft_are_destroyed(desk, stores, draft):
    stray = ids.public_id()
    stores.vault.seal(stores.vault.open(draft.public_id, desk.instances(draft)[0].blob), stray, ids.public_id())
    sweep(stores)
    assert stray not in stores.vault.drafts()
    assert draft.public_id in stores.vault.drafts()


def test_objects_without_a_row_go_and_those_with_a_row_or_an_intent_stay(desk, stores):
    case = desk.published(ct())
    stray, meant = ids.public_id(), ids.public_id()
    with stores.writing() as session:
        session.add(MediaIntent(object_name=meant, lease_id=ids.public_id(), case_id=case.id, created_at=clock.now()))
        receipt = session.scalars(select(MediaFile.receipt_id).where(MediaFile.case_id == case.id)).first()
    for name in (stray, meant):
        stores.media.put(Rendition(name, "w236", "image/webp", 1, 1, b"x"), receipt)
    before = set(stores.media.names())
    sweep_media(stores)
    delete_doomed(stores)
    assert before - set(stores.media.names()) == {stray}
    with stores.reading() as session:
        again = session.scalars(select(Job).where(Job.kind == "sweep-media")).one()
    assert again.run_after > clock.now() + timedelta(hours=23)


def test_links_sessions_and_throttles_are_forgotten_after_their_time(stores, author):
    now = clock.now()
    with stores.writing() as session:
        for age in (1, 40):
            session.add(
                SingleUseLink(
                    public_id=ids.public_id(),
                    purpose=LinkPurpose.INVITATION,
                    token_hash=ids.public_id(),
                    created_at=now,
                    expires_at=now - timedelta(days=age),
                )
            )
            session.add(
                Throttle(key=f"k{age}", failures=1, blocked_until=now, updated_at=now - timedelta(days=age - 1))
            )
        for hours in (-1, 1):
            session.add(
                SignedIn(
                    public_id=ids.public_id(),
                    token_hash=ids.public_id(),
                    user_id=author.id,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=hours),
                    device="",
                    address="",
                )
            )
    sweep(stores)
    with stores.reading() as session:
        assert len(session.scalars(select(SingleUseLink)).all()) == 1
        assert session.scalars(select(Throttle.key)).all() == ["k1"]
        assert len(session.scalars(select(SignedIn)).all()) == 1


def test_a_slot_of_a_dead_upload_can_be_filled_again(desk, stores):
    case = desk.draft()
    with stores.writing() as session:
        slot = receive.open_slot(session, session.get(Case, case.id), desk.author)
        session.get(Upload, slot.id).state = UploadState.RECEIVING
    sweep(stores)
    assert state(stores, slot) == UploadState.RECEIVING
    sweep(stores, clock.now() + timedelta(hours=2))
    assert state(stores, slot) == UploadState.WAITING


def state(stores, slot):
    with stores.reading() as session:
        return session.get(Upload, slot.id).state


def test_words_of_a_deleted_comment_are_erased_after_a_day(desk, stores):
    case = desk.published(ct())
    with stores.writing() as session:
        kept = make_comment(session, session.get(Case, case.id), body="kept")
        gone = make_comment(session, session.get(Case, case.id), body="gone", deleted_at=clock.now())
    sweep(stores, clock.now() + timedelta(hours=23))
    assert bodies(stores, kept, gone) == ["kept", "gone"]
    sweep(stores, clock.now() + timedelta(hours=25))
    assert bodies(stores, kept, gone) == ["kept", ""]


def bodies(stores, *comments):
    with stores.reading() as session:
        return [session.get(Comment, one.id).body for one in comments]


@pytest.mark.parametrize("kind", ["scan", "fingerprint", "publish"])
def test_a_finished_job_about_one_thing_is_forgotten_after_a_week_and_a_waiting_one_is_not(stores, kind):
    now = clock.now()
    with stores.writing() as session:
        for ref, state in ((91, JobState.DONE), (92, JobState.FAILED), (93, JobState.WAITING)):
            session.add(Job(kind=kind, ref_id=ref, state=state, attempts=1, run_after=now, created_at=now))
    left = select(Job.ref_id).where(Job.kind == kind, Job.ref_id.in_([91, 92, 93])).order_by(Job.ref_id)
    for days, expected in ((6, [91, 92, 93]), (8, [93])):
        sweep(stores, now + timedelta(days=days))
        with stores.reading() as session:
            assert session.scalars(left).all() == expected
    with stores.writing() as session:
        session.execute(delete(Job).where(Job.ref_id == 93))


def test_what_no_image_met_for_two_years_is_remembered_no_more(stores):
    now = clock.now()
    with stores.writing() as session:
        session.add(RememberedBox(device="f" * 64, x0=0, y0=0, x1=9, y1=9, kept=1, thrown=0, used_at=now))
    known = select(RememberedBox.kept).where(RememberedBox.device == "f" * 64)
    for days, expected in ((729, [1]), (731, [])):
        sweep(stores, now + timedelta(days=days))
        with stores.reading() as session:
            assert session.scalars(known).all() == expected
