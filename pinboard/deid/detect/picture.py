"""Looks at one picture, given as one plane or several, with everything there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pinboard.deid.detect.boxes import Found, Plane, merge, share_covered
from pinboard.deid.detect.faces import find_faces
from pinboard.deid.detect.networks import Networks
from pinboard.deid.detect.strokes import find_strokes
from pinboard.deid.detect.text import find_text

_KNOWN: Final = 0.5
"""Share of a weak suggestion that a strong one covers, above which it says nothing new."""


def detect(planes: Sequence[Plane], networks: Networks | None) -> list[Found]:
    """Find text, faces and strokes.

    Parameters
    ----------
    planes : sequence of ndarray of uint8
        The picture first; of a cine its brightest and darkest values and some frames, all of one size.
    networks : Networks or None
        None where the extra is not installed: then only strokes are found.

    Returns
    -------
    list of Found
        In pixels of the planes. Strokes are left out where text or a face covers them anyway.
    """
    text: list[Found] = []
    faces: list[Found] = []
    if networks is not None:
        for at, plane in enumerate(planes):
            text += find_text(plane, networks.text, is_single=at > 1)
        if networks.faces is not None and planes:
            faces = find_faces(planes[0], networks.faces)
    strong = [*merge(text), *faces]
    weak = merge(one for plane in planes[:2] for one in find_strokes(plane))
    return [*strong, *(one for one in weak if share_covered(one, strong) < _KNOWN)]
