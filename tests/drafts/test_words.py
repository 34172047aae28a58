"""The words of a draft: kept at every save, marked where they are doubted, published only once nothing is."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from pinboard.models import AuditEvent, Case, CaseState, IdentifierHash, WordApproval
from pinboard.web.words import TICK
from tests.drafts.conftest import wheel
from tests.html import checked

ROW = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def draft(author, session):
    author.add(wheel("CT_small.dcm", patient="ZQ-7711"))
    return session.scalars(select(Case)).one()


def save(author, step="", **fields):
    return author.client.post(author.url(step=step), fields)


def autosave(author, **fields):
    return author.client.post(author.url(step="autosave"), fields, headers=ROW)


def marked(answer):
    return [mark.get_text() for mark in BeautifulSoup(answer.text, "html.parser").select("#draft-doubts mark")]


def ticks(answer):
    return [box["value"] for box in BeautifulSoup(answer.text, "html.parser").select(f"[name={TICK}]")]


def test_autosave_keeps_the_words_and_marks_what_is_doubted(author, draft, session):
    answer = autosave(author, title="Is it old?", history="Seen by Dr Rao, chart zq 7711.")
    assert answer.status_code == 200
    assert marked(answer) == ["Dr Rao", "zq 7711"]
    assert "Change the marked words" in answer.text
    session.refresh(draft)
    assert draft.history == "Seen by Dr Rao, chart zq 7711."


def test_the_page_marks_them_too_and_names_the_field(author, draft):
    assert save(author, title="Is it old?", history="Seen by Dr Rao.").status_code == 303
    soup = checked(author.client.get(author.url()))
    assert [mark.get_text() for mark in soup.select("#draft-doubts mark")] == ["Dr Rao"]
    assert soup.select_one("#draft-doubts a")["href"] == "#f-history"
    assert soup.select_one("#f-history") is not None
    assert soup.select_one("#draft-doubts").find_parent("form")["id"] == "draft-form"
    assert any("#draft-doubts" in link["href"] for link in soup.select("#draft-missing a"))
    assert draft.public_id in author.url()


@pytest.mark.usefixtures("draft")
def test_a_tick_is_kept_with_the_save_it_came_with(author, session):
    given = ticks(autosave(author, title="Mr Kent and Dr Rao?"))
    answer = autosave(author, title="Mr Kent and Dr Rao?", **{TICK: given[:1]})
    assert marked(answer) == ["Dr Rao"]
    assert marked(autosave(author, title="Mr Kent and Dr Rao?")) == ["Dr Rao"]
    assert [one.kind for one in session.scalars(select(WordApproval))] == ["name"]
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "words-approved")).one()
    assert (event.actor_id, event.detail) == (author.user.id, {"kinds": {"name": 1}})


@pytest.mark.usefixtures("draft")
def test_a_tick_for_what_is_no_longer_there_does_nothing(author, session):
    given = ticks(autosave(author, title="Mr Kent?"))
    assert marked(autosave(author, title="Mr Lane?", **{TICK: given})) == ["Mr Lane"]
    assert session.scalars(select(WordApproval)).all() == []


def test_publishing_is_refused_until_the_words_are_changed_or_ticked(author, draft, session):
    words = whole(author, session, draft)
    answer = save(author, "publish", **words, history="Seen by Dr Rao.")
    assert answer.status_code == 409
    soup = checked(answer)
    assert "Nothing was published: look at the marked words first" in soup.get_text()
    assert [mark.get_text() for mark in soup.select("#draft-doubts mark")] == ["Dr Rao"]
    session.refresh(draft)
    assert (draft.state, draft.history) == (CaseState.DRAFT, "Seen by Dr Rao.")
    done = save(author, "publish", **words, history="Seen by Dr Rao.", **{TICK: ticks(answer)})
    assert done.status_code == 303
    session.refresh(draft)
    assert draft.state is CaseState.PUBLISHING


def whole(author, session, draft):
    """Confirm the image and give every word that publishing asks for."""
    from pinboard.intake import review
    from pinboard.models import Instance, Series

    instance = session.scalars(select(Instance).where(Instance.case_id == draft.id)).one()
    review.confirm(session, instance, author.user)
    series = session.scalars(select(Series.public_id).where(Series.case_id == draft.id)).one()
    session.commit()
    return {
        "title": "Is it old?",
        f"alt-{series}": "A grey slice",
        "consent_kind": "signed",
        "level": "clinic",
        "taken_on": "2020-05-05",
        "reach": "others",
        "audience": "clinic",
    }


def test_somebody_elses_draft_takes_no_tick(author, other, draft, session):
    given = ticks(autosave(author, title="Mr Kent?"))
    other.draft = author.draft
    assert autosave(other, title="Mr Kent?", **{TICK: given}).status_code == 404
    assert session.scalars(select(WordApproval)).all() == []
    assert session.scalars(select(IdentifierHash).where(IdentifierHash.case_id == draft.id)).all()


def test_words_without_doubt_ask_nothing(author, draft):
    answer = autosave(author, title="Baker cyst or Paget?", history="L4/5 2 mm, T2-weighted, BI-RADS 4")
    assert marked(answer) == []
    assert "Change the marked words" not in answer.text
    assert "doubts" not in answer.text.replace("draft-doubts", "")
    assert draft.public_id in author.url()
