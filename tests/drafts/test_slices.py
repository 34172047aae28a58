"""The page of all slices: every slice shown, the odd ones first, areas by range, and nothing confirmed unseen."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from sqlalchemy import select

from pinboard.drafts import numbering
from pinboard.intake import arrange
from pinboard.intake.errors import sentence_for
from pinboard.models import Case, Confirmation, DrawnBox, Instance, Suggestion, SuggestionKind
from tests.dicoms import make_dicom
from tests.drafts.conftest import soup
from tests.samples import sample

STUDY = "1.2.826.0.1.3680043.8.498.11"
AREA = {"x": "0", "y": "0", "width": "20", "height": "10"}


def ct(number, *, level=20, odd=False, size=(64, 64), frames=1):
    pixels = np.full((frames, *size), level, np.uint8)
    pixels[:, 10:40, 10 + number : 30 + number] += 60
    if odd:
        pixels[:, 50:60, 40:62] = 255
    plain = {"RescaleIntercept": 0, "WindowCenter": 128, "WindowWidth": 256, "is_planted": False}
    uid = {"study_uid": STUDY, "SOPInstanceUID": f"{STUDY}.2.{number}", "InstanceNumber": number}
    return make_dicom(pixels if frames > 1 else pixels[0], patient_id="4711", **uid, **plain).data


class Reader:
    """Somebody with the page open, whose browser loads the pictures that it names."""

    def __init__(self, author):
        self.author, self.client = author, author.client
        review = self.client.get(author.url(step="review"))
        self.url = review.headers.get("Location", "")

    def page(self, url=""):
        return soup(self.client.get(url or self.url))

    def load(self, page, *, only=".slice"):
        for source in dict.fromkeys(image["src"] for image in page.select(f"{only} img")):
            assert self.client.get(source).status_code == 200, source

    def compare(self):
        answer = self.client.fragment(f"{self.url}/closer")
        assert answer.status_code == 200
        return soup(answer)

    def look(self):
        """Open the page, have the slices compared, load every picture."""
        self.load(self.compare())
        page = self.page()
        self.load(page)
        return page

    def confirm(self, page, **changes):
        form = page.select_one("[data-confirm-slices]")
        fields = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrf_token"}
        return self.client.post(form["action"], fields | changes)

    def areas(self, **fields):
        return self.client.post(f"{self.url}/areas", fields)


@pytest.fixture
def reader(author):
    """Give a draft with a series of ten slices, the fourth of which shows letters."""
    for number in range(1, 11):
        author.add(ct(number, odd=number == 4))
    return Reader(author)


def test_slices_that_came_just_now_are_said_to_be_without_order(reader, session):
    words = "are being put in order"
    assert words in reader.page().get_text()
    arrange.settle(session, session.scalars(select(Case)).one())
    session.commit()
    assert words not in reader.page().get_text()


def confirmed(session):
    statement = select(Instance.number).join(Confirmation, Confirmation.instance_id == Instance.id)
    return sorted(session.scalars(statement))


def painted(session):
    statement = select(Instance.number).join(DrawnBox, DrawnBox.instance_id == Instance.id)
    return sorted(session.scalars(statement))


def raised(page):
    return [int(one["data-slice"]) for one in page.select(".closer .slice")]


def test_a_series_is_reviewed_as_a_whole(reader):
    assert re.search(r"/drafts/[a-z2-7]{26}/series/[a-z2-7]{26}/slices$", reader.url)
    page = reader.page()
    assert [one["data-slice"] for one in page.select(".slices .slice")] == [str(number) for number in range(1, 11)]
    assert len({one["src"] for one in page.select(".slices img")}) == 1
    assert "CT, 10 slices" in page.select_one("h1").get_text()


def test_a_few_images_are_reviewed_one_by_one(author):
    for number in range(1, 4):
        author.add(ct(number))
    assert Reader(author).url == ""


def test_an_image_that_is_asked_for_is_shown_alone(reader):
    link = reader.page().select_one("#slice-4")["href"]
    assert "redactor-canvas" in reader.client.get(link).text


def test_beside_a_single_image_a_series_is_one_small_picture(reader):
    link = reader.page().select_one("#slice-4")["href"]
    plates = reader.page(link).select(".review-strip li")
    assert len(plates) == 1
    assert plates[0].a["href"] == reader.url
    assert "9 more" in plates[0].get_text()


def test_after_a_series_comes_what_is_left_of_the_case(reader, files):
    reader.author.add(files.ct)
    assert reader.confirm(reader.look()).headers["Location"] == reader.author.url(step="review")


def test_a_sheet_is_for_its_author_and_for_no_cache(reader, other):
    source = reader.page().select_one(".slices img")["src"]
    answer = reader.client.get(source)
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert other.client.get(source).status_code == 404
    assert other.client.get(reader.url).status_code == 404


def test_a_sheet_of_nothing_or_of_too_much_is_not_there(reader):
    for slices in ("x.jpg", "0.jpg", "11.jpg", "1-10.jpg?large=1", "-1.jpg", "1e3.jpg", ".jpg"):
        assert reader.client.get(f"{reader.url}/{slices}").status_code == 404, slices


def test_the_odd_slice_comes_first(reader):
    assert raised(reader.page()) == []
    found = reader.compare()
    assert raised(found) == [4]
    assert "Something bright" in found.get_text()
    assert raised(reader.page()) == [4]
    assert reader.client.get(f"{reader.url}/closer").status_code == 303


def test_all_that_was_shown_is_confirmed_at_once(reader, session):
    answer = reader.confirm(reader.look())
    assert answer.status_code == 303
    assert confirmed(session) == list(range(1, 11))
    assert answer.headers["Location"] == reader.author.url()
    assert reader.page().select_one(".slices-bar .primary")["href"] == reader.author.url()
    assert "10 of 10 confirmed" in reader.page().get_text()
    assert raised(reader.page()) == []


def test_nothing_is_confirmed_that_was_not_shown(reader, session):
    assert reader.confirm(reader.page()).status_code == 303
    assert confirmed(session) == []
    reader.client.get(f"{reader.url}/2-4,9.jpg")
    answer = reader.confirm(reader.page())
    assert confirmed(session) == [2, 3, 9]
    after = soup(reader.client.get(answer.headers["Location"]))
    assert "Confirmed: slices 2–3, 9" in after.get_text()


def test_an_odd_slice_has_to_be_shown_large(reader, session):
    page = reader.page()
    reader.load(page, only=".slices .slice")
    reader.confirm(page)
    assert confirmed(session) == [1, 2, 3, 5, 6, 7, 8, 9, 10]
    reader.load(reader.page(), only=".closer")
    reader.confirm(reader.page())
    assert 4 in confirmed(session)


def test_seen_by_itself_counts_as_shown_large(reader, session):
    page = reader.look()
    for image in page.select("#slice-4"):
        assert reader.client.get(image["data-large"]).status_code == 200
    reader.confirm(page, slices="4")
    assert confirmed(session) == [4]


def test_in_another_window_a_slice_is_shown_and_does_not_count(reader, session):
    page = reader.page()
    names = [option["value"] for option in page.select("[data-window] option")]
    assert names[0] == ""
    assert {"lung", "bone", "brain"} <= set(names)
    large = page.select_one("#slice-4")["data-large"]
    as_published, lung, unknown = (reader.client.get(large + more).data for more in ("", "&window=lung", "&window=no"))
    assert lung != as_published == unknown
    reader.author.client.application.extensions["pinboard.seen"]._shown.clear()
    assert reader.client.get(f"{large}&window=lung").status_code == 200
    reader.confirm(page, slices="4")
    assert confirmed(session) == []
    reader.compare()
    reader.client.get(large)
    reader.confirm(page, slices="4")
    assert confirmed(session) == [4]


def test_what_was_shown_to_somebody_else_does_not_count(reader, session):
    page = reader.look()
    memory = reader.client.application.extensions["pinboard.seen"]
    for _user, key in list(memory._shown):
        memory._shown[reader.author.user.id + 1, key] = memory._shown.pop((reader.author.user.id, key))
    reader.confirm(page)
    assert confirmed(session) == []


def test_a_browser_may_name_fewer_slices_than_were_sent(reader, session):
    reader.confirm(reader.look(), slices="1-2,7")
    assert confirmed(session) == [1, 2, 7]


def test_a_page_that_is_out_of_date_confirms_nothing(reader, session):
    page = reader.look()
    reader.areas(**AREA, first="3", last="3")
    answer = reader.confirm(page)
    assert answer.status_code == 409
    assert "changed in the meantime" in answer.text
    assert confirmed(session) == []


def test_a_slice_with_a_new_area_has_to_be_shown_again(reader, session):
    reader.look()
    reader.areas(**AREA, first="3", last="3")
    reader.confirm(reader.page())
    assert confirmed(session) == [1, 2, 4, 5, 6, 7, 8, 9, 10]


def test_a_new_suggestion_has_to_be_answered(reader, session):
    page = reader.look()
    instance = session.scalars(select(Instance).where(Instance.number == 6)).one()
    corners = {"x0": 1, "y0": 1, "x1": 20, "y1": 12}
    session.add(Suggestion(instance_id=instance.id, kind=SuggestionKind.TEXT, confidence=0.9, frame=None, **corners))
    session.commit()
    assert reader.confirm(page).status_code == 409
    assert confirmed(session) == []
    page = reader.page()
    assert raised(page) == [6, 4]
    # The picture of both is in the order of their numbers.
    assert [one["class"] for one in page.select(".closer .slice img")] == [["at-1"], ["at-0"]]
    assert {one["src"].split("/")[-1].split("?")[0] for one in page.select(".closer .slice img")} == {"4,6.jpg"}
    assert "1 suggestion stays open" in page.get_text()
    reader.load(page)
    reader.confirm(page)
    assert len(confirmed(session)) == 10


def test_suggestions_are_accepted_together(reader, session):
    for instance in session.scalars(select(Instance).where(Instance.number.in_([2, 6]))).all():
        corners = {"x0": 1, "y0": instance.number, "x1": 20, "y1": 12}
        session.add(
            Suggestion(instance_id=instance.id, kind=SuggestionKind.TEXT, confidence=0.9, frame=None, **corners)
        )
    session.commit()
    assert "Accept all 2 suggestions" in reader.page().get_text()
    assert reader.areas(accept="all").status_code == 303
    assert painted(session) == [2, 6]
    assert "suggestion" not in reader.page().select_one(".slices-bar").get_text()


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [({"first": "4", "last": "4"}, [4]), ({"first": "3", "last": "6"}, [3, 4, 5, 6]), ({}, list(range(1, 11)))],
)
def test_an_area_goes_to_a_slice_a_range_or_the_series_and_back(reader, session, fields, numbers):
    answer = reader.areas(**AREA, **fields, on="4")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#slice-4")
    assert painted(session) == numbers
    page = soup(reader.client.get(answer.headers["Location"]))
    undo = page.select_one(".slices-did form")
    sent = {field["name"]: field["value"] for field in undo.select("input") if field["name"] != "csrf_token"}
    assert reader.client.post(undo["action"], sent).status_code == 303
    assert painted(session) == []


def test_undo_leaves_what_was_there_before(reader, session):
    reader.areas(**AREA, first="5", last="5")
    answer = reader.areas(**AREA, first="4", last="7")
    undo = soup(reader.client.get(answer.headers["Location"])).select_one(".slices-did form")
    reader.client.post(undo["action"], {field["name"]: field["value"] for field in undo.select("input")})
    assert painted(session) == [5]


def test_an_area_is_taken_from_every_slice_it_lies_on(reader, session):
    reader.areas(**AREA, first="2", last="4")
    form = reader.page().select_one(".slices-areas .exact-list form")
    assert "20 × 10 at 0, 0" in reader.page().select_one(".slices-areas .exact-list").get_text()
    assert "on 2–4" in reader.page().select_one(".slices-areas .exact-list").get_text()
    answer = reader.areas(remove=form.select_one("[name=remove]")["value"])
    assert painted(session) == []
    undo = soup(reader.client.get(answer.headers["Location"])).select_one(".slices-did form")
    reader.client.post(undo["action"], {field["name"]: field["value"] for field in undo.select("input")})
    assert painted(session) == [2, 3, 4]


def test_an_area_that_cannot_be_is_refused_in_words(reader, session):
    for fields, code in (
        ({**AREA, "x": "60"}, "box-outside"),
        ({**AREA, "width": "0"}, "box-outside"),
        ({**AREA, "x": "one"}, "box-outside"),
        ({}, "box-outside"),
        ({**AREA, "first": "11", "last": "12"}, "no-such-slice"),
        ({**AREA, "on": "12"}, "no-such-slice"),
        ({"remove": "nonsense"}, "box-outside"),
        ({"remove": "[null, 0, 0, 1]"}, "box-outside"),
        ({"remove": ""}, "box-outside"),
        ({"remove": "[null, 0, 0, 9, 9], [null, 0, 0, 9, 9]"}, "box-outside"),
    ):
        answer = reader.areas(**fields)
        assert answer.status_code == 422, fields
        assert sentence_for(code) in answer.text, fields
    assert painted(session) == []


def test_confirmations_are_taken_back(reader, session):
    reader.confirm(reader.look())
    answer = reader.client.post(f"{reader.url}/back", {"first": "3", "last": "5"})
    assert answer.status_code == 303
    assert confirmed(session) == [1, 2, 6, 7, 8, 9, 10]
    reader.client.post(f"{reader.url}/back", {"slices": "1,10"})
    assert confirmed(session) == [2, 6, 7, 8, 9]


def test_an_area_means_nothing_on_slices_of_another_size(author, session):
    for number in range(1, 9):
        author.add(ct(number, size=(64, 64) if number < 5 else (96, 96)))
    Reader(author).areas(**AREA, on="6")
    assert painted(session) == [5, 6, 7, 8]


def test_frames_of_one_instance_are_slices_too(author, session):
    image = author.add(ct(1, frames=9))
    reader = Reader(author)
    series = soup(author.client.get(author.url(step=f"review?image={image}"))).select_one("[data-slices]")["href"]
    reader.url = series
    page = reader.look()
    assert len(page.select(".slices .slice")) == 9
    reader.confirm(page, slices="1-8")
    assert confirmed(session) == []
    reader.areas(**AREA, first="2", last="3")
    assert sorted(session.scalars(select(DrawnBox.frame))) == [1, 2]
    reader.confirm(reader.look())
    assert confirmed(session) == [1]


def test_an_address_that_says_nonsense_undoes_nothing(reader):
    for query in ("did=painted&slices=1&box=x", "did=dropped&slices=1", "did=painted&slices=1-3&box=[1]"):
        assert reader.page(f"{reader.url}?{query}").select_one(".slices-did") is None
    assert reader.page(f"{reader.url}?did=painted&slices=99").select_one(".slices-did form") is None


def test_a_case_that_is_no_draft_has_no_such_page(reader, session):
    assert reader.client.get(reader.url.replace(reader.author.draft, "a" * 26)).status_code == 404
    assert reader.client.get(re.sub("series/[a-z2-7]+", f"series/{'a' * 26}", reader.url)).status_code == 404


def test_a_real_series_is_confirmed_in_one_action(author, session):
    files = sorted(sample("ct-series/pancreas-ct").glob("*.dcm"))
    for path in files:
        author.add(path.read_bytes())
    reader = Reader(author)
    reader.confirm(reader.look())
    assert len(confirmed(session)) == len(files) == 24


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1-3, 5", [1, 2, 3, 5]), ("3–4", [3, 4]), ("9-20", [9, 10]), ("4-2", []), ("0", []), ("", []), ("1,,2", []),
        ("1;2", []), ("99999-99999", []), ("123456", []),
    ],
)  # fmt: skip
def test_numbers_are_read(text, numbers):
    assert numbering.read(text, 10) == numbers


def test_numbers_are_written_as_short_as_can_be():
    assert numbering.write([5, 1, 2, 3, 9, 2]) == "1-3,5,9"
    assert numbering.told([1, 2, 7]) == "1–2, 7"
    assert numbering.write([]) == ""
    assert json.dumps(numbering.read(numbering.write(range(1, 185)), 184)) == json.dumps(list(range(1, 185)))
