"""Looks coded concepts up in the tables that come with pydicom, so that no meaning is ever taken from a file."""

from __future__ import annotations

import functools
from typing import Any

from pinboard.deid.vocabulary import MEASURES, METHOD_CODES

_LISTS = (4031, 4030, 4029, 4014)
"""DICOM CID of common anatomic regions, also of CT and MR, of dermatology anatomic sites and mammography views."""
_ELDER_SCHEMES = frozenset({"SRT", "SNM3", "99SDM"})


@functools.cache
def anatomy() -> dict[str, tuple[str, str]]:
    """Give scheme and meaning by code. The first call takes half a second."""
    from pydicom.sr._cid_dict import cid_concepts
    from pydicom.sr._concepts_dict import concepts

    found: dict[str, tuple[str, str]] = {}
    for number in _LISTS:
        lists: Any = cid_concepts[number]
        tables: Any = concepts
        for scheme, names in lists.items():
            for name in names:
                for code, (meaning, _) in tables[scheme][name].items():
                    found[code] = (scheme, meaning)
    # Both tables are read before children are forked: a confined child can open no file.
    _present_codes()
    return found


@functools.cache
def _present_codes() -> dict[str, str]:
    from pydicom.sr._snomed_dict import mapping

    return dict(mapping["SRT"])


def is_known(code: str) -> bool:
    """Tell whether a code is in one of the lists that `anatomy` reads."""
    return code in anatomy()


def present_code(scheme: str, code: str) -> str:
    """Give the SNOMED CT code of one written in an elder scheme, else the code itself."""
    return _present_codes().get(code, code) if scheme in _ELDER_SCHEMES else code


def coded(code: str) -> tuple[str, str]:
    """Give scheme and meaning of a code that is kept by its value alone."""
    if code in METHOD_CODES:
        return "DCM", METHOD_CODES[code]
    return ("UCUM", MEASURES[code]) if code in MEASURES else anatomy()[code]
