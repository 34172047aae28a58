"""What a list can be narrowed by, as a form shows it: the same for a board and for a search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, and how many it leaves where that is known."""

    value: str
    label: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """One question that a list can be asked, its answers, and the one in force."""

    name: str
    legend: str
    choices: list[Choice]
    chosen: str
