"""Loads the demo board: real pictures of pydicom's own wheel, through the same intake as a clinic's."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard import clock, ids, policy
from pinboard.custody import Box
from pinboard.intake import publish
from pinboard.intake.drafts import new_draft
from pinboard.intake.notes import record
from pinboard.intake.receive import open_slot, receive
from pinboard.intake.review import confirm, set_boxes
from pinboard.intake.stores import Stores
from pinboard.models import (
    Case,
    CaseState,
    ClinicSetting,
    Comment,
    Consent,
    ConsentKind,
    ConsentLevel,
    Instance,
    Role,
    Series,
    Upload,
    UploadState,
    User,
)

LOADED = "demo_cases"
"""The clinic's note of what was loaded: loading again adds what is missing and brings back nothing that was erased."""
POLICY = "Public sample data"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo, who never signs in."""

    login: str
    name: str
    specialty: str | None


def load_demo(stores: Stores) -> int:
    """Publish every demo case that is not there yet; gives how many were added."""
    plan = tomllib.loads(files("pinboard.data").joinpath("demo.toml").read_text(encoding="utf-8"))
    people = {one.pop("key"): _person(stores, Person(**one)) for one in plan["person"]}
    added = 0
    for entry in plan["case"]:
        path = sample_path(entry["file"])
        if path is None or _is_there(stores, entry):
            continue
        added += _load(stores, entry, path, people)
    return added


def sample_path(name: str) -> Path | None:
    """Find a sample in the installed pydicom, without asking any server for it."""
    path = Path(str(files("pydicom").joinpath("data", "test_files", name)))
    return path if path.is_file() else None


def _person(stores: Stores, person: Person) -> User:
    """Find or make a verified clinician who has no password and never will."""
    with stores.writing() as session:
        user = session.scalar(select(User).where(User.login == person.login))
        if user is None:
            now = clock.now()
            user = User(
                public_id=ids.public_id(),
                login=person.login,
                name=person.name,
                role=Role.CLINICIAN,
                is_demo=True,
                specialty=person.specialty,
                about="An account of the demo board. Nobody signs in with it.",
                verified_at=now,
                verification="Part of the demo board",
                created_at=now,
            )
            session.add(user)
            session.flush()
        return user


def _is_there(stores: Stores, entry: dict[str, Any]) -> bool:
    """Tell whether a case was loaded before, also where that load broke off after it was published."""
    with stores.reading() as session:
        noted = session.scalar(select(ClinicSetting.value).where(ClinicSetting.name == LOADED)) or []
        shown = select(Case.id).join(User, User.id == Case.author_id).where(User.is_demo, Case.seq.is_not(None))
        return entry["key"] in noted or session.scalar(shown.where(Case.title == entry["title"])) is not None


def _note_loaded(session: Session, key: str) -> None:
    row = session.get(ClinicSetting, LOADED, with_for_update=True)
    if row is None:
        row = ClinicSetting(name=LOADED, value=[])
        session.add(row)
    row.value, row.changed_at = [*row.value, key], clock.now()
    session.flush()


def _load(stores: Stores, entry: dict[str, Any], path: Path, people: dict[str, User]) -> int:
    author = people[entry["author"]]
    case = _draft(stores, entry, author)
    upload = _upload(stores, case, author, path)
    if upload.state != UploadState.RECEIVED:
        logger.warning("a demo picture was refused: %s", upload.refusal)
        return 0
    with stores.writing() as session:
        _review(session, case, entry, author)
        publish.start(session, session.get_one(Case, case.id), author, keys=stores.keys)
    publish.run(stores, case.id)
    with stores.writing() as session:
        return int(_discuss(session, case, entry, people))


def _draft(stores: Stores, entry: dict[str, Any], author: User) -> Case:
    with stores.writing() as session:
        case = new_draft(session, author)
        words = ("title", "question", "history", "findings", "body_part", "laterality", "differential")
        for name in words:
            if name in entry:
                setattr(case, name, entry[name])
        case.tags = entry.get("tags", [])
        case.audience_choice = {"clinic": True, "trainees": True}
        case.board_choice = entry["boards"]
        _consent(session, case, author)
        return case


def _upload(stores: Stores, case: Case, author: User, path: Path) -> Upload:
    with stores.writing() as session:
        slot = open_slot(session, case, author)
    with stores.pool.memfile(path.read_bytes()) as mem:
        return receive(stores, slot.id, mem, by=author)


def _review(session: Session, case: Case, entry: dict[str, Any], author: User) -> None:
    boxes = [Box(*corners) for corners in entry.get("boxes", [])]
    for instance in session.scalars(select(Instance).where(Instance.case_id == case.id)).all():
        set_boxes(session, instance, boxes, author)
        confirm(session, instance, author)
    for series in session.scalars(select(Series).where(Series.case_id == case.id)):
        series.alt_text = entry["alt"]


def _consent(session: Session, case: Case, author: User) -> None:
    now = clock.now()
    session.add(
        Consent(
            case_id=case.id,
            level=ConsentLevel.CLINIC,
            kind=ConsentKind.EXEMPTION,
            reason=POLICY,
            taken_by_id=author.id,
            taken_at=now - timedelta(seconds=1),
            created_at=now,
        )
    )
    policy.rebuild(session, [case.id])


def _discuss(session: Session, case: Case, entry: dict[str, Any], people: dict[str, User]) -> bool:
    fresh = session.get_one(Case, case.id, populate_existing=True)
    if fresh.state != CaseState.PUBLISHED:
        return False
    asked: Comment | None = None
    for said in entry.get("comment", []):
        comment = Comment(
            public_id=ids.public_id(),
            case_id=case.id,
            author_id=people[said["by"]].id,
            parent_id=asked.id if asked is not None and said.get("is_reply") else None,
            body=said["body"],
            created_at=clock.now(),
        )
        session.add(comment)
        session.flush()
        asked = asked if said.get("is_reply") else comment
        fresh.comment_count += 1
    _note_loaded(session, entry["key"])
    record(session, people[entry["author"]], "demo", fresh)
    return True
