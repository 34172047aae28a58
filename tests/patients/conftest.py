from types import SimpleNamespace

import pytest

from tests.factories import make_case, make_subject
from tests.people import make_cast, make_scene
from tests.pictures import images, store_all


@pytest.fixture
def scene(session, stores):
    """Give the cast around a case of three images, of which the first two are released."""
    made = make_scene(session, pictures=3, title="Is the meniscus torn?")
    made.release.instances = [one.id for one in images(session, made.case)[:2]]
    store_all(session, stores, made.case)
    session.commit()
    return made


@pytest.fixture
def fresh(session, stores):
    """Give the cast around a case of three images of Pat that was released to nobody."""
    subject = make_subject(session)
    people = make_cast(session, subject)
    case = make_case(session, people.ada, pictures=3, subject_id=subject.id)
    store_all(session, stores, case)
    session.commit()
    return SimpleNamespace(people=people, case=case, subject=subject, url=f"/c/{case.public_id}/release")
