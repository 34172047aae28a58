"""What a reviewer decides about a report: shown again, mended, or erased everywhere; and who is no reviewer."""

import pytest
from sqlalchemy import select, text

from pinboard import audit
from pinboard.intake import flag as flagging
from pinboard.intake import revise
from pinboard.intake.withdraw import delete_doomed, forget_words
from pinboard.models import (
    AuditEvent,
    CaseChange,
    CaseState,
    Flag,
    FlagKind,
    FlagState,
    InboxItem,
    Instance,
    MediaFile,
    Receipt,
    Role,
    Throttle,
)
from pinboard.models.expression import one
from pinboard.models.fulltext import found_by
from tests.factories import make_user
from tests.flags.conftest import picture, text_of
from tests.html import checked, page
from tests.pictures import images


@pytest.fixture
def flag(session, scene):
    made = flagging.raise_flag(session, scene.case, FlagKind.NAME, by=scene.people.ben)
    session.commit()
    return made


def act(there, flag, verb):
    return there.post(f"/flags/{flag.public_id}/{verb}")


def now(session, row):
    session.expire_all()
    return session.get_one(type(row), row.id)


def kinds(session, user):
    return set(session.scalars(select(InboxItem.kind).where(InboxItem.user_id == user.id)))


def test_the_page_lists_what_waits_with_its_images(session, scene, flag, as_):
    soup = page(as_("cleo"), "/flags")
    words = text_of(soup)
    assert all(one in words for one in ("Okapiword", "A name", "Reported by Ben Shah", "Written by Ada Owens"))
    shown = [image["src"] for image in soup.select(".flag img")]
    assert shown == [picture(session, scene, n).replace("w474", "w236") for n in (0, 1)]
    assert {as_("cleo").get(src).status_code for src in shown} == {200}
    assert len(soup.select("a[href$='/redact']")) == 2


def test_whoever_reported_with_a_link_goes_by_its_label_and_a_patient_by_no_name(session, scene, as_):
    flagging.raise_flag(session, scene.case, FlagKind.NAME, by=None, share=scene.share)
    session.commit()
    assert "somebody with the link “Dr Elsewhere”" in text_of(page(as_("cleo"), "/flags"))
    session.execute(Flag.__table__.update().values(share_id=None, by_id=scene.people.pat.id))
    session.commit()
    words = text_of(page(as_("cleo"), "/flags"))
    assert "Reported by the patient" in words
    assert "Pat" not in words


def test_nothing_waits(as_):
    assert "Nothing is reported." in text_of(page(as_("cleo"), "/flags"))


@pytest.mark.parametrize("name", ["ada", "ben", "tom", "dee", "pat", "oz", "pia", "rex", "gil", "nobody"])
def test_nobody_else_decides(session, scene, flag, as_, name):
    there = as_(name)
    refused = {303, 404} if name in {"rex", "gil", "nobody"} else {404} if name != "pia" else {403, 404}
    assert there.get("/flags").status_code in refused
    for verb in ("show", "erase"):
        assert act(there, flag, verb).status_code in refused
    assert there.get(f"/flags/{flag.public_id}/erase").status_code in refused
    assert (now(session, flag).state, now(session, scene.case).state) == ("open", "hidden")


@pytest.mark.parametrize(
    ("fields", "may"),
    [
        ({"is_reviewer": True}, True),
        ({"is_admin": True}, True),
        ({}, False),
        ({"is_reviewer": True, "verified": False}, False),
        ({"is_reviewer": True, "role": Role.TRAINEE}, False),
        ({"is_admin": True, "role": Role.DESK}, False),
    ],
)
def test_a_reviewer_is_a_verified_clinician_who_was_named_or_administers(
    session, scene, flag, client, sign_in, fields, may
):
    sign_in(make_user(session, "Rita Vane", **fields))
    assert (client.get("/flags").status_code == 200) is may
    assert (client.get(f"/c/{scene.case.public_id}").status_code == 200) is may
    session.expire_all()
    assert (session.scalars(select(InboxItem).where(InboxItem.kind == "flag-waits")).all() != []) is True


def test_shown_again_to_whoever_saw_it(session, scene, flag, url, as_):
    assert as_("ben").get(url).status_code == 404
    assert act(as_("cleo"), flag, "show").headers["Location"] == "/flags"
    assert as_("ben").get(url).status_code == as_("pat").get(f"/my{url}").status_code == 200
    done = now(session, flag)
    assert (done.state, done.resolved_by_id) == (FlagState.RESTORED, scene.people.cleo.id)
    assert done.resolved_at
    assert "flag-restored" in kinds(session, scene.people.ada)
    assert "flag-closed" in kinds(session, scene.people.ben)
    assert "looked at and shown again" in text_of(page(as_("ben"), f"{url}/history"))
    assert act(as_("cleo"), flag, "show").status_code == 404
    assert as_("cleo").get(f"{url}/edit").status_code == 404
    verbs = session.scalars(select(AuditEvent.verb).where(AuditEvent.case_id == scene.case.id).order_by(AuditEvent.id))
    assert list(verbs) == ["flag", "flag-restored"]
    assert audit.verify_chain(session) is None


def test_what_was_mended_meanwhile_is_shown_as_redacted(session, scene, flag, url, as_):
    image = images(session, scene.case)[0]
    assert as_("cleo").post(f"{url}/images/{image.public_id}/remove", {"reason": "Shows a name"}).status_code == 303
    assert "Show it again, as mended" in text_of(page(as_("cleo"), "/flags"))
    counted = session.scalars(select(Throttle.key).where(Throttle.key.like("flag:%"))).all()
    act(as_("cleo"), flag, "show")
    assert now(session, flag).state == FlagState.REDACTED
    assert "flag-redacted" in kinds(session, scene.people.ada)
    assert counted == []


def test_a_report_that_was_right_does_not_count_against_whoever_made_it(session, scene, url, as_):
    def counted():
        session.expire_all()
        return session.scalars(select(Throttle.failures).where(Throttle.key.like("flag:%"))).all()

    as_("ben").post(f"{url}/flag", {"kind": "name"})
    assert counted() == [1]
    first = session.scalars(select(Flag)).one()
    act(as_("cleo"), first, "show")
    assert counted() == [1]
    as_("ben").post(f"{url}/flag", {"kind": "name"})
    assert counted() == [2]
    act(as_("cleo"), session.scalars(select(Flag).where(Flag.state == "open")).one(), "erase")
    assert counted() == []


def test_the_words_that_were_reported_leave_the_history_too(session, scene, url, as_):
    case, ada = scene.case, scene.people.ada
    revise.edit_words(session, case, {"title": "Gwendolen: is it old?", "findings": "A round one."}, ada)
    flag = flagging.raise_flag(session, case, FlagKind.NAME, by=scene.people.ben)
    revise.edit_words(session, case, {"title": "Gwen: is it old?"}, ada)
    revise.edit_words(session, case, {"title": "Is it old?"}, ada)
    session.commit()
    act(as_("cleo"), flag, "show")
    session.expire_all()
    lines = [
        (c.field, c.before, c.after)
        for c in session.scalars(select(CaseChange).where(CaseChange.field.is_not(None)).order_by(CaseChange.id))
    ]
    assert lines == [
        ("title", None, None), ("findings", "", "A round one."), ("title", None, None), ("title", None, "Is it old?"),
    ]  # fmt: skip
    assert "Gwen" not in as_("ben").get(f"{url}/history").text


def test_an_author_who_reviews_leaves_it_to_another_if_there_is_one(session, scene, flag, as_):
    scene.people.ada.is_reviewer = True
    session.commit()
    answer = act(as_("ada"), flag, "show")
    assert answer.status_code == 409
    assert "another reviewer" in text_of(checked(answer))
    assert "You wrote this case" in text_of(page(as_("ada"), "/flags"))
    assert now(session, flag).state == "open"
    scene.people.cleo.is_reviewer = False
    session.commit()
    assert act(as_("ada"), flag, "show").status_code == 303
    assert now(session, flag).state == FlagState.RESTORED


def test_erased_is_gone_everywhere_and_leaves_receipts_and_audit(session, stores, scene, flag, url, as_):
    names = set(session.scalars(select(MediaFile.object_name).where(MediaFile.case_id == scene.case.id)))
    receipts = len(session.scalars(select(Receipt).where(Receipt.case_id == scene.case.id)).all())
    assert names <= set(stores.media.names())
    soup = page(as_("cleo"), f"/flags/{flag.public_id}/erase")
    assert "Okapiword" in text_of(soup)
    assert now(session, flag).state == "open"
    assert act(as_("cleo"), flag, "erase").headers["Location"] == "/flags"
    delete_doomed(stores)
    forget_words(stores)
    assert not names & set(stores.media.names())
    assert now(session, scene.case).state == CaseState.ERASED
    assert now(session, flag).state == FlagState.ERASED
    assert session.execute(found_by(one("okapiword"), session.get_bind().dialect.name)).all() == []
    for name in ("ada", "cleo", "ben"):
        assert as_(name).get(url).status_code == 404
    assert len(session.scalars(select(Receipt).where(Receipt.case_id == scene.case.id)).all()) == receipts == 2
    assert {one.header == {} and one.media_name is None for one in session.scalars(select(Instance))} == {True}
    verbs = set(session.scalars(select(AuditEvent.verb).where(AuditEvent.case_id == scene.case.id)))
    assert {"flag", "erase", "flag-erased"} <= verbs
    assert kinds(session, scene.people.ada) == {"flag-erased"}
    line = page(as_("ada"), "/inbox")
    assert "A reviewer erased a reported case of yours" in text_of(line)
    assert "Okapiword" not in line.get_text()


def test_the_index_of_words_keeps_nothing_of_what_was_erased(session, stores, scene, flag, as_):
    act(as_("cleo"), flag, "erase")
    forget_words(stores)
    if session.get_bind().dialect.name == "sqlite":
        blocks = session.execute(text("SELECT block FROM search_fts_data")).scalars().all()
        assert blocks
        assert not any(b"okapiword" in bytes(block) for block in blocks)
    else:
        held = text("SELECT count(*) FROM search_case WHERE words::text LIKE '%okapiword%'")
        assert session.execute(held).scalar() == 0


def test_two_reviewers_decide_once(session, scene, flag, as_):
    scene.people.ben.is_reviewer = True
    session.commit()
    act(as_("cleo"), flag, "show")
    assert act(as_("ben"), flag, "erase").status_code == 404
    assert now(session, scene.case).state == CaseState.PUBLISHED


def test_only_a_reviewer_has_the_page_in_the_menu(scene, as_):
    assert page(as_("cleo"), "/").find("a", href="/flags")
    assert not page(as_("ben"), "/").find("a", href="/flags")
