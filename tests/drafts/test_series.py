"""The page of series: what there is to choose from, what is chosen, and what stays as it was."""

import io
import itertools

import pytest
from sqlalchemy import event, select

from pinboard.intake import arrange
from pinboard.models import Case, Instance, InstanceState, Series
from pinboard.web.extensions import db
from tests.drafts.conftest import photo, soup
from tests.html import checked
from tests.intake.test_archive import zipped
from tests.intake.test_arrange import LOCALIZER, a_slice


def settle(app, author):
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.public_id == author.draft)).one()
        arrange.settle(db.session(), case)
        db.session.commit()


def states(app, author):
    with app.app_context():
        rows = db.session.execute(
            select(Instance.number, Instance.state, Instance.is_subject_only)
            .join(Case, Case.id == Instance.case_id)
            .join(Series, Series.id == Instance.series_id)
            .where(Case.public_id == author.draft)
            .order_by(Series.position, Instance.position)
        ).all()
    return {
        "shown": [row.number for row in rows if row.state == InstanceState.DRAFT and not row.is_subject_only],
        "kept": [row.number for row in rows if row.is_subject_only],
        "out": [row.number for row in rows if row.state == InstanceState.LEFT_OUT],
    }


def series_ids(author):
    page = soup(author.client.get(author.url(step="series")))
    return [row["id"].removeprefix("series-") for row in page.select(".choose-row")]


def fields(author, **more):
    """Give what the page would send as it stands, with some fields of its first series changed."""
    page = soup(author.client.get(author.url(step="series")))
    sent = {one["name"]: one["value"] for one in page.select(".choose-row input[type=number]")}
    sent |= {one["name"]: one["value"] for one in page.select(".choose-row input:checked")}
    first = series_ids(author)[0]
    return sent | {f"{name}-{first}": value for name, value in more.items()}


@pytest.fixture
def chest(app, author):
    for number in range(1, 11):
        author.add(a_slice(number, SeriesNumber=2, SliceThickness=1.25))
    settle(app, author)
    return author


@pytest.fixture
def head(app, author):
    for number in range(1, 31):
        author.add(a_slice(number, part="HEAD"))
    settle(app, author)
    return author


def test_each_series_says_what_it_is(app, chest):
    chest.add(a_slice(1, series="1.2.3.1", SeriesNumber=1, ImageType=LOCALIZER))
    settle(app, chest)
    page = checked(chest.client.get(chest.url(step="series")))
    rows = [" ".join(row.get_text(" ").split()) for row in page.select(".choose-row")]
    assert len(rows) == 2
    assert all(words in rows[0] for words in ("CT, series 2", "Axial, 10 slices of 1.25 mm", "All 10 are shown"))
    assert all(words in rows[1] for words in ("CT, series 1", "Scout for planning", "Left out"))
    for image in page.select(".choose-plate img"):
        answer = chest.client.get(image["src"])
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_range_is_taken_and_the_rest_is_left_out(app, chest):
    answer = chest.client.post(chest.url(step="series"), fields(chest, how="some", first="2", last="8", step="3"))
    assert answer.status_code == 303
    assert states(app, chest)["shown"] == [2, 5, 8]
    # The page reads back what was chosen, and sent again it changes nothing.
    chest.client.post(chest.url(step="series"), fields(chest))
    assert states(app, chest)["shown"] == [2, 5, 8]


def test_a_series_is_left_out_and_brought_back(app, chest):
    chest.client.post(chest.url(step="series"), fields(chest, how="none"))
    assert states(app, chest)["shown"] == []
    chest.client.post(chest.url(step="series"), fields(chest, how="all"))
    assert len(states(app, chest)["shown"]) == 10


@pytest.mark.parametrize(("name", "value"), [("first", "0"), ("last", "11"), ("first", "9x"), ("step", "-1")])
def test_a_range_that_is_none_is_told_at_its_series(app, chest, name, value):
    sent = fields(chest, how="some", first="2", last="8", step="1") | {f"{name}-{series_ids(chest)[0]}": value}
    answer = chest.client.post(chest.url(step="series"), sent)
    assert answer.status_code == 422
    assert "a range of slices" in checked(answer).select_one(".choose-row .error").get_text()
    assert len(states(app, chest)["shown"]) == 10


def test_one_wrong_series_leaves_the_others_as_they_were(app, chest):
    chest.add(a_slice(1, series="1.2.3.9", SeriesNumber=9))
    settle(app, chest)
    first, second = series_ids(chest)
    sent = fields(chest, how="some", first="0") | {f"how-{second}": "none"}
    assert chest.client.post(chest.url(step="series"), sent).status_code == 422
    assert len(states(app, chest)["shown"]) == 11
    assert first != second


def test_of_a_head_all_is_neither_offered_nor_taken(app, head):
    page = checked(head.client.get(head.url(step="series")))
    assert page.select_one("input[value=all]") is None
    assert "at most 24" in page.get_text()
    assert head.client.post(head.url(step="series"), fields(head, how="all")).status_code == 422
    assert len(states(app, head)["shown"]) == 6


def test_the_full_set_of_a_head_is_kept_and_let_go(app, head):
    head.client.post(head.url(step="series"), fields(head, rest="1"))
    assert [len(found) for found in states(app, head).values()] == [6, 24, 0]
    assert "24 are kept for the patient only" in head.client.get(head.url(step="series")).text
    sent = fields(head)
    del sent[f"rest-{series_ids(head)[0]}"]
    head.client.post(head.url(step="series"), sent)
    assert [len(found) for found in states(app, head).values()] == [6, 0, 24]


def test_key_slices_are_chosen_of_any_series(app, chest):
    chest.client.post(chest.url(step="series"), fields(chest, how="key"))
    assert states(app, chest)["shown"] == [3, 8]


def test_where_there_is_nothing_to_choose_the_images_come_next(author, files):
    author.add(files.photo)
    answer = author.client.get(author.url(step="series"))
    assert (answer.status_code, answer.location) == (303, author.url(step="review"))


def test_only_its_author_sees_and_chooses(chest, other):
    series = series_ids(chest)[0]
    for step in ("series", f"series/{series}/picture"):
        assert chest.client.get(chest.url(step=step)).status_code == 200
        assert other.client.get(chest.url(step=step)).status_code == 404
    assert other.client.post(chest.url(step="series"), {f"how-{series}": "none"}).status_code == 404


def test_a_picture_is_of_a_series_of_its_own_draft(chest, other, files):
    series = series_ids(chest)[0]
    other.add(files.photo)
    assert other.client.get(other.url(step=f"series/{series}/picture")).status_code == 404


def test_the_page_asks_as_little_for_many_slices_as_for_few(app, author):
    asked = []
    for more in (3, 30):
        for number in range(more):
            author.add(a_slice(more + number))
        settle(app, author)
        statements = []
        with app.app_context():
            engine = db.engine
        listener = lambda *given, kept=statements: kept.append(given[2])  # noqa: E731 - a fresh one for each look
        event.listen(engine, "before_cursor_execute", listener)
        assert author.client.get(author.url(step="series")).status_code == 200
        event.remove(engine, "before_cursor_execute", listener)
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert not [text for text in statements if text.count("instance.header") > 1]


def test_a_zip_comes_in_with_the_form(app, author):
    data = {"file": (zipped(a_slice(1), a_slice(2), b"only words"), "cd.zip"), "draft": "", "photo_kind": "XC"}
    answer = form(author, **data)
    assert answer.status_code == 200
    assert "1 file was not taken" in answer.text
    assert len(soup(answer).select(".upload-row")) == 2


def test_several_files_come_in_with_the_form(author):
    answer = form(author, file=[(a_slice(1), "a"), (photo(), "b")], draft="", photo_kind="XC")
    assert answer.status_code == 303
    assert len(soup(author.client.get(answer.location)).select(".upload-row")) == 2


def test_an_archive_of_nothing_is_told(author):
    answer = form(author, file=(zipped(b"words", b"more words"), "x.zip"), draft="", photo_kind="XC")
    assert answer.status_code == 422
    assert "2 files were not taken" in answer.text


def test_what_was_refused_is_counted_by_its_reason(author):
    author.add(a_slice(1))
    for patient in ("9", "8", "7"):
        author.send(a_slice(1, PatientID=patient))
    page = soup(author.client.get(f"/new?draft={author.draft}"))
    told = " ".join(page.select_one(".upload-untaken").get_text(" ").split())
    assert "3 files were not taken" in told
    assert told.count("belongs to another patient") == 1


def form(author, **fields):
    """Send the form without JavaScript."""
    files = fields.pop("file")
    files = files if isinstance(files, list) else [files]
    data = fields | {"file": [(io.BytesIO(data), name) for data, name in files]}
    return author.client.post("/new", data, content_type="multipart/form-data")


def test_steps_of_ranges_are_kept(app, chest):
    for first, step in itertools.product((1, 2), (1, 4)):
        chest.client.post(
            chest.url(step="series"), fields(chest, how="some", first=str(first), last="10", step=str(step))
        )
        assert states(app, chest)["shown"] == list(range(first, 11, step))
