"""The draft says what might point to the patient, in sentences, and is published all the same."""

import pytest

from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import InstanceState, Upload, UploadState
from tests.factories import add, make_case, make_draft, make_picture
from tests.html import fragment, page

MAC = "c" * 64


@pytest.fixture
def ada(sign_in):
    return sign_in("clinician", name="Ada Owens")


@pytest.fixture
def draft(session, ada):
    made = make_draft(session, ada, title="Is it old?")
    for number in (1, 2):
        image = make_picture(session, made, state=InstanceState.DRAFT, modality="XC", pixel_mac=f"{number:064d}")
        add(
            session,
            Upload(
                public_id=public_id(), case_id=made.id, by_id=ada.id, number=number, state=UploadState.RECEIVED,
                instance_id=image.id, created_at=now(),
            ),
        )  # fmt: skip
    session.commit()
    return made


def published(session, choice="clinic"):
    case = make_case(session, pictures=0, title="QUAGGATITLE", choice=choice)
    for number in (1, 2):
        make_picture(session, case, modality="XC", pixel_mac=f"{number:064d}")
    session.commit()
    return case


def said(client, draft):
    return [
        " ".join(item.get_text(" ").split())
        for item in fragment(client, f"/drafts/{draft.public_id}/radar").select("li")
    ]


def test_the_case_form_asks_for_it_and_leads_to_it_without_a_script(client, draft):
    holder = page(client, f"/drafts/{draft.public_id}").select_one("#draft-radar")
    assert holder["hx-get"] == holder.a["href"] == f"/drafts/{draft.public_id}/radar"
    assert page(client, holder.a["href"]).h1.get_text() == "Is it old?"


def test_photos_are_to_be_looked_at_once_more(client, draft):
    (line,) = said(client, draft)
    assert "tattoos, jewellery, name bands, screens" in line


def test_the_same_picture_names_the_case_to_whoever_may_see_it(client, session, draft):
    case = published(session)
    first = fragment(client, f"/drafts/{draft.public_id}/radar").select_one("li.warns")
    assert "Image 1 and another one: the very same picture is in “QUAGGATITLE”." in first.get_text()
    assert first.a["href"] == f"/c/{case.public_id}"


def test_and_nothing_of_it_to_whoever_may_not(client, session, draft):
    case = published(session, choice="nobody")
    for answer in (client.get(f"/drafts/{draft.public_id}/radar"), client.get(f"/drafts/{draft.public_id}")):
        assert "QUAGGATITLE" not in answer.text
        assert case.public_id not in answer.text
    assert "in another case, one that you do not see" in said(client, draft)[0]


def test_words_and_rest(client, session, draft):
    draft.history = "One of the twins of a famous actor"
    session.commit()
    assert "“twins”, “famous”, “actor”" in said(client, draft)[0]


def test_words_are_quoted_as_the_reader_quotes(client, session, ada, draft):
    draft.history = "One of the twins of a famous actor"
    ada.preferences = {"language": "es"}
    session.commit()
    line = said(client, draft)[0]
    assert "«twins», «famous», «actor»" in line
    assert "“" not in line


def test_nothing_stands_out(client, session, ada):
    plain = make_draft(session, ada)
    session.commit()
    assert "Nothing stands out" in fragment(client, f"/drafts/{plain.public_id}/radar").get_text()


def test_nobody_else_reads_it(client, session, draft, browser, sign_in):
    other = browser()
    sign_in("clinician", other)
    assert other.get(f"/drafts/{draft.public_id}/radar").status_code == 404
