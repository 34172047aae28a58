"""Writes docs/deidentification.md from the code it speaks about: python docs/build.py, or make docs."""  # noqa: INP001

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Template

from pydicom._uid_dict import UID_dictionary
from pydicom.sr._concepts_dict import concepts

from pinboard.deid import vocabulary
from pinboard.deid.checks import Items
from pinboard.deid.codestream import JPEG_2000_FAMILY, JPEG_FAMILY, RLE
from pinboard.deid.profile import ALLOWED, BY_KEYWORD, PROFILE_VERSION, USED, describe
from pinboard.deid.required import required
from pinboard.imaging.dicom import NATIVE
from pinboard.imaging.errors import REFUSALS
from pinboard.imaging.kinds import DOCUMENTS, PICTURES
from pinboard.policy import describe_levels
from pinboard.proof.violations import SENTENCES

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "deidentification.in.md"
TARGET = HERE / "deidentification.md"
TABLE = HERE / "data" / "ps3.15-table-e.1-1.csv"

_STORAGE = re.compile(r" Storage($| - For )")

REASONS = {
    "113100": "Every element that is not in the list below is gone, at every depth, because nothing is copied.",
    "113101": "Only after a person has looked at every image and confirmed it; before, the code is not written.",
    "113102": "Not claimed. Faces in photos are suggested for painting, volumes of a head are warned about; nothing "
    "removes a face from a volume.",
    "113103": "Overlays, curves, icons and graphics are never copied.",
    "113104": "Not claimed: structured reports are refused; of a document nothing is kept but pictures of its pages, "
    "which a person looks at like any image.",
    "113105": "Descriptions are never copied; what an author types is checked before it is saved.",
    "113106": "Not claimed: no true date is kept.",
    "113107": "Four dates are moved back by a keyed number of days, 1 to 3,650, the same for all files of a subject; "
    "times of day are dropped.",
    "113108": "Sex, and age as the lower bound of a band, 90 at most.",
    "113109": "Not claimed: a manufacturer in Pinboard’s own spelling is kept, no model, station, serial number or "
    "software.",
    "113110": "Not claimed: every UID is replaced by a keyed one under 2.25.",
    "113111": "Not claimed: no private element is kept.",
    "113112": "Not claimed: no institution, department or address is kept.",
}
"""Why each option of CID 7050 is claimed or not."""

BY_OPTION = {
    "PatientSex": "113108",
    "PatientAge": "113108",
    **dict.fromkeys(("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"), "113107"),
}
"""Rows of Table E.1-1 that an option treats more kindly than the basic profile does."""


def rows() -> list[dict[str, str]]:
    """Read the table of the standard: tag, keyword, name, VR and the action of the basic profile."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def written() -> dict[str, str]:
    """Give what is written beside a header for some class of object: keyword and text, "" for an empty element."""
    found: dict[str, str] = {}
    for sop_class in sorted(PICTURES):
        cine = {"SOPClassUID": sop_class, "NumberOfFrames": 2, "FrameTime": 40.0}
        found |= {keyword: str(value) for keyword, (_, value) in required(cine).items()}
    return found


@cache
def inside() -> set[str]:
    """Give the elements that may stand in items of sequences."""
    found: set[str] = set()
    waiting = [element.check for element in ALLOWED]
    while waiting:
        check = waiting.pop()
        if isinstance(check, Items):
            found |= set(check.elements)
            waiting += [below for _, below in check.elements.values()]
    return found


def action(keyword: str) -> str:
    """Say what happens to an element, by the code of PS3.15: K, C, U, D, Z or X."""
    element = BY_KEYWORD.get(keyword)
    if keyword in BY_OPTION:
        return f"C ({BY_OPTION[keyword]})"
    if element is not None:
        return {"UI": "U", "SQ": "U"}.get(element.vr, "D") if element.origin == "derived" else "K"
    if keyword in inside():
        return "U" if keyword.endswith("UID") else "D"
    text = written().get(keyword)
    if text is not None:
        return "D" if text else "Z"
    return "X"


def _table(head: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in body]
    return "\n".join(lines)


def _options() -> str:
    names = {code: meaning for table in concepts["DCM"].values() for code, (meaning, _) in table.items()}
    claimed = {code: "yes" if code in vocabulary.METHOD_CODES else "no" for code in REASONS}
    return _table(
        ("code", "option", "claimed", ""),
        [(code, names[code], claimed[code], REASONS[code]) for code in sorted(REASONS)],
    )


def _elements(origin: str) -> str:
    wanted = [row for row in describe() if row["origin"] == origin]
    return _table(
        ("element", "VR", "what passes" if origin == "kept" else "what is written", "why"),
        [(f"`{row['keyword']}`", row["vr"], row["passes"], row["reason"]) for row in wanted],
    )


def _summary(table: list[dict[str, str]]) -> str:
    counts = Counter((row["basic_profile"], action(row["keyword"])) for row in table)
    return _table(
        ("basic profile", "Pinboard", "rows"),
        [(basic, ours, str(count)) for (basic, ours), count in sorted(counts.items())],
    )


def _listed(table: list[dict[str, str]]) -> str:
    cells = [(row["tag"], row["name"], row["basic_profile"], action(row["keyword"])) for row in table]
    return _table(("tag", "attribute", "basic profile", "Pinboard"), cells)


def _classes(*, taken: bool) -> str:
    names = {
        uid: name
        for uid, (name, kind, _, retired, _) in UID_dictionary.items()
        if kind == "SOP Class" and _STORAGE.search(name) and not retired and "DICOS" not in name
    }
    known = PICTURES if taken else PICTURES | DOCUMENTS
    return _names(uid for uid in names if (uid in known) == taken)


def _names(uids: Iterable[str]) -> str:
    return "; ".join(sorted(UID_dictionary[uid][0].replace(" Storage", "") for uid in uids))


def _syntaxes(*, taken: bool) -> str:
    known = {*NATIVE, *JPEG_FAMILY, *JPEG_2000_FAMILY, RLE}
    names = {
        uid: name
        for uid, (name, kind, _, retired, _) in UID_dictionary.items()
        if kind == "Transfer Syntax" and (uid in known or not retired)
    }
    return "; ".join(
        f"{name.partition(' (')[0]} ({uid})" for uid, name in sorted(names.items()) if (uid in known) == taken
    )


def page() -> str:
    """Give the whole page."""
    table = rows()
    parts = {
        "version": PROFILE_VERSION,
        "options": _options(),
        "kept": _elements("kept"),
        "derived": _elements("derived"),
        "used": len(USED),
        "rows": len(table),
        "summary": _summary(table),
        "different": _listed([row for row in table if action(row["keyword"]) != "X"]),
        "everything": _listed(table),
        "classes": _classes(taken=True),
        "documents": _names(DOCUMENTS),
        "other_classes": _classes(taken=False),
        "syntaxes": _syntaxes(taken=True),
        "other_syntaxes": _syntaxes(taken=False),
        "refusals": _table(("code", "sentence"), [(f"`{code}`", text) for code, text in REFUSALS.items()]),
        "levels": _table(("level", "lets in"), [(level, ", ".join(names)) for level, names in describe_levels()]),
        "violations": _table(("code", "what was found"), [(f"`{code}`", text) for code, text in SENTENCES.items()]),
    }
    return Template(SOURCE.read_text(encoding="utf-8")).substitute(parts)


def main() -> int:
    """Write the page."""
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
