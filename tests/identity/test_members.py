from dataclasses import replace

import pytest
from sqlalchemy import select

from pinboard.config import load
from pinboard.identity import links, members, passwords, sessions
from pinboard.identity.members import MemberError, NewMember
from pinboard.models import AccountState, AuditEvent, LinkPurpose, Role, User
from tests.factories import make_user

NEW = NewMember(login="Ada@Clinic.Example", name="Ada  Rao", role=Role.CLINICIAN, password="correct horse battery")


def verbs(session):
    return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def test_an_account_is_found_by_login_and_address_in_any_case(session):
    user = members.add(session, replace(NEW, login="Ada", email="Ada@Clinic.Example"))
    assert members.by_login(session, " ADA ") is user
    assert members.by_login(session, "ada@clinic.example") is user
    assert members.by_login(session, "ad") is None
    assert user.name == "Ada Rao"


@pytest.mark.parametrize(("login", "email"), [("ADA", None), ("x", "ada"), ("x", "a@b.cd"), ("A@b.cd", None)])
def test_a_name_that_would_open_anothers_account_is_taken(session, login, email):
    members.add(session, replace(NEW, login="ada", email="a@b.cd"))
    with pytest.raises(MemberError) as raised:
        members.add(session, replace(NEW, login=login, email=email))
    assert raised.value.code == "taken"


@pytest.mark.parametrize(
    ("role", "proof", "is_verified"),
    [
        (Role.CLINICIAN, "badge", True),
        (Role.TRAINEE, "badge", True),
        (Role.CLINICIAN, None, False),
        (Role.DESK, "badge", False),
        (Role.PATIENT, "badge", False),
    ],
)
def test_only_somebody_whom_somebody_checked_counts_as_a_clinician(session, role, proof, is_verified):
    user = members.add(session, replace(NEW, role=role, verification=proof))
    assert (user.verified_at is not None) is is_verified
    assert (user.recheck_at is not None) is is_verified


def test_a_new_password_ends_other_sessions_and_open_links(session):
    user = members.add(session, NEW)
    here, there = sessions.start(session, user), sessions.start(session, user)
    path = links.reset_password(session, user, by_id=None)
    members.set_password(session, user, "another good one", by=user, keep=sessions.find(session, here))
    session.expire_all()
    assert passwords.is_right(user.password_hash, "another good one")
    assert sessions.find(session, here)
    assert sessions.find(session, there) is None
    assert links.find(session, LinkPurpose.RESET, path.rpartition("/")[2]) is None


def test_a_disabled_account_is_out_at_once_and_can_come_back(session):
    boss, user = make_user(session, is_admin=True), make_user(session)
    secret = sessions.start(session, user)
    members.disable(session, user, by=boss)
    assert (user.state, sessions.find(session, secret)) == (AccountState.DISABLED, None)
    members.enable(session, user, by=boss)
    assert user.state == AccountState.ACTIVE
    assert sessions.find(session, secret) is None
    assert verbs(session)[-2:] == ["member-disabled", "member-enabled"]


def take_admin(session, user, by):
    members.set_admin(session, user, False, by=by)


@pytest.mark.parametrize("act", [members.disable, take_admin])
def test_the_last_administrator_stays(session, act):
    boss = make_user(session, is_admin=True)
    make_user(session, is_admin=True, state=AccountState.DISABLED)
    with pytest.raises(MemberError) as raised:
        act(session, boss, by=boss)
    assert raised.value.code == "last-admin"
    second = make_user(session, is_admin=True)
    act(session, boss, by=second)


def test_a_patient_never_administers(session):
    patient = make_user(session, role=Role.PATIENT)
    with pytest.raises(MemberError):
        members.set_admin(session, patient, True, by=None)


def test_a_patient_is_not_checked(session):
    with pytest.raises(MemberError):
        members.verify(session, make_user(session, role=Role.PATIENT), "badge", by=make_user(session))


def settings(tmp_path, **more):
    return load({"PINBOARD_DATA": str(tmp_path), "PINBOARD_ADMIN_EMAIL": "ada.rao@clinic.example", **more})


def test_the_settings_make_the_first_administrator_once(session, tmp_path):
    config = settings(tmp_path, PINBOARD_ADMIN_PASSWORD="correct horse battery")
    links.issue(session, LinkPurpose.SETUP)
    user = members.ensure_admin(session, config)
    assert (user.name, user.role, user.is_admin, user.verified_at is None) == ("Ada Rao", Role.CLINICIAN, True, False)
    assert members.ensure_admin(session, config) is None
    assert len(session.scalars(select(User).where(User.is_admin)).all()) == 1


def test_a_weak_password_in_the_settings_stops_the_start(session, tmp_path):
    with pytest.raises(MemberError) as raised:
        members.ensure_admin(session, settings(tmp_path, PINBOARD_ADMIN_PASSWORD="short"))
    assert "short" not in str(raised.value)


def test_without_the_settings_nobody_is_made(session, tmp_path):
    assert members.ensure_admin(session, load({"PINBOARD_DATA": str(tmp_path)})) is None
