"""Seventeen kinds of text as they are found on medical pictures, drawn with masks of their true glyphs."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Mask = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of text is drawn: font size, turn in degrees, how it stands against what is behind it."""

    name: str
    sizes: tuple[int, int] = (14, 26)
    turns: tuple[int, ...] = (0,)
    faces: tuple[str, ...] = ("plain", "plain", "narrow", "shipped")
    look: str = "contrast"
    writes: tuple[str, ...] = ("name", "date", "number", "place", "phone", "line")


KINDS: Final = (
    Kind("plain"),
    Kind("tiny", sizes=(8, 10)),
    Kind("small", sizes=(11, 13)),
    Kind("large", sizes=(30, 42)),
    Kind("bold", faces=("bold",)),
    Kind("other face", faces=("serif", "typewriter", "italic")),
    Kind("turned 90", turns=(90,)),
    Kind("turned 180", turns=(180,)),
    Kind("turned 270", turns=(270,)),
    Kind("tilted", sizes=(14, 30), turns=(-15, -10, -6, -3, 3, 6, 10, 15)),
    Kind("inverted box", sizes=(12, 24), look="boxed"),
    Kind("faint", sizes=(14, 30), look="faint"),
    Kind("coloured", sizes=(12, 26), look="coloured"),
    Kind("at the edge", look="contrast"),
    Kind("single letter", sizes=(14, 42), writes=("letter",)),
    Kind("other script", faces=("plain",), writes=("script",)),
    Kind("compressed", sizes=(12, 26)),
)

_FACES: Final = {
    "plain": ("DejaVuSans.ttf", "LiberationSans-Regular.ttf"),
    "narrow": ("LiberationSansNarrow-Regular.ttf", "DejaVuSansCondensed.ttf"),
    "bold": ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf"),
    "italic": ("LiberationSans-Italic.ttf", "DejaVuSans-Oblique.ttf"),
    "serif": ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf"),
    "typewriter": ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf"),
    "shipped": (),
}

_FIRST = ("Anna", "Peter", "Maria", "John", "Fatima", "Wei", "Olga", "Lars", "Ines", "Tomás", "Grace", "Samuel")
_LAST = ("Miller", "Okafor", "Novak", "Schmidt", "Haddad", "Lindqvist", "Moreau", "O’Brien", "Tanaka", "Rossi", "Grant")
_PLACES = (
    "St. Mary’s Hospital",
    "Klinikum Nord",
    "Univ. Hospital Basel",
    "CHU Lyon",
    "Bay Medical Center",
    "Radiology 2",
)
_SCRIPTS = ("Иванова Ольга", "Дата рожд. 04.11.62", "Παπαδοπούλου Ελένη", "Больница №4", "Müller Jürgen", "Łukasz Żak")
_PLAIN_SCRIPTS = ("Müller Jürgen", "Håkan Åberg", "Señora Núñez", "Çelik Ömer")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def content(what: str, rng: random.Random) -> str:
    """Invent one piece of text that could identify somebody."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1931, 2024)
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    choices = {
        "name": (f"{last}, {first}", f"{first} {last}", f"{last.upper()}^{first.upper()}", f"Dr. {last}"),
        "date": (
            f"{day:02}.{month:02}.{year}",
            f"DOB: {month:02}/{day:02}/{year}",
            f"{day} {_MONTHS[month - 1]} {year}",
        ),
        "number": (
            str(rng.randint(10**6, 10**9)),
            f"ID {rng.randint(1000, 99999)}",
            f"MRN {rng.randint(10**5, 10**7)}",
        ),
        "place": _PLACES,
        "phone": (f"+49 30 {rng.randint(10**5, 10**7)}", f"({rng.randint(200, 999)}) 555-{rng.randint(1000, 9999)}"),
        "line": (
            f"{last.upper()} {first} [F] {day:02}.{month:02}.{year}",
            f"{first[0]}. {last} {rng.randint(1000, 99999)}",
        ),
        "letter": tuple("RLABKMST7"),
        "script": _SCRIPTS if _has_scripts() else _PLAIN_SCRIPTS,
    }
    return rng.choice(choices[what])


@functools.lru_cache(maxsize=256)
def font(face: str, size: int) -> Any:
    """Load a face that the machine has; the one that Pillow brings along where it has none."""
    for name in _FACES[face]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@functools.lru_cache(maxsize=1)
def _has_scripts() -> bool:
    return bool(getattr(font("plain", 12), "path", "")) and isinstance(font("plain", 12).path, str)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One piece of text, ready to be laid on a picture: how opaque each pixel is, and how far a box reaches beyond."""

    alpha: Mask
    size: int
    words: str = field(repr=False)


def draw(kind: Kind, rng: random.Random) -> Drawn:
    """Draw one text of a kind; `alpha` is cut to its glyphs."""
    size, words = rng.randint(*kind.sizes), content(rng.choice(kind.writes), rng)
    chosen = font(rng.choice(kind.faces), size)
    left, top, right, bottom = chosen.getbbox(words)
    canvas = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), words, fill=255, font=chosen)
    turn = rng.choice(kind.turns)
    if turn:
        canvas = canvas.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    return Drawn(np.asarray(canvas.crop(canvas.getbbox()), np.float32) / 255, size, words)
