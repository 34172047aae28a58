"""What software suggests: shown with its reason, drawn only when a person says so, and never silently passed over."""

import json
import re

import pytest

from pinboard.custody import Box
from pinboard.drafts import suggestions
from pinboard.models import Confirmation, DrawnBox, Instance, ScanState, Suggestion, SuggestionKind
from tests.drafts.conftest import ROW, soup

TEXT = ("text", 0.93, None, 10, 10, 110, 30)
FACE = ("face", 0.71, 4, 200, 100, 260, 180)
STROKES = ("strokes", 0.4, None, 20, 200, 60, 220)
KEPT = ("memory", 0.75, None, 0, 220, 320, 240)
THROWN = ("memory", 0.25, None, 280, 0, 320, 20)


@pytest.fixture
def image(author, files):
    """Give an ultrasound cine of 320 × 240 pixels and 30 frames."""
    return author.add(files.cine)


@pytest.fixture
def say(session, image):
    """File what a search found on the image, in place of all before."""

    def file(scan, *rows):
        session.expire_all()
        instance = session.query(Instance).filter_by(public_id=image).one()
        instance.scan = scan
        session.query(Suggestion).filter_by(instance_id=instance.id).delete()
        session.query(DrawnBox).filter_by(instance_id=instance.id).delete()
        for kind, confidence, frame, x0, y0, x1, y1 in rows:
            place = {"frame": frame, "x0": x0, "y0": y0, "x1": x1, "y1": y1}
            session.add(Suggestion(instance_id=instance.id, kind=SuggestionKind(kind), confidence=confidence, **place))
        session.commit()
        ordered = session.query(Suggestion).filter_by(instance_id=instance.id).order_by(Suggestion.id)
        return [str(row.id) for row in ordered]

    return file


def drawn(session):
    session.expire_all()
    rows = session.query(DrawnBox).order_by(DrawnBox.id)
    return [(row.frame, row.x0, row.y0, row.x1, row.y1) for row in rows]


def review(author, image):
    return soup(author.client.get(author.url(step=f"review?image={image}")))


def test_each_is_shown_with_its_reason(author, image, say):
    say(ScanState.DONE, TEXT, FACE, STROKES, KEPT)
    page = review(author, image)
    listed = page.select_one("#image-hints").get_text(" ", strip=True)
    for words in ("text, 100 × 20 at 10, 10, on every frame", "face, 60 × 80 at 200, 100, on frame 5 only"):
        assert words in listed
    assert "painted before on this device" in listed
    assert "maybe letters" in listed
    hints = json.loads(page.select_one("#image-state")["data-hints"])
    assert [one["weak"] for one in hints] == [False, False, False, True]
    assert (hints[0]["x0"], hints[0]["y1"], hints[0]["frame"], hints[0]["why"]) == (10, 30, None, "text")
    assert "3 areas are suggested." in page.get_text()


def test_the_plain_page_draws_them_with_their_margin(author, image, say):
    say(ScanState.DONE, TEXT, FACE)
    rects = review(author, image).select("[data-sheet] svg rect")
    assert [rect["class"] for rect in rects] == [["redactor-would"]]  # the face is on another frame
    assert [int(rects[0][name]) for name in ("x", "y", "width", "height")] == [4, 4, 112, 32]
    author.client.post(author.url(image, "boxes"), {"accept": "all"})
    assert [rect["class"] for rect in review(author, image).select("[data-sheet] svg rect")] == [["redactor-painted"]]


def test_all_are_accepted_but_the_weak(author, image, say, session):
    say(ScanState.DONE, TEXT, FACE, STROKES, KEPT, THROWN)
    answer = author.client.post(author.url(image, "boxes"), {"accept": "all"}, headers=ROW)
    assert "3 areas" in answer.text
    assert sorted(drawn(session), key=str) == sorted([row[2:] for row in (TEXT, FACE, KEPT)], key=str)
    again = author.client.post(author.url(image, "boxes"), {"accept": "all"}, headers=ROW)
    assert "3 areas" in again.text
    assert "Every suggestion lies under an area" in again.text


def test_one_is_accepted_and_taken_back_without_javascript(author, image, say, session):
    text, strokes = say(ScanState.DONE, TEXT, STROKES)
    assert author.client.post(author.url(image, "boxes"), {"accept": strokes}).status_code == 303
    author.client.post(author.url(image, "boxes"), {"accept": text})
    assert drawn(session) == [STROKES[2:], TEXT[2:]]
    author.client.post(author.url(image, "boxes"), {"take-back": strokes})
    assert drawn(session) == [TEXT[2:]]
    author.client.post(author.url(image, "boxes"), {"accept": "999999"})
    author.client.post(author.url(image, "boxes"), {"take-back": "nonsense"})
    assert drawn(session) == [TEXT[2:]]


@pytest.mark.parametrize(
    ("box", "state"),
    [
        ([None, 10, 10, 110, 30], "accepted"),
        ([None, 0, 0, 200, 100], "covered"),
        ([None, 10, 10, 90, 30], "covered"),  # 80 %
        ([None, 10, 10, 89, 30], "open"),
        ([4, 0, 0, 200, 100], "open"),  # one frame of thirty
        ([None, 150, 10, 250, 30], "open"),
    ],
)
def test_what_lies_under_an_area_needs_no_answer(box, state):
    row = Suggestion(id=1, kind=SuggestionKind.TEXT, confidence=0.9, frame=None, x0=10, y0=10, x1=110, y1=30)
    frame, x0, y0, x1, y1 = box
    assert [one.state for one in suggestions.suggested([row], [Box(x0, y0, x1, y1, frame)], 30)] == [state]


def test_several_areas_together_lie_over_one(author, image, say):
    say(ScanState.DONE, TEXT)
    halves = [[None, 5, 5, 60, 40], [None, 60, 5, 120, 40]]
    author.client.post(author.url(image, "boxes"), {"boxes": json.dumps(halves)})
    assert review(author, image).select("#image-hints li .meta")[-1].get_text() == "under an area"


@pytest.mark.parametrize(
    ("scan", "rows", "words"),
    [
        (None, (), "No text was looked for."),
        (ScanState.WAITING, (), "Text and faces are looked for."),
        (ScanState.FAILED, (), "The search for text and faces failed."),
        (ScanState.PARTLY, (), "Suggestions of text and faces are not installed here."),
        (ScanState.PARTLY, (STROKES,), "Suggestions of text and faces are not installed here."),
        (ScanState.DONE, (), "No text detected. Look once more."),
        (ScanState.DONE, (STROKES,), "No text detected. Look once more."),
        (ScanState.DONE, (TEXT,), "1 area is suggested."),
        (ScanState.PARTLY, (KEPT,), "1 area is suggested."),
    ],
)
def test_the_page_says_what_the_software_knows(author, image, say, scan, rows, words):
    say(scan, *rows)
    assert words in review(author, image).select_one(".image-scan").get_text()


def test_nobody_confirms_past_a_suggestion_without_saying_so(author, image, say, session):
    say(ScanState.DONE, TEXT, FACE, STROKES)
    assert review(author, image).select_one("[data-confirm-image] button").get_text(strip=True) == (
        "Confirm without 2 suggestions"
    )
    for told in ({}, {"doubt": "0"}, {"doubt": "1"}, {"doubt": "waiting"}):
        answer = author.client.post(author.url(image, "confirm"), {"boxes": "[]", **told})
        assert answer.status_code == 409
        assert "Areas were suggested in the meantime" in answer.text
    assert session.query(Confirmation).count() == 0
    assert author.client.post(author.url(image, "confirm"), {"boxes": "[]", "doubt": "2"}).status_code == 303
    assert session.query(Confirmation).count() == 1


def test_weak_signs_do_not_stand_in_the_way(author, image, say):
    say(ScanState.DONE, STROKES, THROWN)
    assert author.confirm(image).status_code == 303


def test_an_image_may_be_confirmed_while_the_search_runs_and_says_so(author, image, say):
    say(ScanState.WAITING)
    assert "Confirm without waiting" in review(author, image).get_text()
    assert author.client.post(author.url(image, "confirm"), {"boxes": "[]", "doubt": "waiting"}).status_code == 303


def test_the_search_is_asked_for_only_while_it_runs(author, image, say):
    say(ScanState.WAITING)
    asked = review(author, image).select_one("#image-state")["hx-get"]
    assert author.client.get(asked, headers=ROW).status_code == 204
    say(ScanState.DONE, TEXT)
    answer = author.client.get(asked, headers=ROW)
    assert answer.status_code == 200
    assert "1 area is suggested." in answer.text
    assert "hx-trigger" not in answer.text
    fresh = re.sub("have=.*", "have=" + "x" * 18, asked)
    assert author.client.get(fresh, headers=ROW).status_code == 200
    assert author.client.get(asked).status_code == 303  # a page, for whoever opens the address


def test_what_was_drawn_elsewhere_is_news_too(author, image, say):
    say(ScanState.WAITING)
    asked = review(author, image).select_one("#image-state")["hx-get"]
    author.client.post(author.url(image, "boxes"), {"boxes": "[[null, 1, 1, 9, 9]]"})
    assert "1 area, not confirmed" in soup(author.client.get(asked, headers=ROW)).get_text(" ", strip=True)


def test_others_find_nothing(author, other, image, say, session):
    (text,) = say(ScanState.DONE, TEXT)
    assert other.client.get(author.url(image, "suggestions"), headers=ROW).status_code == 404
    assert other.client.post(author.url(image, "boxes"), {"accept": text}).status_code == 404
    assert other.client.post(author.url(image, "series")).status_code == 404
    assert drawn(session) == []


def test_a_suggestion_of_another_image_is_not_accepted_here(author, image, say, files, session):
    second = author.add(files.ct)
    (text,) = say(ScanState.DONE, TEXT)
    author.client.post(author.url(second, "boxes"), {"accept": text})
    assert drawn(session) == []


def test_the_next_image_is_the_next_one(author, files):
    """From the one that is shown onwards, then from the first; not the first every time."""
    first, second, third = author.add(files.cine), author.add(files.ct), author.add(files.photo)
    assert second in review(author, first).select_one("[aria-keyshortcuts=j]")["href"]
    assert third in review(author, second).select_one("[aria-keyshortcuts=j]")["href"]
    assert first in review(author, third).select_one("[aria-keyshortcuts=j]")["href"]
    assert second in author.confirm(first).headers["Location"]
    assert third in author.confirm(second).headers["Location"]
    last = author.confirm(third)
    assert last.headers["Location"].endswith(author.url())
    assert "Every image is confirmed" in author.client.get(last.headers["Location"]).text


def test_the_reason_on_the_picture_is_in_the_language_of_the_reader(author, image, say, session):
    say(ScanState.DONE, TEXT)
    author.user.preferences = {"language": "es"}
    session.commit()
    hint = json.loads(review(author, image).select_one("#image-state")["data-hints"])[0]
    assert hint["words"].startswith(hint["why"])
    assert hint["why"] != str(suggestions.WHY[SuggestionKind.TEXT])
