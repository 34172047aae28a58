"""Writes the areas that a review would suggest, for a folder of pictures or DICOM files."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pinboard.deid.pseudonym import Keys
from pinboard.imaging.errors import Refused
from pinboard.imaging.sniff import HEAD, PHOTOS, REFUSED_KINDS, Kind, sniff
from pinboard.sandbox import Busy, ChildFailed, ChildRefused, pool
from pinboard.sandbox.look import Look, look, may_show_face

_MAX_BYTES = 1 << 30
_SUFFIXES = frozenset(
    {".dcm", ".dicom", ".ima", ".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
"""Endings that are left out of a name; in a name without one, a dot is part of a UID."""
_WITHOUT = "The extra `vision` is not installed: no text and no faces are looked for, only even strokes."


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard scan`."""
    parser.add_argument("source", metavar="IN", type=Path, help="a file or folder of pictures or DICOM files")
    parser.add_argument(
        "target",
        metavar="OUT",
        type=Path,
        help="the folder to write into; made if absent. For each picture OUT/NAME.json = [[x0, y0, x1, y1], ...], "
        "in pixels of the picture as it is shown, the far edges outside",
    )


def run(arguments: argparse.Namespace) -> int:
    """Look at everything under IN; files that cannot be read are listed by reason and do not fail the run."""
    source, target = arguments.source, arguments.target
    if not source.exists():
        print(f"There is no {source}.", file=sys.stderr)
        return 2
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"Not started: {error}", file=sys.stderr)
        return 2
    params = {"keys": Keys.derive(secrets.token_bytes(32), "run").as_params(), "today": f"{datetime.now(UTC):%Y-%m-%d}"}
    written, refused, is_whole = 0, 0, True
    for path, name in _named(source, target):
        try:
            seen = _look(_read(path), params)
        except (Refused, ChildRefused, ChildFailed, Busy) as failure:
            refused += 1
            code = _code(failure)
            print(f"refused ({code}) {_printable(str(path))}: {Refused(code).sentence}", file=sys.stderr)
            continue
        if seen.detector is not None and not seen.is_whole:
            print(f"not finished: {_printable(str(path))}: text and faces could not be looked for.", file=sys.stderr)
        written, is_whole = written + 1, is_whole and seen.detector is not None
        _write(target / name, seen)
    if not is_whole:
        print(_WITHOUT, file=sys.stderr)
    print(f"{written} written, {refused} refused.")
    return 0


def _named(source: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    """Give each file and where its answer goes; of two files with one name the second keeps its ending."""
    folder = source.parent if source.is_file() else source
    taken: set[Path] = set()
    for path in [source] if source.is_file() else sorted(source.rglob("*")):
        if not path.is_file() or (
            target.resolve() != source.resolve() and path.resolve().is_relative_to(target.resolve())
        ):
            continue
        place = path.relative_to(folder)
        short = place.with_suffix("") if place.suffix.lower() in _SUFFIXES else place
        name = place if short in taken else short
        taken.add(name)
        yield path, name.with_name(f"{name.name}.json")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise Refused("too-large")
        return path.read_bytes()
    except OSError:
        raise Refused("damaged") from None


def _look(data: bytes, params: dict[str, Any]) -> Look:
    kind = sniff(data[:HEAD], len(data))
    if kind in PHOTOS:
        return look(pool(), data, wants_faces=True)
    if kind is not Kind.DICOM:
        raise Refused(REFUSED_KINDS[kind])
    # As with an upload: what decodes pixels never sees the header that came with them.
    scrubbed = pool().run("scrub", [data], params, kind="header")
    return look(pool(), scrubbed.parts[0], wants_faces=may_show_face(scrubbed.json["modality"]))


def _code(failure: Exception) -> str:
    if isinstance(failure, Refused | ChildRefused):
        return failure.code
    is_large = isinstance(failure, Busy) or (isinstance(failure, ChildFailed) and failure.reason in {"memory", "time"})
    return "too-large" if is_large else "damaged"


def _write(path: Path, seen: Look) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    boxes = [[one.x0, one.y0, one.x1, one.y1] for one in seen.suggested]
    path.write_text(f"{json.dumps(boxes)}\n", encoding="ascii")


def _printable(name: str) -> str:
    """Take out of a name what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)
