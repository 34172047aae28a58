"""Keeps the full set of a head from everybody but the person in it: a face can be rebuilt from its slices."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true

from pinboard.models import Instance
from pinboard.policy.readers import Reader

FOR_EVERYBODY: ColumnElement[bool] = Instance.is_subject_only.is_(False)
"""The clause for an image that is shown to whoever may see its case."""


def within(reader: Reader) -> ColumnElement[bool]:
    """Give the clause for an image that the register of a reader holds; a release says which of them it shows."""
    return true() if reader.register == "subject" else FOR_EVERYBODY
