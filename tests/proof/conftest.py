"""A clinic with published cases that is made once, and a copy of it for each test to damage."""

from __future__ import annotations

import shutil
import sqlite3
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import create_engine, make_url, text

from pinboard import config
from pinboard.intake import withdraw
from pinboard.intake.stores import Stores
from pinboard.models import Case
from pinboard.models.ready import ensure_ready
from tests.dicoms import US, make_dicom
from tests.fixtures.database import SERVER
from tests.intake import files
from tests.intake.conftest import Desk, make_author

BOX = (10, 10, 60, 30)
SOFT = (100, 60, 200, 120)


@pytest.fixture(scope="module")
def original(tmp_path_factory, new_database):
    """Publish a CT with a blocked area, a blurred photo, a cine, a case that is erased; leave one draft."""
    folder = tmp_path_factory.mktemp("clinic")
    if new_database:
        with new_database() as url:
            yield _filled(folder, url), url
    else:
        yield _filled(folder, None), None


def _settings(folder, url):
    return config.load({"PINBOARD_DATA": str(folder)} | ({"PINBOARD_DATABASE_URL": url} if url else {}))


def _filled(folder, url):
    settings = _settings(folder, url)
    ensure_ready(settings)
    stores = Stores.open(settings)
    desk = Desk(stores, make_author(stores))
    desk.published(files.ct(), boxes={0: [BOX]})
    desk.published(files.photo(size=(300, 200)), boxes={0: [(*SOFT, None, "blur")]})
    cine = make_dicom(np.random.default_rng(5).integers(0, 255, (5, 60, 80), np.uint8), SOPClassUID=US, Modality="US")
    desk.published(cine.data)
    gone = desk.published(files.photo(size=(90, 60)))
    with stores.writing() as session:
        withdraw.erase(session, session.get(Case, gone.id), desk.author)
    withdraw.delete_doomed(stores)
    desk.upload(desk.draft(), files.ct(PatientID="another"))
    stores.close()
    return folder


@pytest.fixture
def clinic(original, tmp_path):
    """Open a copy of the clinic."""
    folder, url = original
    copy = tmp_path / "clinic"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.sqlite*"))
    for path in folder.glob("*.sqlite"):
        with sqlite3.connect(path) as source, sqlite3.connect(copy / path.name) as target:
            source.backup(target)
    if not url:
        yield from _opened(copy, None)
        return
    name = f"pinboard_test_{uuid4().hex[:16]}"
    admin = create_engine(make_url(SERVER), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(url).database}"'))
    try:
        yield from _opened(copy, make_url(url).set(database=name).render_as_string(hide_password=False))
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def _opened(folder, url):
    stores = Stores.open(_settings(folder, url))
    yield stores
    stores.close()
