"""Mends one image of a published case: out of sight, shown again, or laid open to be redacted once more."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.intake import desk, review, scan
from pinboard.intake.cover import choose_key, dress
from pinboard.intake.develop import VARIANTS
from pinboard.intake.errors import IntakeError, NotReviewed
from pinboard.intake.export import scrubbed_again
from pinboard.intake.notes import doom, note, record
from pinboard.intake.outbox import enqueue
from pinboard.intake.stores import Stores
from pinboard.models import (
    Case,
    CaseState,
    Confirmation,
    DrawnBox,
    Instance,
    InstanceState,
    MediaIntent,
    Series,
    Suggestion,
    User,
)

VISIBLE = frozenset({CaseState.PUBLISHED, CaseState.HIDDEN})


def hide_image(session: Session, instance: Instance, by: User) -> None:
    """Take one image from everyone at once, its subject too; the rest of its case stays."""
    case = _case_of(session, instance, InstanceState.PUBLISHED)
    _hide(session, case, instance, by)
    policy.rebuild(session, [case.id])


def show_image(session: Session, instance: Instance, by: User) -> None:
    """Show a hidden image again as it was; what was begun to redact it is given up and shredded."""
    case = _case_of(session, instance, InstanceState.HIDDEN)
    if desk.is_under_way(session, instance):
        raise IntakeError("mend-under-way")
    # With the blob still named and the image shown again, the next round shreds what lies in the vault.
    instance.state = InstanceState.PUBLISHED
    _forget_look(session, instance)
    if instance.blob is not None:
        enqueue(session, "sweep", 0)
    _arrange(session, case, instance)
    note(session, case, by, "image-shown")
    record(session, by, "image-show", case, instance=instance.public_id)
    policy.rebuild(session, [case.id])


def open_image(stores: Stores, instance_id: int, by: User) -> None:
    """Hide an image and seal it into the vault as unreviewed, so that it can be painted like one of a draft.

    Its new blob is named before it is sealed, so that a crash in between leaves nothing that no row knows of.
    """
    with stores.writing() as session:
        instance = session.get_one(Instance, instance_id, with_for_update=True)
        case = _case_of(session, instance, InstanceState.PUBLISHED, InstanceState.HIDDEN)
        if desk.is_open(instance) or desk.is_under_way(session, instance):
            return
        if instance.state == InstanceState.PUBLISHED:
            _hide(session, case, instance, by)
        left, blob, draft = instance.blob, ids.public_id(), case.public_id
        instance.blob, instance.blob_sha256 = blob, None
        _forget_look(session, instance)
        record(session, by, "image-mend", case, instance=instance.public_id)
        policy.rebuild(session, [case.id])
    if left is not None:
        stores.vault.destroy_blob(draft, left)
    scrubbed = scrubbed_again(stores, instance)
    stores.vault.seal(scrubbed, draft, blob)
    with stores.writing() as session:
        instance = session.get_one(Instance, instance_id, with_for_update=True)
        is_mine = instance.blob == blob and instance.state == InstanceState.HIDDEN
        if is_mine:
            instance.blob_sha256 = scrubbed.sha256
            scan.ask(session, instance)
    if not is_mine:
        stores.vault.destroy_blob(draft, blob)


def start(session: Session, instance: Instance, by: User) -> None:
    """Leave a confirmed image to the job that develops it anew; one that is on its way is left alone."""
    case = _case_of(session, instance, InstanceState.HIDDEN)
    if desk.is_under_way(session, instance):
        return
    if instance.blob is None or not desk.is_open(instance) or not review.confirmed(session, instance):
        raise NotReviewed
    now = clock.now()
    session.add_all(
        MediaIntent(object_name=ids.public_id(), lease_id=instance.blob, case_id=case.id, created_at=now)
        for _ in VARIANTS
    )
    record(session, by, "image-mend-start", case, instance=instance.public_id)
    enqueue(session, "mend", instance.id)


def drop_intents(session: Session, lease_id: str) -> None:
    """Doom whatever a mend was about to store under these names."""
    mine = MediaIntent.lease_id == lease_id
    doom(session, session.scalars(select(MediaIntent.object_name).where(mine)))
    session.execute(delete(MediaIntent).where(mine))


def _case_of(session: Session, instance: Instance, *states: InstanceState) -> Case:
    """Give the case of an image that can be mended now, and keep others from changing it meanwhile."""
    case = session.get_one(Case, instance.case_id, with_for_update=True, populate_existing=True)
    session.refresh(instance)
    if case.state not in VISIBLE or instance.state not in states:
        raise IntakeError("not-published")
    return case


def _hide(session: Session, case: Case, instance: Instance, by: User) -> None:
    if instance.blob is not None:
        # Left of publishing a moment ago: forgotten here, so that nobody takes it for a mend, and shredded as a stray.
        instance.blob = None
        enqueue(session, "sweep", 0)
    instance.state = InstanceState.HIDDEN
    _arrange(session, case, instance)
    note(session, case, by, "image-hidden")
    record(session, by, "image-hide", case, instance=instance.public_id)


def _arrange(session: Session, case: Case, instance: Instance) -> None:
    """Choose anew what stands for the series and the case, and count its frames."""
    session.flush()
    choose_key(session, session.get_one(Series, instance.series_id))
    dress(session, case)


def _forget_look(session: Session, instance: Instance) -> None:
    """Begin without areas and without a confirmation: those of before are in the pixels and in the old receipt."""
    for kind in (DrawnBox, Confirmation, Suggestion):
        session.execute(delete(kind).where(kind.instance_id == instance.id))
    session.expire(instance, ["boxes", "suggestions"])
