"""Search finds words by their beginnings, keeps up with every change, and takes nothing for a query language."""

import pytest
from sqlalchemy import delete, select

from pinboard import policy
from pinboard.models import Case, CaseRole
from pinboard.models.fulltext import forget, match, terms
from tests.factories import make_case, make_draft, make_user


@pytest.fixture
def case(session):
    return make_draft(
        session,
        make_user(session, "Ada Owens"),
        title="Ground-glass opacity in a smoker",
        question="Infection or tumour?",
        history="Cough since May; café au lait spots",
        findings="T2-weighted: 12 mm nodule",
        tags=["árbol", "lung"],
    )


def _found(session, words):
    return set(session.scalars(select(Case.id).where(match(words))))


@pytest.mark.parametrize(
    "words",
    ["ground", "GROUND glass", "opac", "tumour", "cough may", "nodul 12", "t2", "lung", "árbol", "owens", "ada smok"],
)
def test_words_are_found_by_their_beginning(session, case, words):
    assert _found(session, words) == {case.id}


@pytest.mark.parametrize("words", ["pneumothorax", "ground pneumothorax", "lass", "", "   ", '"', "* - ( )"])
def test_what_is_not_there_is_not_found(session, case, words):
    assert _found(session, words) == set()


@pytest.mark.parametrize(
    "words",
    [
        'ground" OR title:zzz',
        "NEAR(ground, zzz)",
        "ground NOT zzz",
        "ground & ! zzz",
        "ground:* | zzz",
        "'; DROP TABLE case_; --",
        "\x00zzz\x00",
        "{title} : ^zzz",
        "zzz " * 5000,
    ],
)
def test_a_query_language_is_only_words(session, case, words):
    assert _found(session, words) == set()


def test_terms_are_bounded():
    assert len(terms("a b c " * 100)) == 12
    assert max(map(len, terms("x" * 500))) == 60


def test_the_index_follows_a_changed_word(session, case):
    case.title = "Effusion"
    session.flush()
    assert _found(session, "effusion") == {case.id}
    assert _found(session, "ground") == set()


def test_the_index_follows_a_changed_name(session, case):
    other = make_draft(session)
    author = session.get(type(make_user(session)), case.author_id)
    author.name = "Ada Married"
    session.flush()
    assert _found(session, "married") == {case.id}
    assert _found(session, "owens") == set()
    assert other.id not in _found(session, "ada")


def test_the_index_forgets_a_deleted_case(session, case):
    session.execute(delete(CaseRole).where(CaseRole.case_id == case.id))
    session.execute(delete(Case).where(Case.id == case.id), execution_options={"synchronize_session": False})
    assert _found(session, "ground") == set()
    forget(session.connection())


def test_search_stays_within_what_the_reader_may_see(session):
    seen, hidden = make_case(session, title="Zebra one"), make_case(session, title="Zebra two", choice="nobody")
    reader = policy.reader_for(session, make_user(session))
    found = set(session.scalars(select(Case.id).where(match("zebra"), policy.visible(reader))))
    assert found == {seen.id}
    assert _found(session, "zebra") == {seen.id, hidden.id}
