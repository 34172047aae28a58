from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from pinboard.identity import links, members, passwords, setup
from pinboard.models import AccountState, Board, BoardKind, Job, LinkPurpose, Role, Session, SingleUseLink, User
from pinboard.models.clinic_settings import clinic as decisions
from tests.factories import make_subject, make_user
from tests.html import checked, page

GOOD = {"name": "Ada Owens", "login": "ada", "email": "", "password": "blue lamp 77 window"}


class TestSetup:
    @pytest.fixture
    def url(self, session, config):
        url = setup.ensure_link(session, config)
        session.commit()
        return url.removeprefix(config.origin)

    def test_it_names_the_clinic_and_makes_a_checked_clinician_who_administers(self, client, url, session, config):
        page(client, url)
        client.token = None
        answer = client.post(
            url, {**GOOD, "clinic_name": "Riverside", "demo": "1", "csrf_token": token_of(client, url)}, token=False
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        user = session.scalars(select(User)).one()
        assert (user.role, user.is_admin, user.is_demo) == (Role.CLINICIAN, True, False)
        assert user.verified_at is not None
        assert decisions(session)["clinic_name"] == "Riverside"
        assert session.scalars(select(Job.kind)).all() == ["load-demo"]
        assert "Riverside" in client.get("/settings/profile").text
        assert not config.setup_path.exists()

    def test_without_the_demo_nothing_is_loaded(self, client, url, session):
        client.post(url, {**GOOD, "clinic_name": "R", "csrf_token": token_of(client, url)}, token=False)
        assert session.scalars(select(Job.kind)).all() == []
        assert session.scalar(select(func.count()).select_from(User)) == 1

    def test_the_link_opens_once(self, client, url, browser):
        data = {**GOOD, "clinic_name": "R"}
        client.post(url, {**data, "csrf_token": token_of(client, url)}, token=False)
        assert browser().get(url).headers["Location"] == "/login"

    def test_without_the_link_it_only_says_where_it_is(self, client, url):
        assert "setup-link.txt" in checked(client.get("/setup")).get_text()
        for guess in ("/setup?token=x", "/setup?token="):
            answer = client.get(guess)
            assert answer.status_code == 404
            assert answer.text.count("<input") == 0

    @pytest.mark.parametrize(
        "wrong",
        [
            {"clinic_name": " "},
            {"login": "a"},
            {"login": "a b c"},
            {"email": "x"},
            {"password": "short"},
            {"name": "x" * 200},
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(self, client, url, session, wrong):
        data = {**GOOD, "clinic_name": "R", **wrong, "csrf_token": token_of(client, url)}
        answer = client.post(url, data, token=False)
        assert answer.status_code == 422
        field = checked(answer).find(attrs={"name": next(iter(wrong))})
        assert field["aria-invalid"] == "true"
        assert session.scalar(select(func.count()).select_from(User)) == 0
        assert GOOD["password"] not in answer.text


def token_of(client, url):
    return page(client, url).find("input", attrs={"name": "csrf_token"})["value"]


class TestInvitation:
    @pytest.fixture
    def invited(self, session, clinic):
        def act(role=Role.CLINICIAN, **given):
            link, url = links.issue(session, LinkPurpose.INVITATION, role=role, created_by_id=clinic.id, **given)
            session.commit()
            return url, link

        return act

    def test_a_clinician_whom_the_administrator_knows_may_start_at_once(self, client, invited, session, clinic):
        url, link = invited(verification="badge seen")
        answer = client.post(url, GOOD)
        assert answer.headers["Location"] == "/"
        user = session.scalar(select(User).where(User.login == "ada"))
        assert (user.role, user.verified_by_id, user.is_admin) == (Role.CLINICIAN, clinic.id, False)
        session.refresh(link)
        assert link.user_id == user.id
        assert client.get("/people").status_code == 200

    def test_one_whom_nobody_checked_waits(self, client, invited):
        client.post(invited()[0], GOOD)
        assert client.get("/people").status_code == 403

    def test_the_role_is_the_links_and_not_the_forms(self, client, invited, session):
        client.post(
            invited(Role.PATIENT, subject_id=make_subject(session).id)[0],
            {**GOOD, "role": "clinician", "is_admin": "1"},
        )
        user = session.scalar(select(User).where(User.login == "ada"))
        assert (user.role, user.is_admin, user.verified_at) == (Role.PATIENT, False, None)

    def test_a_patient_gets_the_subject_and_a_board(self, client, invited, session):
        subject = make_subject(session)
        answer = client.post(invited(Role.PATIENT, subject_id=subject.id)[0], GOOD)
        assert answer.headers["Location"] == "/my"
        user = session.scalar(select(User).where(User.login == "ada"))
        board = session.scalars(select(Board).where(Board.kind == BoardKind.PATIENT)).one()
        assert (board.subject_id, board.owner_id, user.subject_id) == (subject.id, user.id, subject.id)
        assert client.get("/people").status_code == 404

    def test_it_opens_once(self, client, invited, browser):
        url, _link = invited()
        assert client.post(url, GOOD).status_code == 303
        other = browser()
        assert other.get(url).status_code == 404
        assert other.post(url, {**GOOD, "login": "eve"}).status_code == 404

    def test_a_revoked_an_old_and_a_made_up_link_are_one_page(self, client, invited, session):
        url, _link = invited()
        links.revoke(session, LinkPurpose.INVITATION)
        session.commit()
        texts = {checked(client.get(at)).get_text() for at in (url, "/join/x", "/password/x", "/join/" + "x" * 99)}
        assert len(texts) == 1

    @pytest.mark.parametrize("login", ["olga", "OLGA", "olga@clinic.example"])
    def test_a_name_in_use_is_refused_and_the_link_lives(self, client, invited, clinic, session, login):
        clinic.email = "olga@clinic.example"
        session.commit()
        url, _link = invited()
        assert client.post(url, {**GOOD, "login": login}).status_code == 422
        assert client.post(url, GOOD).status_code == 303

    def test_the_page_is_whole(self, client, invited):
        page(client, invited()[0])
        page(client, invited(Role.PATIENT)[0])


class TestReset:
    @pytest.fixture
    def ada(self, session, clinic):
        user = make_user(session, "Ada Owens", login="ada")
        session.commit()
        return user

    def test_a_new_password_works_and_every_session_is_dead(self, client, browser, sign_in, session, ada):
        sign_in(ada, other := browser())
        url = links.reset_password(session, ada, by_id=None)
        session.commit()
        page(client, url)
        answer = client.post(url, {"password": "blue lamp 77 window"})
        assert answer.headers["Location"] == "/login"
        assert other.get("/settings/profile").status_code == 303
        assert client.post("/login", {"login": "ada", "password": "blue lamp 77 window"}).status_code == 303
        assert client.get(url).status_code == 404

    @pytest.mark.parametrize("password", ["short", "password1234", "ada owens 12", ""])
    def test_a_weak_one_is_refused_and_the_link_lives(self, client, session, ada, password):
        url = links.reset_password(session, ada, by_id=None)
        session.commit()
        assert client.post(url, {"password": password}).status_code == 422
        assert client.post(url, {"password": "blue lamp 77 window"}).status_code == 303

    def test_a_disabled_account_is_not_opened_by_it(self, client, session, ada):
        url = links.reset_password(session, ada, by_id=None)
        ada.state = AccountState.DISABLED
        session.commit()
        assert client.post(url, {"password": "blue lamp 77 window"}).status_code == 404
        assert ada.password_hash is None


def test_of_twenty_who_join_at_once_exactly_one_gets_in(config, fresh_database, monkeypatch):
    from pinboard.application import create_app
    from pinboard.intake.stores import Stores
    from pinboard.models.engine import make_sessions, writing
    from pinboard.storage.keyfiles import KeyRing
    from pinboard.storage.media import Media
    from pinboard.storage.vault import Vault
    from tests.browser import Browser

    keys, sessions = KeyRing.load(config.keys), make_sessions(fresh_database)
    vault = Vault(config.vault_path, keys)
    stores = Stores(
        config=config,
        engine=fresh_database,
        sessions=sessions,
        vault=vault,
        media=Media.open(config.media_url),
        keys=keys,
    )
    app = create_app(config, stores=stores)
    app.test_client_class = Browser
    with sessions() as session:
        writing(session)
        members.add(session, members.NewMember(login="olga", name="Olga", role=Role.DESK, is_admin=True))
        _link, url = links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE)
        session.commit()
    browsers = [app.test_client() for _ in range(20)]
    for one in browsers:
        one.csrf()

    def join(number):
        return browsers[number].post(url, {**GOOD, "login": f"user{number}"}).status_code

    with ThreadPoolExecutor(20) as threads:
        codes = list(threads.map(join, range(20)))
    assert sorted(set(codes)) in ([303, 404], [303, 404, 422], [303, 422])
    assert codes.count(303) == 1
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 2
        assert session.scalar(select(func.count()).select_from(Session)) == 1
        assert session.scalars(select(SingleUseLink)).one().used_at is not None


def test_the_password_is_hashed(session, clinic, client):
    _link, url = links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE)
    session.commit()
    client.post(url, GOOD)
    user = session.scalar(select(User).where(User.login == "ada"))
    assert user.password_hash.startswith("$argon2id$")
    assert passwords.is_right(user.password_hash, GOOD["password"])
