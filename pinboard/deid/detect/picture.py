"""Looks at one picture, given in one view or several, with everything there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pinboard.deid.detect.bars import find_bars, is_bar
from pinboard.deid.detect.boxes import Found, Plane, merge, share_covered
from pinboard.deid.detect.faces import find_faces
from pinboard.deid.detect.networks import Networks
from pinboard.deid.detect.sorting import Sorter
from pinboard.deid.detect.strokes import find_strokes
from pinboard.deid.detect.text import PASSES, Pass, find_text

_MOSTLY: Final = 0.7
"""Share of a text that lies in a bar, above which it is that bar's scale."""


@dataclass(frozen=True, slots=True)
class View:
    """One picture to look at, and how thoroughly."""

    pixels: Plane
    passes: tuple[Pass, ...] = PASSES


def detect(views: Sequence[View], networks: Networks) -> list[Found]:
    """Find text and faces.

    Parameters
    ----------
    views : sequence of View
        The picture first; then other views of it, all of one size.
    networks : Networks
        From `networks.open_networks`; faces are looked for where their network was opened, and where there is a
        reader (for ultrasound), what is certainly a measurement is left alone.

    Returns
    -------
    list of Found
        In pixels of the views. Kind "kept" is not suggested: it must stay even outside the image.
    """
    faces = find_faces(views[0].pixels, networks.faces) if networks.faces and views else []
    found = [(view.pixels, _text(view, networks)) for view in views]
    if networks.reader is None:
        return [*merge(one for _, text in found for one in text), *faces]
    sorter = Sorter(networks.reader)
    for plane, text in found:
        sorter.take(plane, text)
    bars = find_bars(views[0].pixels) if views else []
    doubtful, kept = sorter.sorted()
    text = [one for one in merge(doubtful) if share_covered(one, bars) < _MOSTLY]
    return [*text, *faces, *kept, *bars]


def _text(view: View, networks: Networks) -> list[Found]:
    return [one for one in find_text(view.pixels, networks.text, view.passes) if not is_bar(one, view.pixels)]


def weakly(views: Iterable[View]) -> list[Found]:
    """Find strokes only, which needs no network."""
    return merge(one for view in views for one in find_strokes(view.pixels))
