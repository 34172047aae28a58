"""Who had opened a case: for keepers and reviewers, and image by image where one was hidden, redacted or removed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pinboard import audit, clock
from pinboard.intake import flag as flagging
from pinboard.intake import mend, revise
from pinboard.models import FlagKind, Opening, Receipt, ShareKind
from tests.factories import make_share
from tests.html import page
from tests.pictures import images
from tests.upkeep.conftest import text_of


@pytest.fixture
def opened(session, scene):
    """Note that somebody opened the case so many hours ago."""

    def note(hours, *, user=None, share=None, register="clinic", what="page"):
        at = clock.now() - timedelta(hours=hours)
        row = {"case_id": scene.case.id, "register": register, "what": what, "device": "Firefox/Linux", "at": at}
        row |= {"user_id": user.id if user else None, "share_id": share.id if share else None}
        audit.append_openings(session, [row])

    return note


@pytest.fixture
def shown_for(session, scene):
    """Say that the images of the case came into sight so many hours ago."""

    def say(hours):
        for receipt in session.scalars(select(Receipt).where(Receipt.case_id == scene.case.id)):
            receipt.created_at = clock.now() - timedelta(hours=hours)

    return say


def spans(soup):
    return [(" ".join(one.h2.get_text().split()), [item.get_text() for item in one.select("li")])
            for one in soup.select("section.panel")]  # fmt: skip


def test_it_names_members_and_links_and_never_the_patient(session, scene, url, ada, opened):
    slip = make_share(session, case=scene.case, by=scene.people.ada, kind=ShareKind.SUBJECT, label="Printed for Pat")
    opened(1, user=scene.people.ben)
    opened(2, share=scene.share, register="guest")
    opened(3, user=scene.people.pat, register="subject")
    opened(4, share=slip, register="subject")
    opened(5, user=scene.people.ada, what="download")
    session.commit()
    soup = page(ada, f"{url}/openings")
    assert [item.span.get_text() for item in soup.select("#every-opening ~ ul li")] == [
        "Ben Shah", "The link “Dr Elsewhere”", "The patient", "The patient, by a link", "Ada Owens",
    ]  # fmt: skip
    assert "file" in text_of(soup)
    assert "Firefox on Linux" in text_of(soup)
    assert "Printed for" not in text_of(soup)
    assert soup.select("section.panel") == []


def test_nobody_opened_it(ada, url):
    assert "Nobody has opened it yet." in text_of(page(ada, f"{url}/openings"))


def test_an_image_that_went_says_who_opened_the_case_while_it_was_there(session, scene, url, ada, opened, shown_for):
    people, (first, second) = scene.people, images(session, scene.case)
    shown_for(10)
    opened(12, user=people.cleo)
    opened(10.5, user=people.tom)
    opened(9, user=people.ben)
    opened(8, user=people.ben)
    opened(3, share=scene.share, register="guest")
    revise.remove_image(session, first, people.ada, "wrong region")
    opened(-1, user=people.dee)
    session.commit()
    ((said, who),) = spans(page(ada, f"{url}/openings"))
    assert said.startswith("Image 1, CT")
    assert said.endswith("removed")
    assert who == ["The link “Dr Elsewhere”", "Ben Shah", "Tom Young"]
    mend.hide_image(session, second, people.ada)
    session.commit()
    assert [said.rsplit(", ", 1)[1] for said, _who in spans(page(ada, f"{url}/openings"))] == ["removed", "hidden"]


def test_each_time_in_sight_is_a_time_of_its_own(session, scene, url, ada, opened, shown_for, stopped_clock):
    image, by = images(session, scene.case)[0], scene.people.ada
    shown_for(1)
    mend.hide_image(session, image, by)
    stopped_clock.pass_by(hours=5)
    opened(0, user=scene.people.ben)
    stopped_clock.pass_by(hours=5)
    mend.show_image(session, image, by)
    stopped_clock.pass_by(hours=5)
    opened(0, user=scene.people.cleo)
    mend.hide_image(session, image, by)
    session.commit()
    assert [who for _said, who in spans(page(ada, f"{url}/openings"))] == [[], ["Cleo Marsh"]]


@pytest.mark.parametrize("name", ["ben", "cleo", "tom", "dee", "pat", "oz", "gil"])
def test_it_is_for_keepers_alone(session, scene, url, browser, sign_in, name):
    there = browser()
    if name != "gil":
        sign_in(getattr(scene.people, name), there)
    assert there.get(f"{url}/openings").status_code == (303 if name == "gil" else 404)


def test_and_for_a_reviewer_while_it_is_reported(session, scene, url, browser, sign_in, opened):
    scene.people.cleo.is_reviewer = True
    opened(1, user=scene.people.ben)
    session.commit()
    there = browser()
    sign_in(scene.people.cleo, there)
    assert there.get(f"{url}/openings").status_code == 404
    flagging.raise_flag(session, scene.case, FlagKind.NAME, by=scene.people.tom)
    session.commit()
    assert "Ben Shah" in text_of(page(there, f"{url}/openings"))


def test_the_chain_of_openings_stays_whole(session, opened, scene):
    opened(1, user=scene.people.ben)
    assert session.scalars(select(Opening)).one()
    assert audit.verify_openings(session) is None
