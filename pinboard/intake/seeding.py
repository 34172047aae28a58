"""Makes synthetic cases by the thousand, so that load and scale can be tried: words, readers and pins, no patients.

Everything is drawn from fixed lists by the number of the case, so that two installations of one size are alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from pinboard import clock, policy, vocabulary
from pinboard.ids import public_id
from pinboard.intake.multiplying import copy_block, words_of_block
from pinboard.models import (
    EARLIEST,
    LATEST,
    Board,
    BoardKind,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    Comment,
    Consent,
    ConsentKind,
    ConsentLevel,
    Counter,
    Grant,
    Pin,
    Resolution,
    Role,
    Source,
    User,
    Visibility,
    catch_up,
)
from pinboard.models.engine import writing

AUTHOR, SMALL = "seed-author", "seed-reader-of-few"
"""Logins of accounts without a password: the author of everything, and a clinician named in twenty cases."""
FEW = 20
BATCH = 2_000
SPECIAL = BLOCK = 10_000
"""The first cases have the rare words; the block after them has none, and is what more cases are copied from."""
_SIGNS = (
    "opacity",
    "nodule",
    "effusion",
    "oedema",
    "cyst",
    "calcification",
    "mass",
    "thickening",
    "lucency",
    "fistula",
)
_PLACES = ("left", "right", "apical", "basal", "central", "peripheral", "proximal", "distal", "dorsal", "ventral")
_DOUBTS = ("old", "new", "benign", "growing", "infected", "congenital", "traumatic", "post-operative")
_AGES = vocabulary.AGE_BANDS


class HasRealCases(Exception):  # noqa: N818 - a state of the installation, told in a sentence
    """Somebody uses this installation."""

    def __init__(self) -> None:
        super().__init__("There are cases here that were not seeded. Synthetic ones need an installation of their own.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much there shall be."""

    cases: int
    boards: int = 20
    readers: int = 20


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the cases hang on."""

    author: int
    few: int
    boards: tuple[int, ...]
    covers: tuple[dict[str, Any], ...]


def fill(session: Session, wanted: Wanted, *, tell: Callable[[int], None] = lambda _count: None) -> int:
    """Add synthetic cases until there are as many as wanted, and give how many were added."""
    writing(session)
    scene = _scene(session, wanted)
    session.commit()
    writing(session)
    present = session.scalar(select(func.count()).select_from(Case).where(Case.author_id == scene.author)) or 0
    session.commit()
    by_hand = min(wanted.cases, SPECIAL + BLOCK)
    for start in range(present, by_hand, BATCH):
        stop = min(start + BATCH, by_hand)
        writing(session)
        _add(session, scene, range(start, stop))
        session.commit()
        session.expunge_all()
        tell(stop)
    _multiply(session, scene.author, range(max(present, SPECIAL + BLOCK), wanted.cases), tell)
    if session.get_bind().dialect.name == "postgresql":
        # Its planner would learn of so much at once only minutes later.
        session.execute(text("ANALYZE"))
        session.commit()
    return max(0, wanted.cases - present)


def _multiply(session: Session, author: int, numbers: range, tell: Callable[[int], None]) -> None:
    """Copy the block that has no rare words until there are enough cases."""
    present, wanted = numbers.start, numbers.stop
    low = (session.scalar(select(func.min(Case.seq)).where(Case.author_id == author)) or 1) + SPECIAL
    words = words_of_block(session, range(low, low + BLOCK)) if wanted > present else None
    session.commit()
    while words is not None and present < wanted:
        size = min(BLOCK, wanted - present)
        writing(session)
        last = _take_places(session, size)
        part = words if size == BLOCK else words_of_block(session, range(low, low + size))
        copy_block(session, range(low, low + size), last - size + 1 - low, part)
        session.commit()
        present += size
        tell(present)


def _take_places(session: Session, size: int) -> int:
    step = update(Counter).where(Counter.name == "case_seq").values(value=Counter.value + size)
    return session.scalar(step.returning(Counter.value), execution_options={"synchronize_session": False}) or 0


def text_of(number: int) -> dict[str, Any]:
    """Give the words and facts of one case; “left” and “right” are common and never together, “quokka” is rare."""
    sign, place = _SIGNS[number % 10], _PLACES[number // 10 % 10]
    doubt, part = _DOUBTS[number % 8], vocabulary.body_parts()[number % 50]
    rare = " quokka" * (number % 500 == 7 and number < SPECIAL) + " numbat" * (number % 700 == 7 and number < SPECIAL)
    return {
        "title": f"Is this {place} {sign} {doubt}?",
        "question": f"Found by chance in the {part.meaning.lower()}, case {number}.{rare}",
        "findings": f"A {place} {sign} of {number % 90 + 3} mm beside {_SIGNS[(number // 7) % 10]}. Dolor regional.",
        "history": "Seen in the clinic since spring, no fever, no weight loss." if number % 3 else "",
        "outcome": "Followed for a year without change." if number % 4 == 0 else "",
        "tags": [sign, f"{place} {sign}"] if number % 2 else [sign],
        "age_band": _AGES[number % len(_AGES)],
        "sex": "FM"[number % 2],
        "body_part": part.code,
        "modality": ("CT", "DX", "MR", "US", "XC")[number % 5],
        "resolution": list(Resolution)[0 if number % 4 else 1],
        "frame_count": number % 40 + 1,
        "comment_count": number % 3,
    }


def _scene(session: Session, wanted: Wanted) -> _Scene:
    ours = select(User.id).where(User.login.startswith("seed-") | User.is_demo)
    if session.scalar(select(Case.id).where(Case.author_id.not_in(ours)).limit(1)) is not None:
        raise HasRealCases
    author, few = _member(session, AUTHOR, "Seed Author"), _member(session, SMALL, "Reader of Few")
    for number in range(wanted.readers):
        _member(session, f"seed-reader-{number}", f"Reader {number}")
    boards = tuple(_board(session, number, author) for number in range(wanted.boards))
    demo = select(Case.cover).join(User, User.id == Case.author_id).where(User.is_demo, Case.cover.is_not(None))
    return _Scene(author, few, boards, tuple(cover for cover in session.scalars(demo.limit(24)) if cover))


def _member(session: Session, login: str, name: str) -> int:
    found = session.scalar(select(User.id).where(User.login == login))
    if found is None:
        at = clock.now()
        made = User(
            public_id=public_id(), login=login, name=name, role=Role.CLINICIAN, verified_at=at, created_at=at,
            verification="Synthetic", about="A synthetic account without a password.",
        )  # fmt: skip
        session.add(made)
        session.flush()
        found = made.id
    return found


def _board(session: Session, number: int, author: int) -> int:
    slug = f"seed-{number}"
    found = session.scalar(select(Board.id).where(Board.slug == slug))
    if found is None:
        made = Board(
            public_id=public_id(), slug=slug, title=f"Synthetic board {number}", created_at=clock.now(),
            kind=BoardKind.GROUP, owner_id=author,
        )  # fmt: skip
        session.add(made)
        session.flush()
        found = made.id
    return found


def _add(session: Session, scene: _Scene, numbers: range) -> None:
    at, first = clock.now(), _take_places(session, len(numbers)) - len(numbers) + 1
    rows = [
        {
            **text_of(number), "public_id": public_id(), "author_id": scene.author, "state": CaseState.PUBLISHED,
            "seq": first + place, "differential": [], "audience_choice": {}, "board_choice": [], "photo_kind": "XC",
            "cover": scene.covers[number % len(scene.covers)] if scene.covers else None, "is_sensitive": False,
            "publish_progress": 0, "created_at": at, "updated_at": at,
            "published_at": at - timedelta(minutes=numbers.stop - number),
        }
        for place, number in enumerate(numbers)
    ]  # fmt: skip
    connection = session.connection()
    made = insert(Case.__table__).returning(Case.id, sort_by_parameter_order=True)  # type: ignore[arg-type]
    ids = list(connection.scalars(made, rows))
    named = {case_id for case_id, number in zip(ids, numbers, strict=True) if number < FEW * 400 and number % 400 == 7}
    connection.execute(insert(Consent.__table__), [_consent(case_id, scene, at) for case_id in ids])  # type: ignore[arg-type]
    connection.execute(
        insert(CaseRole.__table__),  # type: ignore[arg-type]
        [{"case_id": one, "user_id": scene.author, "role": CaseVerb.AUTHOR, "given_at": at} for one in ids],
    )
    connection.execute(insert(Grant.__table__), [row for one in ids for row in _grants(one, scene, one in named)])  # type: ignore[arg-type]
    if scene.boards:
        connection.execute(insert(Pin.__table__), [_pin(*pair, scene) for pair in zip(ids, numbers, strict=True)])  # type: ignore[arg-type]
    said = [_comment(*pair, scene) for pair in zip(ids, numbers, strict=True) for _ in range(pair[1] % 3)]
    if said:
        connection.execute(insert(Comment.__table__), said)  # type: ignore[arg-type]
    policy.rebuild(session, ids)
    catch_up(session)


def _consent(case_id: int, scene: _Scene, at: Any) -> dict[str, Any]:
    return {
        "case_id": case_id, "level": ConsentLevel.CLINIC, "kind": ConsentKind.EXEMPTION, "reason": "Synthetic",
        "taken_by_id": scene.author, "taken_at": at - timedelta(days=1), "valid_until": LATEST, "created_at": at,
    }  # fmt: skip


def _grants(case_id: int, scene: _Scene, is_named: bool) -> list[dict[str, Any]]:
    reasons = [(policy.CLINICIANS, Source.CLINIC), (policy.TRAINEES, Source.TRAINEES)]
    reasons += [(policy.member(scene.few), Source.NAMED)] if is_named else []
    common = {"case_id": case_id, "not_before": EARLIEST, "not_after": LATEST, "by_id": scene.author, "at": clock.now()}
    return [{**common, "principal": principal, "source": source} for principal, source in reasons]


def _comment(case_id: int, number: int, scene: _Scene) -> dict[str, Any]:
    return {
        "public_id": public_id(), "case_id": case_id, "author_id": scene.author, "visibility": Visibility.CLINIC,
        "body": f"Compare with case {number}.", "created_at": clock.now(),
    }  # fmt: skip


def _pin(case_id: int, number: int, scene: _Scene) -> dict[str, Any]:
    board = scene.boards[0 if number % 2 else number // 2 % len(scene.boards)]
    return {
        "public_id": public_id(), "board_id": board, "case_id": case_id, "position": number + 1,
        "by_id": scene.author, "at": clock.now(),
    }  # fmt: skip
