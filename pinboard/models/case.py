"""A case: the question, its words and its states. Its pictures are in `image`, its readers in `grant`."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pinboard.models.base import Base, PublicId, Word
from pinboard.models.subject import Subject
from pinboard.models.user import User


class CaseState(enum.StrEnum):
    """Where a case is in its life."""

    DRAFT = "draft"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.PUBLISHING, CaseState.ERASED}),
    CaseState.PUBLISHING: frozenset({CaseState.PUBLISHED, CaseState.DRAFT}),
    CaseState.PUBLISHED: frozenset({CaseState.HIDDEN, CaseState.WITHDRAWN}),
    CaseState.HIDDEN: frozenset({CaseState.PUBLISHED, CaseState.WITHDRAWN, CaseState.ERASED}),
    CaseState.WITHDRAWN: frozenset({CaseState.PUBLISHED, CaseState.HIDDEN, CaseState.ERASED}),
    CaseState.ERASED: frozenset(),
}


class InvalidTransition(Exception):  # noqa: N818 - the name ARCHITECTURE gives it
    """A case was asked to go where its state does not lead."""


class Resolution(enum.StrEnum):
    """Whether the question has found its answer; an attribute, not a state."""

    UNSOLVED = "unsolved"
    SOLVED = "solved"
    TEACHING = "teaching"


class CaseVerb(enum.StrEnum):
    """Roles on one case, which answer verbs; seeing is answered by the audience."""

    AUTHOR = "author"
    DELEGATE = "delegate"


class Case(Base):
    """What a clinician writes up."""

    __tablename__ = "case_"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"), index=True)
    state: Mapped[CaseState] = mapped_column(Word(CaseState), default=CaseState.DRAFT)
    resolution: Mapped[Resolution] = mapped_column(Word(Resolution), default=Resolution.UNSOLVED)
    seq: Mapped[int | None] = mapped_column(unique=True)
    """Given at publish; orders every list."""

    title: Mapped[str] = mapped_column(String(200), default="")
    """The clinical question in one sentence."""
    question: Mapped[str] = mapped_column(Text, default="")
    history: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[str] = mapped_column(Text, default="")
    differential: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """[{"diagnosis": str, "certainty": "certain" | "almost certain" | "possible"}] in the author's order."""
    outcome: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[Any]] = mapped_column(JSON, default=list)

    age_band: Mapped[str | None] = mapped_column(String(12))
    sex: Mapped[str | None] = mapped_column(String(1))
    body_part: Mapped[str | None] = mapped_column(String(24))
    """A code of CID 4031 or 4029; the meaning comes from the vocabulary."""
    laterality: Mapped[str | None] = mapped_column(String(24))
    """A code of CID 244."""
    photo_kind: Mapped[str] = mapped_column(String(4), default="XC")

    audience_choice: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the author ticked while this is a draft; grants are made from it at publish."""
    board_choice: Mapped[list[Any]] = mapped_column(JSON, default=list)

    modality: Mapped[str | None] = mapped_column(String(16))
    """Of the cover's series, for the card."""
    frame_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    """Of the clinic's register; never shown to a patient."""
    cover: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"name", "width", "height", "tone", "alt", "sizes": [[variant, width, height]], "is_photo": bool}"""
    is_sensitive: Mapped[bool] = mapped_column(Boolean, default=False)
    sensitive_reason: Mapped[str | None] = mapped_column(String(24))
    """Why its picture is covered, as a word of a closed list."""

    lease_id: Mapped[str | None] = mapped_column(String(26))
    lease_until: Mapped[datetime | None]
    publish_error: Mapped[str | None] = mapped_column(String(40))
    publish_progress: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When a draft's pixels are erased for good."""

    author: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])
    subject: Mapped[Subject | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index(None, "author_id", "state", "updated_at"),
        Index(None, "state", "expires_at"),
    )

    def go(self, target: CaseState) -> None:
        """Move to another state, or raise `InvalidTransition`."""
        if target not in TRANSITIONS[self.state]:
            raise InvalidTransition(f"a case that is {self.state} cannot become {target}")
        self.state = target


class CaseRole(Base):
    """Verbs that one member has on one case."""

    __tablename__ = "case_role"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[CaseVerb] = mapped_column(Word(CaseVerb))
    given_at: Mapped[datetime]


class CaseChange(Base):
    """What changed in a published case, in words its readers may see."""

    __tablename__ = "case_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(24))
    """published, edited, image-removed, withdrawn, restored, hidden, released …"""
    field: Mapped[str | None] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(200))

    by: Mapped[User] = relationship(lazy="raise_on_sql")
