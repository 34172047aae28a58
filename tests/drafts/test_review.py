"""The review page: every image shown, areas kept as drawn, and a confirmation that holds for exactly what was seen."""

import json

import pytest

from pinboard.intake.errors import sentence_for
from pinboard.models import Confirmation, DrawnBox
from tests.drafts.conftest import ROW, soup


@pytest.fixture
def image(author, files):
    """Give an ultrasound cine of 320 × 240 pixels and 30 frames."""
    return author.add(files.cine)


def draw(author, image, boxes, **options):
    return author.client.post(author.url(image, "boxes"), {"boxes": json.dumps(boxes)}, **options)


def test_every_image_is_shown_and_the_first_unconfirmed_is_large(author, image, files):
    second = author.add(files.ct)
    page = soup(author.client.get(author.url(step="review")))
    assert len(page.select(".review-strip li")) == 2
    large = page.select_one("redactor-canvas")
    assert (large["data-columns"], large["data-rows"], large["data-frames"]) == ("320", "240", "30")
    author.confirm(image)
    page = soup(author.client.get(author.url(step="review")))
    assert second in page.select_one(".redactor-sheet img")["src"]
    assert "1 of 2 confirmed" in page.get_text()


def test_areas_are_kept_in_native_pixels(author, image, session):
    answer = draw(author, image, [[None, 0, 0, 320, 20], [4, 10, 30, 50, 60]], headers=ROW)
    assert answer.status_code == 200
    assert "2 areas" in answer.text
    assert "not confirmed yet" in answer.text
    rows = session.query(DrawnBox).order_by(DrawnBox.id).all()
    assert [(row.frame, row.x0, row.y0, row.x1, row.y1) for row in rows] == [(None, 0, 0, 320, 20), (4, 10, 30, 50, 60)]
    draw(author, image, [])
    assert session.query(DrawnBox).count() == 0


@pytest.mark.parametrize(
    ("boxes", "code"),
    [
        ("[[null, 0, 0, 321, 10]]", "box-outside"),
        ("[[null, 10, 0, 10, 10]]", "box-outside"),
        ("[[null, -1, 0, 10, 10]]", "box-outside"),
        ("[[null, 0, 0, 10]]", "box-outside"),
        ("[[null, 0.5, 0, 10, 10]]", "box-outside"),
        ("[[null, true, 0, 10, 10]]", "box-outside"),
        ("[[30, 0, 0, 10, 10]]", "box-frame"),
        ("[[-1, 0, 0, 10, 10]]", "box-frame"),
        ('[["0", 0, 0, 10, 10]]', "box-frame"),
        ("[" * 5000, "box-outside"),
        ("{}", "box-outside"),
        ("nonsense", "box-outside"),
        ("[[null, 0, 0, 1" + "0" * 400 + ", 1]]", "box-outside"),
        (json.dumps([[None, 0, 0, place + 1, 1] for place in range(201)]), "too-many-boxes"),
    ],
)
def test_an_area_that_cannot_be_is_refused_in_words(author, image, session, boxes, code):
    draw(author, image, [[None, 1, 1, 5, 5]])
    answer = author.client.post(author.url(image, "boxes"), {"boxes": boxes}, headers=ROW)
    assert answer.status_code == 422
    assert sentence_for(code) in answer.text
    assert "1 area" in answer.text
    assert session.query(DrawnBox).count() == 1


def test_areas_come_by_numbers_without_javascript(author, image, session):
    numbers = {"x": "5", "y": "6", "width": "20", "height": "10", "frame": "3"}
    answer = author.client.post(author.url(image, "boxes"), numbers)
    assert answer.status_code == 303
    assert "20 × 10 at 5, 6, frame 3" in soup(author.client.get(answer.headers["Location"])).get_text(" ", strip=True)
    author.client.post(author.url(image, "boxes"), {**numbers, "frame": ""})
    assert [row.frame for row in session.query(DrawnBox).order_by(DrawnBox.id)] == [2, None]
    author.client.post(author.url(image, "boxes"), {"remove": "0"})
    assert [row.frame for row in session.query(DrawnBox)] == [None]
    assert author.client.post(author.url(image, "boxes"), {"remove": "7"}).status_code == 422
    assert author.client.post(author.url(image, "boxes"), {"x": "a"}).status_code == 422


def test_a_moved_area_takes_the_confirmation_back(author, image, session):
    assert author.confirm(image).status_code == 303
    assert session.query(Confirmation).count() == 1
    assert "confirmed" in draw(author, image, [], headers=ROW).text
    assert session.query(Confirmation).count() == 1
    assert "not confirmed yet" in draw(author, image, [[None, 1, 1, 9, 9]], headers=ROW).text
    assert session.query(Confirmation).count() == 0


def test_only_what_was_seen_is_confirmed(author, image, session):
    draw(author, image, [[None, 1, 1, 9, 9]])
    answer = author.confirm(image, boxes="[]")
    assert answer.status_code == 409
    assert "Look at it once more" in answer.text
    assert session.query(Confirmation).count() == 0
    assert author.confirm(image, boxes="[[null, 1, 1, 9, 9]]").status_code == 303
    assert session.query(Confirmation).count() == 1


def test_each_frame_can_be_looked_at(author, image):
    frames = {author.client.get(author.url(image, f"preview?frame={frame}")).data for frame in (0, 7, 29)}
    assert len(frames) == 3
    assert author.client.get(author.url(image, "preview?frame=30")).status_code in {404, 422}
    assert author.client.get(author.url(image, "preview?frame=x")).status_code == 200


def test_others_find_nothing(author, other, image, session):
    for url in (author.url(), author.url(step="review"), author.url(image, "preview"), author.url(step="discard")):
        assert other.client.get(url).status_code == 404
    assert other.client.post(author.url(image, "boxes"), {"boxes": "[[null, 0, 0, 5, 5]]"}).status_code == 404
    assert other.client.post(author.url(image, "confirm"), {"boxes": "[]"}).status_code == 404
    assert session.query(DrawnBox).count() == session.query(Confirmation).count() == 0


@pytest.mark.usefixtures("image")
def test_an_image_of_another_draft_is_not_reached_through_ones_own(author, other, files):
    theirs = other.add(files.ct)
    assert author.client.get(author.url(theirs, "preview")).status_code == 404
    assert author.client.post(author.url(theirs, "confirm"), {"boxes": "[]"}).status_code == 404
    assert author.client.get(author.url(step=f"review?image={theirs}")).status_code == 404


def test_a_draft_without_images_says_where_to_add_them(author):
    author.slot()
    page = author.client.get(author.url(step="review"))
    assert "This draft has no image yet" in page.text
