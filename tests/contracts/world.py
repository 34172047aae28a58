"""One scene with everybody in it and an application around it, for the contracts that walk over every route.

Each person has a browser; what a request changes is undone before the next one, so that no answer depends on another.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from sqlalchemy import event, select

from pinboard.application import create_app
from pinboard.clock import now
from pinboard.config import load
from pinboard.identity import links
from pinboard.identity import sessions as sign_ins
from pinboard.ids import public_id
from pinboard.intake.flag import raise_flag
from pinboard.intake.stores import Stores
from pinboard.models import (
    AttestState,
    Board,
    BoardKind,
    ConsentLevel,
    FlagKind,
    Instance,
    InstanceState,
    LinkPurpose,
    MediaFile,
    Pin,
    Proof,
    Role,
    Series,
    Upload,
)
from pinboard.models.clinic_settings import decide
from pinboard.models.engine import WRITE, make_sessions
from pinboard.storage.backends import LocalBackend
from pinboard.storage.keyfiles import KeyRing
from pinboard.storage.media import Media
from pinboard.storage.vault import Vault
from pinboard.web.extensions import db
from tests.browser import Browser
from tests.factories import (
    make_attestation,
    make_board,
    make_case,
    make_comment,
    make_draft,
    make_group,
    make_mark,
    make_picture,
    make_sample,
    make_saved_search,
    make_section,
)
from tests.fixtures.database import share_connection, stay_open
from tests.people import EVERYBODY, make_scene

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass
class World:
    """The application, the browsers of everybody, and the names that stand in addresses."""

    app: object
    connection: object
    session: object
    names: dict
    browsers: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)
    soups: dict = field(default_factory=dict)
    writes: list = field(default_factory=list)

    @contextmanager
    def undone(self):
        """Take back whatever happens inside."""
        saved = self.connection.begin_nested()
        try:
            yield
        finally:
            saved.rollback()

    def answer(self, who, line, *, as_fragment=False):
        """Give the answer to a line of the matrix, asked once for all contracts, with the tables that it wrote to."""
        key = (who, str(line), as_fragment)
        if key not in self.answers:
            data = {name: value.format(**self.names) for name, value in line.data.items()} or None
            self.writes.clear()
            found = self.ask(who, line.method, line.path, data, as_fragment=as_fragment)
            found.written_to = set(self.writes)
            self.answers[key] = found
        return self.answers[key]

    def soup(self, who, line, *, as_fragment=False):
        """Give an answer parsed, once for all contracts; the same page for two people is parsed once."""
        html = self.answer(who, line, as_fragment=as_fragment).text
        if html not in self.soups:
            self.soups[html] = BeautifulSoup(html, "html.parser")
        return self.soups[html]

    def ask(self, who, method, path, data=None, *, as_fragment=False):
        """Send one request as somebody and give the answer; nothing of it stays."""
        browser = self.browsers[who]
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if as_fragment else {}
        if method not in SAFE:
            headers["X-CSRFToken"] = browser.csrf() or ""
        with self.undone(), _same_cookies(browser):
            answer = browser.open(path.format(**self.names), method=method, data=data, headers=headers)
            # The body is kept; closing runs what the application does after an answer has left.
            answer.get_data()
            answer.close()
            return answer


@contextmanager
def _same_cookies(browser):
    kept = dict(browser._cookies)
    try:
        yield
    finally:
        browser._cookies.clear()
        browser._cookies.update(kept)


WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


def _note_writes(connection, written):
    """Note the table of every statement that writes."""

    def note(_connection, _cursor, statement, *_rest):
        if found := WRITES.match(statement):
            written.append(found[1])

    event.listen(connection, "before_cursor_execute", note)


@contextmanager
def make_world(engine, folder):
    """Make all of it on one connection that never commits."""
    config = load({"PINBOARD_DATA": str(folder / "data"), "PINBOARD_MEDIA_URL": str(folder / "media")})
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        outer = connection.begin()
        stay_open(connection)
        sessions = make_sessions(connection)
        keys = KeyRing.load(config.keys)
        vault = Vault(config.vault_path, keys)
        media = Media.open(config.media_url)
        config.media_path.mkdir(parents=True, exist_ok=True)
        stores = Stores(config=config, engine=engine, sessions=sessions, vault=vault, media=media, keys=keys)
        app = create_app(config, stores=stores)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        app.test_client_class = Browser
        share_connection(db, app, connection)
        with sessions() as session:
            scene = make_scene(session)
            world = World(app, connection, session, _names(session, scene))
            _note_writes(connection, world.writes)
            _put_pictures(session, LocalBackend(config.media_path))
            _browsers(world, scene)
            session.commit()
            try:
                yield world
            finally:
                outer.rollback()


def _names(session, scene):
    """Name everything that an address can speak of; Ada owns it, but for Ben's comment and what Oz made."""
    people = scene.people
    draft = make_draft(session, people.ada)
    draft_image = make_picture(session, draft, state=InstanceState.DRAFT)
    slot = Upload(public_id=public_id(), case_id=draft.id, by_id=people.ada.id, number=1, created_at=now())
    session.add(slot)
    proof = Proof(public_id=public_id(), started_at=now(), finished_at=now(), violations=[], line="pinboard-proof-1")
    session.add(proof)
    comment = make_comment(session, scene.case, people.ben, "A word of Ben")
    mark = make_mark(session, scene.case, people.ben)
    invitation, invited = links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE, created_by_id=people.oz.id)
    reset = links.reset_password(session, people.cleo, by_id=None)
    instance = session.scalars(select(Instance).where(Instance.case_id == scene.case.id)).one()
    # Cleo is a reviewer too, which is nothing to anybody but whoever was reported.
    people.cleo.is_reviewer = True
    flag = raise_flag(session, make_case(session, people.ada), FlagKind.NAME, by=people.ben)
    waiting = make_case(session, people.ada, level=ConsentLevel.OUTSIDE, choice="nobody", pictures=0)
    risky = make_picture(session, waiting, modality="US", needs_attest=True)
    wish = make_attestation(session, waiting, state=AttestState.WAITING)
    sample = make_sample(session, by=people.oz)
    removed = make_board(session, people.ada, removed_at=now())
    decide(session, "discover", True, by_id=people.oz.id)
    session.flush()
    return {
        "case": scene.case.public_id,
        "image": instance.public_id,
        "media": instance.media_name,
        "board": scene.board.slug,
        "specialty": session.scalars(select(Board.slug).where(Board.kind == BoardKind.SPECIALTY).limit(1)).one(),
        "section": make_section(session, scene.board).public_id,
        "group": make_group(session, people.ada, people.ben, made_by=people.ada).public_id,
        # Nobody signed it.
        "undo": "x",
        "pin": session.scalars(select(Pin.public_id).where(Pin.case_id == scene.case.id)).one(),
        "comment": comment.public_id,
        "mark": mark.public_id,
        "share": scene.share.public_id,
        "link": scene.share.secret,
        "patient_board": session.get(Board, scene.release.board_id).slug,
        "draft": draft.public_id,
        "draft_image": draft_image.public_id,
        "draft_series": session.get(Series, draft_image.series_id).public_id,
        "upload": slot.public_id,
        "wish": wish.public_id,
        "wish_media": risky.media_name,
        "removed": removed.slug,
        "sample": sample.public_id,
        "saved": make_saved_search(session, people.ben).public_id,
        "sample_media": sample.cover["name"],
        "flag": flag.public_id,
        "proof": proof.public_id,
        "ada": people.ada.public_id,
        "ben": people.ben.public_id,
        "invitation": invitation.public_id,
        "invited": invited,
        "reset": reset,
    }


def _put_pictures(session, folder):
    """Write something where the rows say that pictures are."""
    for name in session.scalars(select(MediaFile.object_name)):
        folder.write(name, b"a picture")


def _browsers(world, scene):
    """Give everybody a browser; Rex's still holds the cookie of before he was disabled."""
    for who in EVERYBODY:
        world.browsers[who] = world.app.test_client()
        user = getattr(scene.people, who, None)
        if user is not None:
            secret = sign_ins.start(world.session, user)
            world.browsers[who].set_cookie("pinboard", secret)
            row = sign_ins.find(world.session, secret)
            world.names[f"session_of_{who}"] = row.public_id if row else "none"
