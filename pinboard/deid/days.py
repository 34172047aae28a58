"""Finds full dates and ages over 89 in what somebody typed: English, German, Spanish and French.

A day with its month is a date, with or without its year, because HIPAA's Safe Harbor lets only the year stand. What is
no full date passes: a year, a month with its year (“2/2022”, “März 2022”), and a bare pair of numbers (“L4/5”, “5/5”).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from pinboard.deid.spans import Finding, before_unit

_MONTH_NAMES: Final = (
    "january jan januar jänner enero ene janvier janv",
    "february feb februar febrero fév févr février fevrier",
    "march mar märz maerz mrz marzo mars",
    "april apr abril abr avril avr",
    "may mai mayo",
    "june jun juni junio juin",
    "july jul juli julio juillet juil",
    "august aug agosto ago août aout",
    "september sept sep septiembre setiembre septembre",
    "october oct oktober okt octubre octobre",
    "november nov noviembre novembre",
    "december dec dezember dez diciembre dic décembre decembre déc",
)
_MONTH_OF: Final = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR: Final = r"(?P<year>(?:1[89]|20)\d\d|['’]\d\d)"
_OF: Final = r"(?:\s+(?:of|de|del))?"
_FREE: Final = r"(?<![\w.,/+-])"
_END: Final = r"(?![\w]|[.,/+-]\d)"

_NUMERIC: Final = re.compile(rf"{_FREE}(\d{{1,2}})\s?([./\-–])\s?(\d{{1,2}})\s?\2\s?((?:1[89]|20)\d\d|\d\d){_END}")
_YEAR_FIRST: Final = re.compile(rf"{_FREE}((?:1[89]|20)\d\d)([./\-–])(\d{{1,2}})\2(\d{{1,2}})(?=T\d|{_END})")
_SPACED: Final = re.compile(rf"{_FREE}(\d\d) (\d\d) ((?:19|20)\d\d){_END}")
_COMPACT: Final = re.compile(rf"{_FREE}(\d{{8}}){_END}")
_EASTERN: Final = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_DAY_MONTH: Final = re.compile(
    rf"{_FREE}{_DAY}(?P<gap>[\s\-./]{{0,2}})(?:de\s+|of\s+)?{_MONTH}(?:(?:,|{_OF})?[\s\-./]{{0,2}}{_YEAR})?(?!\w)",
    re.IGNORECASE,
)
_MONTH_DAY: Final = re.compile(
    rf"(?<![\w.-]){_MONTH}\s{{1,2}}(?:the\s+)?{_DAY}(?:,?\s+{_YEAR})?(?![\w%]|[.,:/+\-–]\d)", re.IGNORECASE
)
# Names of months that are words of their own: only with a capital, and beside a day that nothing else is counted with.
_LOOSE: Final = frozenset(
    (
        "mar",
        "mai",
        "may",
        "mars",
        "jan",
        "jun",
        "jul",
        "dec",
        "abr",
        "ago",
        "ene",
        "dic",
        "dez",
        "sep",
        "nov",
        "oct",
        "okt",
        "feb",
        "apr",
        "avr",
        "aug",
        "déc",
    )
)

_OVER_89: Final = r"(?P<age>9\d|1[0-2]\d)"
_NOT_CAPPED: Final = r"(?<![\w.,/+<>≥≤-])(?<!> )(?<!≥ )(?<!over )(?<!über )"
_IN_YEARS: Final = (
    r"(?:[\s\-\u2010–]{0,2}(?:years?|yrs?|y)[\s\-\u2010–]{0,2}(?:old|of\s+age)\b|\s?(?:y/?o|yo|yrs?|y\.o\.)(?!\w)|"
    r"\s?-?\s?j(?:ä|ae)hrig\w*|\s(?:jahre|j\.)\s?(?:alt\w*)|\s?(?:años|anos|ans)\b)"
)
_SAID: Final = r"\b(?:aged?|age\s?[:=]|age\s+(?:of|is)|alter\s?[:=]?|im\s+alter\s+von|edad\s?[:=]?|edad\s+de)\s*"
_AGES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        _NOT_CAPPED + _OVER_89 + _IN_YEARS,
        rf"{_SAID}{_OVER_89}(?![\w+%]|[.,]\d)",
        r"\bninety[\s-]?(?:one|two|three|four|five|six|seven|eight|nine)?[\s-]years?[\s-]old\b",
        r"\b\w{0,20}?neunzigj(?:ä|ae)hrig\w*",
        r"\bnoventa(?:\s+y\s+\w{3,6})?\s+años\b",
        rf"(?:^|[.;\n]\s?){_OVER_89}\s?[mf](?=\s+(?:with|w/|mit|con)\b|,)",
    )
)


def dates(text: str) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """Give every date, and the days (as YYYYMMDD) that it can mean."""
    for match in _NUMERIC.finditer(text):
        first, second, year = int(match[1]), int(match[3]), match[4]
        meant = _days(year, ((second, first), (first, second)))
        if meant and _is_date(text, match):
            yield Finding(match.start(), match.end(), "date"), meant
    for pattern, order in ((_YEAR_FIRST, (1, 3, 4)), (_EASTERN, (1, 2, 3))):
        for match in pattern.finditer(text):
            year, month, day = (match[part] for part in order)
            if meant := _days(year, ((int(month), int(day)),)):
                yield Finding(match.start(), match.end(), "date"), meant
    for match in _SPACED.finditer(text):
        if meant := _days(match[3], ((int(match[2]), int(match[1])), (int(match[1]), int(match[2])))):
            yield Finding(match.start(), match.end(), "date"), meant
    for match in _COMPACT.finditer(text):
        if meant := _compact(match[1]):
            yield Finding(match.start(), match.end(), "date"), meant
    yield from _named(text)


def ages(text: str) -> Iterator[Finding]:
    """Give every age over 89; the band “90+” says no more than it may."""
    for pattern in _AGES:
        for match in pattern.finditer(text):
            whole = match[0]
            start = match.start() + len(whole) - len(whole.lstrip(" .;\n\t"))
            yield Finding(start, match.end(), "age")


def _named(text: str) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            day, year, name = int(match["day"]), match["year"], match["month"]
            if not 1 <= day <= 31 or (year is None and not _is_sure(match, name)):
                continue
            number = _MONTH_OF[name.casefold()]
            meant = _days(year.strip("'’"), ((number, day),)) if year else ()
            yield Finding(match.start(), match.end(), "date"), meant


def _is_sure(match: re.Match[str], name: str) -> bool:
    """Tell whether a day and a month without a year are a date: “3 March”, not “stage 2 may” or “10 mar”."""
    if name.casefold() in _LOOSE:
        return name[0].isupper() and len(name) > 2 and " " in match[0] and name.casefold() in {"may", "mai"}
    return name[0].isupper() or " de " in match[0] or name.casefold() in {"août", "janvier", "février", "juillet"}


def _is_date(text: str, match: re.Match[str]) -> bool:
    """Tell three numbers of a date from a size, a dose or a version."""
    separator, year = match[2], match[4]
    if before_unit(text, match.end()):
        return False
    if len(year) == 4:
        return True
    if separator in "-–":
        return len(match[1]) == len(match[3]) == 2
    return " " not in match[0] and not re.search(r"(?:version|\bv|\bno\.?|§)\s?$", text[: match.start()], re.IGNORECASE)


def _days(year: str, orders: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    """Give the days of the calendar that a year and a month with a day can be."""
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    return tuple(
        dict.fromkeys(f"{one}{month:02}{day:02}" for month, day in orders for one in years if _exists(one, month, day))
    )


def _compact(digits: str) -> tuple[str, ...]:
    found: list[str] = []
    for year, month, day in ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])):
        if 1880 <= int(year) <= 2100 and _exists(int(year), int(month), int(day)):
            found.append(f"{year}{month}{day}")
    return tuple(found)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
