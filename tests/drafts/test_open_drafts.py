"""The line that brings an author back to what was begun: how many, only one's own, at no further statement."""

import pytest

from pinboard import policy
from pinboard.models import CaseState, Role
from pinboard.models.clinic_settings import decide
from tests.budgets.test_wall import MOST_STATEMENTS, statements  # noqa: F401 - a fixture
from tests.factories import make_case, make_draft, make_user
from tests.html import page


def told(client, url):
    found = page(client, url).select(".page-head a[href='/drafts']")
    assert len(found) <= 1
    return found[0].get_text() if found else ""


@pytest.mark.parametrize("url", ["/", "/new"])
def test_it_counts_what_this_author_has_begun(client, session, sign_in, url):
    ada = sign_in("clinician")
    assert told(client, url) == ""
    make_draft(session, ada)
    session.commit()
    assert told(client, url) == "You have 1 draft"
    make_draft(session, ada)
    make_case(session, ada)
    session.commit()
    assert told(client, url) == "You have 2 drafts"


@pytest.mark.parametrize("url", ["/", "/new"])
def test_neither_those_of_others_nor_what_is_none_any_more(client, session, sign_in, url):
    ada = sign_in("clinician")
    make_draft(session, make_user(session, "Ben Shah"))
    for state in (CaseState.PUBLISHING, CaseState.ERASED):
        case = make_draft(session, ada, state=state)
        policy.rebuild(session, [case.id])
    session.commit()
    assert told(client, url) == ""


def test_it_is_not_said_in_a_draft_itself(author, session):
    make_draft(session, author.user)
    author.slot()
    assert told(author.client, f"/new?draft={author.draft}") == ""
    assert told(author.client, "/new") == "You have 2 drafts"


def test_it_stands_above_the_question_about_consent_too(author, session):
    make_draft(session, author.user)
    decide(session, "consent_first", True, by_id=None)
    session.commit()
    assert told(author.client, "/new") == "You have 1 draft"


def test_a_trainee_is_told_as_well(client, session, sign_in):
    make_draft(session, sign_in(Role.TRAINEE))
    session.commit()
    assert told(client, "/") == "You have 1 draft"


@pytest.mark.parametrize("cases", [0, 50])
def test_the_wall_takes_no_statement_more(client, session, sign_in, statements, cases):  # noqa: F811
    ada = sign_in("clinician")
    for _ in range(cases):
        make_case(session, pictures=0)
    session.commit()
    statements.clear()
    assert "You have" not in client.get("/").text
    without = len(statements)
    for _ in range(3):
        make_draft(session, ada)
    session.commit()
    statements.clear()
    assert "You have 3 drafts" in client.get("/").text
    assert 0 < len(statements) == without
    assert cases == 0 or without <= MOST_STATEMENTS, "\n".join(statements)
