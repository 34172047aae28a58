"""Releasing to the person in the images: by whom, to whom, which images, in which words and from when."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import (
    AuditEvent,
    Board,
    BoardKind,
    Case,
    CaseChange,
    CaseRole,
    CaseState,
    CaseVerb,
    InboxItem,
    Release,
    Source,
)
from tests.factories import add, make_case, make_draft, make_subject
from tests.html import checked, page
from tests.pictures import addresses, images

CAPTION = "Your knee is only bruised. Rest it for a week."


def form(session, fresh, *, only=(0, 1, 2), **more):
    every = images(session, fresh.case)
    return {
        "chart_code": fresh.subject.chart_code,
        "caption": CAPTION,
        "author_name": "Dr Owens",
        "shows_date": "1",
        "images": [every[number].public_id for number in only],
        "delay": "0",
        **more,
    }


def standing(session, fresh):
    session.expire_all()
    query = select(Release).where(Release.case_id == fresh.case.id, Release.revoked_at.is_(None))
    return list(session.scalars(query.order_by(Release.id)))


def principals(session, case):
    return {why.principal for why in policy.audience_of(session, session.get_one(Case, case.id)) if why.holds}


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


def test_the_author_releases_chosen_images_in_plain_words(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    soup = page(client, fresh.url)
    assert soup.select_one("[name=chart_code]")["value"] == fresh.subject.chart_code
    before = principals(session, fresh.case)
    answer = client.post(fresh.url, form(session, fresh, only=(0, 2)))
    assert (answer.status_code, answer.headers["Location"]) == (303, fresh.url)
    (made,) = standing(session, fresh)
    every = images(session, fresh.case)
    assert made.instances == [every[0].id, every[2].id]
    assert (made.caption, made.author_name, made.subject_id) == (CAPTION, "Dr Owens", fresh.subject.id)
    assert principals(session, fresh.case) - before == {policy.released_on(made.board_id)}
    board = session.get_one(Board, made.board_id)
    assert (board.kind, board.subject_id) == (BoardKind.PATIENT, fresh.subject.id)
    assert "The patient sees this now" in text_of(page(client, fresh.url))


def test_it_is_written_down_in_history_and_audit_without_its_words(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    client.post(fresh.url, form(session, fresh))
    client.post(f"{fresh.url}/end")
    verbs = session.scalars(select(CaseChange.verb).where(CaseChange.case_id == fresh.case.id).order_by(CaseChange.id))
    assert verbs.all() == ["released", "release-ended"]
    events = session.scalars(select(AuditEvent).where(AuditEvent.case_id == fresh.case.id)).all()
    assert [event.verb for event in events] == ["released", "release-ended"]
    assert "bruised" not in repr([event.detail for event in events])


def test_a_delegate_releases_too(client, session, fresh, sign_in):
    ben = sign_in(fresh.people.ben)
    assert client.post(fresh.url, form(session, fresh)).status_code == 404
    role = CaseRole(case_id=fresh.case.id, user_id=ben.id, role=CaseVerb.DELEGATE, given_at=fresh.case.created_at)
    add(session, role)
    policy.rebuild(session, [fresh.case.id])
    session.commit()
    assert client.post(fresh.url, form(session, fresh)).status_code == 303
    assert [release.by_id for release in standing(session, fresh)] == [ben.id]
    assert client.post(f"{fresh.url}/end").status_code == 303
    assert standing(session, fresh) == []


@pytest.mark.parametrize("name", ["ben", "cleo", "tom", "dee", "pat", "oz"])
def test_nobody_else_releases_or_takes_back(client, session, scene, sign_in, name):
    sign_in(getattr(scene.people, name))
    url = f"/c/{scene.case.public_id}/release"
    assert client.get(url).status_code == 404
    assert client.post(url, {"caption": "x"}).status_code == 404
    assert client.post(f"{url}/end").status_code == 404
    session.expire_all()
    assert scene.release.revoked_at is None
    assert scene.release.caption == "Your lungs are clear."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"chart_code": "P-NONE-0000"}, "No patient of this clinic has this chart code."),
        ({"chart_code": ""}, "Say for whom"),
        ({"images": []}, "Choose at least one image."),
        ({"author_name": " "}, "Say which name the patient reads."),
        ({"delay": "5"}, ""),
        ({"images": ["a" * 26]}, ""),
        ({"author_name": "x" * 121}, "Use at most 120 characters."),
    ],
)
def test_what_cannot_be_right_is_said_and_the_words_are_kept(client, session, fresh, sign_in, wrong, words):
    sign_in(fresh.people.ada)
    answer = client.post(fresh.url, form(session, fresh, **wrong))
    assert answer.status_code == 422
    soup = checked(answer)
    assert words in text_of(soup)
    assert soup.select_one("[name=caption]").get_text().strip() == CAPTION
    assert standing(session, fresh) == []


def test_a_caption_is_needed(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    answer = client.post(fresh.url, form(session, fresh, caption="  "))
    assert answer.status_code == 422
    assert "Say in plain words what the images show." in text_of(checked(answer))
    assert standing(session, fresh) == []


def test_an_image_of_another_case_is_not_released(client, session, fresh, sign_in):
    ada = sign_in(fresh.people.ada)
    other = make_case(session, ada, subject_id=fresh.subject.id)
    session.commit()
    data = form(session, fresh, only=(0,))
    data["images"] += [images(session, other)[0].public_id]
    assert client.post(fresh.url, data).status_code == 422
    assert standing(session, fresh) == []


def test_another_subject_needs_a_confirmation_that_names_both_codes(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    other, third = make_subject(session), make_subject(session)
    session.commit()
    own = fresh.subject.chart_code
    answer = client.post(fresh.url, form(session, fresh, chart_code=other.chart_code))
    assert answer.status_code == 422
    soup = checked(answer)
    asked = text_of(soup.select_one("#release [role=alert]"))
    assert own in asked
    assert other.chart_code in asked
    assert soup.select_one("[name=caption]").get_text().strip() == CAPTION
    tick = soup.select_one("[name=other_subject]")
    assert not tick.has_attr("checked")
    assert standing(session, fresh) == []
    # The tick holds for the codes that were named, not for whoever is typed in afterwards.
    swapped = form(session, fresh, chart_code=third.chart_code, other_subject=tick["value"])
    assert client.post(fresh.url, swapped).status_code == 422
    assert (
        client.post(fresh.url, form(session, fresh, chart_code=third.chart_code, other_subject="1")).status_code == 422
    )
    assert standing(session, fresh) == []
    confirmed = form(session, fresh, chart_code=other.chart_code, other_subject=tick["value"])
    assert client.post(fresh.url, confirmed).status_code == 303
    assert [release.subject_id for release in standing(session, fresh)] == [other.id]
    assert session.get_one(Case, fresh.case.id).subject_id == fresh.subject.id


def test_a_release_to_another_subject_is_not_seen_by_the_one_in_the_images(client, session, fresh, sign_in):
    other = make_subject(session)
    session.commit()
    sign_in(fresh.people.ada)
    codes = f"{fresh.subject.chart_code}+{other.chart_code}"
    client.post(fresh.url, form(session, fresh, chart_code=other.chart_code, other_subject=codes))
    assert len(standing(session, fresh)) == 1
    sign_in(fresh.people.pat)
    assert client.get(f"/my/c/{fresh.case.public_id}").status_code == 404
    assert CAPTION not in client.get("/my").text


def test_a_case_without_a_subject_takes_the_one_it_is_released_to(client, session, fresh, sign_in):
    fresh.case.subject_id = None
    sign_in(fresh.people.ada)
    assert not page(client, fresh.url).select_one("[name=chart_code]").get("value")
    assert (
        client.post(fresh.url, form(session, fresh, chart_code=f" {fresh.subject.chart_code.lower()} ")).status_code
        == 303
    )
    session.expire_all()
    assert session.get_one(Case, fresh.case.id).subject_id == fresh.subject.id


def test_a_refused_release_gives_a_case_no_subject(client, session, fresh, sign_in):
    fresh.case.subject_id = None
    fresh.case.state = CaseState.HIDDEN
    policy.rebuild(session, [fresh.case.id])
    sign_in(fresh.people.ada)
    answer = client.post(fresh.url, form(session, fresh))
    assert answer.status_code == 422
    assert "Only a published case can be released." in text_of(checked(answer))
    session.expire_all()
    assert session.get_one(Case, fresh.case.id).subject_id is None


def test_a_draft_is_not_released(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    draft = make_draft(session, fresh.people.ada, subject_id=fresh.subject.id)
    session.commit()
    url = f"/c/{draft.public_id}/release"
    assert client.get(url).status_code == 404
    assert client.post(url, {"chart_code": fresh.subject.chart_code, "caption": CAPTION}).status_code == 404


def test_released_again_replaces_what_stood(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    client.post(fresh.url, form(session, fresh))
    client.post(fresh.url, form(session, fresh, only=(1,), caption="Now in other words.", shows_date=""))
    (made,) = standing(session, fresh)
    second = images(session, fresh.case)[1]
    assert (made.caption, made.instances, made.shows_date) == ("Now in other words.", [second.id], False)
    sign_in(fresh.people.pat)
    soup = page(client, f"/my/c/{fresh.case.public_id}")
    assert CAPTION not in soup.decode()
    shown = {image["src"] for image in soup.select("#stage img")}
    assert shown
    assert all(second.media_name in src for src in shown)
    for gone in (images(session, fresh.case)[0], images(session, fresh.case)[2]):
        assert {client.get(address).status_code for address in addresses(gone)} == {404}


def test_a_delay_holds_until_its_hour(client, session, fresh, sign_in, web_clock):
    sign_in(fresh.people.ada)
    assert client.post(fresh.url, form(session, fresh, delay="72")).status_code == 303
    assert "The patient will see this" in text_of(page(client, fresh.url))
    address = addresses(images(session, fresh.case)[0])[0]
    for hours, is_open in ((0, False), (71, False), (2, True)):
        web_clock.pass_by(hours=hours)
        sign_in(fresh.people.pat)
        assert (client.get(f"/my/c/{fresh.case.public_id}").status_code == 200) is is_open
        assert (CAPTION in client.get("/my").text) is is_open
        assert (client.get(address).status_code == 200) is is_open
        assert ("Your clinic shared pictures with you" in client.get("/inbox").text) is is_open
    sign_in(fresh.people.ada)
    assert "The patient sees this now" in text_of(page(client, fresh.url))


def test_mending_a_word_before_its_hour_does_not_make_it_begin(client, session, fresh, sign_in, web_clock):
    sign_in(fresh.people.ada)
    client.post(fresh.url, form(session, fresh, delay="72"))
    for hours, offered in ((0, "72"), (50, "24"), (21, "24"), (2, "0")):
        web_clock.pass_by(hours=hours)
        sign_in(fresh.people.ada)
        assert page(client, fresh.url).select_one("[name=delay] [selected]")["value"] == offered


def test_taken_back_before_its_hour_nobody_is_told(client, session, fresh, sign_in, web_clock):
    sign_in(fresh.people.ada)
    client.post(fresh.url, form(session, fresh, delay="24"))
    client.post(f"{fresh.url}/end")
    web_clock.pass_by(hours=25)
    sign_in(fresh.people.pat)
    assert "shared pictures" not in client.get("/inbox").text
    assert session.scalar(select(InboxItem.id).where(InboxItem.user_id == fresh.people.pat.id)) is None


def test_taken_back_it_is_gone_at_once_with_its_pictures(client, session, fresh, sign_in, browser):
    patient = browser()
    sign_in(fresh.people.pat, patient)
    sign_in(fresh.people.ada)
    client.post(fresh.url, form(session, fresh))
    address = addresses(images(session, fresh.case)[0])[0]
    seen = patient.get(address)
    assert seen.status_code == 200
    assert patient.get(f"/my/c/{fresh.case.public_id}").status_code == 200
    assert client.post(f"{fresh.url}/end").status_code == 303
    assert patient.get(address).status_code == 404
    assert patient.get(address, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 404
    assert patient.get(f"/my/c/{fresh.case.public_id}").status_code == 404
    assert CAPTION not in patient.get("/my").text
    assert principals(session, fresh.case) == {f"u:{fresh.people.ada.id}", policy.CLINICIANS, policy.TRAINEES}
    assert "Release to the patient" in text_of(page(client, fresh.url))


def test_ending_what_does_not_stand_changes_nothing(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    assert client.post(f"{fresh.url}/end").status_code == 303
    assert session.scalars(select(CaseChange).where(CaseChange.case_id == fresh.case.id)).all() == []


def test_a_release_makes_no_reason_of_the_clinics(client, session, fresh, sign_in):
    sign_in(fresh.people.ada)
    client.post(fresh.url, form(session, fresh))
    session.expire_all()
    reasons = policy.audience_of(session, session.get_one(Case, fresh.case.id))
    assert [why.source for why in reasons if why.principal.startswith("rb:")] == [Source.RELEASE]
    assert {why.principal for why in reasons if why.source is not Source.RELEASE} == {
        f"u:{fresh.people.ada.id}",
        policy.CLINICIANS,
        policy.TRAINEES,
    }
