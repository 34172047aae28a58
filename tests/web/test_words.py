"""Wherever words are saved: the doubtful phrase is marked, nothing is lost, and one tick lets it pass for good."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from pinboard.models import AuditEvent, Board, Case, CaseChange, Comment, Release, Share, WordApproval
from pinboard.web.words import SENTENCES, TICK
from tests.html import checked
from tests.people import make_scene
from tests.pictures import images, store_all

DOUBTFUL = "Thanks to Dr Rao, ask on 3 March 1984."
PHRASES = ["Dr Rao", "3 March 1984"]


@pytest.fixture
def scene(session, stores):
    made = make_scene(session, pictures=2, title="Is it old?", question="Since when?", tags=["chest"])
    store_all(session, stores, made.case)
    session.commit()
    return made


@pytest.fixture
def ada(scene, browser, sign_in):
    there = browser()
    sign_in(scene.people.ada, there)
    return there


def image(session, scene):
    return images(session, scene.case)[0].public_id


def edit(scene, **changed):
    names = ("question", "history", "findings", "differential", "age_band", "sex", "body_part", "laterality")
    return {"title": "Is it old?", "tags": "chest"} | dict.fromkeys(names, "") | changed


PLACES = {
    "a comment": lambda scene, _session, text: ("comments", {"body": text}),
    "a question": lambda scene, _session, text: ("edit", edit(scene, question=text)),
    "a differential": lambda scene, _session, text: ("edit", edit(scene, differential=text)),
    "an outcome": lambda scene, _session, text: ("solve", {"resolution": "solved", "outcome": text}),
    "a caption": lambda scene, session, text: (
        "release",
        {
            "chart_code": scene.subject.chart_code,
            "caption": text,
            "author_name": "Dr Owens",
            "images": [image(session, scene)],
            "delay": "0",
        },
    ),
    "a label": lambda scene, _session, text: ("shares", {"kind": "subject", "label": text, "days": "14"}),
    "a reason": lambda scene, session, text: (f"images/{image(session, scene)}/remove", {"reason": text}),
}


def marked(answer):
    return [mark.get_text() for mark in BeautifulSoup(answer.text, "html.parser").select(".doubts mark")]


def ticks(answer):
    return [box["value"] for box in BeautifulSoup(answer.text, "html.parser").select(f".doubts [name={TICK}]")]


def saved(session, text=DOUBTFUL):
    """Tell whether these words stand anywhere now."""
    session.expire_all()
    places = (
        Comment.body,
        Case.question,
        Case.outcome,
        Release.caption,
        Share.label,
        CaseChange.reason,
        Case.differential,
    )
    held = [value for place in places for value in session.scalars(select(place))]
    return any(text in str(value) for value in held)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_doubtful_words_are_marked_and_not_saved(session, scene, ada, place):
    path, form = PLACES[place](scene, session, DOUBTFUL)
    answer = ada.post(f"/c/{scene.case.public_id}/{path}", form)
    assert answer.status_code == 422
    soup = checked(answer, place)
    assert marked(answer) == PHRASES
    assert not saved(session)
    # What was typed stands in its field, and nothing is ticked beforehand.
    held = [
        field.get("value") or field.get_text() for field in soup.select("main input, main textarea, dialog textarea")
    ]
    assert any(DOUBTFUL in value for value in held)
    assert soup.select(f"[name={TICK}][checked]") == []
    assert session.scalars(select(WordApproval)).all() == []


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_tick_for_each_phrase_saves_them_and_is_remembered(session, scene, ada, place):
    path, form = PLACES[place](scene, session, DOUBTFUL)
    url = f"/c/{scene.case.public_id}/{path}"
    given = ticks(ada.post(url, form))
    assert ada.post(url, form | {TICK: given}).status_code in {200, 303}
    assert saved(session)
    events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "words-approved")).all()
    assert [event.detail for event in events] == [{"kinds": {"date": 1, "name": 1}}]
    assert (events[0].actor_id, events[0].case_id) == (scene.people.ada.id, scene.case.id)
    assert "Rao" not in str([vars(event) for event in events])
    # The same phrases in another place of the same case need no second tick.
    assert ada.post(f"/c/{scene.case.public_id}/comments", {"body": f"Again: {DOUBTFUL}"}).status_code == 303


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_words_without_doubt_pass(session, scene, ada, place):
    path, form = PLACES[place](scene, session, "Compare L4/5 with the Baker cyst, 2 mm.")
    assert ada.post(f"/c/{scene.case.public_id}/{path}", form).status_code in {200, 303}
    assert saved(session, "Baker cyst")
    assert session.scalars(select(AuditEvent).where(AuditEvent.verb == "words-approved")).all() == []


def test_one_tick_of_two_saves_nothing_and_stays_ticked(session, scene, ada):
    url = f"/c/{scene.case.public_id}/comments"
    first, _second = ticks(ada.post(url, {"body": DOUBTFUL}))
    answer = ada.post(url, {"body": DOUBTFUL, TICK: first})
    assert answer.status_code == 422
    assert [box["value"] for box in BeautifulSoup(answer.text, "html.parser").select(f"[name={TICK}][checked]")] == [
        first
    ]
    assert session.scalars(select(WordApproval)).all() == []
    assert not saved(session)


def test_a_tick_for_one_phrase_is_none_for_another(session, scene, ada):
    url = f"/c/{scene.case.public_id}/comments"
    given = ticks(ada.post(url, {"body": "Dr Rao"}))
    assert ada.post(url, {"body": "Mr Kent", TICK: given}).status_code == 422
    assert ada.post(url, {"body": "Mr Kent", TICK: ["", "0" * 32, "x" * 9_000]}).status_code == 422
    assert not saved(session, "Mr Kent")


def test_an_edited_phrase_needs_no_tick(session, scene, ada):
    url = f"/c/{scene.case.public_id}/comments"
    assert ada.post(url, {"body": DOUBTFUL}).status_code == 422
    assert ada.post(url, {"body": "Thanks to a colleague, ask in 1984."}).status_code == 303
    assert session.scalars(select(WordApproval)).all() == []


def test_by_htmx_the_composer_comes_back_with_the_question(scene, ada):
    headers = {"X-CSRFToken": ada.csrf()}
    url = f"/c/{scene.case.public_id}/comments"
    answer = ada.fragment(url, "POST", data={"body": "thanks Dr Rao for this"}, headers=headers)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.select_one(".composer .doubt-words").get_text() == "thanks Dr Rao for this"
    assert "Post anyway, “Dr Rao” is not identifying" in soup.get_text()
    assert SENTENCES["name"] in soup.get_text()
    assert soup.select_one(".composer textarea").get_text().strip() == "thanks Dr Rao for this"
    again = ada.fragment(url, "POST", data={"body": "thanks Dr Rao for this", TICK: ticks(answer)}, headers=headers)
    assert again.status_code == 200
    assert marked(again) == []


def test_an_edited_comment_is_checked_too(session, scene, ada):
    url = f"/c/{scene.case.public_id}/comments"
    ada.post(url, {"body": "Looks fine."})
    comment = session.scalars(select(Comment).where(Comment.author_id == scene.people.ada.id)).one()
    answer = ada.post(f"{url}/{comment.public_id}/edit", {"body": DOUBTFUL})
    assert (answer.status_code, marked(answer)) == (422, PHRASES)
    assert not saved(session)
    assert ada.post(f"{url}/{comment.public_id}/edit", {"body": DOUBTFUL, TICK: ticks(answer)}).status_code == 303
    assert saved(session)


def test_an_alternative_text_is_checked_and_named(session, scene, ada):
    series = BeautifulSoup(ada.get(f"/c/{scene.case.public_id}/edit").text, "html.parser").select_one("[name^=alt-]")
    answer = ada.post(f"/c/{scene.case.public_id}/edit", edit(scene, **{series["name"]: "Film of Mr Kent"}))
    assert (answer.status_code, marked(answer)) == (422, ["Mr Kent"])


def test_where_a_form_has_several_fields_the_question_says_which(scene, ada):
    answer = ada.post(f"/c/{scene.case.public_id}/edit", edit(scene, history="Dr Rao", findings="Mr Kent"))
    links = BeautifulSoup(answer.text, "html.parser").select(".doubts a")
    assert [(link["href"], link.get_text()) for link in links] == [
        ("#f-history", "In “History”"),
        ("#f-findings", "In “Findings”"),
    ]


def test_the_doctor_whom_a_link_is_for_may_be_named_in_its_label_and_the_patient_may_not(session, scene, ada):
    url = f"/c/{scene.case.public_id}/shares"
    assert ada.post(url, {"kind": "colleague", "label": "Dr Kent, Basel", "days": "14"}).status_code == 200
    assert ada.post(url, {"kind": "colleague", "label": "Mr Kent", "days": "14"}).status_code == 422
    assert ada.post(url, {"kind": "subject", "label": "Dr Kent", "days": "14"}).status_code == 422
    assert saved(session, "Dr Kent, Basel")


def test_a_board_is_asked_about_once_for_what_it_says(session, ada):
    form = {"title": "Friends of Dr Rao", "description": ""}
    answer = ada.post("/boards", form)
    assert (answer.status_code, marked(answer)) == (422, ["Dr Rao"])
    assert session.scalar(select(Board).where(Board.title == form["title"])) is None
    made = ada.post("/boards", form | {TICK: ticks(answer)})
    assert made.status_code == 303
    url = f"{made.headers['Location']}/settings"
    board = session.scalars(select(Board).where(Board.title == form["title"])).one()
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "words-approved")).one()
    assert (event.thing, event.detail) == (f"board:{board.public_id}", {"kinds": {"name": 1}})
    assert ada.post(url, form | {"description": "For the knee."}).status_code == 303
    other = ada.post(url, form | {"description": "For Mr Kent."})
    assert (other.status_code, marked(other)) == (422, ["Mr Kent"])
    checked(other, "settings")
    session.refresh(board)
    assert board.description == "For the knee."


def test_a_board_made_while_pinning_is_asked_about_too(session, scene, ada):
    url, form = f"/c/{scene.case.public_id}/pin", {"title": "Friends of Dr Rao"}
    answer = ada.post(url, form)
    assert (answer.status_code, marked(answer)) == (422, ["Dr Rao"])
    assert checked(answer, "pin").select_one(".pin-new [name=title]")["value"] == form["title"]
    assert session.scalar(select(Board).where(Board.title == form["title"])) is None
    assert ada.post(url, form | {TICK: ticks(answer)}).status_code == 303
    board = session.scalars(select(Board).where(Board.title == form["title"])).one()
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "words-approved")).one()
    assert (event.thing, event.detail) == (f"board:{board.public_id}", {"kinds": {"name": 1}})


def test_the_words_of_the_question_are_text(scene, ada):
    answer = ada.post(f"/c/{scene.case.public_id}/comments", {"body": "<b>Dr Rao</b> <script>x</script>"})
    assert answer.status_code == 422
    assert "<script>x" not in answer.text
    assert marked(answer) == ["Dr Rao"]


def test_every_kind_of_doubt_has_its_sentence():
    from pinboard.deid.freetext import KINDS

    assert set(SENTENCES) == set(KINDS)
    assert len(set(SENTENCES.values())) == len(KINDS)
