"""Knows the few things an ultrasound machine writes that identify nobody: measures, scales, marks and their labels.

Everything else counts as identifying. The vocabulary is closed and holds no word that is also a common name.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

SURE: Final = 0.75
"""Mean likelihood of the letters that a reading needs."""
SURE_OF_MARK: Final = 0.4
"""The same for a mark: nothing is misread as one that is longer than a letter."""


class Meaning(Enum):
    """What a harmless line is about."""

    MEASURE = "measure"
    """A value with a unit of length, area, volume, speed or rate."""
    SETTING = "setting"
    """A scale's number, a label, a value of the machine."""
    MARK = "mark"
    """A caliper, a tick, a marker of the focus or the sector."""


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_MEASURES = _words(
    "mm cm mm² cm² mm2 cm2 mm³ cm³ mm3 cm3 ml mm/s cm/s m/s m/s² cm/s² bpm /min mmhg ms sec",
)
_SETTINGS = _words(
    "hz khz mhz db % ° fps s",
)
_LABELS = _words(
    "dist distance length width height depth diam diameter area circ vol volume angle ratio mean max min md ap tr "
    "trans sag long hr ef edv esv pi ri psv tamax vel vmax pg vti tis tib tic ti mi im itm gain gn fr frq frame dr "
    "prf wf map rt lt right left",
)
_ANATOMY = _words(
    "follicle endometrium uterus ovary cervix pancreas liver kidney spleen aorta gallbladder bladder prostate thyroid "
    "nodule lesion testis placenta amniotic fluid femur humerus ventricle atrium septum",
)
_LETTERS = frozenset("lwhdab")
_ALONE = frozenset({"hr", "bpm", "cm/s", "m/s", "mm/s"})

_MARKS: Final = re.compile(r"[-+*×xX十<>■▲△▼▽◆◇·.–—|:\s]{1,4}")
_RIM: Final = re.compile(r"^[-–—−⁻~≈·'|¯_.\s]+(?=[\d.])|(?<=[\d%a-z²³])[-–—−⁻~·'|¯_.\s]+$", re.IGNORECASE)
_VALUE: Final = re.compile(r"[-–−+~]?(?P<whole>\d{0,4})(?P<rest>[.,]\d{1,2})?(?P<unit>[^\d.,]\S*)?")
_SPLIT: Final = re.compile(r"[\s=]+")
_NUMBERED: Final = re.compile(r"(?P<word>[a-z]+)\d{0,2}")


def meaning(line: str, confidence: float) -> Meaning | None:
    """Tell what a line is about if it is certainly harmless.

    Parameters
    ----------
    line : str
        As read from the picture.
    confidence : float
        Mean likelihood of its letters.

    Returns
    -------
    Meaning or None
        None for everything that could identify: a word that is not in the vocabulary, a whole number of three digits
        or more without a unit, a date, a time, a lone letter, an uncertain reading.
    """
    line = line.strip()
    if line and confidence >= SURE_OF_MARK and _MARKS.fullmatch(line):
        return Meaning.MARK
    if not line or confidence < SURE:
        return None
    tokens = [token.casefold() for token in _SPLIT.split(_RIM.sub("", line)) if token not in {"", "+", "-", "×"}]
    kinds = _joined(tokens)
    # Two whole numbers side by side may be a day and a month.
    if not kinds or None in kinds or kinds.count("whole") > 1 or kinds.count("whole") + kinds.count("decimal") > 2:
        return None
    if "measure" in kinds:
        return Meaning.MEASURE
    says_something = {"whole", "decimal", "setting", "long"} & set(kinds) or set(tokens) & _ALONE
    return Meaning.SETTING if says_something else None


def _joined(tokens: list[str]) -> list[str | None]:
    """Give the kind of each token; a number and the unit behind it are one value."""
    kinds: list[str | None] = []
    for token in tokens:
        kind = _kind(token)
        before = kinds[-1] if kinds else None
        if kind == "unit" and before in {"whole", "decimal", "length"}:
            kinds[-1] = "measure"
        elif kind == "rate" and before in {"whole", "decimal", "length", "large"}:
            kinds[-1] = "setting"
        else:
            kinds.append("label" if token in _ALONE else kind)
    # A large number may be anybody's, and a unit without a number says nothing.
    return [None if kind in {"length", "large", "unit", "rate"} else kind for kind in kinds]


def _kind(token: str) -> str | None:
    if token in _MEASURES:
        return "unit"
    if token in _SETTINGS:
        return "rate"
    if (value := _VALUE.fullmatch(token)) and (value["whole"] or value["rest"]):
        return _kind_of_value(value["whole"], value["rest"], value["unit"])
    word = numbered["word"] if (numbered := _NUMBERED.fullmatch(token)) else token
    if word in _ANATOMY:
        return "long"
    if word in _LABELS:
        return "long" if len(word) >= 5 else "label"
    return "label" if token in _LETTERS else None


def _kind_of_value(whole: str, rest: str | None, unit: str | None) -> str | None:
    # 06.16 is the sixteenth of June rather than a length.
    if len(whole) > 1 and whole.startswith("0"):
        return None
    if unit:
        is_measure = unit in _MEASURES and len(whole) <= 3
        return "measure" if is_measure else "setting" if unit in _SETTINGS else None
    if rest:
        return "decimal" if len(whole) <= 3 else None
    return "whole" if len(whole) <= 2 else "length" if len(whole) == 3 else "large"
