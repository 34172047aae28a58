"""Marks: drawn, seen by the next reader, moved, taken away and brought back, and who may not."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.cases.queries import runs
from pinboard.clock import now
from pinboard.intake import revise, sweep, withdraw
from pinboard.marks import service
from pinboard.marks.queries import places
from pinboard.models import AuditEvent, CommentMark, Instance, InstanceState, Mark, MarkKind
from tests.factories import make_case, make_comment, make_mark, make_picture, make_user
from tests.html import checked, fragment, page
from tests.people import make_scene


@pytest.fixture
def drawing(session, sign_in):
    """Give a case of somebody else's with a film and a cine, and be signed in as a clinician who sees it."""
    ada = make_user(session, "Ada Owens")
    case = make_case(session, ada)
    make_picture(session, case, frames=5)
    session.commit()
    me = sign_in("clinician", name="Ben Shah")
    return case, f"/c/{case.public_id}/marks", ada, me


def images(session, case):
    return session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)).all()


def marks(session, case):
    session.expire_all()
    return session.scalars(select(Mark).where(Mark.case_id == case.id).order_by(Mark.id)).all()


def shape(image, points=((10, 20), (60, 80)), **given):
    return {"media": image.media_name, "frame": 0, "kind": "arrow", "points": json.dumps(points)} | given


def send(client, url, data=None):
    return client.fragment(url, "POST", data=data, headers={"X-CSRFToken": client.csrf()})


def test_a_mark_is_there_for_the_next_reader(client, session, drawing, sign_in, browser):
    case, url, _ada, me = drawing
    _film, cine = images(session, case)
    answer = send(client, url, shape(cine, frame=3))
    assert answer.status_code == 200
    assert 'hx-target="#marks"' in answer.text
    made = marks(session, case)[0]
    assert (made.letter, made.kind, made.points, made.frame) == ("A", MarkKind.ARROW, [[10, 20], [60, 80]], 3)
    assert (made.by_id, made.instance_id) == (me.id, cine.id)
    next_reader = browser()
    sign_in("trainee", next_reader)
    line = page(next_reader, f"/c/{case.public_id}").select_one("#marks li")
    assert line["data-media"] == cine.media_name
    assert json.loads(line["data-points"]) == [[10, 20], [60, 80]]
    assert "Ben Shah, series 2, picture 4" in line.get_text()
    assert line.select_one("form") is None


def test_the_list_leads_to_the_frame_without_script(client, session, drawing):
    case, url, _ada, _me = drawing
    mark = make_mark(session, case, instance=images(session, case)[1], frame=2)
    session.commit()
    link = page(client, f"/c/{case.public_id}").select_one("#marks li a")["href"]
    assert link == f"{url}/{mark.public_id}"
    place = client.get(link).headers["Location"]
    assert place.startswith(f"/c/{case.public_id}/series/2?frame=2&")
    assert page(client, place.split("#")[0]).select_one("#stage img")["src"].endswith("/f2")


def test_a_page_without_marks_has_an_empty_list_that_is_not_shown(client, drawing):
    case, _url, _ada, _me = drawing
    assert page(client, f"/c/{case.public_id}").select_one("#marks").has_attr("hidden")


def test_marks_stand_where_the_stage_counts_them(session, drawing):
    case, _url, _ada, _me = drawing
    first = images(session, case)[0]
    make_picture(session, case, frames=3)
    make_picture(session, case, state=InstanceState.HIDDEN)
    make_picture(session, case, is_subject_only=True)
    second = make_picture(session, case, frames=2)
    second.series_id, second.position = first.series_id, 1
    session.flush()
    names = {one.id: one.media_name for one in images(session, case)}
    found = {names[key]: (place.series, place.before) for key, place in places(session, case.id).items()}
    staged = {}
    for run in runs(session, case.id):
        before = 0
        for part in run.parts:
            staged[part.media_name] = (run.number, before)
            before += part.frames
    assert found == staged
    assert len(found) == 4


@pytest.mark.parametrize("kind", list(MarkKind))
def test_every_shape_can_be_drawn(client, session, drawing, kind):
    case, url, _ada, _me = drawing
    points = [[10, 20]] if kind is MarkKind.TEXT else [[10, 20], [60, 80]]
    given = {"text": "Old clip"} if kind is MarkKind.TEXT else {}
    assert send(client, url, shape(images(session, case)[0], points, kind=kind, **given)).status_code == 200
    assert marks(session, case)[0].kind == kind


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"points": ""}, "could not be read"),
        ({"points": "[[1,2]]"}, "could not be read"),
        ({"points": "[[1,2],[1.2,2.1]]"}, "too small"),
        ({"kind": "heart"}, "Choose one of the list"),
        ({"frame": "-1"}, "between"),
        ({"kind": "text", "points": "[[1,2]]", "text": " "}, "Write the words first"),
        ({"kind": "text", "points": "[[1,2]]", "text": "x" * 121}, "at most 120"),
    ],
)
def test_what_is_no_mark_is_refused_in_words(client, session, drawing, wrong, said):
    case, url, _ada, _me = drawing
    sent = shape(images(session, case)[0]) | wrong
    answer = send(client, url, sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert said in checked(client.post(url, sent)).get_text()
    assert marks(session, case) == []


def test_one_draws_only_on_frames_that_are_there(client, session, drawing):
    case, url, _ada, _me = drawing
    film, cine = images(session, case)
    other = images(session, make_case(session))[0]
    hidden = make_picture(session, case, state=InstanceState.HIDDEN)
    closed = make_picture(session, case, is_subject_only=True)
    session.commit()
    for sent in (shape(film, frame=1), shape(cine, frame=5), shape(other), shape(hidden), shape(closed)):
        assert send(client, url, sent).status_code == 404
    assert marks(session, case) == []


def test_words_on_a_picture_are_checked_like_those_of_a_comment(client, session, drawing):
    case, url, _ada, _me = drawing
    sent = shape(images(session, case)[0], [[10, 20]], kind="text", text="Ask Dr Rao")
    answer = send(client, url, sent)
    assert answer.status_code == 422
    assert "<mark>Dr Rao</mark>" in answer.text
    assert marks(session, case) == []
    tick = checked(client.post(url, sent)).select_one("[name=not-identifying]")["value"]
    assert send(client, url, sent | {"not-identifying": tick}).status_code == 200
    assert marks(session, case)[0].text == "Ask Dr Rao"


def test_words_on_a_picture_are_text(client, session, drawing):
    case, _url, _ada, _me = drawing
    make_mark(session, case, kind=MarkKind.TEXT, text="<b>'x'\"</b>")
    session.commit()
    line = page(client, f"/c/{case.public_id}").select_one("#marks li")
    assert line["data-text"] == "<b>'x'\"</b>"
    assert line.select_one("b") is None


def test_one_moves_ones_own_mark(client, session, drawing):
    case, url, _ada, me = drawing
    mark = make_mark(session, case, me)
    session.commit()
    here = f"{url}/{mark.public_id}/move"
    assert send(client, here, {"points": "[[-9, 5], [40, 50]]"}).status_code == 200
    assert marks(session, case)[0].points == [[0, 5], [40, 50]]
    assert client.post(here, {"points": "[[1, 5], [40, 50]]"}).status_code == 303
    for wrong in ("", "[[1, 2]]", "[[1, 2], [1, 2]]"):
        refused = send(client, here, {"points": wrong})
        assert refused.status_code == 422
        assert 'data-mark="' in refused.text
        checked(client.post(here, {"points": wrong}))
    assert marks(session, case)[0].points == [[1, 5], [40, 50]]


def test_a_mark_taken_away_keeps_its_letter_and_can_come_back(client, session, drawing):
    case, url, _ada, me = drawing
    mark = make_mark(session, case, me)
    session.commit()
    here = f"{url}/{mark.public_id}"
    answer = send(client, f"{here}/remove")
    assert f"{here}/restore" in answer.headers["HX-Trigger"]
    assert page(client, f"/c/{case.public_id}").select("#marks li") == []
    assert client.get(here).status_code == 404
    send(client, url, shape(images(session, case)[0]))
    assert [one.letter for one in marks(session, case)] == ["A", "B"]
    client.post(f"{here}/restore")
    assert [line["data-letter"] for line in page(client, f"/c/{case.public_id}").select("#marks li")] == ["A", "B"]
    verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.case_id == case.id)).all()
    assert verbs.count("mark-remove") == 1


def test_too_late_is_too_late_and_then_the_mark_is_forgotten(client, session, drawing, stores):
    case, url, _ada, me = drawing
    old = now() - timedelta(days=1, minutes=1)
    mark = make_mark(session, case, me, kind=MarkKind.TEXT, text="Clip", removed_at=old)
    young = make_mark(session, case, me, letter="B", removed_at=now() - timedelta(hours=1))
    session.commit()
    client.post(f"{url}/{mark.public_id}/restore")
    assert marks(session, case)[0].removed_at is not None
    sweep.sweep(stores)
    assert (marks(session, case)[0].text, marks(session, case)[0].points) == ("", [])
    assert marks(session, case)[1].points == [[10, 20], [60, 80]]
    client.post(f"{url}/{young.public_id}/restore")
    assert marks(session, case)[1].removed_at is None


@pytest.mark.parametrize("act", ["move", "remove", "restore"])
def test_nobody_touches_the_mark_of_another(client, session, drawing, sign_in, act):
    case, url, ada, _me = drawing
    mark = make_mark(session, case, make_user(session))
    session.commit()
    assert client.post(f"{url}/{mark.public_id}/{act}", {"points": "[[1, 2], [30, 40]]"}).status_code == 404
    sign_in(ada)
    assert client.post(f"{url}/{mark.public_id}/{act}", {"points": "[[1, 2], [30, 40]]"}).status_code == 404
    assert marks(session, case)[0].points == [[10, 20], [60, 80]]
    assert marks(session, case)[0].removed_at is None


def test_a_mark_is_not_reached_through_another_case(client, session, drawing):
    case, _url, _ada, me = drawing
    mark = make_mark(session, case, me)
    other = make_case(session)
    session.commit()
    there = f"/c/{other.public_id}/marks/{mark.public_id}"
    assert client.get(there).status_code == client.post(f"{there}/remove").status_code == 404


def test_each_author_has_a_colour_and_keeps_it(client, session, drawing):
    case, _url, ada, me = drawing
    make_mark(session, case, ada, removed_at=now())
    make_mark(session, case, me, letter="B")
    make_mark(session, case, ada, letter="C")
    session.commit()
    lines = page(client, f"/c/{case.public_id}").select("#marks li")
    assert [(line["data-letter"], line["data-colour"]) for line in lines] == [("B", "1"), ("C", "0")]
    assert [line.has_attr("data-own") for line in lines] == [True, False]


def test_letters_go_on_after_z():
    letters = [""]
    for _ in range(26 + 26 * 26 + 1):
        letters.append(service.next_letter(letters[-1]))
    assert letters[1:4] == ["A", "B", "C"]
    assert letters[26:29] == ["Z", "AA", "AB"]
    assert letters[-2:] == ["ZZ", "AAA"]


def test_the_next_letter_follows_the_last_in_their_own_order(client, session, drawing):
    case, url, _ada, me = drawing
    for letter in ("Z", "AB", "C"):
        make_mark(session, case, me, letter=letter)
    session.commit()
    send(client, url, shape(images(session, case)[0]))
    assert marks(session, case)[-1].letter == "AC"


def test_a_case_has_an_end_of_marks(client, session, drawing):
    case, url, _ada, me = drawing
    for number in range(service.MOST):
        make_mark(session, case, me, letter=f"A{chr(65 + number % 26)}{chr(65 + number // 26)}")
    session.commit()
    answer = send(client, url, shape(images(session, case)[0]))
    assert answer.status_code == 422
    assert "as many marks as it can have" in answer.text
    assert len(marks(session, case)) == service.MOST


def test_a_hidden_image_takes_its_marks_out_of_sight_and_shown_again_it_has_them(client, session, drawing):
    case, url, _ada, _me = drawing
    cine = images(session, case)[1]
    mark = make_mark(session, case, instance=cine)
    cine.state = InstanceState.HIDDEN
    policy.rebuild(session, [case.id])
    session.commit()
    assert page(client, f"/c/{case.public_id}").select("#marks li") == []
    assert client.get(f"{url}/{mark.public_id}").status_code == 404
    images(session, case)[1].state = InstanceState.PUBLISHED
    policy.rebuild(session, [case.id])
    session.commit()
    assert len(page(client, f"/c/{case.public_id}").select("#marks li")) == 1


def test_marks_of_a_full_set_for_the_subject_alone_are_not_the_clinics(client, session, drawing):
    case, url, _ada, _me = drawing
    closed = make_picture(session, case, is_subject_only=True)
    mark = make_mark(session, case, instance=closed)
    session.commit()
    assert client.get(f"{url}/{mark.public_id}").status_code == 404
    assert page(client, f"/c/{case.public_id}").select("#marks li") == []


def test_a_removed_image_takes_its_marks_along_but_not_their_letters(client, session, drawing):
    case, url, ada, me = drawing
    film, cine = images(session, case)
    make_mark(session, case, me, instance=cine, kind=MarkKind.TEXT, text="Clip")
    revise.remove_image(session, cine, ada, "A name on it")
    session.commit()
    made = marks(session, case)[0]
    assert (made.text, made.points, made.removed_at is None) == ("", [], False)
    assert client.post(f"{url}/{made.public_id}/restore").status_code == 303
    assert marks(session, case)[0].removed_at is not None
    send(client, url, shape(film))
    assert marks(session, case)[1].letter == "B"


def test_an_erased_case_has_no_marks(session, drawing):
    case, _url, ada, me = drawing
    mark = make_mark(session, case, me)
    comment = make_comment(session, case, me, body="See [A]")
    session.add(CommentMark(comment_id=comment.id, mark_id=mark.id))
    session.flush()
    withdraw.erase(session, case, ada)
    session.flush()
    assert marks(session, case) == []
    assert session.scalars(select(CommentMark)).all() == []


def test_who_is_not_of_the_clinic_never_meets_a_mark(client, session, sign_in, browser):
    scene = make_scene(session)
    make_mark(session, scene.case, scene.people.ben, kind=MarkKind.TEXT, text="Secretword")
    session.commit()
    pat = browser()
    sign_in(scene.people.pat, pat)
    for who, path in ((pat, f"/my/c/{scene.case.public_id}"), (browser(), f"/s/{scene.share.secret}")):
        answer = who.get(path)
        assert answer.status_code == 200
        assert "Secretword" not in answer.text
        assert "data-mark=" not in answer.text
        assert 'id="marks"' not in answer.text
    sign_in(scene.people.cleo)
    assert "Secretword" in client.get(f"/c/{scene.case.public_id}").text


def test_whoever_reads_but_may_not_comment_draws_nothing(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    case = make_case(session, ada)
    mark = make_mark(session, case, ada)
    withdraw.withdraw(session, case, ada)
    session.commit()
    sign_in(ada)
    line = page(client, f"/c/{case.public_id}").select_one("#marks li")
    assert line.select_one("form") is None
    sent = shape(images(session, case)[0])
    url = f"/c/{case.public_id}/marks"
    assert client.post(url, sent).status_code == client.post(f"{url}/{mark.public_id}/remove").status_code == 404


def test_the_form_for_words_keeps_where_they_stand(client, session, drawing):
    case, url, _ada, _me = drawing
    image = images(session, case)[0]
    form = fragment(client, f"{url}/new?media={image.media_name}&frame=0&kind=text&points=[[3,4]]")
    assert form.select_one("[name=points]")["value"] == "[[3,4]]"
    assert form.select_one("input[name=text]") is not None
    assert "Begin on the picture itself" in page(client, f"{url}/new").get_text()
