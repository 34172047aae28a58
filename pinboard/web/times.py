"""Says when something was: in as few letters as a card has room for, or as a day in the reader’s language."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, format_skeleton, format_time

from pinboard.clock import now
from pinboard.web.languages import locale
from pinboard.web.text import _

STEPS = ((3600, 60, _("{n} min")), (86_400, 3600, _("{n} h")), (60 * 86_400, 86_400, _("{n} d")))
NOW = _("now")


def ago(at: datetime, moment: datetime | None = None) -> str:
    """Give “now”, “5 min”, “3 h”, “2 d” or, further back, the day; the browser keeps it fresh from there."""
    seconds = ((moment or now()) - at).total_seconds()
    if seconds < 45:
        return str(NOW)
    for limit, unit, words in STEPS:
        if seconds < limit:
            return words.format(n=max(1, round(seconds / unit))).replace(" ", "\u00a0")
    return day(at)


def day(at: datetime, style: str = "medium") -> str:
    """Give “24 Nov 2026”, or with the style “long” “24 November 2026”."""
    return str(format_date(at, style, locale=locale()))


def since(at: datetime) -> str:
    """Give “today”, “Tuesday” within a week, or the day: since when something is new."""
    days = (now().date() - at.date()).days
    if days < 1:
        return _("today")
    return str(format_date(at, "EEEE", locale=locale())) if days < 7 else day(at)


def month(at: datetime) -> str:
    """Give “November 2026”, where the day is nobody's business."""
    return str(format_skeleton("yMMMM", at, locale=locale()))


def moment(at: datetime) -> str:
    """Give the day and the minute, in UTC as everything is kept."""
    return _("{day}, {time} UTC").format(day=day(at), time=clock_time(at))


def clock_time(at: datetime) -> str:
    """Give hours and minutes."""
    return str(format_time(at, "short", locale=locale()))
