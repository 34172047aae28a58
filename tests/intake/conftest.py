"""Real stores in a folder of the module's own, and the few steps that every case goes through."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import clock, config, ids
from pinboard.custody import Box
from pinboard.intake import drafts, publish, receive, review
from pinboard.intake.stores import Stores
from pinboard.models import Case, Consent, ConsentKind, ConsentLevel, Instance, InstanceState, Role, Series, User
from pinboard.models.ready import ensure_ready


@pytest.fixture(scope="module")
def stores(tmp_path_factory, new_database):
    """Open everything under a new folder; on PostgreSQL with a database of its own."""
    folder = tmp_path_factory.mktemp("clinic")
    if new_database is None:
        yield from _opened({"PINBOARD_DATA": str(folder)})
        return
    with new_database() as url:
        yield from _opened({"PINBOARD_DATA": str(folder), "PINBOARD_DATABASE_URL": url})


def _opened(environ):
    settings = config.load(environ)
    ensure_ready(settings)
    opened = Stores.open(settings)
    yield opened
    opened.close()


def make_author(stores, name="Ada Ashford", **kind):
    with stores.writing() as session:
        fields = {"role": Role.CLINICIAN, "verified_at": clock.now()} | kind
        user = User(public_id=ids.public_id(), login=ids.public_id(), name=name, created_at=clock.now(), **fields)
        session.add(user)
        session.flush()
    return user


@pytest.fixture(scope="module")
def author(stores):
    return make_author(stores)


@pytest.fixture(scope="module")
def desk(stores, author):
    """Give the steps from bytes to a published case."""
    return Desk(stores, author)


class Desk:
    """An author at work: short verbs for the steps that the tests repeat."""

    def __init__(self, stores, author):
        self.stores = stores
        self.author = author

    def draft(self):
        with self.stores.writing() as session:
            return drafts.new_draft(session, self.author)

    def upload(self, case, data, **more):
        """Send bytes as the web does; gives the upload, received or refused."""
        with self.stores.writing() as session:
            slot = receive.open_slot(session, session.get(Case, case.id), self.author)
        with self.stores.pool.memfile(data) as mem:
            return receive.receive(self.stores, slot.id, mem, by=self.author, **more)

    def instances(self, case):
        with self.stores.reading() as session:
            found = select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)
            return list(session.scalars(found))

    def confirm(self, case, boxes=None):
        """Draw boxes (by position of the image) and confirm everything that was chosen."""
        chosen = (Instance.case_id == case.id, Instance.state == InstanceState.DRAFT)
        with self.stores.writing() as session:
            for position, one in enumerate(session.scalars(select(Instance).where(*chosen))):
                review.set_boxes(session, one, [Box(*box) for box in (boxes or {}).get(position, [])], self.author)
                review.confirm(session, one, self.author)

    def fill(self, case, **words):
        """Write everything that publishing asks for."""
        with self.stores.writing() as session:
            case = session.get(Case, case.id)
            case.title = "What is this?"
            case.audience_choice = {"clinic": True, "trainees": True}
            case.board_choice = ["cardiology"]
            for name, value in words.items():
                setattr(case, name, value)
            for series in session.scalars(select(Series).where(Series.case_id == case.id)):
                series.alt_text = "A grey picture"
            session.add(consent(case, self.author))
            drafts.policy.rebuild(session, [case.id])

    def publish(self, case):
        with self.stores.writing() as session:
            publish.start(session, session.get(Case, case.id), self.author, keys=self.stores.keys)
        publish.run(self.stores, case.id)
        return self.fresh(case)

    def published(self, *files, boxes=None):
        case = self.draft()
        for data in files:
            upload = self.upload(case, data)
            assert upload.refusal is None
        self.confirm(case, boxes)
        self.fill(case)
        return self.publish(case)

    def fresh(self, case):
        with self.stores.reading() as session:
            return session.get(Case, case.id)


def consent(case, author, level=ConsentLevel.CLINIC):
    return Consent(
        case_id=case.id,
        level=level,
        kind=ConsentKind.VERBAL,
        taken_by_id=author.id,
        taken_at=clock.now() - timedelta(minutes=1),
        created_at=clock.now(),
    )
