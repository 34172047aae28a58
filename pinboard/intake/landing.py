"""The one short transaction that makes a case visible: rows, receipts, cover, readers, pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.custody import Header
from pinboard.imaging.view import views_of
from pinboard.intake import arrange, memory
from pinboard.intake.cover import choose_keys, dress
from pinboard.intake.develop import Developed
from pinboard.intake.drafts import subject_for
from pinboard.intake.notes import note, record
from pinboard.intake.words import forget_identifiers
from pinboard.models import (
    Board,
    Case,
    CaseState,
    Confirmation,
    Instance,
    InstanceState,
    MediaFile,
    MediaIntent,
    Pin,
    Receipt,
    ScanState,
    Series,
    Subject,
    Suggestion,
    User,
)


@dataclass(frozen=True, slots=True)
class Landed:
    """One instance whose files are in the media store and whose rows are not there yet."""

    instance_id: int
    receipt_id: int
    developed: Developed


def land(session: Session, case: Case, landed: Sequence[Landed]) -> None:
    """Write everything that publishing means."""
    author = session.get_one(User, case.author_id)
    subject = _subject(session, case, landed[0].developed.header)
    for one in landed:
        land_instance(session, one, subject)
    session.execute(delete(MediaIntent).where(MediaIntent.lease_id == case.lease_id))
    forget_identifiers(session, case)
    arrange.forget_left_out(session, case)
    # A run that died before this one wrote receipts for objects that were written anew since.
    used = [one.receipt_id for one in landed]
    session.execute(delete(Receipt).where(Receipt.case_id == case.id, Receipt.id.not_in(used)))
    now = clock.now()
    case.go(CaseState.PUBLISHED)
    case.seq = policy.publish_order(session)
    _remember(session, landed)
    case.published_at, case.expires_at = now, None
    case.lease_id = case.lease_until = case.publish_error = None
    case.publish_progress = 100
    session.flush()
    choose_keys(session, {one.instance_id: one.developed for one in landed})
    dress(session, case)
    _pin(session, case, author)
    policy.apply_choice(session, case, case.audience_choice, author)
    note(session, case, author, "published")
    record(session, None, "publish", case, images=len(landed))
    policy.rebuild(session, [case.id])


def _remember(session: Session, landed: Sequence[Landed]) -> None:
    """Learn what was painted on which device, then forget which device it was; the order of publishing is held here."""
    instances = list(session.scalars(select(Instance).where(Instance.id.in_([one.instance_id for one in landed]))))
    memory.learn(session, instances)
    for instance in instances:
        instance.device = None


def _subject(session: Session, case: Case, header: Header) -> Subject:
    """Give the case's subject; where no file and nobody named one, the person behind its first image."""
    if case.subject_id is not None:
        return session.get_one(Subject, case.subject_id)
    key_id = session.scalar(select(Series.key_id).where(Series.case_id == case.id).limit(1)) or ""
    subject = subject_for(session, header["PatientID"], key_id)
    case.subject_id = subject.id
    return subject


def write_receipt(session: Session, instance: Instance, developed: Developed) -> int:
    """Say what was removed and painted before anything is stored, because nothing is stored without a receipt."""
    confirmation = session.scalars(select(Confirmation).where(Confirmation.instance_id == instance.id)).one()
    receipt = Receipt(
        public_id=ids.public_id(),
        case_id=instance.case_id,
        instance_id=instance.id,
        profile_version=confirmation.profile_version,
        codes=[item["CodeValue"] for item in developed.header.get("DeidentificationMethodCodeSequence", [])],
        counts=instance.scrub_counts,
        boxes=developed.painted,
        detector=instance.detector,
        confirmed_by_id=confirmation.by_id,
        confirmed_at=confirmation.at,
        hashes={"scrubbed": confirmation.blob_sha256} | {kept.variant: kept.sha256 for kept in developed.kept},
        created_at=clock.now(),
    )
    session.add(receipt)
    session.flush()
    return receipt.id


def land_instance(session: Session, one: Landed, subject: Subject) -> None:
    """Write the rows of one image whose files are stored; from here on they are served, under a new name."""
    instance = session.get_one(Instance, one.instance_id)
    developed = one.developed
    instance.state = InstanceState.PUBLISHED
    # A photo that came before the first named file carries a code of its own until here.
    instance.header = developed.header | {"PatientID": subject.chart_code, "PatientName": subject.chart_code}
    instance.dtype, instance.samples, instance.tone = developed.dtype, developed.samples, developed.tone
    instance.view = views_of(instance.header, dtype=developed.dtype, samples=developed.samples)
    instance.dhash, instance.pixel_mac = developed.marks.dhash, developed.marks.pixel_mac
    instance.media_name = ids.public_id()
    if instance.scan == ScanState.WAITING:
        instance.scan = None
    session.execute(delete(Suggestion).where(Suggestion.instance_id == instance.id))
    for kept in developed.kept:
        session.add(
            MediaFile(
                media_name=instance.media_name,
                case_id=instance.case_id,
                instance_id=instance.id,
                receipt_id=one.receipt_id,
                **asdict(kept),
            )
        )
    session.flush()


def _pin(session: Session, case: Case, author: User) -> None:
    """Place the case on the boards its author chose and may pin to; a pin adds no reader."""
    reader = policy.reader_for(session, author)
    for board in session.scalars(chosen_boards(case).where(policy.may_board(reader, "pin"))):
        taken = select(Pin.id).where(Pin.board_id == board.id, Pin.case_id == case.id)
        if session.scalar(taken) is not None:
            continue
        last = session.scalar(select(func.max(Pin.position)).where(Pin.board_id == board.id)) or 0
        session.add(
            Pin(
                public_id=ids.public_id(),
                board_id=board.id,
                case_id=case.id,
                position=last + 1,
                by_id=author.id,
                at=clock.now(),
            )
        )
    session.flush()


def chosen_boards(case: Case) -> Select[Board]:
    """Give the query for the boards that an author chose, by public id or by slug."""
    chosen = [str(choice) for choice in case.board_choice]
    return select(Board).where(or_(Board.public_id.in_(chosen), Board.slug.in_(chosen))).order_by(Board.id)
