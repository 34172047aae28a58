import pytest

from tests.people import make_scene
from tests.pictures import images, store_all


@pytest.fixture
def scene(session, stores):
    """Give the cast around a published case of two images, shared, pinned and released."""
    made = make_scene(session, pictures=2, title="Okapiword: is it old?", question="Since when?", tags=["chest"])
    store_all(session, stores, made.case)
    session.commit()
    return made


@pytest.fixture
def url(scene):
    return f"/c/{scene.case.public_id}"


@pytest.fixture
def ada(scene, browser, sign_in):
    """Give the author's browser."""
    there = browser()
    sign_in(scene.people.ada, there)
    return there


@pytest.fixture
def ben(scene, browser, sign_in):
    """Give the browser of a reader of the board that the case is pinned to."""
    there = browser()
    sign_in(scene.people.ben, there)
    return there


@pytest.fixture
def pat(scene, browser, sign_in):
    """Give the browser of the person in the images."""
    there = browser()
    sign_in(scene.people.pat, there)
    return there


@pytest.fixture
def form():
    """Give what the form of the case holds when nothing is changed."""
    return {
        "title": "Okapiword: is it old?",
        "question": "Since when?",
        "history": "",
        "findings": "",
        "differential": "",
        "tags": "chest",
        "age_band": "",
        "sex": "",
        "body_part": "",
        "laterality": "",
    }


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


def picture(session, scene, number=0, variant="w474"):
    return f"/media/{images(session, scene.case)[number].media_name}/{variant}"
