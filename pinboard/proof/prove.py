"""One walk over everything that is stored, in short sessions and with flat memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pinboard import clock
from pinboard.intake.stores import Stores
from pinboard.models import Case, Instance
from pinboard.proof.line import Counts, signed_line, signing_key
from pinboard.proof.pictures import UNREVIEWED, look_at, pictures
from pinboard.proof.records import case_pages, look_at_cases, look_at_chains, look_at_vault
from pinboard.proof.strays import look_at_strays
from pinboard.proof.violations import Violation

Watch = Callable[[int, int], None]
"""Takes how many cases and images were looked at, and how many there are."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What a walk came to: violations, or else a signed line."""

    violations: tuple[Violation, ...]
    counts: Counts
    state: str
    finished_at: datetime
    line: str | None


def prove(stores: Stores, watch: Watch = lambda _done, _total: None) -> Proved:
    """Look at every row and object; sign one line if nothing violates the profile."""
    walk = _Walk(stores, watch)
    walk.cases()
    walk.pictures()
    look_at_strays(stores, walk.report)
    look_at_vault(stores, walk.report)
    walk.chains()
    return walk.result()


class _Walk:
    """What is counted and found on the way."""

    def __init__(self, stores: Stores, watch: Watch) -> None:
        self._stores = stores
        self._watch = watch
        self._found: dict[Violation, None] = {}
        self._state = hashlib.sha256()
        self._counts = dict.fromkeys(Counts.__slots__, 0)
        self._done, self._total = 0, _extent(stores)
        self._watch(0, self._total)

    def report(self, code: str, thing: str) -> None:
        """Note one violation, once."""
        self._found[Violation(code, thing)] = None

    def cases(self) -> None:
        """Look at the rows of every case."""
        for page in case_pages(self._stores):
            with self._stores.reading() as session:
                look_at_cases(session, [number for number, _, _ in page], clock.now(), self.report)
            for _, public_id, state in page:
                self._note(f"case {public_id} {state}")
            self._counts["cases"] += len(page)
            self._step(len(page))

    def pictures(self) -> None:
        """Look at every image and its objects."""
        for picture in pictures(self._stores):
            seen = look_at(self._stores, picture, self.report)
            for fact in seen.facts:
                self._note(fact)
            self._counts["images"] += bool(seen.objects)
            self._counts["objects"] += seen.objects
            self._counts["receipts"] += seen.receipts
            self._step(1)

    def chains(self) -> None:
        """Look at the record of changes and of openings."""
        with self._stores.reading() as session:
            self._counts["events"], self._counts["openings"], ends = look_at_chains(session, self.report)
        for end in ends:
            self._note(f"chain {end}")

    def result(self) -> Proved:
        """Sum up, and sign if nothing was found."""
        counts, state, at = Counts(**self._counts), self._state.hexdigest(), clock.now()
        line = None
        if not self._found:
            line = signed_line(signing_key(self._stores.config.keys), counts=counts, state=state, at=at)
        return Proved(tuple(self._found), counts, state, at, line)

    def _note(self, fact: str) -> None:
        self._state.update(f"{fact}\n".encode())

    def _step(self, count: int) -> None:
        self._done += count
        self._watch(self._done, max(self._total, self._done))


def _extent(stores: Stores) -> int:
    with stores.reading() as session:
        cases = session.scalar(select(func.count()).select_from(Case)) or 0
        past_draft = select(func.count()).select_from(Instance).where(Instance.state.not_in(UNREVIEWED))
        return cases + (session.scalar(past_draft) or 0)
