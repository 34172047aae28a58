"""Writes the DICOMDIR of a copy that is carried away (PS3.3 annex F, PS3.10 section 8).

Our own writer because others want the files on a disk, and a child that makes it may not touch one. It is told headers
of the allow list and the places that we gave the files, and knows nothing else.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pinboard.deid.encode import EXPLICIT, file_meta

Header = dict[str, Any]

STORAGE: Final = "1.2.840.10008.1.3.10"
_NO_DAY, _NO_TIME = "19000101", "000000"
"""Day and time have to be there. Where no day is kept there is none to give, and the time of day never is."""
_SEQUENCE_HEAD: Final = 12
_IDENTITY: Final = {"PATIENT": "PatientID", "STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID"}

Elements = dict[int, tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Filed:
    """One instance and where its file lies in the copy."""

    header: Header
    path: tuple[str, ...]
    """Folders and name: each of at most eight capitals, digits or underscores."""


@dataclass(slots=True)
class _Record:
    """One directory record: its own elements, the records below it, and where it begins in the file."""

    kind: str
    elements: Elements
    below: list[_Record] = field(default_factory=list)
    at: int = 0


def directory(filed: Sequence[Filed]) -> bytes:
    """Write the directory of some files, in their order.

    Parameters
    ----------
    filed : sequence of Filed
        At least one, of one subject or several; those of one study, and of one series in it, need not be neighbours.

    Returns
    -------
    bytes
        A Part 10 file in Explicit VR Little Endian, as media profiles ask (PS3.11).
    """
    patients = _tree(filed)
    records = list(_walk(patients))
    set_uid = _uid_of(filed)
    head = file_meta({"SOPClassUID": STORAGE, "SOPInstanceUID": set_uid}, EXPLICIT)
    # The links have a fixed length, so that a first writing tells where everything lies.
    at = len(head) + len(_root(0, 0)) + _SEQUENCE_HEAD
    for record in records:
        record.at = at
        at += len(_item(record, 0))
    followers = dict(_followers(patients))
    body = b"".join(_item(record, followers[id(record)]) for record in records)
    sequence = struct.pack("<HH2sHI", 0x0004, 0x1220, b"SQ", 0, len(body))
    return head + _root(patients[0].at, patients[-1].at) + sequence + body


def _tree(filed: Sequence[Filed]) -> list[_Record]:
    known: dict[tuple[str, ...], _Record] = {}
    roots: list[_Record] = []
    for number, one in enumerate(filed, 1):
        header, siblings = one.header, roots
        key: tuple[str, ...] = ()
        for level in (_patient, _study, _series):
            made = level(header, len(siblings) + 1)
            key = (*key, str(header[_IDENTITY[made.kind]]))
            if key not in known:
                known[key] = made
                siblings.append(made)
            siblings = known[key].below
        siblings.append(_image(one, number))
    return roots


def _patient(header: Header, _number: int) -> _Record:
    return _Record("PATIENT", {0x00100010: ("PN", header["PatientName"]), 0x00100020: ("LO", header["PatientID"])})


def _study(header: Header, number: int) -> _Record:
    elements: Elements = {
        0x00080020: ("DA", header.get("StudyDate") or _NO_DAY),
        0x00080030: ("TM", _NO_TIME),
        0x00080050: ("SH", ""),
        0x00081030: ("LO", ""),
        0x0020000D: ("UI", header["StudyInstanceUID"]),
        0x00200010: ("SH", str(number)),
    }
    return _Record("STUDY", elements)


def _series(header: Header, number: int) -> _Record:
    elements: Elements = {
        0x00080060: ("CS", header["Modality"]),
        0x0020000E: ("UI", header["SeriesInstanceUID"]),
        0x00200011: ("IS", str(header.get("SeriesNumber", number))),
    }
    return _Record("SERIES", elements)


def _image(one: Filed, number: int) -> _Record:
    elements: Elements = {
        0x00041500: ("CS", "\\".join(one.path)),
        0x00041510: ("UI", one.header["SOPClassUID"]),
        0x00041511: ("UI", one.header["SOPInstanceUID"]),
        0x00041512: ("UI", EXPLICIT),
        0x00200013: ("IS", str(one.header.get("InstanceNumber", number))),
    }
    return _Record("IMAGE", elements)


def _walk(records: Iterable[_Record]) -> Iterable[_Record]:
    for record in records:
        yield record
        yield from _walk(record.below)


def _followers(records: Sequence[_Record]) -> Iterable[tuple[int, int]]:
    """Give for each record where the next one of its level begins, 0 where it is the last."""
    for place, record in enumerate(records):
        following = records[place + 1] if place + 1 < len(records) else None
        yield id(record), following.at if following else 0
        yield from _followers(record.below)


def _item(record: _Record, following: int) -> bytes:
    first = record.below[0].at if record.below else 0
    elements: Elements = {
        0x00041400: ("UL", following),
        0x00041410: ("US", 0xFFFF),
        0x00041420: ("UL", first),
        0x00041430: ("CS", record.kind),
        **record.elements,
    }
    body = _encoded(elements)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body


def _root(first: int, last: int) -> bytes:
    return _encoded(
        {
            0x00041130: ("CS", "PINBOARD"),
            0x00041200: ("UL", first),
            0x00041202: ("UL", last),
            0x00041212: ("US", 0),
        }
    )


def _encoded(elements: Elements) -> bytes:
    return b"".join(_element(tag, *elements[tag]) for tag in sorted(elements))


def _element(tag: int, vr: str, value: Any) -> bytes:
    data = struct.pack({"UL": "<I", "US": "<H"}[vr], value) if vr in {"UL", "US"} else value.encode("ascii")
    data += (b"\0" if vr == "UI" else b" ") * (len(data) % 2)
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), len(data)) + data


def _uid_of(filed: Sequence[Filed]) -> str:
    """Name the copy by what is in it: the same images give the same directory."""
    digest = hashlib.sha256(" ".join(one.header["SOPInstanceUID"] for one in filed).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big') + 1}"
