"""The page of a case: its words, its stage, its receipt, its end."""

import re

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import AuditEvent, Case, CaseChange, CaseState, Opening, Receipt, Resolution, Series
from pinboard.web.stage import few
from tests.factories import make_board, make_case, make_comment, make_draft, make_picture, make_pin, make_user
from tests.html import checked, fragment, page
from tests.people import make_scene


def text_of(soup):
    return re.sub(r"\s+", " ", soup.get_text(" "))


def test_the_words_of_a_case(client, session, sign_in):
    ada = make_user(session, "Ada Owens", specialty="309915006")
    case = make_case(
        session,
        ada,
        title="Is this shadow old?",
        question="Film or CT?",
        findings="Round, 2 cm",
        differential=[{"diagnosis": "Scar", "certainty": "possible"}],
        age_band="60–69",
        sex="F",
        tags=["lung"],
    )
    receipt = session.scalar(select(Receipt).where(Receipt.case_id == case.id))
    receipt.counts, receipt.boxes = {"removed": 41}, [[None, 0, 0, 9, 9], [None, 9, 9, 20, 20]]
    sign_in("clinician")
    text = text_of(page(client, f"/c/{case.public_id}"))
    for words in (
        "Is this shadow old?", "Ada Owens, Cardiology, verified", "Film or CT?", "Round, 2 cm", "Scar possible",
        "60–69, female", "lung", "De-identified: 41 elements removed, 2 areas painted", "Not for primary diagnosis",
        "Unsolved",
    ):  # fmt: skip
        assert words in text


def test_what_is_known_of_a_case_is_said_in_the_readers_language(client, session, sign_in):
    ada, ben = (make_user(session, name, specialty="309915006") for name in ("Ada Owens", "Ben Shah"))
    case = make_case(session, ada, age_band="0–27 days", sex="F", pictures=2)
    for series, modality in zip(session.query(Series).filter_by(case_id=case.id), ("US", "CT"), strict=True):
        series.modality = modality
    make_comment(session, case, ben, "Old")
    sign_in("clinician", preferences={"language": "es"})
    text = text_of(page(client, f"/c/{case.public_id}"))
    assert "0–27 días, femenino" in text
    assert "Ecografía" in text
    assert text.count("Cardiología, identidad verificada") == 2
    for english in ("female", "Ultrasound", "Cardiology", "days"):
        assert english not in text


@pytest.mark.parametrize(
    ("name", "status"),
    [("ada", 200), ("ben", 200), ("cleo", 200), ("tom", 200), ("dee", 404), ("pat", 404), ("pia", 403), ("oz", 404)],
)
def test_who_sees_it(client, session, sign_in, name, status):
    scene = make_scene(session)
    sign_in(getattr(scene.people, name))
    here = f"/c/{scene.case.public_id}"
    for path in ("", "/series/1", "/receipt"):
        assert client.get(here + path).status_code == status


@pytest.mark.parametrize("path", ["", "/series/1", "/receipt", "/pin", "/solve", "/comments"])
def test_what_is_not_for_a_reader_looks_like_nothing(client, session, sign_in, path):
    case = make_case(session, choice="nobody", title="Secretword")
    sign_in("clinician")
    missing, closed = client.get(f"/c/{'a' * 26}{path}"), client.get(f"/c/{case.public_id}{path}")
    assert missing.status_code == closed.status_code == 404
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", missing.text) == strip.sub("", closed.text)


def test_a_board_that_one_may_not_see_is_not_named(client, session, sign_in):
    scene = make_scene(session)
    make_pin(session, scene.case, make_board(session, scene.people.ben, title="Board of Ben"))
    sign_in(scene.people.cleo)
    text = text_of(page(client, f"/c/{scene.case.public_id}"))
    assert "Board of Ben" not in text
    assert "Knee" not in text


def test_the_stage_steps_through_a_series_without_script(client, session, sign_in):
    case = make_case(session, pictures=0)
    cine = make_picture(session, case, modality="US", frames=3)
    sign_in("clinician")
    soup = page(client, f"/c/{case.public_id}/series/1?frame=1")
    assert soup.select_one(".picture img")["src"] == f"/media/{cine.media_name}/f1"
    back, on = soup.select("[data-step]")
    assert (back["href"].split("?")[1], on["href"].split("?")[1]) == ("frame=0#stage", "frame=2#stage")
    assert soup.select_one("output").get_text(strip=True) == "2 / 3"
    assert not soup.select_one(":not(noscript) > .strip")


def test_several_series_stand_in_a_strip_and_swap_the_stage_alone(client, session, sign_in):
    case = make_case(session, pictures=2)
    sign_in("clinician")
    soup = page(client, f"/c/{case.public_id}")
    assert len(soup.select(".strip a")) == 2
    stage = fragment(client, soup.select(".strip a")[1]["hx-get"])
    assert stage.select_one("series-viewer#stage")
    assert stage.select_one('.strip a[aria-current="true"]')["href"].endswith("/series/2#stage")


@pytest.mark.parametrize(
    "path", ["series/0", "series/2", "series/99999999999999999999", "series/1?frame=1", "series/1?frame=-1"]
)
def test_a_series_or_frame_that_is_not_there(client, session, sign_in, path):
    case = make_case(session)
    sign_in("clinician")
    assert client.get(f"/c/{case.public_id}/{path}").status_code == 404


def test_a_photo_is_shown_on_neutral_grey(client, session, sign_in):
    case = make_case(session, pictures=0)
    make_picture(session, case, modality="XC")
    sign_in("clinician")
    assert "photo" in page(client, f"/c/{case.public_id}").select_one("#stage")["class"]


def test_the_receipt_counts_and_names_nobody_but_the_one_who_confirmed(client, session, sign_in):
    case = make_case(session, make_user(session, "Ada Owens"), pictures=2)
    sign_in("clinician")
    soup = page(client, f"/c/{case.public_id}/receipt")
    assert len(soup.select(".receipt")) == 2
    assert "Ada Owens" in soup.select_one(".receipt").get_text()
    assert fragment(client, f"/c/{case.public_id}/receipt").select_one("#dialog-title")


def test_a_draft_is_opened_where_it_is_written(client, session, sign_in):
    ada = sign_in("clinician")
    draft = make_draft(session, ada)
    session.commit()
    assert client.get(f"/c/{draft.public_id}").headers["Location"] == f"/drafts/{draft.public_id}"


def test_a_withdrawn_case_is_gone_for_all_but_its_author(client, session, sign_in):
    scene = make_scene(session)
    scene.case.state = CaseState.WITHDRAWN
    policy.rebuild(session, [scene.case.id])
    for name, status in (("ada", 200), ("ben", 404)):
        sign_in(getattr(scene.people, name))
        assert client.get(f"/c/{scene.case.public_id}").status_code == status


def test_the_author_says_how_it_ended_and_the_history_keeps_what_stood_there(client, session, sign_in):
    ada = sign_in("clinician")
    case = make_case(session, ada)
    session.commit()
    here = f"/c/{case.public_id}"
    page(client, f"{here}/solve")
    assert client.post(f"{here}/solve", {"resolution": "solved", "outcome": "An old scar."}).status_code == 303
    session.expire_all()
    assert session.get(Case, case.id).resolution is Resolution.SOLVED
    assert "An old scar." in text_of(page(client, here))
    changes = session.scalars(select(CaseChange).where(CaseChange.case_id == case.id)).all()
    assert {(change.field, change.before, change.after) for change in changes} == {
        ("resolution", "unsolved", "solved"),
        ("outcome", "", "An old scar."),
    }
    assert "solve" in session.scalars(select(AuditEvent.verb)).all()


@pytest.mark.parametrize("form", [{"resolution": "certain"}, {"resolution": "solved", "outcome": "x" * 4001}])
def test_an_end_that_cannot_be_is_refused(client, session, sign_in, form):
    ada = sign_in("clinician")
    case = make_case(session, ada)
    session.commit()
    answer = client.post(f"/c/{case.public_id}/solve", form)
    assert answer.status_code == 422
    checked(answer)
    session.expire_all()
    assert session.get(Case, case.id).resolution is Resolution.UNSOLVED


def test_another_clinician_does_not_end_it(client, session, sign_in):
    case = make_case(session)
    sign_in("clinician")
    assert client.post(f"/c/{case.public_id}/solve", {"resolution": "solved"}).status_code == 404
    assert not page(client, f"/c/{case.public_id}").select('a[href$="/solve"]')


def test_an_opening_is_written_once_an_hour_for_each_session(client, app, session, sign_in):
    ben = sign_in("clinician")
    case = make_case(session)
    session.commit()
    for _ in range(3):
        client.get(f"/c/{case.public_id}")
    client.fragment(f"/c/{case.public_id}/series/1")
    app.extensions["pinboard-openings"].flush()
    rows = session.scalars(select(Opening).where(Opening.case_id == case.id)).all()
    assert [(row.user_id, row.register, row.what) for row in rows] == [(ben.id, "clinic", "page")]


def test_a_case_that_was_not_shown_was_not_opened(client, app, session, sign_in):
    case = make_case(session, choice="nobody")
    sign_in("clinician")
    client.get(f"/c/{case.public_id}")
    assert "pinboard-openings" not in app.extensions


@pytest.mark.parametrize("name", ["ada", "ben", "tom"])
def test_every_link_that_the_page_offers_opens(client, session, sign_in, name):
    scene = make_scene(session)
    sign_in(getattr(scene.people, name))
    soup = page(client, f"/c/{scene.case.public_id}")
    links = {link["href"].split("#")[0] for link in soup.select(".rail a[href^='/']")}
    assert any(link.endswith("/history") for link in links)
    assert (f"/c/{scene.case.public_id}/release" in links) is (name == "ada")
    for link in links:
        assert client.get(link).status_code == 200, link
    targets = {form["action"] for form in soup.select("form[action$='/withdraw']")}
    assert targets == ({f"/c/{scene.case.public_id}/withdraw"} if name == "ada" else set())


def test_the_author_finds_the_way_back_of_a_withdrawn_case(client, session, sign_in):
    scene = make_scene(session)
    sign_in(scene.people.ada)
    here = f"/c/{scene.case.public_id}"
    assert client.post(f"{here}/withdraw").status_code == 303
    soup = page(client, here)
    assert "Nobody else sees it" in text_of(soup)
    assert not soup.select("a[href$='/pin'], form[action$='/withdraw']")
    assert client.post(soup.select_one("form[action$='/restore']")["action"]).status_code == 303
    assert "Nobody else sees it" not in text_of(page(client, here))


def test_without_script_a_strip_of_frames_leads_through_a_series(client, session, sign_in):
    case = make_case(session, pictures=0)
    make_picture(session, case, modality="US", frames=60)
    sign_in("clinician")
    links = page(client, f"/c/{case.public_id}").select("noscript nav a")
    assert [link.get_text(strip=True) for link in links] == [str(number) for number in range(3, 61, 5)]
    assert links[0]["href"].endswith("/series/1?frame=2#stage")
    assert links[0].img["src"].endswith("/f2")
    chosen = page(client, links[3]["href"].partition("#")[0]).select("noscript nav [aria-current]")
    assert [link.get_text(strip=True) for link in chosen] == ["18"]


def test_a_single_picture_has_no_strip_of_frames(client, session, sign_in):
    case = make_case(session)
    sign_in("clinician")
    assert not page(client, f"/c/{case.public_id}").select("noscript nav")


@pytest.mark.parametrize("frames", [1, 3, 12, 13, 40, 500])
def test_a_strip_is_short_and_spread_evenly(frames):
    shown = list(few(frames))
    assert 1 <= len(shown) <= 12
    assert max(later - earlier for earlier, later in zip([0, *shown], [*shown, frames - 1], strict=True)) <= -(
        -frames // 12
    )
