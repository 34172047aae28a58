"""Synthetic cases: as many as wanted, found and seen like any others, and never beside real ones."""

import pytest
from sqlalchemy import func, or_, select

from pinboard import policy
from pinboard.intake import seeding
from pinboard.intake.seeding import AUTHOR, FEW, SMALL, HasRealCases, Wanted, fill
from pinboard.models import Case, User
from pinboard.search.grammar import read
from pinboard.search.queries import PAGE, find
from tests.factories import make_case


@pytest.fixture
def small_blocks(monkeypatch):
    for name, value in {"SPECIAL": 20, "BLOCK": 20, "BATCH": 15}.items():
        monkeypatch.setattr(seeding, name, value)


def _reader(session, login):
    return policy.reader_for(session, session.scalars(select(User).where(User.login == login)).one())


def test_copies_are_cases_like_any_other(session, small_blocks):
    assert fill(session, Wanted(cases=70, boards=3, readers=2)) == 70
    ids = list(session.scalars(select(Case.id).order_by(Case.seq)))
    assert len(ids) == 70
    assert policy.drifted(session, ids) == []
    assert policy.count_visible(session, _reader(session, "seed-reader-1")) == 70
    reader = _reader(session, SMALL)
    found = find(session, reader, read("cyst sex:f"), None)
    titles = [hit.card.title for hit in found.hits]
    holds = or_(Case.title.contains("cyst"), Case.findings.contains("cyst"))
    expected = session.scalar(select(func.count()).where(holds, Case.sex == "F"))
    assert PAGE > len(titles) == expected > 5
    assert len({hit.card.id for hit in found.hits}) == len(titles)


def test_it_goes_on_where_it_stopped(session, small_blocks):
    fill(session, Wanted(cases=12, boards=1, readers=0))
    assert fill(session, Wanted(cases=55, boards=1, readers=0)) == 43
    assert fill(session, Wanted(cases=55, boards=1, readers=0)) == 0
    assert session.scalar(select(func.count()).select_from(Case)) == 55
    assert _reader(session, AUTHOR).principals
    assert FEW > 0


def test_an_installation_with_real_cases_is_left_alone(session):
    make_case(session)
    session.commit()
    with pytest.raises(HasRealCases):
        fill(session, Wanted(cases=5))
    assert session.scalar(select(func.count()).select_from(Case)) == 1
