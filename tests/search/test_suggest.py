"""Suggestions and “more like this” offer what one may see, and betray nothing of what one may not."""

import pytest

from pinboard.models import BoardKind, Role
from tests.factories import make_board, make_case, make_pin, make_user
from tests.html import fragment

KNEE = "72696002"


def offered(client, text):
    soup = fragment(client, f"/search/suggest?q={text}")
    return {
        line.span.get_text(): line.get("data-text") or line.get("data-href") for line in soup.select("[role=option]")
    }


@pytest.fixture
def ben(session, sign_in):
    ada = make_user(session, "Ada Owens")
    board = make_board(session, kind=BoardKind.SPECIALTY, slug="hearts", title="Hearts")
    case = make_case(session, ada, pictures=0, title="Heart of a wombat", tags=["héart block"], body_part=KNEE)
    make_pin(session, case, board)
    return sign_in("clinician", name="Ben Shah")


def test_every_kind_of_thing_is_offered(client, ben):
    found = offered(client, "is:solved hear")
    assert found["Hearts"] == "is:solved board:hearts "
    assert found["héart block"] == "is:solved tag:heart-block "
    assert found["Heart"] == "is:solved body:heart "
    assert offered(client, "heart wom")["Heart of a wombat"].startswith("/c/")
    assert offered(client, "owe")["Ada Owens"] == "by:ada-owens "
    assert offered(client, "-modality:c")["CT"] == "-modality:ct "
    assert "X-ray" in offered(client, "modality:")
    assert "CT" not in offered(client, "is:")


def test_nothing_of_what_is_hidden_is_offered(client, session, ben):
    owner = make_user(session, "Zoe Quokka")
    board = make_board(session, owner, slug="quokkas", title="Quokka board")
    hidden = make_case(session, owner, title="Quokka case", choice="nobody", tags=["quokka tag"])
    make_pin(session, hidden, board)
    make_user(session, "Quokka Patient", Role.PATIENT)
    session.commit()
    assert set(offered(client, "quokka")) == {"Zoe Quokka"}
    for text in ("tag:quokka", "board:quokka", "by:quokka-patient"):
        assert offered(client, text) == {}


def test_more_like_a_case_are_those_that_share_most(client, session, ben):
    case = make_case(session, pictures=0, title="This", tags=["rib"], body_part=KNEE, modality="CT")
    make_case(session, pictures=0, title="Same place", body_part=KNEE, modality="CT")
    make_case(session, pictures=0, title="Same tag", tags=["Rib", "x"], modality="US")
    make_case(session, pictures=0, title="Both", tags=["rib"], body_part=KNEE, modality="CT")
    make_case(session, pictures=0, title="Other kind", body_part=KNEE, modality="US")
    make_case(session, pictures=0, title="Hidden", tags=["rib"], body_part=KNEE, modality="CT", choice="nobody")
    session.commit()
    soup = fragment(client, f"/c/{case.public_id}/similar")
    assert [link.get_text() for link in soup.select(".rows a")] == ["Both", "Same tag", "Same place"]


def test_there_may_be_nothing_like_it(client, session, ben):
    case = make_case(session, pictures=0, title="Alone")
    session.commit()
    assert "Nothing that you may see" in fragment(client, f"/c/{case.public_id}/similar").get_text()
    hidden = make_case(session, choice="nobody", tags=["rib"])
    session.commit()
    assert client.get(f"/c/{hidden.public_id}/similar").status_code == 404
