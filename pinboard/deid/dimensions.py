"""Keeps by what the frames of an enhanced object are ordered, under keyed UIDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pinboard.deid import pseudonym
from pinboard.deid.profile import BY_KEYWORD
from pinboard.deid.reading import value_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from pinboard.deid.pseudonym import Keys

_UID: Final = "DimensionOrganizationUID"
_ROWS: Final = ("DimensionOrganizationSequence", "DimensionIndexSequence")


def dimensions(dataset: Dataset, keys: Keys) -> dict[str, Any]:
    """Give the two sequences of the multi-frame dimension module (PS3.3 section C.7.6.17), or nothing of either."""
    found = {}
    for keyword in _ROWS:
        if keyword not in dataset:
            return {}
        items = [_keyed(item, keys) for item in value_of(dataset, keyword) or []]
        clean = BY_KEYWORD[keyword].check.clean(items)
        # Their number counts: each frame has a value for every index.
        if clean is None or len(clean) != len(items):
            return {}
        found[keyword] = clean
    return found


def _keyed(item: Any, keys: Keys) -> dict[str, Any]:
    rest = {name: item.get(name) for name in ("DimensionIndexPointer", "FunctionalGroupPointer")}
    known = {name: value for name, value in rest.items() if value is not None}
    return {_UID: pseudonym.new_uid(keys, str(item.get(_UID) or "")), **known}
