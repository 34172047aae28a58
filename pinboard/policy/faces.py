"""Keeps what shows a person from whoever is not meant to see it: full sets of a head, and any head from outsiders."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, select, true

from pinboard.models import Instance, Series
from pinboard.policy.readers import Reader

FOR_EVERYBODY: ColumnElement[bool] = Instance.is_subject_only.is_(False)
"""The clause for an image that is shown to whoever may see its case."""

FOR_OUTSIDERS: ColumnElement[bool] = and_(
    FOR_EVERYBODY,
    ~exists(select(Series.id).where(Series.id == Instance.series_id, Series.is_recognizable).correlate(Instance)),
)
"""The clause for an image that the public sample may show: of nothing in which somebody could be recognized."""


def within(reader: Reader) -> ColumnElement[bool]:
    """Give the clause for an image that the register of a reader holds; a release says which of them it shows."""
    if reader.register == "public":
        return FOR_OUTSIDERS
    return true() if reader.register == "subject" else FOR_EVERYBODY
