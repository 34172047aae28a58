import pytest

from pinboard.application import create_app
from pinboard.cli.first_start import prepare
from pinboard.config import load
from pinboard.intake.stores import Stores
from pinboard.jobs.kinds import KINDS
from pinboard.jobs.work import due, run_job
from pinboard.web.extensions import db
from tests.plain_browser import PlainBrowser


class Clinic:
    """One installation as its first start leaves it: a real database, vault, media store and sandbox."""

    def __init__(self, environ):
        self.config = load(environ)
        self.link = prepare(self.config)
        self.stores = Stores.open(self.config)
        self.app = create_app(self.config, stores=self.stores)
        self.app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        self.folder = self.config.data

    def browser(self):
        return PlainBrowser(self.app.test_client())

    def work(self):
        """Run whatever waits to be done in the background; give what failed."""
        with self.stores.reading() as session:
            waiting = due(session)
        for job in waiting:
            run_job(self.stores, KINDS, job)
        return waiting


@pytest.fixture
def first_start(tmp_path, new_database):
    """Give a clinic that nobody has set up yet."""
    environ = {"PINBOARD_DATA": str(tmp_path / "instance"), "PINBOARD_HOST": "localhost"}
    if new_database is None:
        yield from _opened(environ)
        return
    with new_database() as url:
        yield from _opened(environ | {"PINBOARD_DATABASE_URL": url})


def _opened(environ):
    made = Clinic(environ)
    yield made
    with made.app.app_context():
        db.session.remove()
    made.stores.close()
