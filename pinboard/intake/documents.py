"""Has the pages of a document made into images, one at a time, so that a long report needs no more memory than a short.

A document is never stored. Where it came in a DICOM object, a child that holds the keys takes it out, one without
keys renders it, and the first kind gives each page a header.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pinboard.intake.children import LARGEST_SIDE, RefusedFile, child_answer, whole
from pinboard.intake.stores import Stores
from pinboard.models import InstanceKind
from pinboard.sandbox import Answer, MemFile

DOCUMENTS: Final = frozenset({"pdf", "tracing"})
"""Codes by which the header child says that a DICOM object is a document."""
KINDS: Final = (InstanceKind.PAGE, InstanceKind.ECG)
"""What comes of documents; of these the first stands for all."""
MOST_PAGES: Final = 40
_SECONDS: Final = 120.0
"""For all pages of one document; whoever sends it waits for them."""
_DIGEST: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Document:
    """A file with pages, and what its pages are to say."""

    mem: MemFile
    params: dict[str, Any]
    """Of every header job: keys and today."""
    said: dict[str, Any]
    """Beside them: the words' key, or subject and study of the case."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a header child made of one picture, and what kind of picture this is."""

    answer: Answer
    kind: InstanceKind | None = None


def pages_of_pdf(stores: Stores, document: Document) -> Iterator[Made]:
    """Give the pages of a PDF that came by itself."""
    yield from _pages(stores, document, document.mem, [])


def pages_of_dicom(stores: Stores, document: Document) -> Iterator[Made]:
    """Give the pages of a report or an electrocardiogram in a DICOM object."""
    taken = child_answer(stores, "document", [document.mem], {}, kind="header")
    if taken.json.get("kind") == "pdf" and len(taken.parts) == 1:
        with stores.pool.memfile(taken.parts.pop()) as pdf:
            yield from _pages(stores, document, pdf, [document.mem])
    elif taken.json.get("kind") == "ecg":
        yield from _sheets(stores, document, taken)
    else:
        raise RefusedFile("damaged")


def _pages(stores: Stores, document: Document, pdf: MemFile, beside: list[MemFile]) -> Iterator[Made]:
    index, count, until = 0, 1, time.monotonic() + _SECONDS
    while index < count:
        if time.monotonic() > until:
            raise RefusedFile("too-large")
        page = child_answer(stores, "page", [pdf], {"index": index}, kind="pixel")
        count = whole(page.json, "pages", MOST_PAGES)
        digest = page.json.get("digest")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise RefusedFile("damaged")
        said = {"drawn": "page", "index": index, "digest": digest}
        yield Made(_wrap(stores, document, page, (said, beside)), InstanceKind.PAGE)
        index += 1


def _sheets(stores: Stores, document: Document, taken: Answer) -> Iterator[Made]:
    recordings = {"recordings": taken.json.get("recordings")}
    for index in range(whole(taken.json, "pages", MOST_PAGES)):
        sheet = child_answer(stores, "draw", taken.parts, recordings | {"index": index}, kind="pixel")
        said = {"drawn": "ecg", "index": index}
        yield Made(_wrap(stores, document, sheet, (said, [document.mem])), InstanceKind.ECG)


def _wrap(stores: Stores, document: Document, page: Answer, how: tuple[dict[str, Any], list[MemFile]]) -> Answer:
    said, beside = how
    shape = {
        "rows": whole(page.json, "rows", LARGEST_SIDE),
        "columns": whole(page.json, "columns", LARGEST_SIDE),
        "samples": whole(page.json, "samples", 3),
    }
    if [len(part) for part in page.parts] != [shape["rows"] * shape["columns"] * shape["samples"]]:
        raise RefusedFile("damaged")
    params = document.params | document.said | shape | said
    return child_answer(stores, "wrap_page", [*page.parts, *beside], params, kind="header")
