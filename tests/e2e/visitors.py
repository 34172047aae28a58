"""What visitors of the scene may see, and what lies in Ada's trash."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from pinboard import clock, policy
from pinboard.boards import service as boards
from pinboard.comments import service as comments
from pinboard.discover import service as discover
from pinboard.intake import withdraw
from pinboard.models import Case, CaseState, ConsentLevel, Instance, PublicSample, Series
from tests.e2e.maker import consent
from tests.factories import make_case

if TYPE_CHECKING:
    from tests.e2e.maker import Maker

SHOWN = 5
WORDS = {
    "title": "Where would you put the needle, and would you at all?",
    "question": "The fluid moved between two films. What would you ask for before anybody touches it?",
}


def open_to_visitors(maker: Maker) -> None:
    """Offer cases of which pictures may go out, pick all but one, and let visitors in."""
    ada = maker.people["ada"]
    with maker.stores.writing() as session:
        published = select(Case).where(Case.state == CaseState.PUBLISHED, Case.modality.not_in(("XC", "DMS", "ES")))
        own_first = published.order_by((Case.author_id == ada.id).desc(), Case.id).limit(SHOWN)
        for number, case in enumerate(session.scalars(own_first).all()):
            session.add(consent(case, ConsentLevel.PUBLIC))
            for series in session.scalars(select(Series).where(Series.case_id == case.id)):
                series.is_recognizable = False
            for image in session.scalars(select(Instance).where(Instance.case_id == case.id)):
                image.needs_attest = False
            words = {"title": case.title, "question": case.question} if number else WORDS
            author_name = "" if number else ada.name
            discover.offer(session, case, PublicSample(**words, author_name=author_name), ada)
            policy.rebuild(session, [case.id])
            if number != SHOWN - 1:
                discover.pick(session, case, ada)
            if number == 0:
                discover.make_case_of_the_week(session, case, ada)
                maker.scene.names["sample"] = case.public_id
        discover.open_to_visitors(session, is_open=True, is_listed=False, by=ada)


def fill_trash(maker: Maker) -> None:
    """Withdraw a case, remove a comment and a board."""
    ada = maker.people["ada"]
    with maker.stores.writing() as session:
        case = make_case(session, ada, title="Was this the same lesion that we saw in spring?")
        withdraw.withdraw(session, case, ada)
        talk = session.scalar(select(Case).where(Case.public_id == maker.scene.names["case"]))
        said = comments.create(session, talk, body="I take that back, the second film answers it.", by=ada.id)
        comments.delete(session, talk, said, by=ada.id)
        board = boards.create(session, title="Journal club of last year", description="", by=ada.id)
        board.removed_at = clock.now() - timedelta(days=3)
