import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from tests.people import make_scene
from tests.pictures import images, store_all

CAPTION = "Your lungs are clear."


@pytest.fixture
def scene(session, stores):
    """Give the cast around a case of two images whose consent reaches outside, the first released to its subject."""
    made = make_scene(
        session, pictures=2, title="Is the nodule new?", question="QUESTIONWORDS", findings="FINDINGWORDS"
    )
    made.release.instances = [images(session, made.case)[0].id]
    store_all(session, stores, made.case)
    session.commit()
    return made


@pytest.fixture
def ada(scene, browser, sign_in):
    """Give the author's browser."""
    there = browser()
    sign_in(scene.people.ada, there)
    return there


@pytest.fixture
def make(ada, scene):
    """Make a link as the author does; gives its path, secret, PIN, code and public id."""

    def act(kind="subject", *, pin=False, days="14", label="Tuesday"):
        form = {"kind": kind, "label": label, "days": days} | ({"wants_pin": "1"} if pin else {})
        answer = ada.post(f"/c/{scene.case.public_id}/shares", form)
        assert answer.status_code == 200, answer.text
        soup = BeautifulSoup(answer.text, "html.parser")
        path = re.search(r"/s/[\w-]+$", soup.select_one("input.copy")["value"]).group()
        code, digits = soup.select_one("strong.code"), soup.select_one("p.code")
        manager = BeautifulSoup(ada.get(f"/c/{scene.case.public_id}/shares").text, "html.parser")
        action = manager.select_one("li.share form")["action"]
        return SimpleNamespace(
            path=path,
            secret=path.rsplit("/", 1)[1],
            code=code.get_text() if code else None,
            pin=digits.get_text() if digits else None,
            manage=action.rsplit("/", 1)[0],
        )

    return act


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


def picture(path, instance, variant="w474"):
    return f"{path}/media/{instance.media_name}/{variant}"
