"""The title of a board: a specialty's in the reader's language, unless the clinic gave it one of its own."""

from types import SimpleNamespace

import pytest

from pinboard.models import Board, BoardKind
from pinboard.web.titles import board_title
from tests.factories import make_board, make_case, make_pin
from tests.html import page

SPANISH = {"Accept-Language": "es"}


@pytest.mark.parametrize(
    ("slug", "title", "said"),
    [
        ("cardiology", "Cardiology", "Cardiología"),
        ("cardiology", "Hearts", "Hearts"),
        ("cardiology-2", "Cardiology", "Cardiology"),
        ("cardiology", "Radiology", "Radiology"),
    ],
)
def test_only_an_untouched_title_of_a_specialty_is_translated(app, slug, title, said):
    board = SimpleNamespace(slug=slug, title=title)
    with app.test_request_context(headers=SPANISH):
        assert board_title(board) == said
    with app.test_request_context():
        assert board_title(board) == title


def test_pages_say_it_wherever_a_board_is_named(client, session, sign_in):
    ada = sign_in("clinician", preferences={"language": "es"})
    cardiology = session.query(Board).filter_by(kind=BoardKind.SPECIALTY, title="Cardiology").one()
    session.query(Board).filter_by(kind=BoardKind.SPECIALTY, title="Radiology").one().title = "Pictures"
    case = make_case(session, ada)
    make_pin(session, case, cardiology)
    make_pin(session, case, make_board(session, ada, title="Dermatology", slug="mine"))
    session.commit()
    for address in (
        "/boards?specialty=1", f"/b/{cardiology.slug}", f"/b/{cardiology.slug}/arrange", f"/c/{case.public_id}",
        f"/c/{case.public_id}/pin", f"/search?q=specialty:{cardiology.slug}",
    ):  # fmt: skip
        text = page(client, address).find("main").get_text(" ")
        assert "Cardiología" in text, address
        assert "Cardiology" not in text, address
    assert "Pictures" in page(client, "/boards?specialty=1").find("main").get_text(" ")
    assert "Dermatology" in page(client, f"/c/{case.public_id}").find("main").get_text(" ")
    found = client.get("/search/suggest?q=cardiol", headers={"HX-Request": "true"}).text
    assert "Cardiología" in found
