"""Shows whether feed, board, tag and search stay as fast when a clinic has a hundred times the cases.

Each database was filled by `pinboard seed`. All are open at once and asked in turns, so that a busy machine slows all
alike; a figure is the median of the rounds in milliseconds of the clock, and the ratio is the largest database's over
the smallest's. Two readers: a clinician who sees everything, and one who is named in twenty cases and sees no other.

    python -m bench.scale [--rounds 25] [--bound 1.5] [--only board] sqlite:///10k.sqlite sqlite:///1m.sqlite [postgresql+psycopg://…]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pinboard.boards import layout
from pinboard.boards import queries as boards
from pinboard.intake.seeding import AUTHOR, SMALL
from pinboard.models import BoardOrder, Case, User
from pinboard.models.engine import make_engine, make_sessions
from pinboard.policy import Reader, member, reader_for, sees_few
from pinboard.search.grammar import read
from pinboard.search.queries import find
from pinboard.search.similar import similar

QUESTIONS = {
    "tag, common": "tag:cyst",
    "filter, common": "modality:ct is:solved",
    "word, common": "opacity",
    "word, rare": "quokka",
    "two common": "left opacity",
    "two common, never together": "left right",
    "two rare": "quokka numbat",
    "rare and common": "quokka left",
    "phrase, common": '"left nodule"',
    "synonyms": "swelling",
    "beginning": "calcif",
    "all but": "-tag:cyst -sex:f",
    "nothing": "zzzz",
}
Ask = Callable[[Session], object]


@dataclass(frozen=True, slots=True)
class Place:
    """One database with its readers and the questions put to it."""

    url: str
    kind: str
    cases: int
    asks: dict[str, Ask]


def place(url: str, only: str = "") -> Place:
    """Open a database and make its questions, or those whose names hold a word."""
    engine = make_engine(url)
    sessions = make_sessions(engine)
    with sessions() as session:
        cases = session.scalar(select(func.count()).select_from(Case)) or 0
        author = session.scalars(select(User).where(User.login == AUTHOR)).one()
        big = reader_for(session, author)
        small_id = session.scalars(select(User.id).where(User.login == SMALL)).one()
    few = Reader(user_id=small_id, role=author.role, verified=True, principals=(member(small_id),), register="clinic")
    asks: dict[str, Ask] = {}
    for name, reader in (("all", big), ("few", few)):
        asks[f"feed ({name})"] = lambda session, reader=reader: boards.feed_page(session, reader, None)
        asks[f"board ({name})"] = lambda session, reader=reader: _board(session, big, reader)
        asks[f"board, latest comment first ({name})"] = lambda session, reader=reader: _board(
            session, big, reader, BoardOrder.ACTIVE
        )
        for label, question in QUESTIONS.items():
            asks[f"{label} ({name})"] = lambda session, reader=reader, question=question: find(
                session, reader, read(question), None
            )
        asks[f"more like this ({name})"] = lambda session, reader=reader: _similar(session, reader)
    made = Place(url, engine.dialect.name, cases, {})
    bound = {name: _timed(sessions, ask) for name, ask in asks.items() if only in name}
    return Place(made.url, made.kind, made.cases, bound)


def _board(session: Session, owner: Reader, reader: Reader, order: BoardOrder = BoardOrder.HAND) -> object:
    # The reader of few is on no board, so its owner opens it for both.
    wall = replace(boards.wall(session, owner, "seed-0"), sees_few=bool(session.scalar(select(sees_few(reader)))))
    return layout.board_page(session, reader, wall, layout.Look(order), at=layout.At())


def _similar(session: Session, reader: Reader) -> object:
    return similar(session, reader, session.scalars(select(Case).order_by(Case.id).limit(1)).one())


def _timed(sessions: Callable[[], Session], ask: Ask) -> Ask:
    def run(_session: Session | None = None) -> float:
        with sessions() as session:
            session.connection()
            started = time.perf_counter()
            ask(session)
            return (time.perf_counter() - started) * 1000

    return run  # type: ignore[return-value]


def measure(places: list[Place], rounds: int) -> dict[str, list[float]]:
    """Ask every database in turns, and give the medians of each question in the order of the databases."""
    found: dict[str, list[list[float]]] = {name: [[] for _ in places] for name in places[0].asks}
    for number in range(rounds + 3):
        for name, times in found.items():
            for one, kept in zip(places, times, strict=True):
                taken = one.asks[name](None)  # type: ignore[arg-type]
                if number >= 3:
                    kept.append(float(taken))  # type: ignore[arg-type]
    return {name: [statistics.median(kept) for kept in times] for name, times in found.items()}


def table(places: list[Place], medians: dict[str, list[float]]) -> tuple[list[str], float]:
    """Write the table of one kind of database, and give the worst ratio."""
    sizes = [f"{one.cases // 1000}k" for one in places]
    lines = [f"| {places[0].kind} | {' | '.join(sizes)} | ratio |", "|---|" + "---|" * (len(sizes) + 1)]
    worst = 0.0
    for name, times in medians.items():
        ratio = times[-1] / times[0]
        worst = max(worst, ratio)
        lines.append(f"| {name} | {' | '.join(f'{one:.2f}' for one in times)} | {ratio:.2f} |")
    return lines, worst


def main() -> int:
    """Print a table for each kind of database; exit code 1 where something grew by more than the bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--bound", type=float, default=1.5)
    parser.add_argument("--only", default="", help="a word in the names of the questions that are asked")
    arguments = parser.parse_args()
    places = sorted((place(url, arguments.only) for url in arguments.urls), key=lambda one: (one.kind, one.cases))
    is_flat = True
    for kind in dict.fromkeys(one.kind for one in places):
        mine = [one for one in places if one.kind == kind]
        lines, worst = table(mine, measure(mine, arguments.rounds))
        print("\n".join([*lines, ""]))
        is_flat &= worst <= arguments.bound
    return 0 if is_flat else 1


if __name__ == "__main__":
    sys.exit(main())
