"""Writes what stands beside the images of an archive: a page that needs no network, its parts, and a sheet of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from flask import render_template

from pinboard.carry.queries import Bag, label, missing
from pinboard.intake.carry import Run
from pinboard.intake.copying import picture_names
from pinboard.web.assets import folder
from pinboard.web.text import _

PAGE, README = "INDEX.HTM", "README.TXT"
SCRIPT, SHEET = "IHE_PDI/VIEWER.JS", "IHE_PDI/VIEWER.CSS"
_CINE_MS = 66


def texts(bag: Bag, runs: Sequence[Run]) -> list[tuple[str, bytes]]:
    """Give names and bytes of all that goes along beside the images and the directory."""
    return [
        (README, readme(bag, runs).encode("utf-8")),
        (PAGE, page(bag, runs).encode("utf-8")),
        (SCRIPT, _part("viewer.js")),
        (SHEET, _part("viewer.css")),
    ]


def page(bag: Bag, runs: Sequence[Run]) -> str:
    """Write the page; it shows the pictures without a script, and steps through them with it."""
    context = {"title": bag.title, "words": bag.words, "series": [_shown(run) for run in runs]}
    return render_template("offline/index.html", script=SCRIPT, sheet=SHEET, **context)


def readme(bag: Bag, runs: Sequence[Run]) -> str:
    """Write the sheet in plain words, with the line ends that every editor knows."""
    lines = [
        bag.title,
        "",
        _("{page} shows the images in any browser, without a network.").format(page=PAGE),
        _("DICOMDIR is for DICOM viewers: open the folder that holds it, or burn the whole folder on a CD."),
        "",
        *_lines(runs),
        _("Names and other details that say who the person is were taken out. The dates inside are not the true ones:"),
        _("all were moved by the same number of days, so that the time between examinations is right."),
        _("The true date belongs on paper, by hand."),
        "",
        _("Not for primary diagnosis."),
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _lines(runs: Iterable[Run]) -> Iterable[str]:
    for run in runs:
        yield _("Series {number}: {label}.").format(number=run.number, label=label(run).replace("\u00a0", " "))
        if said := missing(run):
            yield f"  {said}"
        yield ""


def _shown(run: Run) -> dict[str, Any]:
    names = picture_names(run)
    before = [0, *accumulate(one.frames for one in run.slices)]
    place, frame = run.key
    return {
        "number": run.number,
        "label": label(run),
        "missing": missing(run),
        "names": names,
        "key": before[place] + frame,
        "time": round(run.slices[0].frame_time or _CINE_MS) if run.slices[0].frames > 1 else 0,
    }


@cache
def _part(name: str) -> bytes:
    return (folder("static") / "offline" / name).read_bytes()
