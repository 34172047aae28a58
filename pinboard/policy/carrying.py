"""Who may carry images away as files: bytes that left can be neither withdrawn nor counted, so seeing is not enough.

The person in the images takes along what was released, and a colleague outside what a link allows; both are let in by
their own pages. Inside the clinic it is whoever keeps the case, and others where its consent reaches outside.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pinboard.models import Case, CaseState
from pinboard.policy.gate import NotFound, case_for, may
from pinboard.policy.leaving import may_leave, reaches_outside
from pinboard.policy.readers import Reader


def case_to_carry(session: Session, reader: Reader, public_id: str) -> Case:
    """Give a published case whose images this member of the clinic may take as files, or raise `NotFound`."""
    case = case_for(session, reader, "carry", public_id)
    if case.state is not CaseState.PUBLISHED or not may_carry(session, reader, case):
        raise NotFound
    return case


def may_carry(session: Session, reader: Reader, case: Case) -> bool:
    """Tell whether a reader who sees a case may take its files: as its keeper, or because it may leave anyway."""
    mine = select(Case.id).where(Case.id == case.id)
    if session.scalar(mine.where(may(reader, "edit"))) is not None:
        return True
    if session.scalar(mine.where(may(reader, "carry"))) is None:
        return False
    return reaches_outside(session, case) and may_leave(session, case)
