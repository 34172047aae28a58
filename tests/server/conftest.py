"""One real server for the tests that speak HTTP to it, and people who do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from tests.dicoms import MARK
from tests.intake.files import ct
from tests.server import watch
from tests.server.client import NAME, PASSWORD, Author
from tests.server.watch import stored
from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Site

ADMIN = {"PINBOARD_ADMIN_EMAIL": NAME, "PINBOARD_ADMIN_PASSWORD": PASSWORD}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a server that all tests here share; whatever they sent, its log must hold none of it."""
    if sys.platform == "win32":
        pytest.skip("gunicorn does not run on Windows")
    running = start(tmp_path_factory.mktemp("server") / "data", **ADMIN)
    yield running
    stop(running)
    log = running.log.read_text()
    assert "Traceback" not in log
    assert MARK not in log
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def ada(site: Site) -> Author:
    """Give an author who stays signed in."""
    return Author(site).sign_in()


@pytest.fixture
def author(ada: Author) -> Author:
    """Give her with no draft begun."""
    ada.draft = ""
    return ada


@pytest.fixture
def nothing_stored(site: Site) -> Iterator[None]:
    """Compare images and files before and after a test, and ask whether the server is well right after it."""
    before = stored(site)
    yield
    assert Author(site).get("/healthz").status == 200
    assert stored(site) == before


@pytest.fixture(scope="module")
def case(site: Site) -> str:
    """Give a published case."""
    author = Author(site).sign_in()
    author.confirm(author.add(ct(PatientID="REQ-1")))
    progress = author.publish(board=specialty(author)).to
    watch.until(lambda: author.get(progress).to.startswith("/c/"))
    return author.draft


@pytest.fixture(scope="module")
def draft(site: Site) -> Author:
    """Give an author with a draft of one confirmed image, to which nothing is missing but the form."""
    author = Author(site).sign_in()
    author.image = author.add(ct(PatientID="REQ-2"))
    author.confirm(author.image)
    return author


def specialty(author: Author) -> str:
    return BeautifulSoup(author.get(author.url()).text, "html.parser").select_one("input[name=board]")["value"]
