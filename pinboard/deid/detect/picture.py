"""Looks at one picture, given in one view or several, with everything there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pinboard.deid.detect.boxes import Found, Plane, merge, share_covered
from pinboard.deid.detect.faces import find_faces
from pinboard.deid.detect.networks import Networks
from pinboard.deid.detect.strokes import SURE, find_strokes
from pinboard.deid.detect.text import PASSES, Pass, find_text

_KNOWN: Final = 0.5
"""Share of a weak suggestion that a strong one covers, above which it says nothing new."""


@dataclass(frozen=True, slots=True)
class View:
    """One picture to look at, and how thoroughly."""

    pixels: Plane
    passes: tuple[Pass, ...] = PASSES


def detect(views: Sequence[View], networks: Networks) -> list[Found]:
    """Find text, faces and strokes.

    Parameters
    ----------
    views : sequence of View
        The picture first; then other views of it, all of one size.
    networks : Networks
        From `networks.open_networks`; faces are looked for where their network was opened.

    Returns
    -------
    list of Found
        In pixels of the views. Of the strokes only the clearest, and only where nothing else covers them.
    """
    text = merge(one for view in views for one in find_text(view.pixels, networks.text, view.passes))
    faces = find_faces(views[0].pixels, networks.faces) if networks.faces and views else []
    strong = [*text, *faces]
    weak = (one for one in weakly(views) if one.confidence >= SURE and share_covered(one, strong) < _KNOWN)
    return [*strong, *weak]


def weakly(views: Iterable[View]) -> list[Found]:
    """Find strokes only, which needs no network."""
    return merge(one for view in views for one in find_strokes(view.pixels))
