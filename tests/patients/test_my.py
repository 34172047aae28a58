"""The pages of the person in the images: what was released to this person, for as long as that stands."""

import pytest
from bs4 import BeautifulSoup

from pinboard import policy
from pinboard.models import Board, Case, CaseState, Instance, Series
from tests.factories import make_case, make_patient_board, make_release, make_share, make_subject, make_user
from tests.html import page
from tests.pictures import addresses, images, store_all

CAPTION = "Your lungs are clear."


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


@pytest.fixture
def here(scene):
    return f"/my/c/{scene.case.public_id}"


def test_the_first_page_leads_to_what_was_released(client, scene, here, sign_in):
    sign_in(scene.people.pat)
    assert client.get("/").headers["Location"] == "/my"
    soup = page(client, "/my")
    assert CAPTION in text_of(soup)
    assert "Dr Field" in text_of(soup)
    assert [link["href"] for link in soup.select("#released a")] == [here]
    assert client.get(soup.select_one("#released img")["src"]).status_code == 200


def test_a_case_shows_its_released_images_and_says_who_looked(client, session, scene, here, sign_in, app):
    first, second, third = images(session, scene.case)
    sign_in(scene.people.pat)
    soup = page(client, here)
    assert CAPTION in text_of(soup.select_one("#words"))
    assert len(soup.select(".strip a")) == 2
    assert client.get(soup.select_one("#stage img")["src"]).data == b"frame 0"
    assert second.media_name in page(client, f"{here}?picture=2").select_one("#stage .picture img")["src"]
    # A number out of range shows the nearest, never the image that was not released.
    assert third.media_name not in client.get(f"{here}?picture=3&frame=9").text
    app.extensions["pinboard-openings"].flush()
    looks = text_of(page(client, here).select_one("#looks"))
    assert "You" in looks
    assert first.media_name not in looks


def test_the_slices_of_a_series_are_stepped_through_together(client, session, scene, here, sign_in):
    first, second, third = images(session, scene.case)
    second.series_id, second.position = first.series_id, 1
    session.commit()
    sign_in(scene.people.pat)
    soup = page(client, f"{here}?frame=1")
    assert soup.select(".strip a") == []
    stage = soup.select_one("series-viewer")
    assert stage["data-parts"] == f"{first.media_name}:1 {second.media_name}:1"
    assert second.media_name in stage.select_one(".picture img")["src"]
    parts = client.get(stage["data-view"]).get_json()["parts"]
    assert [part[0] for part in parts] == [first.media_name, second.media_name]
    assert third.media_name not in client.get(stage["data-view"]).text


def test_the_frame_that_was_chosen_is_shown_first_and_on_the_card(client, session, scene, here, sign_in):
    first, second, third = images(session, scene.case)
    second.series_id, second.position = first.series_id, 1
    series = session.get(Series, first.series_id)
    for key, shown in ((first, first), (second, second), (third, second)):
        # The middle of two is the second; the key of a slice that was not given is not told of.
        series.key_instance_id, series.key_frame = key.id, 0
        session.commit()
        sign_in(scene.people.pat)
        assert shown.media_name in page(client, here).select_one("#stage .picture img")["src"]
        number = [first, second].index(shown)
        assert client.get(f"{here}/series/1/view.json").get_json()["key"] == number
        card = first if key is third else shown
        assert card.media_name in page(client, "/my").select_one("#released img")["src"]


def test_the_viewer_is_told_of_what_was_released_and_of_nothing_else(client, session, scene, here, sign_in, browser):
    sign_in(scene.people.pat)
    first, second, _kept = images(session, scene.case)
    told = [client.get(f"{here}/series/{number}/view.json") for number in (1, 2, 3)]
    assert [answer.status_code for answer in told] == [200, 200, 404]
    assert [answer.get_json()["parts"][0][0] for answer in told[:2]] == [first.media_name, second.media_name]
    assert client.get("/my/c/aaaaaaaaaaaaaaaaaaaaaaaaaa/series/1/view.json").status_code == 404
    assert browser().get(f"{here}/series/1/view.json").status_code != 200


def test_pictures_of_the_case_that_were_not_released_stay_closed(client, session, scene, sign_in):
    sign_in(scene.people.pat)
    given, _, kept = images(session, scene.case)
    assert {client.get(address).status_code for address in addresses(given)} == {200}
    assert {client.get(address).status_code for address in addresses(kept)} == {404}


def test_a_board_of_ones_own(client, session, scene, here, sign_in):
    slug = session.get_one(Board, scene.release.board_id).slug
    sign_in(scene.people.pat)
    soup = page(client, f"/my/b/{slug}")
    assert soup.h1.get_text() == "Knee"
    assert [link["href"] for link in soup.select("#released a")] == [here]


def test_boards_are_offered_where_there_are_several(client, session, scene, sign_in):
    hip = make_patient_board(session, scene.subject, title="Hip")
    make_release(session, make_case(session, scene.people.ada, subject_id=scene.subject.id), hip, caption="Both hips.")
    sign_in(scene.people.pat)
    assert [link["href"] for link in page(client, "/my").select(".chips a")][1] == f"/my/b/{hip.slug}"
    shown = text_of(page(client, f"/my/b/{hip.slug}"))
    assert "Both hips." in shown
    assert CAPTION not in shown


def test_whoever_was_given_nothing_is_told_so(client, session, sign_in):
    subject = make_subject(session)
    sign_in("patient", subject_id=subject.id)
    assert "has not shared anything yet" in text_of(page(client, "/my"))


def test_another_patient_sees_none_of_it(client, session, scene, here, sign_in):
    slug = session.get_one(Board, scene.release.board_id).slug
    sign_in("patient", subject_id=make_subject(session).id)
    assert CAPTION not in client.get("/my").text
    for url in (here, f"/my/b/{slug}", *addresses(images(session, scene.case)[0])):
        assert client.get(url).status_code == 404, url


@pytest.mark.parametrize("name", ["ada", "ben", "tom", "dee", "oz"])
def test_the_pages_are_no_way_in_for_the_clinic(client, session, scene, here, sign_in, name):
    sign_in(getattr(scene.people, name))
    slug = session.get_one(Board, scene.release.board_id).slug
    for url in ("/my", here, f"/my/b/{slug}"):
        assert client.get(url).status_code == 404, url


@pytest.mark.parametrize(
    "path", ["", "/history", "/comments", "/receipt", "/audience", "/edit", "/shares", "/series/1"]
)
def test_the_clinics_pages_of_the_case_are_closed_to_its_subject(client, scene, sign_in, path):
    sign_in(scene.people.pat)
    assert client.get(f"/c/{scene.case.public_id}{path}").status_code == 404


def move(session, scene, *states):
    case = session.get_one(Case, scene.case.id)
    for state in states:
        case.go(state)
    policy.rebuild(session, [case.id])
    session.commit()


@pytest.mark.parametrize(
    ("states", "is_open"),
    [((CaseState.WITHDRAWN,), True), ((CaseState.HIDDEN,), False), ((CaseState.HIDDEN, CaseState.PUBLISHED), True)],
)
def test_withdrawn_is_still_theirs_and_hidden_is_not(client, session, scene, here, sign_in, states, is_open):
    move(session, scene, *states)
    sign_in(scene.people.pat)
    status = 200 if is_open else 404
    assert client.get(here).status_code == status
    assert (CAPTION in client.get("/my").text) is is_open
    assert {client.get(address).status_code for address in addresses(images(session, scene.case)[0])} == {status}


def test_consent_withdrawn_to_others_does_not_take_it_from_them(client, scene, here, sign_in, browser):
    author = browser()
    sign_in(scene.people.ada, author)
    assert author.post(f"/c/{scene.case.public_id}/consent/withdraw").status_code == 303
    sign_in(scene.people.pat)
    assert client.get(here).status_code == 200


def test_erased_is_gone_for_them_too(client, session, scene, here, sign_in, browser):
    urls = [here, *addresses(images(session, scene.case)[0])]
    author = browser()
    sign_in(scene.people.ada, author)
    assert author.post(f"/c/{scene.case.public_id}/erase").status_code == 303
    sign_in(scene.people.pat)
    assert {client.get(url).status_code for url in urls} == {404}
    assert CAPTION not in client.get("/my").text
    assert here not in client.get("/inbox").text


def test_a_removed_image_is_gone_from_page_and_address(client, session, scene, here, sign_in, browser):
    first, second, _third = images(session, scene.case)
    gone, removed = addresses(first), first.media_name
    sign_in(scene.people.pat)
    kept = client.get(gone[0]).headers["ETag"]
    author = browser()
    sign_in(scene.people.ada, author)
    url = f"/c/{scene.case.public_id}/images/{first.public_id}/remove"
    assert author.post(url, {"reason": "Wrong knee"}).status_code == 303
    soup = page(client, here)
    assert second.media_name in soup.decode()
    assert removed not in soup.decode()
    assert "Wrong knee" not in soup.decode()
    assert removed not in client.get("/my").text
    assert {client.get(address).status_code for address in gone} == {404}
    assert client.get(gone[0], headers={"If-None-Match": kept}).status_code == 404


def test_a_doctor_who_is_also_a_patient_reads_her_own_case_only_there(client, session, scene, sign_in, stores):
    cleo = scene.people.cleo
    cleo.subject_id = make_subject(session).id
    about_her = make_case(session, scene.people.ada, choice="nobody", subject_id=cleo.subject_id, title="Okapiword")
    store_all(session, stores, about_her)
    make_release(session, about_her, caption="All is well.")
    sign_in(cleo)
    url, picture = f"/my/c/{about_her.public_id}", addresses(images(session, about_her)[0])[0]
    assert "All is well." in text_of(page(client, "/my"))
    assert "All is well." in text_of(page(client, url))
    assert client.get(picture).status_code == 200
    assert "Okapiword" not in client.get(url).text
    assert client.get(f"/c/{about_her.public_id}").status_code == 404
    assert client.get(f"/c/{about_her.public_id}/history").status_code == 404
    assert "Okapiword" not in client.get("/").text
    assert "Okapiword" not in client.get("/search?q=okapiword").text.replace('value="okapiword"', "")
    # What she sees as a clinician is not hers as a patient.
    assert client.get(f"/c/{scene.case.public_id}").status_code == 200
    assert client.get(f"/my/c/{scene.case.public_id}").status_code == 404


def test_who_looked_names_nobody_and_no_link(client, session, scene, here, sign_in, browser, app):
    colleague = browser()
    sign_in(scene.people.ben, colleague)
    assert colleague.get(f"/c/{scene.case.public_id}").status_code == 200
    share = make_share(session, case=scene.case, by=scene.people.ada, label="Professor Quagga")
    session.commit()
    assert browser().get(f"/s/{share.secret}").status_code == 200
    app.extensions["pinboard-openings"].flush()
    sign_in(scene.people.pat)
    looks = text_of(page(client, here).select_one("#looks"))
    assert "A member of the clinic" in looks
    assert "A link that the clinic made" in looks
    assert "Ben" not in looks
    assert "Quagga" not in looks


def test_the_day_is_shown_only_as_agreed(client, session, scene, here, sign_in):
    sign_in(scene.people.pat)
    day = scene.release.at.strftime("%-d %B %Y")
    assert day in text_of(page(client, here).select_one("#words"))
    scene.release.shows_date = False
    session.commit()
    assert day not in text_of(page(client, here).select_one("#words"))


def test_the_inbox_says_that_something_was_shared(client, session, scene, sign_in, browser):
    author = browser()
    sign_in(scene.people.ada, author)
    data = {
        "chart_code": scene.subject.chart_code,
        "caption": "A second look.",
        "author_name": "Dr Owens",
        "images": [session.get_one(Instance, scene.release.instances[0]).public_id],
        "delay": "0",
    }
    assert author.post(f"/c/{scene.case.public_id}/release", data).status_code == 303
    sign_in(scene.people.pat)
    soup = page(client, "/inbox")
    assert [link["href"] for link in soup.select("#inbox .grow a")] == [f"/my/c/{scene.case.public_id}"]
    assert "Ada" not in text_of(soup.select_one("#inbox"))
    sign_in(make_user(session, "Ivo", role=scene.people.pat.role, subject_id=make_subject(session).id))
    assert "shared pictures" not in client.get("/inbox").text


def test_the_first_board_is_called_in_the_language_of_the_patient(client, session, scene, sign_in):
    sign_in(scene.people.pat)
    board = session.get_one(Board, scene.release.board_id)
    board.title = "My images"
    session.commit()
    spanish = {"Accept-Language": "es"}
    here = f"/my/b/{board.slug}"
    assert BeautifulSoup(client.get(here, headers=spanish).text, "html.parser").h1.get_text() == "Mis imágenes"
    assert page(client, here).h1.get_text() == "My images"
    board.title = "Knee, 2026"
    session.commit()
    assert BeautifulSoup(client.get(here, headers=spanish).text, "html.parser").h1.get_text() == "Knee, 2026"
