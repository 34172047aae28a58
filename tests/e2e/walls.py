"""Boards of the scene that somebody put in order, and a group with a board of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from pinboard.boards import places
from pinboard.boards import service as boards
from pinboard.models import Case, CaseState
from tests.factories import make_group

if TYPE_CHECKING:
    from tests.e2e.maker import Maker


def lay_out(maker: Maker) -> None:
    """Fill a board with three sections, one of them empty, and follow it."""
    ada, ben = maker.people["ada"], maker.people["ben"]
    with maker.stores.writing() as session:
        group = make_group(session, ada, ben, name="Chest readers", made_by=ada)
        board = boards.create(session, title="Chest, from easy to hard", by=ada.id, group=group)
        published = select(Case).where(Case.state == CaseState.PUBLISHED).order_by(Case.id).limit(14)
        pins = [boards.place(session, board, case, by=ada.id) for case in session.scalars(published).all()]
        for title, some in (("To begin with", pins[:4]), ("Easily missed", pins[4:9]), ("For the last evening", [])):
            section = places.add_section(session, board, title, by=ada.id)
            if some:
                places.put_into(session, board, some, section, by=ada.id)
        boards.follow(session, board, ada.id, is_on=True)
        maker.scene.names |= {"laid_board": board.slug, "group": group.public_id}
