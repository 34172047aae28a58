"""Adds, disables, mends and signs out accounts from the command line, where no administrator can sign in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from sqlalchemy.orm import Session

from pinboard.config import Config, load
from pinboard.identity import members, passwords
from pinboard.identity.members import MemberError, NewMember
from pinboard.models import Role, User
from pinboard.models.engine import make_engine, make_sessions, writing
from pinboard.models.ready import ensure_ready


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `pinboard user`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    new = acts.add_parser("add", help="add an account")
    new.add_argument("login", metavar="LOGIN")
    new.add_argument("--role", required=True, choices=[role.value for role in Role])
    new.add_argument("--name", required=True)
    new.add_argument("--email")
    new.add_argument("--admin", action="store_true", help="may administer the clinic, too")
    new.add_argument("--password-stdin", action="store_true", required=True, help="read the password from stdin")
    for act, words in HELP.items():
        acts.add_parser(act, help=words).add_argument("login", metavar="LOGIN")


def run(arguments: argparse.Namespace) -> int:
    """Do one thing to one account."""
    config = load()
    ensure_ready(config)
    engine = make_engine(config.database_url)
    try:
        with make_sessions(engine)() as session:
            writing(session)
            said = _add(session, arguments) if arguments.act == "add" else _change(session, config, arguments)
            session.commit()
    except MemberError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    print(said)
    return 0


def _add(session: Session, arguments: argparse.Namespace) -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    wrong = passwords.objection(password, [arguments.login, arguments.name])
    if wrong:
        raise MemberError("password", wrong)
    new = NewMember(
        login=arguments.login,
        name=arguments.name,
        role=Role(arguments.role),
        password=password,
        email=arguments.email,
        is_admin=arguments.admin,
        verification="added on the command line",
    )
    if new.is_admin and new.role == Role.PATIENT:
        raise MemberError("patient", "A patient’s account cannot administer the clinic.")
    user = members.add(session, new)
    return f"Added {user.login} as {user.role}."


def _change(session: Session, config: Config, arguments: argparse.Namespace) -> str:
    user = members.by_login(session, arguments.login)
    if user is None:
        raise MemberError("unknown", "There is no such account.")
    return ACTS[arguments.act](session, config, user)


def _disable(session: Session, _config: Config, user: User) -> str:
    members.disable(session, user, by=None)
    return f"Disabled {user.login} and signed it out everywhere."


def _enable(session: Session, _config: Config, user: User) -> str:
    members.enable(session, user, by=None)
    return f"Enabled {user.login}."


def _reset(session: Session, config: Config, user: User) -> str:
    return f"{config.origin}{members.send_reset(session, user, by=None)}\nIt works once, for one hour."


def _log_out(session: Session, _config: Config, user: User) -> str:
    members.log_out(session, user, by=None)
    return f"Signed {user.login} out everywhere."


ACTS: dict[str, Callable[[Session, Config, User], str]] = {
    "disable": _disable,
    "enable": _enable,
    "reset": _reset,
    "logout": _log_out,
}
HELP = {
    "disable": "shut an account and sign it out everywhere",
    "enable": "open a disabled account again",
    "reset": "print a link for a new password",
    "logout": "sign an account out everywhere",
}
