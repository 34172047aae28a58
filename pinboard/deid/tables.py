"""Cuts tables of grey levels and colours to what their descriptors say, so that nothing rides behind the last entry."""

from __future__ import annotations

import struct
from typing import Any, Final

Header = dict[str, Any]

_COLOURS: Final = ("Red", "Green", "Blue")
_DATA: Final = "{}PaletteColorLookupTableData"
_MOST: Final = 65_536
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


def settle_tables(header: Header) -> None:
    """Cut or drop every lookup table of a header (PS3.3 sections C.7.6.3.1.6, C.7.9.2, C.11.1.1.1)."""
    for keyword in ("ModalityLUTSequence", "VOILUTSequence"):
        items = [settled for item in header.get(keyword, ()) if (settled := _settled(item))]
        if items:
            header[keyword] = items
        else:
            header.pop(keyword, None)
    if header["PhotometricInterpretation"] != "PALETTE COLOR":
        for keyword in [keyword for keyword in header if "PaletteColor" in keyword]:
            del header[keyword]
        return
    is_plain = all(_DATA.format(colour) in header for colour in _COLOURS)
    for colour in _COLOURS:
        _settle_palette(header, colour, is_plain=is_plain)


def _settled(item: Header) -> Header | None:
    words = cut(item["LUTDescriptor"], item["LUTData"])
    return item | {"LUTData": words} if words else None


def _settle_palette(header: Header, colour: str, *, is_plain: bool) -> None:
    plain, segmented = _DATA.format(colour), f"Segmented{_DATA.format(colour)}"
    descriptor = header.get(f"{colour}PaletteColorLookupTableDescriptor")
    words, segments = header.pop(plain, None), header.pop(segmented, None)
    if descriptor is None:
        return
    kept = cut(descriptor, words or []) if is_plain else expand(descriptor, segments or [])
    if kept:
        header[plain] = kept


def cut(descriptor: list[int], words: list[int]) -> list[int] | None:
    """Give a table's own entries, None where it has fewer.

    Parameters
    ----------
    descriptor : list of int
        Number of entries (0 for 65,536), first mapped value, bits.
    words : list of int
        16-bit words: an entry each or, of 8 bits, two each.
    """
    count, packed = _count(descriptor), (_count(descriptor) + 1) // 2
    if len(words) >= count:
        return words[:count]
    return words[:packed] if descriptor[2] == 8 and len(words) >= packed else None


def expand(descriptor: list[int], words: list[int]) -> list[int] | None:
    """Write a table out whose entries are given in segments, None where they do not fill it exactly.

    Notes
    -----
    PS3.3 section C.7.9.2: discrete segments list their entries, linear ones lead to one, indirect ones repeat others.
    """
    is_narrow = descriptor[2] == 8
    values = list(struct.pack(f"<{len(words)}H", *words)) if is_narrow else words
    try:
        made = _expanded(values, 0, [], is_narrow=is_narrow, most=None)
    except (IndexError, RecursionError):
        return None
    if len(made) != _count(descriptor):
        return None
    if not is_narrow:
        return made
    padded = bytes(made) + b"\0" * (len(made) % 2)
    return list(struct.unpack(f"<{len(padded) // 2}H", padded))


def _expanded(values: list[int], at: int, before: list[int], *, is_narrow: bool, most: int | None) -> list[int]:
    """Expand segments from `at` on, all or at most so many; `before` is what precedes them."""
    made = list(before)
    seen = 0
    while at + 1 < len(values) and seen != most and len(made) <= _MOST:
        kind, length = values[at], values[at + 1]
        at, seen = at + 2, seen + 1
        if kind == _DISCRETE:
            made += [values[place] for place in range(at, at + length)]
            at += length
        elif kind == _LINEAR:
            made += _line(made[-1], values[at], length)
            at += 1
        elif kind == _INDIRECT and most is None:
            size = 4 if is_narrow else 2
            start = sum(values[at + place] << (place * (8 if is_narrow else 16)) for place in range(size))
            made = _expanded(values, start, made, is_narrow=is_narrow, most=length)
            at += size
        else:
            raise IndexError
    return made


def _line(first: int, last: int, length: int) -> list[int]:
    return [round(first + (last - first) * step / length) for step in range(1, length + 1)]


def _count(descriptor: list[int]) -> int:
    return abs(descriptor[0]) or _MOST
