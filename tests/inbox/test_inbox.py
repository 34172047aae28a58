"""The inbox: what waits, what is read, and what it does not tell."""

from sqlalchemy import select

from pinboard import clock, policy
from pinboard.ids import public_id
from pinboard.models import CaseState, InboxItem
from tests.factories import add, make_case, make_user
from tests.html import fragment, page
from tests.people import make_scene


def tell(session, user, kind="comment", case=None, actor=None):
    return add(
        session,
        InboxItem(
            public_id=public_id(), user_id=user.id, kind=kind, case_id=case.id if case else None,
            actor_id=actor.id if actor else None, dedupe=public_id(), at=clock.now(),
        ),
    )  # fmt: skip


def text_of(soup):
    return " ".join(soup.get_text(" ").split())


def test_an_empty_inbox_says_so(client, sign_in):
    sign_in("clinician")
    assert "You are up to date." in text_of(page(client, "/inbox"))


def test_lines_say_who_did_what_and_lead_there(client, session, sign_in):
    ada = sign_in("clinician", name="Ada Owens")
    ben = make_user(session, "Ben Shah")
    case = make_case(session, ada, title="Is it old?")
    tell(session, ada, "comment", case, ben)
    tell(session, ada, "publish-failed", case)
    session.commit()
    soup = page(client, "/inbox")
    assert "Ben Shah commented on your case" in text_of(soup)
    assert "A case could not be published" in text_of(soup)
    assert f"/c/{case.public_id}#thread" in [link["href"] for link in soup.select("#inbox a")]


def test_a_case_that_is_gone_leaves_a_line_without_its_title(client, session, sign_in):
    scene = make_scene(session, title="Quokkaword")
    tell(session, scene.people.ben, "reply", scene.case, scene.people.ada)
    sign_in(scene.people.ben)
    assert "Quokkaword" in text_of(page(client, "/inbox"))
    scene.case.state = CaseState.WITHDRAWN
    policy.rebuild(session, [scene.case.id])
    session.commit()
    soup = page(client, "/inbox")
    assert "Ada Owens replied to you" in text_of(soup)
    assert "Quokkaword" not in soup.decode()
    assert not soup.select("#inbox .grow a")


def test_a_patient_reads_that_something_was_shared_and_no_title(client, session, sign_in):
    scene = make_scene(session, title="Quokkaword")
    tell(session, scene.people.pat, "released", scene.case, scene.people.ada)
    sign_in(scene.people.pat)
    soup = page(client, "/inbox")
    assert "Your clinic shared pictures with you" in text_of(soup)
    assert "Quokkaword" not in soup.decode()
    assert "Ada Owens" not in text_of(soup.select_one("#inbox"))
    assert soup.select_one("#inbox .grow a")["href"] == f"/my/c/{scene.case.public_id}"


def test_reading_one_line_and_all(client, session, sign_in):
    ada = sign_in("clinician")
    first, second = tell(session, ada), tell(session, ada)
    session.commit()
    assert "2" in text_of(fragment(client, "/inbox/count"))
    assert client.post("/inbox/read", {"line": first.public_id}).status_code == 303
    assert "1" in text_of(fragment(client, "/inbox/count"))
    client.post("/inbox/read")
    session.expire_all()
    assert second.read_at is not None
    assert fragment(client, "/inbox/count").select_one("#inbox-count").has_attr("hidden")


def test_nobody_reads_anothers_line(client, session, sign_in):
    other = tell(session, make_user(session, "Ada Owens"))
    sign_in("clinician")
    client.post("/inbox/read", {"line": other.public_id})
    client.post("/inbox/read")
    session.expire_all()
    assert session.scalar(select(InboxItem.read_at).where(InboxItem.id == other.id)) is None
    assert "You are up to date." in text_of(page(client, "/inbox"))


def test_the_count_answers_nothing_new_while_nothing_changed(client, session, sign_in):
    ada = sign_in("clinician")
    session.commit()
    tag = client.fragment("/inbox/count").headers["ETag"]
    assert client.fragment("/inbox/count", headers={"If-None-Match": tag}).status_code == 304
    tell(session, ada)
    session.commit()
    assert client.fragment("/inbox/count", headers={"If-None-Match": tag}).status_code == 200


def test_more_than_a_page(client, session, sign_in):
    ada = sign_in("clinician")
    for _ in range(42):
        tell(session, ada)
    session.commit()
    more = page(client, "/inbox").select_one("#more")
    assert len(fragment(client, more["hx-get"]).select("hx-partial li")) == 2


def test_single_letters_can_be_switched_off(client, session, sign_in):
    ada = sign_in("clinician")
    assert not page(client, "/help").body.has_attr("data-keys")
    ada.preferences = {"keys": False}
    session.commit()
    assert page(client, "/help").body["data-keys"] == "off"


def test_help_is_there_for_everybody_signed_in(client, sign_in):
    for role in ("clinician", "trainee", "desk", "patient"):
        sign_in(role)
        page(client, "/help")
    assert fragment(client, "/help/shortcuts").select_one("kbd")
