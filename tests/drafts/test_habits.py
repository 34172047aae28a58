"""What an author chose last is offered again; nothing of it counts before the form is sent and consent is said."""

import pytest

from pinboard.models import Case, Consent, ConsentLevel, Series
from tests.drafts.conftest import soup
from tests.factories import make_board, make_case, make_group

LAST = {"clinic": True, "trainees": True}


@pytest.fixture
def earlier(author, session):
    """Publish a case of this author, with a choice and a consent."""

    def make(choice=LAST, level=ConsentLevel.CLINIC, by=None):
        case = make_case(session, by or author.user, level=level, audience_choice=choice)
        session.commit()
        return case

    return make


def form(author):
    return soup(author.client.get(author.url()))


def ticked(page, name):
    return [box["value"] for box in page.select(f"[name={name}][checked]")]


def test_level_and_readers_are_those_of_the_last_case(author, earlier, session):
    earlier(choice={"only_me": True})
    earlier()
    author.slot()
    page = form(author)
    assert ticked(page, "level") == ["clinic"]
    assert ticked(page, "reach") == ["others"]
    assert ticked(page, "audience") == ["clinic"]
    assert ticked(page, "trainees") == ["1"]
    assert page.get_text().count("as for your last case") == 2
    missing = page.select_one("#draft-missing").get_text()
    assert "Choose who may see" not in missing
    assert "Record the consent" in missing
    session.expire_all()
    assert session.query(Case).filter_by(public_id=author.draft).one().audience_choice == {}


def test_how_consent_was_given_is_never_offered(author, earlier, session):
    earlier()
    author.slot()
    page = form(author)
    assert ticked(page, "consent_kind") == []
    before = session.query(Consent).count()
    sent = {"level": "clinic", "taken_on": "2026-11-20", "reach": "others", "audience": "clinic"}
    author.client.post(author.url(), sent)
    assert session.query(Consent).count() == before
    author.client.post(author.url(), {**sent, "consent_kind": "signed"})
    assert session.query(Consent).count() == before + 1


def test_the_public_is_never_offered(author, earlier):
    earlier(choice={**LAST, "public": True}, level=ConsentLevel.PUBLIC)
    author.slot()
    page = form(author)
    assert ticked(page, "level") == []
    assert ticked(page, "audience") == ["clinic"]


def test_what_the_author_may_no_longer_choose_is_not_offered(author, other, earlier, session):
    mine = make_board(session, author.user)
    theirs = make_board(session, other.user)
    gone = make_group(session)
    choice = {"boards": [mine.public_id, theirs.public_id], "groups": [gone.public_id], "named": [other.user.public_id]}
    earlier(choice=choice)
    session.delete(gone)
    session.commit()
    author.slot()
    page = form(author)
    assert ticked(page, "audience_board") == [mine.public_id]
    assert ticked(page, "audience_group") == []
    assert ticked(page, "audience_person") == [other.user.public_id]
    assert ticked(page, "audience") == ["boards", "named"]


def test_a_choice_of_which_nothing_is_left_is_no_choice(author, other, earlier, session):
    theirs = make_board(session, other.user)
    earlier(choice={"boards": [theirs.public_id]})
    author.slot()
    page = form(author)
    assert ticked(page, "reach") == []
    assert "Choose who may see" in page.select_one("#draft-missing").get_text()


def test_the_habits_of_others_are_not_offered(author, other, earlier):
    earlier(by=other.user)
    author.slot()
    page = form(author)
    assert ticked(page, "level") == ticked(page, "reach") == []


def test_what_was_chosen_for_this_draft_stays(author, earlier):
    earlier()
    author.slot()
    sent = {"consent_kind": "paper", "level": "care", "taken_on": "2026-11-20", "reach": "me"}
    author.client.post(author.url(), sent)
    page = form(author)
    assert ticked(page, "level") == ["care"]
    assert ticked(page, "reach") == ["me"]
    assert "as for your last case" not in page.get_text()


def test_a_description_begins_with_what_the_header_says(author, files, session):
    author.add(files.ct)
    series = session.query(Series).one()
    author.client.post(author.url(), {"body_part_text": "Abdomen", f"alt-{series.public_id}": ""})
    page = form(author)
    field = page.select_one(f"#f-alt-{series.public_id}")
    assert "abdomen" in field["value"]
    assert "Taken from the header" in page.get_text()
    assert "Describe" not in page.select_one("#draft-missing").get_text()
    session.expire_all()
    assert series.alt_text == ""
    author.client.post(author.url(), {"body_part_text": "Abdomen", field["name"]: "A slice at the level of the liver."})
    assert form(author).select_one(f"#f-alt-{series.public_id}")["value"] == "A slice at the level of the liver."
    assert "Taken from the header" not in form(author).get_text()
