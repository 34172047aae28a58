"""An image of a published case on the page of the drafts once more: by whom, and out of whose sight meanwhile."""

import json

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.intake import flag as flagging
from pinboard.jobs.kinds import KINDS
from pinboard.jobs.work import due, run_job
from pinboard.models import Case, CaseRole, CaseState, CaseVerb, FlagKind, Instance, MediaFile, Receipt, Role
from tests.factories import add, make_user
from tests.html import checked, fragment, page
from tests.intake.conftest import Desk
from tests.intake.files import ct


@pytest.fixture
def ada(session):
    user = make_user(session, "Ada Owens")
    session.commit()
    return user


@pytest.fixture
def case(session, stores, ada):
    """Give a case of two images, published by the services."""
    made = Desk(stores, ada).published(ct(), ct(SeriesInstanceUID="1.2.3"))
    session.expire_all()
    return session.get(Case, made.id)


@pytest.fixture
def image(session, case):
    return session.scalars(select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)).first()


@pytest.fixture
def url(case, image):
    return f"/c/{case.public_id}/images/{image.public_id}"


@pytest.fixture
def as_(browser, sign_in):
    def give(user):
        there = browser()
        sign_in(user, there)
        return there

    return give


def work(stores):
    with stores.reading() as session:
        waiting = due(session)
    for job in waiting:
        run_job(stores, KINDS, job)


def now(session, image):
    session.expire_all()
    return session.get_one(Instance, image.id)


def picture(image):
    return f"/media/{image.media_name}/w236"


def words_of(soup):
    return " ".join(soup.get_text(" ").split())


def test_from_the_case_to_its_new_picture(app, session, stores, case, image, url, ada, as_):
    mine, tom = as_(ada), as_(make_user(session, "Tom Young", Role.TRAINEE))
    old, address = image.media_name, picture(image)
    assert tom.get(address).status_code == 200
    edit = page(mine, f"/c/{case.public_id}/edit")
    asked = page(mine, edit.select_one(f"a[href='{url}/redact']")["href"])
    assert now(session, image).state == "published"
    assert mine.post(asked.select_one("form[action$='/redact']")["action"]).status_code == 303
    assert now(session, image).state == "hidden"
    assert tom.get(address).status_code == mine.get(address).status_code == 404
    assert "One image is hidden while it is mended." in words_of(page(tom, f"/c/{case.public_id}"))

    editor = page(mine, f"{url}/redact")
    canvas = editor.select_one("redactor-canvas")
    assert canvas["data-columns"] == "128"
    assert mine.get(editor.select_one("redactor-canvas img")["src"]).mimetype == "image/jpeg"
    assert "Drafts are erased" not in words_of(editor)
    boxes = json.dumps([[None, 10, 10, 60, 40]])
    assert mine.post(canvas["data-save"], {"boxes": boxes}).status_code == 303
    form = page(mine, f"{url}/redact").select_one("form[action$='/confirm']")
    fields = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrf_token"}
    answer = mine.post(form["action"], fields)
    assert answer.headers["Location"] == f"{url}/redacting"
    waiting = page(mine, f"{url}/redacting")
    assert waiting.select_one("#redacting[hx-get]")
    assert mine.get(f"{url}/redact").headers["Location"] == f"{url}/redacting"
    assert mine.post(canvas["data-save"], {"boxes": "[]"}).status_code == 409

    work(stores)
    done = now(session, image)
    assert (done.state, done.media_name != old, done.blob) == ("published", True, None)
    assert mine.get(f"{url}/redacting").headers["Location"] == f"/c/{case.public_id}/series/1?frame=0"
    assert tom.get(address).status_code == 404
    assert tom.get(picture(done)).status_code == 200
    assert old not in set(session.scalars(select(MediaFile.media_name)))
    assert len(session.scalars(select(Receipt).where(Receipt.instance_id == image.id)).all()) == 2
    assert "An image was redacted again" in words_of(page(tom, f"/c/{case.public_id}/history"))
    assert "looked at 2 times" in words_of(page(tom, f"/c/{case.public_id}/receipt"))
    app.extensions["pinboard-openings"].flush()
    opened = page(mine, f"/c/{case.public_id}/openings")
    assert "hidden" not in words_of(opened.main)
    assert "Tom Young" in words_of(opened)


def test_only_what_lies_open_is_shown_on_the_page(session, case, image, url, ada, as_):
    mine = as_(ada)
    assert mine.get(f"/drafts/{case.public_id}/review").status_code == 404
    mine.post(f"{url}/redact")
    soup = page(mine, f"{url}/redact")
    assert len(soup.select(".review-strip li")) == 1
    assert "0 of 1 confirmed" in words_of(soup)
    other = session.scalars(
        select(Instance.public_id).where(Instance.case_id == case.id, Instance.id != image.id)
    ).one()
    for step in ("preview", "suggestions"):
        assert mine.get(f"/drafts/{case.public_id}/images/{other}/{step}").status_code == 404
    for step in ("boxes", "confirm"):
        assert mine.post(f"/drafts/{case.public_id}/images/{other}/{step}", {"boxes": "[]"}).status_code == 404
    assert mine.get(f"/drafts/{case.public_id}").headers["Location"] == f"/c/{case.public_id}"
    assert mine.post(f"/drafts/{case.public_id}/discard").status_code == 404


def test_hidden_and_shown_again_by_a_button(session, case, image, url, ada, as_):
    mine = as_(ada)
    for act, state in (("hide", "hidden"), ("show", "published")):
        form = page(mine, f"/c/{case.public_id}/edit").select_one(f"form[action='{url}/{act}']")
        assert mine.post(form["action"]).headers["Location"].startswith(f"/c/{case.public_id}/edit")
        assert now(session, image).state == state
        assert mine.post(form["action"]).status_code == 409
    assert mine.get(picture(image)).status_code == 200


def test_an_empty_look_is_a_look_too(session, stores, image, url, ada, as_):
    mine = as_(ada)
    mine.post(f"{url}/redact")
    form = page(mine, f"{url}/redact").select_one("form[action$='/confirm']")
    fields = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrf_token"}
    mine.post(form["action"], fields)
    work(stores)
    assert now(session, image).state == "published"


@pytest.mark.parametrize("who", ["reader", "trainee", "delegated trainee", "desk", "patient", "admin", "reviewer"])
def test_nobody_else_mends(session, case, image, url, as_, who):
    roles = {"trainee": Role.TRAINEE, "delegated trainee": Role.TRAINEE, "desk": Role.DESK, "patient": Role.PATIENT}
    user = make_user(
        session, role=roles.get(who, Role.CLINICIAN), is_admin=who == "admin", is_reviewer=who == "reviewer"
    )
    if who == "delegated trainee":
        add(session, CaseRole(case_id=case.id, user_id=user.id, role=CaseVerb.DELEGATE, given_at=case.created_at))
        policy.rebuild(session, [case.id])
    session.commit()
    there = as_(user)
    assert there.get(f"{url}/redact").status_code == 404
    for step in ("redact", "hide", "show"):
        assert there.post(f"{url}/{step}").status_code == 404, step
    assert there.get(f"/c/{case.public_id}/openings").status_code == 404
    assert now(session, image).state == "published"


def test_a_trainee_who_is_a_delegate_confirms_no_mend(session, case, image, url, ada, as_):
    tom = make_user(session, "Tom Young", Role.TRAINEE)
    add(session, CaseRole(case_id=case.id, user_id=tom.id, role=CaseVerb.DELEGATE, given_at=case.created_at))
    policy.rebuild(session, [case.id])
    session.commit()
    as_(ada).post(f"{url}/redact")
    there, base = as_(tom), f"/drafts/{case.public_id}"
    assert there.get(f"{base}/review").status_code == 404
    assert there.get(f"{base}/images/{image.public_id}/preview").status_code == 404
    assert there.post(f"{base}/images/{image.public_id}/confirm", {"boxes": "[]"}).status_code == 404


def test_a_reviewer_redacts_what_was_reported_and_nothing_after_that(session, stores, case, image, url, as_):
    rita, ben = make_user(session, "Rita Vane", is_reviewer=True), make_user(session, "Ben Shah")
    flag = flagging.raise_flag(session, session.get(Case, case.id), FlagKind.NAME, by=ben)
    session.commit()
    hers = as_(rita)
    assert page(hers, "/flags").select(f"a[href='{url}/redact']")
    assert hers.post(f"{url}/redact").status_code == 303
    assert "Hidden, being redacted" in words_of(page(hers, "/flags"))
    soup = page(hers, f"{url}/redact")
    hers.post(soup.select_one("redactor-canvas")["data-save"], {"boxes": "[[null, 4, 4, 50, 20]]"})
    form = page(hers, f"{url}/redact").select_one("form[action$='/confirm']")
    fields = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrf_token"}
    assert hers.post(form["action"], fields).status_code == 303
    work(stores)
    assert hers.get(f"{url}/redacting").headers["Location"] == "/flags"
    assert now(session, image).state == "published"
    assert session.get(Case, case.id).state is CaseState.HIDDEN
    assert as_(ben).get(f"/c/{case.public_id}").status_code == 404
    assert hers.post(f"/flags/{flag.public_id}/show").status_code == 303
    session.expire_all()
    assert (flag.state, session.get(Case, case.id).state) == ("redacted", CaseState.PUBLISHED)
    assert as_(ben).get(f"/c/{case.public_id}").status_code == 200
    assert hers.get(f"{url}/redact").status_code == 404
    assert hers.get(f"/c/{case.public_id}/openings").status_code == 404
    receipt = session.scalars(
        select(Receipt).where(Receipt.instance_id == image.id).order_by(Receipt.id.desc())
    ).first()
    assert receipt.confirmed_by_id == rita.id


def test_an_image_that_is_gone_or_of_another_case_is_not_found(session, stores, case, image, url, ada, as_):
    mine = as_(ada)
    other = Desk(stores, ada).published(ct())
    assert mine.get(f"/c/{other.public_id}/images/{image.public_id}/redact").status_code == 404
    mine.post(f"{url}/remove", {"reason": "wrong"})
    for step in ("redact", "hide", "show"):
        assert mine.post(f"{url}/{step}").status_code in {404, 409}, step
    mine.post(f"/c/{other.public_id}/withdraw")
    left = session.scalars(select(Instance.public_id).where(Instance.case_id == other.id)).one()
    assert mine.get(f"/c/{other.public_id}/images/{left}/redact").status_code == 404
    assert mine.post(f"/c/{other.public_id}/images/{left}/hide").status_code == 409


def test_waiting_asks_for_itself_until_it_is_over(session, stores, image, url, ada, as_):
    mine = as_(ada)
    mine.post(f"{url}/redact")
    assert mine.get(f"{url}/redacting").headers["Location"] == f"{url}/redact"
    form = page(mine, f"{url}/redact").select_one("form[action$='/confirm']")
    fields = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrf_token"}
    mine.post(form["action"], fields)
    assert fragment(mine, f"{url}/redacting").select_one("[hx-trigger='every 1s']")
    work(stores)
    assert mine.fragment(f"{url}/redacting").headers["HX-Redirect"].startswith("/c/")
    assert checked(mine.get(f"{url}/redact"))
