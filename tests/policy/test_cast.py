"""Who of the cast may do what with a case of the clinic."""

import pytest

from pinboard import policy
from pinboard.models import CaseState
from tests.people import EVERYBODY, make_scene

MAY = {
    "see": {"ada", "ben", "cleo", "tom", "pat", "gil"},
    "flag": {"ada", "ben", "cleo", "tom", "pat", "gil"},
    "comment": {"ada", "ben", "cleo", "tom"},
    "pin": {"ada", "ben", "cleo"},
    "carry": {"ada", "ben", "cleo"},  # if they keep it, or its consent reaches outside: test_carrying.py
    "audience": {"ada", "ben", "cleo"},
    **{verb: {"ada"} for verb in ("edit", "review", "erase", "publish", "release", "share", "withdraw", "hide")},
    **{verb: {"ada"} for verb in ("mend", "openings")},
    "moderate": set(),
    "sample": set(),  # nobody offered this one to outsiders: test_sample.py
    "attest": set(),  # nobody waits for a second look at this one
}


@pytest.fixture
def scene(session):
    return make_scene(session)


def test_every_verb_is_in_the_table():
    assert set(MAY) == set(policy.RULES)


@pytest.mark.parametrize("verb", MAY)
def test_who_may(session, scene, verb):
    assert {name for name in EVERYBODY if _may(session, scene, name, verb)} == MAY[verb]


def _may(session, scene, name, verb):
    try:
        return policy.case_for(session, scene.reader(session, name), verb, scene.case.public_id) is scene.case
    except policy.NotFound:
        return False


@pytest.mark.parametrize(("verb", "names"), [("see", {"ada", "ben"}), ("pin", {"ada"}), ("settings", {"ada"})])
def test_who_may_with_a_personal_board(session, scene, verb, names):
    def may(name):
        try:
            return policy.board_for(session, scene.reader(session, name), verb, scene.board.slug) is scene.board
        except policy.NotFound:
            return False

    assert {name for name in EVERYBODY if may(name)} == names


@pytest.mark.parametrize("state", CaseState)
def test_whom_a_case_shows_itself_to_in_each_state(session, scene, state):
    scene.case.state = state
    policy.rebuild(session, [scene.case.id])
    expected = {
        CaseState.PUBLISHED: MAY["see"],
        CaseState.WITHDRAWN: {"ada", "pat"},
        CaseState.ERASED: set(),
    }.get(state, {"ada"})
    assert {name for name in EVERYBODY if _may(session, scene, name, "see")} == expected
    assert {name for name in EVERYBODY if _may(session, scene, name, "edit")} == expected & {"ada"}
