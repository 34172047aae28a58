"""The cast of every access test, each with one thing that only they have.

Ada owns the case and the board, Ben reads the board, Cleo is a clinician without it, Tom is a trainee, Dee is at the
desk, Pat is the person in the images, Gil holds a link, Pia waits to be verified, Oz administers, Rex was disabled.
"""

from dataclasses import dataclass
from types import SimpleNamespace

from pinboard import policy
from pinboard.models import AccountState, Board, Case, ConsentLevel, Release, Role, Share, Subject
from tests.factories import (
    make_board,
    make_case,
    make_patient_board,
    make_pin,
    make_release,
    make_share,
    make_subject,
    make_user,
)

MEMBERS = ("ada", "ben", "cleo", "tom", "dee", "pat", "pia", "oz", "rex")
EVERYBODY = (*MEMBERS, "gil", "nobody")


@dataclass(frozen=True)
class Scene:
    """One case on one board, released to its subject and shared by a link, with everybody around it."""

    people: SimpleNamespace
    case: Case
    board: Board
    subject: Subject
    release: Release
    share: Share

    def reader(self, session, name):
        """Give the reader that somebody of the cast is."""
        if name == "nobody":
            return policy.NOBODY
        if name == "gil":
            return policy.reader_for_share(session, self.share)
        return policy.reader_for(session, getattr(self.people, name))


def make_cast(session, subject=None):
    """Make the people; logins are their first names."""
    plain = {"ada": "Ada Owens", "ben": "Ben Shah", "cleo": "Cleo Marsh"}
    cast = {login: make_user(session, name, login=login) for login, name in plain.items()}
    cast["tom"] = make_user(session, "Tom Young", Role.TRAINEE, login="tom")
    cast["dee"] = make_user(session, "Dee Frost", Role.DESK, login="dee")
    cast["pat"] = make_user(session, "Pat", Role.PATIENT, login="pat", subject_id=(subject or make_subject(session)).id)
    cast["pia"] = make_user(session, "Pia Lund", login="pia", verified=False)
    cast["oz"] = make_user(session, "Oz Admin", Role.DESK, login="oz", is_admin=True)
    cast["rex"] = make_user(session, "Rex Gone", login="rex", state=AccountState.DISABLED)
    return SimpleNamespace(**cast)


def make_scene(session, **given):
    """Make everybody and the case that the access matrix asks about."""
    subject = make_subject(session)
    people = make_cast(session, subject)
    given.setdefault("level", ConsentLevel.OUTSIDE)
    case = make_case(session, people.ada, subject_id=subject.id, **given)
    board = make_board(session, people.ada, readers=[people.ben], title="Chest", slug="ada-chest")
    make_pin(session, case, board)
    release = make_release(session, case, make_patient_board(session, subject))
    return Scene(
        people, case, board, subject, release, make_share(session, case=case, by=people.ada, allows_download=True)
    )
