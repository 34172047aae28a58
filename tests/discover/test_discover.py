"""What visitors see of the clinic: only what is offered and picked, in the agreed words, and until it is taken back."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from pinboard import policy
from pinboard.clock import now
from pinboard.models import AuditEvent, ConsentLevel, InboxItem, Instance, MediaFile, PublicSample, Series, User
from pinboard.models.clinic_settings import decide, forget
from pinboard.storage.backends import LocalBackend
from tests.factories import (
    make_board,
    make_case,
    make_comment,
    make_consent,
    make_picture,
    make_pin,
    make_sample,
    make_user,
)

SECRETS = {
    "title": "Canarytitle inside",
    "question": "Canaryquestion inside",
    "history": "Canaryhistory",
    "findings": "Canaryfindings",
    "outcome": "Canaryoutcome",
    "tags": ["canarytag"],
    "differential": [{"diagnosis": "Canarydiagnosis", "certainty": "certain"}],
    "age_band": "70-74",
}


@pytest.fixture
def opened(session, clinic):
    """Let the clinic show visitors what there is; gives the administrator."""
    switch(session, discover=True)
    return clinic


def switch(session, **decisions):
    for name, value in decisions.items():
        decide(session, name, value, by_id=None)
    session.commit()
    forget(session)


def told(session, ada=None, **given):
    """Make a case of which much is said inside, none of which may get out."""
    ada = ada or make_user(session, "Canaryauthor Owens")
    case = make_case(session, ada, level=ConsentLevel.PUBLIC, choice="nobody", **SECRETS, **given)
    for series in session.query(Series).filter_by(case_id=case.id):
        series.alt_text = "Canaryalt"
    make_comment(session, case, make_user(session, "Canaryben"), "Canarycomment")
    make_pin(session, case, make_board(session, ada, title="Canaryboard"))
    session.flush()
    return case


def test_nothing_is_there_while_the_clinic_shows_nothing(client, session, clinic):
    case = make_sample(session, by=clinic)
    session.commit()
    for address in ("/discover", f"/discover/{case.public_id}", f"/media/{case.cover['name']}/w474"):
        assert client.get(address).status_code == 404
    assert client.get("/").headers["Location"] == "/login"


def test_no_word_of_the_clinic_reaches_a_visitor(client, session, opened):
    case = told(session)
    make_sample(session, case, by=opened, title="A shadow in the chest", week_of=now())
    # Beside it stand cases that lack one of the three: an offer, a pick, a consent.
    told(session)
    make_sample(session, told(session), title="Canaryoffered")
    low = make_case(session, level=ConsentLevel.OUTSIDE, choice="nobody", title="Canarylow")
    make_sample(session, low, by=opened, title="Canarypicked")
    session.commit()
    for address in ("/", "/discover", f"/discover/{case.public_id}"):
        page = client.get(address)
        assert page.status_code == 200
        assert "A shadow in the chest" in page.text
        assert not re.search("canary|70-74|comment", page.text, re.IGNORECASE), address
        assert not re.search(rf"\b{now().day} \w+ {now().year}", page.text)
    assert client.get(f"/discover/{low.public_id}").status_code == 404


def test_a_page_shows_the_closed_table_and_names_the_author_only_where_agreed(client, session, opened):
    case = make_sample(session, told(session), by=opened, question="What is it?", author_name="Dr Agreed")
    session.commit()
    words = BeautifulSoup(client.get(f"/discover/{case.public_id}").text, "html.parser").find("article")
    found = [line.strip() for line in words.get_text("\n").splitlines() if line.strip()]
    assert found == ["A shadow for everybody", "What is it?", f"CT, {now():%B %Y}", "Dr Agreed"]
    assert [image["alt"] for image in words.find_all("img")] == ["CT, picture 1 of 1"]


def test_a_head_is_never_shown_and_neither_are_frames(client, session, opened, config):
    case = make_case(session, level=ConsentLevel.PUBLIC, choice="nobody")
    head = make_picture(session, case)
    session.get(Series, head.series_id).is_recognizable = True
    chest = session.query(Instance).filter_by(case_id=case.id).order_by(Instance.id).first()
    make_sample(session, case, by=opened)
    for file in session.query(MediaFile).filter_by(case_id=case.id):
        LocalBackend(config.media_path).write(file.object_name, b"a picture")
    session.commit()
    page = client.get(f"/discover/{case.public_id}").text
    assert (chest.media_name in page, head.media_name in page) == (True, False)
    assert client.get(f"/media/{chest.media_name}/w474").status_code == 200
    for closed in (f"{head.media_name}/w474", f"{chest.media_name}/f0", f"{chest.media_name}/n0"):
        assert client.get(f"/media/{closed}").status_code == 404


def test_a_case_of_which_nothing_may_be_shown_is_not_there(client, session, opened):
    case = make_sample(session, by=opened)
    session.query(Series).filter_by(case_id=case.id).one().is_recognizable = True
    session.commit()
    assert client.get(f"/discover/{case.public_id}").status_code == 404
    assert case.public_id not in client.get("/discover").text


def test_a_member_reads_it_as_a_visitor_and_a_thread_stays_closed(client, session, opened, sign_in):
    case = make_sample(session, told(session), by=opened)
    sign_in("clinician")
    assert client.get(f"/discover/{case.public_id}").status_code == 200
    assert client.get(f"/c/{case.public_id}").status_code == 404
    assert case.public_id not in client.get("/").text


def test_an_author_offers_just_what_the_preview_showed(client, session, opened, sign_in):
    ada = sign_in("clinician", name="Ada Owens")
    case = told(session, ada)
    session.commit()
    address = f"/c/{case.public_id}/discover"
    client.get(address)
    form = {"title": "A shadow", "question": "Old or new?", "is_named": "1"}
    shown = client.post(address, data=form | {"step": "preview"})
    article = BeautifulSoup(shown.text, "html.parser").find("article").get_text(" ")
    assert "A shadow" in article
    assert "Ada Owens" in article
    assert "anary" not in article
    assert session.get(PublicSample, case.id) is None
    assert client.post(address, data=form).status_code == 303
    kept = session.get(PublicSample, case.id)
    assert (kept.title, kept.question, kept.author_name, kept.picked_at) == (
        "A shadow",
        "Old or new?",
        "Ada Owens",
        None,
    )
    assert policy.case_for(session, policy.reader_for(session, opened), "sample", case.public_id) is case


def test_no_offer_without_public_consent_or_a_picture_that_may_go_out(client, session, opened, sign_in):
    ada = sign_in("clinician")
    inside = make_case(session, ada)
    head = make_case(session, ada, level=ConsentLevel.PUBLIC)
    session.query(Series).filter_by(case_id=head.id).one().is_recognizable = True
    session.commit()
    client.get("/settings/profile")
    for case in (inside, head):
        answer = client.post(f"/c/{case.public_id}/discover", data={"title": "A shadow"})
        assert answer.status_code == 422
        assert session.get(PublicSample, case.id) is None


def test_doubtful_words_are_asked_about_before_they_are_offered(client, session, opened, sign_in):
    case = make_case(session, sign_in("clinician"), level=ConsentLevel.PUBLIC)
    session.commit()
    client.get(f"/c/{case.public_id}/discover")
    answer = client.post(f"/c/{case.public_id}/discover", data={"title": "Seen on 12.03.2024"})
    assert answer.status_code == 422
    assert "full date" in answer.text
    assert session.get(PublicSample, case.id) is None


def test_only_the_author_offers_and_only_an_administrator_picks(client, session, opened, sign_in):
    ada = make_user(session)
    case = make_case(session, ada, level=ConsentLevel.PUBLIC)
    other = make_sample(session)
    session.commit()
    sign_in("clinician")
    client.get("/settings/profile")
    assert client.post(f"/c/{case.public_id}/discover", data={"title": "Mine"}).status_code == 404
    assert client.post(f"/admin/discover/{other.public_id}/pick").status_code == 404
    sign_in(ada)
    client.get("/settings/profile")
    assert client.post(f"/admin/discover/{other.public_id}/pick").status_code == 404


def test_an_administrator_picks_lets_go_and_names_the_case_of_the_week(client, browser, session, opened, sign_in):
    case, plain = make_sample(session, title="First"), make_case(session, level=ConsentLevel.PUBLIC)
    session.commit()
    sign_in(opened)
    page = client.get("/admin/discover").text
    assert "First" in page
    assert f"/admin/discover/media/{case.cover['name']}/w474" in page
    assert client.post(f"/admin/discover/{plain.public_id}/pick").status_code == 404
    assert client.post(f"/admin/discover/{case.public_id}/week").status_code == 404
    client.post(f"/admin/discover/{case.public_id}/pick")
    client.post(f"/admin/discover/{case.public_id}/week")
    visitor = browser()
    assert "Case of the week" in visitor.get("/").text
    client.post(f"/admin/discover/{case.public_id}/unpick")
    assert visitor.get(f"/discover/{case.public_id}").status_code == 404
    assert "Case of the week" not in visitor.get("/").text
    verbs = [event.verb for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    assert [verb for verb in verbs if verb.startswith("sample")] == ["sample-pick", "sample-week", "sample-unpick"]


def test_the_author_is_told_what_became_of_the_offer(client, browser, session, opened, sign_in):
    case = make_sample(session, make_case(session, level=ConsentLevel.PUBLIC, title="Inside"))
    own = make_sample(session, make_case(session, opened, level=ConsentLevel.PUBLIC, title="Her own"))
    session.commit()
    sign_in(opened)
    for act in ("pick", "pick", "unpick", "pick"):
        client.post(f"/admin/discover/{case.public_id}/{act}")
    client.post(f"/admin/discover/{own.public_id}/pick")
    lines = session.query(InboxItem).order_by(InboxItem.id).all()
    assert [(line.user_id, line.kind) for line in lines] == [
        (case.author_id, kind) for kind in ("sample-picked", "sample-unpicked", "sample-picked")
    ]
    sign_in(session.get(User, case.author_id), author := browser())
    inbox = BeautifulSoup(author.get("/inbox").text, "html.parser").find("main")
    assert "The clinic shows your offered case to visitors no more" in inbox.get_text()
    assert inbox.find("a", href=f"/c/{case.public_id}/discover") is not None


def test_it_is_gone_with_the_next_request_however_it_ends(client, browser, session, opened, sign_in, web_clock):
    ada, visitor = sign_in("clinician"), browser()
    cases = [make_case(session, ada, level=ConsentLevel.PUBLIC) for _ in range(3)]
    short = make_case(session, ada)
    make_consent(session, short, ConsentLevel.PUBLIC, valid_until=web_clock() + timedelta(hours=1))
    for case in (*cases, short):
        make_sample(session, case, by=opened)
    session.commit()
    client.get("/settings/profile")
    ends = {"discover/end": cases[0], "withdraw": cases[1], "consent/withdraw": cases[2]}
    for act, case in ends.items():
        assert visitor.get(f"/discover/{case.public_id}").status_code == 200
        assert client.post(f"/c/{case.public_id}/{act}").status_code == 303
        assert visitor.get(f"/discover/{case.public_id}").status_code == 404, act
    assert visitor.get(f"/discover/{short.public_id}").status_code == 200
    web_clock.pass_by(hours=2)
    assert visitor.get(f"/discover/{short.public_id}").status_code == 404


def test_new_words_are_a_new_offer_that_nobody_has_picked(client, browser, session, opened, sign_in):
    case = make_case(session, sign_in("clinician"), level=ConsentLevel.PUBLIC)
    make_sample(session, case, by=opened)
    session.commit()
    client.get(f"/c/{case.public_id}/discover")
    assert client.post(f"/c/{case.public_id}/discover", data={"title": "Other words"}).status_code == 303
    assert browser().get(f"/discover/{case.public_id}").status_code == 404
    assert session.get(PublicSample, case.id).picked_at is None


def test_a_picture_that_may_disturb_waits_on_its_own_page(client, session, opened):
    case = make_sample(session, by=opened)
    case.is_sensitive = True
    session.commit()
    assert case.cover["name"] not in client.get("/discover").text
    assert case.cover["name"] in client.get(f"/discover/{case.public_id}").text


def test_search_engines_are_kept_away_unless_the_clinic_wants_them(client, session, opened):
    case = make_sample(session, by=opened)
    session.commit()
    page = f"/discover/{case.public_id}"
    assert client.get(page).headers["X-Robots-Tag"] == "noindex, nofollow"
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    switch(session, discover_is_listed=True)
    assert client.get(page).headers["X-Robots-Tag"].startswith("index, follow, noarchive")
    assert 'name="robots" content="index, follow, noarchive' in client.get(page).text
    assert "Allow: /discover\n" in client.get("/robots.txt").text
    for address in ("/login", f"/media/{case.cover['name']}/w474"):
        assert client.get(address).headers["X-Robots-Tag"] == "noindex, nofollow"
    switch(session, discover=False)
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_wall_is_paged_by_key_and_costs_as_much_for_many(client, session, opened, connection):
    for number in range(30):
        make_sample(session, by=opened, title=f"Number {number}")
    session.commit()
    asked = []
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
    first = client.get("/discover").text
    # The decisions of the clinic, which a site remembers, are left out.
    assert len([one for one in asked if one.startswith("SELECT") and "setting.name, " not in one]) == 3
    more = BeautifulSoup(first, "html.parser").find("a", class_="more")["href"]
    second = client.get(more).text
    titles = re.findall(r"Number \d+", first + second)
    assert titles == [f"Number {number}" for number in reversed(range(30))]
