"""The title of a board: a specialty's in the reader's language, unless the clinic gave it one of its own."""

from types import SimpleNamespace

import pytest

from pinboard.models import Board, BoardKind
from pinboard.models.tokens import bare
from pinboard.web.titles import board_title, in_order
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


def test_boards_stand_in_the_order_in_which_they_are_read(app):
    titles = ["zebra", "Óseo", "Ostra", "oseas", "Cardiology", "Ñu", "Nube", "Oz", "Ωmega"]
    boards = [SimpleNamespace(slug=title.lower(), title=title) for title in titles]
    with app.test_request_context(headers=SPANISH):
        read = [board_title(board) for board in in_order(boards)]
    assert read == ["Cardiología", "Ñu", "Nube", "oseas", "Óseo", "Ostra", "Oz", "zebra", "Ωmega"]


def _read_in_order(read, *known):
    assert [title for title in read if title in known] == list(known), read
    return read


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_list_is_in_the_order_of_its_reader(client, session, sign_in, language):
    ada = sign_in("clinician", preferences={"language": language})
    for title in ("Álbum", "alba", "Aleta", "Zoo"):
        make_board(session, ada, title=title)
    case = make_case(session, ada)
    for board in session.query(Board).all():
        make_pin(session, case, board)
    session.commit()
    own = ["alba", "Álbum", "Aleta", "Zoo"]
    surgery = {
        "en": ["General Surgery", "Orthopedic Surgery", "Thoracic Surgery"],
        "es": ["Cirugía general", "Cirugía ortopédica", "Cirugía torácica"],
    }[language]

    def read(address, selector):
        return [one.get_text(strip=True) for one in page(client, address).select(selector)]

    index = _read_in_order(read("/boards", ".boardcard h3"), *own)
    assert index == sorted(index, key=bare)
    assert len(index) > 30
    special = _read_in_order(read("/boards?specialty=1", ".boardcard h3"), *surgery)
    assert special == sorted(special, key=bare)
    assert read("/boards?mine=1", ".boardcard h3") == own
    # One's own come first where something is pinned.
    assert read(f"/c/{case.public_id}/pin", ".pin-boards .grow p:first-child") == [*own, *special]
    assert read("/b/cardiology/arrange", "#b-board option")[:4] == own
    goes = _read_in_order(read("/help/commands", "main a"), *own)
    assert _read_in_order(goes, *surgery)
    assert read(f"/c/{case.public_id}", "dd.textual a") == index[:20]
    offered = _read_in_order(read("/settings/profile", "select[name=specialty] option"), *surgery)
    assert offered[1:] == sorted(offered[1:], key=bare)
    found = client.get("/search/suggest?q=al", headers={"HX-Request": "true"}).text
    assert 0 < found.index("alba") < found.index("Álbum") < found.index("Aleta")


@pytest.mark.parametrize("letter", ["a", "я", "\N{CJK UNIFIED IDEOGRAPH-4E00}"])
def test_pages_of_boards_follow_one_another_without_a_gap(client, session, sign_in, letter):
    ada = sign_in("clinician", preferences={"language": "es"})
    made = [make_board(session, ada, title=f"{letter * 117}{number:03}") for number in range(70)]
    made += [make_board(session, ada, title="Of one name") for _ in range(65)]
    session.commit()
    seen, address = [], "/boards"
    while address:
        soup = page(client, address)
        cards = soup.select(".boardcard")
        assert len(cards) <= 60
        seen += [(card.h3.get_text(strip=True), card.a["href"]) for card in cards]
        address = (soup.select_one("#more") or {}).get("href")
        assert len(seen) < 300
    assert len(seen) == len({href for _title, href in seen})
    assert {f"/b/{board.slug}" for board in made} < {href for _title, href in seen}
    assert [bare(title) for title, _href in seen] == sorted(bare(title) for title, _href in seen)
