"""What each consent level allows: the one table, which the docs print and the tests walk cell by cell."""

from __future__ import annotations

from pinboard.models import ConsentLevel, Source

LEVELS = (ConsentLevel.CARE, ConsentLevel.CLINIC, ConsentLevel.OUTSIDE, ConsentLevel.PUBLIC)
"""From near to far; each allows what the ones before it allow."""

LEVEL_NEEDED: dict[Source, ConsentLevel | None] = {
    Source.AUTHOR: None,
    Source.DELEGATE: ConsentLevel.CARE,
    Source.NAMED: ConsentLevel.CARE,
    Source.CONNECTION: ConsentLevel.CLINIC,
    Source.GROUP: ConsentLevel.CLINIC,
    Source.BOARD: ConsentLevel.CLINIC,
    Source.CLINIC: ConsentLevel.CLINIC,
    Source.TRAINEES: ConsentLevel.CLINIC,
    Source.COLLEAGUE_SHARE: ConsentLevel.OUTSIDE,
    Source.PUBLIC: ConsentLevel.PUBLIC,
    Source.RELEASE: None,
    Source.SUBJECT_SHARE: None,
}
"""The subject's own access needs a release, not a level; withdrawing consent to others never takes it away."""

SUBJECT_SOURCES = frozenset({Source.RELEASE, Source.SUBJECT_SHARE})


def reach(level: ConsentLevel | None) -> int:
    """Give how far a level goes, 0 for what needs none."""
    return 0 if level is None else LEVELS.index(level) + 1


def allows(level: ConsentLevel, source: Source) -> bool:
    """Say whether a consent of this level lets readers of this source in."""
    return reach(LEVEL_NEEDED[source]) <= reach(level)


def describe_levels() -> list[tuple[str, list[str]]]:
    """Give each level with the sources it is the first to allow, for the docs."""
    table: list[tuple[str, list[str]]] = []
    for level in (None, *LEVELS):
        sources = [source.value for source in Source if LEVEL_NEEDED[source] is level]
        table.append((level.value if level else "none", sources))
    return table
