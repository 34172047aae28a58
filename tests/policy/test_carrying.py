"""Who of the clinic may take files of a case along: its keepers, and others where it may leave the clinic anyway."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import clock, policy
from pinboard.models import CaseRole, CaseState, CaseVerb, Consent, ConsentLevel
from tests.factories import make_attestation, make_consent, make_picture
from tests.people import EVERYBODY, make_scene


@pytest.fixture
def scene(session):
    return make_scene(session)


def carriers(session, scene):
    """Give who may carry the case of the scene."""
    found = set()
    for name in EVERYBODY:
        try:
            policy.case_to_carry(session, scene.reader(session, name), scene.case.public_id)
        except policy.NotFound:
            continue
        found.add(name)
    return found


def consent_of(session, scene, level):
    for consent in session.scalars(select(Consent).where(Consent.case_id == scene.case.id)):
        consent.level = level
    policy.rebuild(session, [scene.case.id])


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (ConsentLevel.CARE, {"ada"}),
        (ConsentLevel.CLINIC, {"ada"}),
        (ConsentLevel.OUTSIDE, {"ada", "ben", "cleo"}),
        (ConsentLevel.PUBLIC, {"ada", "ben", "cleo"}),
    ],
)
def test_others_need_a_consent_that_reaches_outside(session, scene, level, names):
    consent_of(session, scene, level)
    assert carriers(session, scene) == names


def test_a_withdrawn_or_expired_consent_reaches_nobody(session, scene):
    consent_of(session, scene, ConsentLevel.CLINIC)
    old = make_consent(session, scene.case, ConsentLevel.OUTSIDE)
    assert "ben" in carriers(session, scene)
    old.withdrawn_at = clock.now()
    policy.rebuild(session, [scene.case.id])
    assert carriers(session, scene) == {"ada"}
    old.withdrawn_at, old.valid_until = None, clock.now() - timedelta(seconds=1)
    policy.rebuild(session, [scene.case.id])
    assert carriers(session, scene) == {"ada"}


def test_a_second_look_that_is_missing_holds_others_back(session, scene):
    consent_of(session, scene, ConsentLevel.OUTSIDE)
    policy.set_release_gate(session, is_on=True, reason="", by=scene.people.oz)
    make_picture(session, scene.case, modality="US", needs_attest=True)
    policy.rebuild(session, [scene.case.id])
    assert carriers(session, scene) == {"ada"}
    make_attestation(session, scene.case)
    assert carriers(session, scene) == {"ada", "ben", "cleo"}


def test_a_delegate_carries_as_the_author_does(session, scene):
    consent_of(session, scene, ConsentLevel.CARE)
    role = CaseRole(case_id=scene.case.id, user_id=scene.people.cleo.id, role=CaseVerb.DELEGATE, given_at=clock.now())
    session.add(role)
    session.flush()
    policy.rebuild(session, [scene.case.id])
    assert carriers(session, scene) == {"ada", "cleo"}


@pytest.mark.parametrize("state", [state for state in CaseState if state is not CaseState.PUBLISHED])
def test_only_what_is_published_is_carried(session, scene, state):
    consent_of(session, scene, ConsentLevel.OUTSIDE)
    scene.case.state = state
    policy.rebuild(session, [scene.case.id])
    assert carriers(session, scene) == set()
