"""The full set of a head: for the person in it, by account and by link, once released; for nobody else, anywhere."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import Case, Release
from tests.factories import make_picture
from tests.html import page
from tests.pictures import addresses, images, store
from tests.shares.conftest import CAPTION, picture, text_of


@pytest.fixture
def rest(session, stores, scene):
    """Give a slice that only the person in it may see, of a case that shows two others."""
    made = make_picture(session, scene.case, is_subject_only=True)
    store(session, stores, made)
    session.commit()
    return made


def release(ada, session, scene, **more):
    shown = [one.public_id for one in images(session, scene.case) if not one.is_subject_only]
    form = {"chart_code": scene.subject.chart_code, "caption": CAPTION, "author_name": "Dr Owens", "delay": "0"}
    return ada.post(f"/c/{scene.case.public_id}/release", form | {"images": shown} | more)


def standing(session, scene):
    session.expire_all()
    query = select(Release.instances).where(Release.case_id == scene.case.id, Release.revoked_at.is_(None))
    return session.scalars(query).one()


@pytest.mark.parametrize("name", ["ada", "ben", "cleo", "tom", "dee", "oz"])
def test_nobody_of_the_clinic_gets_a_slice_of_it(client, scene, rest, sign_in, name):
    sign_in(getattr(scene.people, name))
    assert {client.get(url).status_code for url in addresses(rest)} == {404}


def test_the_page_of_the_case_and_its_receipt_do_not_know_of_it(client, session, scene, rest, sign_in):
    sign_in(scene.people.ben)
    for path in ("", "/receipt", "/series/1"):
        answer = client.get(f"/c/{scene.case.public_id}{path}")
        assert answer.status_code == 200
        assert rest.media_name not in answer.text
    assert client.get(f"/c/{scene.case.public_id}/series/3").status_code == 404
    shown = images(session, scene.case)[0]
    assert shown.media_name in client.get(f"/c/{scene.case.public_id}").text


def test_its_keeper_is_offered_no_picture_of_it_either(ada, scene, rest):
    for path in ("/edit", "/release"):
        soup = page(ada, f"/c/{scene.case.public_id}{path}")
        assert rest.media_name not in str(soup)
        for link in soup.select("a"):
            if rest.public_id in link["href"]:
                assert (path, link["href"]) == ("/edit", f"/c/{scene.case.public_id}/images/{rest.public_id}/remove")
                link.decompose()  # by its number it can be taken out, unseen
        assert rest.public_id not in str(soup)


def test_a_colleague_outside_gets_nothing_of_it(client, make, rest):
    made = make("colleague")
    assert len(page(client, made.path).select(".strip a")) == 2
    assert client.get(picture(made.path, rest)).status_code == 404


def test_the_person_in_it_gets_it_once_it_is_released(client, ada, session, scene, rest, sign_in):
    sign_in(scene.people.pat)
    assert client.get(addresses(rest)[0]).status_code == 404
    assert release(ada, session, scene, full_set="1").status_code == 303
    assert rest.id in standing(session, scene)
    assert {client.get(url).status_code for url in addresses(rest)} == {200}
    assert rest.media_name in client.get(f"/my/c/{scene.case.public_id}").text
    sign_in(scene.people.ben)
    assert client.get(addresses(rest)[0]).status_code == 404


def test_a_link_of_the_person_in_it_shows_it_and_dies_with_the_release(client, ada, session, scene, rest, make):
    release(ada, session, scene, full_set="1")
    made = make("subject")
    assert client.get(picture(made.path, rest)).status_code == 200
    release(ada, session, scene)
    assert rest.id not in standing(session, scene)
    assert client.get(picture(made.path, rest)).status_code == 404


def test_the_release_page_offers_it_as_one_tick(ada, scene, rest):
    soup = page(ada, f"/c/{scene.case.public_id}/release")
    assert "1 more slice," in text_of(soup)
    assert soup.select_one("input[name=full_set]") is not None


def test_a_case_without_one_offers_none(ada, scene):
    assert page(ada, f"/c/{scene.case.public_id}/release").select_one("input[name=full_set]") is None


def test_a_second_look_is_about_what_may_leave(session, scene, rest):
    rest.needs_attest = True
    session.flush()
    assert policy.may_leave(session, session.get_one(Case, scene.case.id))
    images(session, scene.case)[0].needs_attest = True
    session.flush()
    assert not policy.may_leave(session, session.get_one(Case, scene.case.id))
