"""What the receipt of a picture says, and that no value is ever in it."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.cases import receipts
from pinboard.models import Instance, InstanceState, Receipt
from tests.factories import make_case, make_media, make_user
from tests.html import fragment, page
from tests.people import make_scene

COUNTS = {
    "removed": 41,
    "kept": 60,
    "replaced": 9,
    "stripped_bytes": 512,
    "removed_by_kind": {"person": 3, "private": 38},
}
DIGEST = "c0ffee" * 10 + "beef"


@pytest.fixture
def case(session):
    case = make_case(session, make_user(session, "Ada Owens"), pictures=2)
    first = session.scalars(select(Receipt).where(Receipt.case_id == case.id).order_by(Receipt.id)).first()
    first.counts, first.codes, first.detector, first.hashes = (
        COUNTS,
        ["113100", "113101"],
        "rapidocr 3.4",
        {"frames": DIGEST},
    )
    first.boxes = [[None, 16, 8, 144, 40], [None, 300, 400, 400, 480, "blur"]]
    session.commit()
    return case


def words_of(soup):
    return " ".join(soup.get_text(" ").split())


def test_it_says_what_was_done_under_which_rules_by_whom(client, case, sign_in):
    sign_in("clinician")
    first, second = page(client, f"/c/{case.public_id}/receipt").select(".receipt")
    text = words_of(first)
    for words in (
        "Picture 1", "Ada Owens", "Elements removed 41", "Replaced, kept 9, 60", "Areas painted 2", "rapidocr 3.4",
        "Profile test", "3 names of people", "38 private elements", "512 bytes beside the pixels",
        "113100 Basic Application Confidentiality Profile", "113101 Clean Pixel Data Option", DIGEST,
        "128 × 32 pixels, 16 from the left, 8 from the top, painted over",
        "100 × 80 pixels, 300 from the left, 400 from the top, blurred",
    ):  # fmt: skip
        assert words in text, words
    assert "Areas painted 0" in words_of(second)
    assert "the eye alone" in words_of(second)


def test_what_was_painted_is_drawn_to_scale(client, case, sign_in):
    sign_in("clinician")
    plan = page(client, f"/c/{case.public_id}/receipt").select_one(".receipt svg")
    assert plan["viewbox"] == "0 0 512 512"
    drawn = [(r["class"], r["x"], r["y"], r["width"], r["height"]) for r in plan.select("rect:not(.sheet)")]
    assert drawn == [(["block"], "16", "8", "128", "32"), (["blur"], "300", "400", "100", "80")]


def test_the_line_on_the_case_opens_it_as_a_dialog(client, case, sign_in):
    sign_in("clinician")
    line = page(client, f"/c/{case.public_id}").select_one(".safety a")
    assert "De-identified: 41 elements removed, 2 areas painted" in words_of(line)
    assert line.select_one("use")["href"].endswith("#shield")
    assert fragment(client, line["hx-get"]).select_one("#dialog-title")


def test_a_picture_that_was_redacted_again_counts_once_and_shows_both_looks(client, session, case, sign_in):
    image = session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)).first()
    image.media_name = "z" * 26
    again = make_media(session, case, image)
    again.counts, again.boxes = COUNTS, [[None, 0, 0, 10, 10]]
    policy.rebuild(session, [case.id])
    session.commit()
    sign_in("clinician")
    soup = page(client, f"/c/{case.public_id}/receipt")
    assert "41 elements removed, 3 areas painted" in words_of(soup)
    assert len(soup.select(".receipt")) == 2
    assert "looked at 2 times" in words_of(soup.select_one(".receipt"))
    assert len(soup.select(".receipt rect.earlier")) == 2


def test_many_pictures_come_page_by_page(client, session, sign_in):
    case = make_case(session, pictures=receipts.PAGE + 3)
    session.commit()
    sign_in("clinician")
    first = page(client, f"/c/{case.public_id}/receipt")
    assert len(first.select(".receipt")) == receipts.PAGE
    rest = page(client, first.find("a", string="More pictures")["href"])
    assert [one.h3.get_text().split(",")[0] for one in rest.select(".receipt")] == [
        f"Picture {n}" for n in (41, 42, 43)
    ]
    for odd in ("-5", "x", "100000"):
        assert client.get(f"/c/{case.public_id}/receipt?from={odd}").status_code == 200


def test_a_hidden_picture_has_no_line(client, session, case, sign_in):
    image = session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)).first()
    image.state = InstanceState.HIDDEN
    receipts_of = receipts.safety(session, case.id)
    assert (receipts_of.removed, receipts_of.painted) == (0, 0)


def test_neither_patients_nor_guests_read_it(browser, session, sign_in):
    scene = make_scene(session)
    session.commit()
    guest, pat = browser(), browser()
    sign_in(scene.people.pat, pat)
    here = f"/c/{scene.case.public_id}/receipt"
    assert pat.get(here).status_code == 404
    assert guest.get(here).status_code == 303
    for text in (pat.get(f"/my/c/{scene.case.public_id}").text, guest.get(f"/s/{scene.share.secret}").text):
        assert "elements removed" not in text
        assert "/receipt" not in text
