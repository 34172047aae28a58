"""Chooses the series and the frame that a shared page shows first, from its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from flask import Response, abort, request

from pinboard.web.extensions import db
from pinboard.web.text import _
from pinboard.web.viewing import answer, series_view

_MOST = 12


def few(frames: int) -> range:
    """Spread a few frames evenly over a series, for whoever steps through it without the viewer."""
    step = max(1, -(-frames // _MOST))
    return range(step // 2, frames, step)


def small(piece: Steps, frame: int) -> str:
    """Give where a frame is shown small: a picture alone has one, a frame of several is shown whole."""
    return f"{piece.media_name}/f{frame}" if piece.frames > 1 else f"{piece.media_name}/w236"


class Steps(Protocol):
    """A picture with one frame or several."""

    @property
    def media_name(self) -> str:
        """Name it in addresses."""
        ...

    @property
    def frames(self) -> int:
        """Count them."""
        ...


class Piece(Steps, Protocol):
    """One picture of a series, whose frames one steps through."""

    @property
    def series(self) -> int:
        """Tell which pictures belong together."""
        ...

    @property
    def modality(self) -> str:
        """Say how it was made."""
        ...

    @property
    def key(self) -> int | None:
        """Give the frame that was chosen to stand for the series, if this picture holds it."""
        ...

    @property
    def time(self) -> float | None:
        """Give the milliseconds from frame to frame of a cine."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """The pictures of one series, as the stage steps through them: their frames, one after the other."""

    pieces: tuple[Piece, ...]

    @property
    def frames(self) -> int:
        """Count the frames of all pictures."""
        return sum(piece.frames for piece in self.pieces)

    @property
    def first(self) -> Piece:
        """Give the picture that stands for the series."""
        return self.pieces[0]

    @property
    def key(self) -> int:
        """Give the frame that was chosen to stand for the series; where it was not given along, the middle one."""
        before = 0
        for piece in self.pieces:
            if piece.key is not None and 0 <= piece.key < piece.frames:
                return before + piece.key
            before += piece.frames
        return self.frames // 2

    @property
    def names(self) -> list[str]:
        """List the pictures in order."""
        return [piece.media_name for piece in self.pieces]

    @property
    def addresses(self) -> str:
        """List the pictures and their numbers of frames for the script that steps."""
        return " ".join(f"{piece.media_name}:{piece.frames}" for piece in self.pieces)

    @property
    def label(self) -> str:
        """Name it under its small picture."""
        return _("{modality}, {count}").format(modality=self.first.modality, count=self.frames)

    def strip(self) -> list[tuple[int, str]]:
        """Give a few frames, each with where its picture is below the address of pictures."""
        return [(frame, small(piece, own)) for frame in few(self.frames) for piece, own in [self.at(frame)]]

    def at(self, frame: int) -> tuple[Piece, int]:
        """Give the picture and its frame for a frame counted over the whole series."""
        for piece in self.pieces:
            if frame < piece.frames:
                return piece, frame
            frame -= piece.frames
        return self.first, 0


def sights(pictures: Sequence[Piece]) -> list[Sight]:
    """Put the pictures of a series together; they come in order."""
    return [Sight(tuple(group)) for _series, group in groupby(pictures, key=lambda piece: piece.series)]


def stage(pictures: Sequence[Piece], address: str, media: str) -> dict[str, Any]:
    """Give the context of the shared stage: which series, which frame, where the page and the pictures are."""
    shown = sights(pictures)
    number = min(max(request.args.get("picture", 1, int), 1), len(shown))
    sight = shown[number - 1]
    frame = min(max(request.args.get("frame", sight.key, int), 0), sight.frames - 1)
    picture, within = sight.at(frame)
    return {
        "sights": shown,
        "number": number,
        "sight": sight,
        "picture": picture,
        "frame": frame,
        "source": f"{media}{picture.media_name}/f{within}",
        "address": address,
        "media": media,
    }


def view_of(pictures: Sequence[Piece], number: int) -> Response:
    """Describe one of the series of these pictures to the viewer."""
    shown = sights(pictures)
    if not 1 <= number <= len(shown):
        abort(404)
    sight = shown[number - 1]
    said = series_view(db.session(), sight.names, key=sight.key, frame_time=sight.first.time)
    return answer(said)
