import pytest

from tests.people import make_scene
from tests.pictures import images, store_all


@pytest.fixture
def scene(session, stores):
    """Give the cast around a published case of two images; Cleo is a reviewer, Oz only administers."""
    made = make_scene(session, pictures=2, title="Okapiword: is it old?")
    store_all(session, stores, made.case)
    made.people.cleo.is_reviewer = True
    session.commit()
    return made


@pytest.fixture
def url(scene):
    return f"/c/{scene.case.public_id}"


@pytest.fixture
def as_(scene, browser, sign_in):
    """Give the browser of somebody of the cast, the same each time."""
    kept = {}

    def give(name):
        if name not in kept:
            kept[name] = browser()
            if name not in {"gil", "nobody"}:
                sign_in(getattr(scene.people, name), kept[name])
        return kept[name]

    return give


def picture(session, scene, number=0):
    return f"/media/{images(session, scene.case)[number].media_name}/w474"


def text_of(soup):
    return " ".join(soup.get_text(" ").split())
