"""The index holds what it should, keeps up with every change, and forgets."""

import pytest
from sqlalchemy import delete, select, text

from pinboard import policy
from pinboard.models import Case, CaseRole, CaseState, catch_up
from pinboard.models.expression import EVERY, All, OneOf, Phrase, fts5, holds, one, packed, tsquery
from pinboard.models.fulltext import DOCUMENT, LEXICON, forget, found_by, is_ours
from pinboard.models.fulltext import holds as holds_row
from pinboard.models.tokens import tokens
from tests.factories import make_board, make_case, make_draft, make_pin, make_user


@pytest.fixture
def case(session):
    made = make_case(
        session,
        make_user(session, "Ada Owens"),
        title="Ground-glass opacity in a smoker",
        question="Infection or tumour?",
        findings="T2-weighted: 12 mm nodules",
        tags=["árbol", "Rib Fracture"],
        body_part="72696002",
    )
    session.commit()
    return made


def _found(session, expression):
    by_index = {row.case_id for row in session.execute(found_by(expression, session.get_bind().dialect.name))}
    by_row = set(session.scalars(select(DOCUMENT.c.case_id).where(holds_row(expression))))
    assert by_index == by_row
    return by_index


def _words(*words):
    return All(tuple(one(word) for word in words))


@pytest.mark.parametrize(
    "expression",
    [
        _words("ground"), _words("owen", "nodule"), _words("arbol"), _words("knee"),
        Phrase(("ground", "glass", "opacity")),
        _words("_tag_rib_fracture", "_mod_ct", "_is_unsolved"), OneOf((one("zzz"), one("smoker"))),
        All((), (one("zzz"),)), All((one("t2"),), (Phrase(("glass", "ground")),)),
    ],
)  # fmt: skip
def test_what_is_there_is_found_by_the_index_and_by_the_row(session, case, expression):
    assert _found(session, expression) == {case.id}


@pytest.mark.parametrize(
    "expression",
    [
        _words("groun"), _words("ground", "zzz"), Phrase(("smoker", "infection")), Phrase(("glass", "ground")),
        All((one("ground"),), (one("smoker"),)), All((), (one("smoker"),)), _words("_is_solved"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(session, case, expression):
    assert _found(session, expression) == set()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Épaule ÉPAULE e\u0301paule", ["epaule"] * 3),
        ("radiografías tórax", ["radiografia", "torax"]),
        ("Fractures pus abscess diagnosis", ["fracture", "pus", "abscess", "diagnosis"]),
        ("Straße Øre Ł", ["strasse", "ore", "l"]),
        ("Crohn's T2-weighted _x_ 12mm", ["crohn", "s", "t2", "weighted", "x", "12mm"]),
        ("кот", ["x00043ax00043ex000442"]),
        ('"*:^(){}', []),
    ],
)
def test_words_are_cut_the_same_everywhere(typed, found):
    assert tokens(typed) == found


def test_a_token_of_another_script_begins_as_its_word_does():
    assert tokens("котик")[0].startswith(tokens("кот")[0])


def test_engines_are_asked_the_same():
    tree = All((one("a"), OneOf((one("b"), Phrase(("c", "d"))))), (one("e"),))
    assert fts5(tree) == '(("a" AND ("b" OR "c d")) NOT "e")'
    assert tsquery(tree) == "(('a') & (('b') | ('c' <-> 'd')) & !('e'))"
    assert holds(" a c d ", packed(tree))
    assert not holds(" a c d e ", packed(tree))
    assert not holds(None, packed(tree))
    assert fts5(All((), (one("e"),))) == f'(("{EVERY}") NOT "e")'


def _lexicon(session, word):
    return session.scalar(select(LEXICON.c.cases).where(LEXICON.c.word == word))


def test_the_index_follows_words_names_and_pins(session, case):
    board = make_board(session)
    make_pin(session, case, board)
    case.title = "Effusion"
    session.get(type(make_user(session)), case.author_id).name = "Ada Married"
    session.commit()
    assert _found(session, _words("effusion", "married", f"_board_{board.id}")) == {case.id}
    assert _found(session, _words("opacity")) == _found(session, _words("owen")) == set()
    assert (_lexicon(session, "effusion"), _lexicon(session, "opacity")) == (1, None)


def test_a_change_past_the_models_is_noted_too(session, case):
    session.connection().execute(text("UPDATE case_ SET title = 'Quokka' WHERE id = :id"), {"id": case.id})
    assert catch_up(session) == 1
    assert _found(session, _words("quokka")) == {case.id}


def test_only_what_is_published_is_indexed(session, case):
    draft = make_draft(session, title="Zebra")
    session.commit()
    assert _found(session, _words("zebra")) == set()
    case.go(CaseState.WITHDRAWN)
    policy.rebuild(session, [case.id, draft.id])
    session.commit()
    assert _found(session, _words("ground")) == set()
    assert _lexicon(session, "ground") is None


def test_the_index_forgets_a_deleted_case(session):
    draft = make_draft(session, title="Zebra")
    session.commit()
    session.execute(delete(CaseRole).where(CaseRole.case_id == draft.id))
    session.execute(delete(Case).where(Case.id == draft.id), execution_options={"synchronize_session": False})
    policy.rebuild(session, [])
    session.commit()
    assert _found(session, _words("zebra")) == set()
    forget(session.connection())


def test_the_tables_of_the_index_are_no_models():
    assert is_ours("search_fts_data")
    assert not is_ours("saved_search")
    assert not is_ours(None)
