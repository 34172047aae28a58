"""Writes numbers of slices as people do, “1-24, 30”, and reads them back."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 6_000
_SPAN = re.compile(r"(\d{1,5})(?:[-–](\d{1,5}))?")


def read(text: str, most: int) -> list[int]:
    """Give the numbers in order, without those past `most`; nothing where the text is no list of numbers."""
    found: set[int] = set()
    for piece in text[:LONGEST].replace(" ", "").split(","):
        span = _SPAN.fullmatch(piece)
        if span is None:
            return []
        first, last = int(span[1]), int(span[2] or span[1])
        found.update(range(max(first, 1), min(last, most) + 1))
    return sorted(found)


def write(numbers: Iterable[int], dash: str = "-", comma: str = ",") -> str:
    """Give the shortest text for some numbers."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return comma.join(str(first) if first == last else f"{first}{dash}{last}" for first, last in spans)


def told(numbers: Iterable[int]) -> str:
    """Give numbers as a sentence writes them."""
    return write(numbers, "–", ", ")
