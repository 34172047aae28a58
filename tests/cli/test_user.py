import io

import pytest
from sqlalchemy import select

from pinboard.cli import main
from pinboard.identity import passwords, sessions
from pinboard.models import AccountState, AuditEvent, Role, User
from pinboard.models.engine import make_engine, make_sessions, writing


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command on an installation of this test."""
    monkeypatch.setenv("PINBOARD_DATA", str(tmp_path / "data"))

    def act(*words, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        try:
            code = main(["user", *words])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return act


@pytest.fixture
def rows(tmp_path):
    """Open the database that the command wrote."""
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'pinboard.sqlite'}")
    with make_sessions(engine)() as session:
        yield session
    engine.dispose()


ADD = ("add", "Ada", "--role", "clinician", "--name", "Ada Owens", "--password-stdin")
PASSWORD = "blue lamp 77 window\n"


def test_an_account_is_added(run, rows):
    code, out, _err = run(*ADD, "--admin", "--email", "Ada@Clinic.Example", stdin=PASSWORD)
    assert (code, out) == (0, "Added ada as clinician.\n")
    user = rows.scalars(select(User)).one()
    assert (user.role, user.is_admin, user.email) == (Role.CLINICIAN, True, "ada@clinic.example")
    assert user.verified_at is not None
    assert passwords.is_right(user.password_hash, PASSWORD.strip())
    assert rows.scalars(select(AuditEvent.verb)).all() == ["member-added"]


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (ADD, "short\n"),
        (ADD, ""),
        (("add", "pat", "--role", "patient", "--name", "Pat", "--admin", "--password-stdin"), PASSWORD),
        (("disable", "nobody"), ""),
        (("reset", "nobody"), ""),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, words, stdin):
    code, out, err = run(*words, stdin=stdin)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.strip().endswith(".")


@pytest.mark.parametrize("words", [(), ("add",), ("add", "x", "--role", "root"), ADD[:-1], ("fly", "ada")])
def test_words_that_make_no_sense_are_explained(run, words):
    code, _out, err = run(*words)
    assert code == 2
    assert "usage" in err


def test_a_login_is_taken_once(run):
    run(*ADD, stdin=PASSWORD)
    assert run(*ADD, stdin=PASSWORD)[0] == 1


def test_disable_enable_logout_and_reset(run, rows):
    run(*ADD, stdin=PASSWORD)
    user = rows.scalars(select(User)).one()
    writing(rows)
    secret = sessions.start(rows, user)
    rows.commit()
    assert run("logout", "ada")[0] == 0
    assert sessions.find(rows, secret) is None
    rows.rollback()
    assert run("disable", "ada")[0] == 0
    rows.refresh(user)
    assert user.state == AccountState.DISABLED
    rows.rollback()
    assert run("enable", "ada")[0] == 0
    rows.refresh(user)
    assert user.state == AccountState.ACTIVE
    rows.rollback()
    code, out, _err = run("reset", "ada")
    assert code == 0
    assert out.startswith("http://127.0.0.1:8000/password/")
    actors = rows.execute(select(AuditEvent.verb, AuditEvent.actor_id).order_by(AuditEvent.id)).all()
    assert actors[1:] == [
        (verb, None) for verb in ("member-logged-out", "member-disabled", "member-enabled", "reset-link-made")
    ]


def test_the_last_administrator_stays(run):
    run(*ADD, "--admin", stdin=PASSWORD)
    assert run("disable", "ada")[0] == 1
