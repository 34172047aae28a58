"""What a value must be to pass the allow list; each check gives back a value of its own making or nothing.

Pure Python without pydicom, because the web process runs the same checks on what a sandbox child answers.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Check(Protocol):
    """Decides about one element's value."""

    def clean(self, value: Any) -> Any:
        """Give the JSON value to keep, or None to drop the element."""

    def describe(self) -> str:
        """Say in words what passes."""


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return [value]
    return list(value)


def _bounds(count: int | tuple[int, int]) -> tuple[int, int]:
    return (count, count) if isinstance(count, int) else count


def _shaped(values: list[Any], count: int | tuple[int, int]) -> Any:
    """Keep a value or list of the right length; a count of exactly 1 gives a bare value."""
    low, high = _bounds(count)
    if not values or any(value is None for value in values) or not low <= len(values) <= high:
        return None
    return values[0] if count == 1 else values


@dataclass(frozen=True, slots=True)
class Word:
    """A code string out of a closed list; with `other`, unknown words turn into that one."""

    words: frozenset[str]
    count: int | tuple[int, int] = 1
    other: str | None = None
    skips: bool = False
    """Unknown words among known ones are left out, where their place in the list says nothing."""

    def clean(self, value: Any) -> Any:
        """Give the list's own spelling."""
        values = [self._one(item) for item in _several(value)]
        return _shaped([one for one in values if one is not None] if self.skips else values, self.count)

    def _one(self, value: Any) -> str | None:
        word = value.strip().upper() if isinstance(value, str) else ""
        return word if word in self.words else self.other

    def describe(self) -> str:
        """Say how long the list is, and the list if short."""
        if len(self.words) > 12:
            return f"one of {len(self.words)} words"
        return "one of " + ", ".join(sorted(self.words))


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text of ours in place of whatever the file says, where the standard wants one."""

    text: str

    def clean(self, value: Any) -> str:  # noqa: ARG002 - one protocol; the file's own value is not even looked at
        """Give our text."""
        return self.text

    def describe(self) -> str:
        """Say the text."""
        return f"always “{self.text}”" if self.text else "always empty"


@dataclass(frozen=True, slots=True)
class Named:
    """A name that is recognised by a part of it and replaced by our spelling of it."""

    names: tuple[tuple[str, str], ...]

    def clean(self, value: Any) -> Any:
        """Give our spelling of the first name found."""
        text = value.lower() if isinstance(value, str) else ""
        return next((name for part, name in self.names if part in text), None)

    def describe(self) -> str:
        """Say how long the list is."""
        return f"our spelling of one of {len({name for _, name in self.names})} names"


@dataclass(frozen=True, slots=True)
class Real:
    """Decimal numbers within bounds, written anew with at most ten digits."""

    low: float
    high: float
    count: int | tuple[int, int] = 1

    def clean(self, value: Any) -> Any:
        """Give float or list of float."""
        return _shaped([self._one(item) for item in _several(value)], self.count)

    def _one(self, value: Any) -> float | None:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
        if not math.isfinite(number) or not self.low <= number <= self.high:
            return None
        return float(f"{number:.10g}")

    def describe(self) -> str:
        """Say the bounds."""
        return f"number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole numbers within bounds, or out of a few."""

    low: int
    high: int
    count: int | tuple[int, int] = 1
    only: frozenset[int] | None = None

    def clean(self, value: Any) -> Any:
        """Give int or list of int."""
        return _shaped([self._one(item) for item in _several(value)], self.count)

    def _one(self, value: Any) -> int | None:
        try:
            number = int(value)
            if number != float(value):
                return None
        except (TypeError, ValueError, OverflowError):
            return None
        if not self.low <= number <= self.high or (self.only is not None and number not in self.only):
            return None
        return number

    def describe(self) -> str:
        """Say the bounds."""
        if self.only is not None:
            return "one of " + ", ".join(str(number) for number in sorted(self.only))
        return f"whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Shape:
    """Text of a strict form, for values that Pinboard makes itself and for two-letter directions."""

    pattern: str
    words: str
    count: int | tuple[int, int] = 1

    def clean(self, value: Any) -> Any:
        """Give the text where all of it has the form."""
        texts = [str(item).strip() if isinstance(item, str) else "" for item in _several(value)]
        kept = [text if re.fullmatch(self.pattern, text, re.ASCII) else None for text in texts]
        return _shaped(kept, self.count)

    def describe(self) -> str:
        """Say the form in words."""
        return self.words


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of a lookup table, as 16-bit words."""

    limit: int = 65_536

    def clean(self, value: Any) -> Any:
        """Give list of int from words or from bytes in little-endian order."""
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw = bytes(value) + b"\0" * (len(value) % 2)
            words = list(memoryview(raw).cast("H")) if raw else []
        else:
            words = [item for item in _several(value) if isinstance(item, int) and 0 <= item <= 65_535]
            if len(words) != len(_several(value)):
                return None
        return words if 0 < len(words) <= self.limit else None

    def describe(self) -> str:
        """Say the limit."""
        return f"at most {self.limit} words of 16 bits"


@dataclass(frozen=True, slots=True)
class Codes:
    """A coded concept, kept as its code alone; scheme and meaning are written anew from the vocabulary."""

    pattern: str
    words: str
    limit: int = 1

    def clean(self, value: Any) -> Any:
        """Give list of {"CodeValue": code}."""
        kept = []
        for item in _several(value)[: self.limit]:
            code = item.get("CodeValue") if hasattr(item, "get") else None
            if isinstance(code, str) and re.fullmatch(self.pattern, code, re.ASCII):
                kept.append({"CodeValue": str(code)})
        return kept or None

    def describe(self) -> str:
        """Say which codes."""
        return self.words


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence rebuilt from the elements named here and no others."""

    elements: Mapping[str, tuple[str, Check]]
    limit: int = 1
    needs: tuple[str, ...] = ()
    keeps_empty: bool = False
    """Items stand for frames, so their number counts even where nothing in them is kept."""

    def clean(self, value: Any) -> Any:
        """Give list of dict."""
        items = _several(value)
        if len(items) > self.limit:
            if self.keeps_empty:
                return None
            items = items[: self.limit]
        kept = [self._one(item) for item in items]
        if not self.keeps_empty:
            kept = [item for item in kept if item]
        return kept if any(kept) else None

    def _one(self, item: Any) -> dict[str, Any]:
        kept = {}
        for keyword, (_, check) in self.elements.items():
            value = item.get(keyword) if hasattr(item, "get") else None
            clean = None if value is None else check.clean(value)
            if clean is not None:
                kept[keyword] = clean
        return kept if all(keyword in kept for keyword in self.needs) else {}

    def describe(self) -> str:
        """Name the elements inside."""
        return "items rebuilt from " + ", ".join(self.elements)
