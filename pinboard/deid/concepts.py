"""Looks coded concepts up in the tables that come with pydicom, so that no meaning is ever taken from a file."""

from __future__ import annotations

import functools
from typing import Any

from pinboard.deid.vocabulary import METHOD_CODES

_ANATOMY_LISTS = (4031, 4029)
"""DICOM CID of common anatomic regions and of dermatology anatomic sites."""


@functools.cache
def anatomy() -> dict[str, tuple[str, str]]:
    """Give scheme and meaning by code. The first call takes half a second."""
    from pydicom.sr._cid_dict import cid_concepts
    from pydicom.sr._concepts_dict import concepts

    found: dict[str, tuple[str, str]] = {}
    for number in _ANATOMY_LISTS:
        lists: Any = cid_concepts[number]
        tables: Any = concepts
        for scheme, names in lists.items():
            for name in names:
                for code, (meaning, _) in tables[scheme][name].items():
                    found[code] = (scheme, meaning)
    return found


def is_anatomy(code: str) -> bool:
    """Tell whether a code is in DICOM CID 4031 or 4029."""
    return code in anatomy()


def coded(code: str) -> tuple[str, str]:
    """Give scheme and meaning of a code that is kept by its value alone."""
    if code in METHOD_CODES:
        return "DCM", METHOD_CODES[code]
    return anatomy()[code]
