"""Looks for objects in the media store that no row names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from pinboard.intake.stores import Stores
from pinboard.models import DoomedMedia, MediaFile, MediaIntent
from pinboard.proof.violations import Report
from pinboard.storage.media import MediaError

PAGE = 500


def look_at_strays(stores: Stores, report: Report) -> None:
    """Check that every object has a row, is about to get one under a lease, or is about to be deleted."""
    for names in _pages(stores.media.names()):
        for name in sorted(set(names) - _named(stores, names)):
            # A crowd of deletions may have passed between the listing and the question.
            if _is_there(stores, name):
                report("object-unknown", f"object {name}")
    if others := stores.media.count_others():
        report("object-foreign", f"media store, {others} files")


def _pages(names: Iterable[str]) -> Iterator[list[str]]:
    page: list[str] = []
    for name in names:
        page.append(name)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _named(stores: Stores, names: list[str]) -> set[str]:
    found: set[str] = set()
    with stores.reading() as session:
        # In this order: a name goes from the intents to the rows and from there to the doomed.
        for column in (MediaIntent.object_name, MediaFile.object_name, DoomedMedia.object_name):
            found |= set(session.scalars(select(column).where(column.in_(names))))
    return found


def _is_there(stores: Stores, name: str) -> bool:
    try:
        stores.media.read_range(name, 0, 1)
    except MediaError as error:
        return error.code != "missing"
    return True
