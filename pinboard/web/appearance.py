"""What a member may choose of how pages look, and what a page says of it to the style sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHOICES = {
    "theme": ("system", "dark", "light"),
    "contrast": ("system", "more"),
    "text": ("100", "125", "150"),
    "motion": ("system", "less"),
}
"""The words of each choice; the first goes without saying."""


def usual(name: str) -> str:
    """Give what holds for whoever chose nothing."""
    return CHOICES[name][0]


def chosen(preferences: Mapping[str, Any], name: str) -> str:
    """Give what a member chose, or the usual where a word is not known (any more)."""
    word = str(preferences.get(name))
    return word if word in CHOICES[name] else usual(name)


def attributes(preferences: Mapping[str, Any]) -> dict[str, str]:
    """Give what the page says beside its theme; nothing for most, so that their pages stay as small as they are."""
    words = {name: chosen(preferences, name) for name in CHOICES if name != "theme"}
    return {f"data-{name}": word for name, word in words.items() if word != usual(name)}
