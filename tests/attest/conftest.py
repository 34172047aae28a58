from types import SimpleNamespace

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import Attestation, Receipt
from tests.people import make_scene
from tests.pictures import images, store_all

TICK = {"looked": "1"}


@pytest.fixture
def scene(session, stores):
    """Give the cast around a case of two images of which the first needs a second look, shared by a link."""
    made = make_scene(
        session, pictures=2, title="Is the nodule new?", question="QUESTIONWORDS", findings="FINDINGWORDS"
    )
    made.case.history = "HISTORYWORDS"
    first = images(session, made.case)[0]
    first.needs_attest = True
    receipt = session.scalars(select(Receipt).where(Receipt.instance_id == first.id)).one()
    receipt.boxes = [[None, 10, 20, 110, 60], [0, 200, 20, 300, 60, "blur"]]
    policy.void_attestations(session, made.case)
    store_all(session, stores, made.case)
    session.commit()
    return made


@pytest.fixture
def browsers(scene, browser, sign_in):
    """Give each of the cast a browser, signed in."""

    def make(name):
        there = browser()
        sign_in(getattr(scene.people, name), there)
        return there

    return SimpleNamespace(**{name: make(name) for name in ("ada", "ben", "cleo", "tom", "dee", "pat")})


@pytest.fixture
def ask(scene, browsers, session):
    """Ask for a look as Ada does; gives the wish."""

    def act():
        assert browsers.ada.post(f"/c/{scene.case.public_id}/attest").status_code == 303
        session.expire_all()
        return session.scalars(select(Attestation).order_by(Attestation.id.desc())).first()

    return act
