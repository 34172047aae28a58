"""What may happen once and when it is complete: joining by an invitation, publishing a case."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.intake.files import ct, photo
from tests.server import watch
from tests.server.client import PASSWORD, Author, Person
from tests.server.wire import at_once
from tests.serving import Site


def invited(ada: Author, **fields: str) -> str:
    made = ada.post(
        "/admin/invitations", {"role": "clinician", "name": "Dr Ben Okafor", "verification": "seen", **fields}
    )
    assert made.status == 200, made.words
    return urlsplit(re.search(r"https?://[^\s\"<]+/join/[\w-]+", made.text)[0]).path


def test_an_invitation_opens_once_and_not_for_ever(ada, site):
    used, old, taken_back = (invited(ada) for _ in range(3))
    guest = Person(site)
    guest.read_token(used)
    fields = {"name": "Dr Ben Okafor", "login": "ben.used", "password": PASSWORD + " now"}
    assert guest.post(used, fields).status == 303
    watch.change(
        site,
        "UPDATE single_use_link SET expires_at = '2020-01-01 00:00:00.000000' "
        "WHERE used_at IS NULL AND id = (SELECT max(id) - 1 FROM single_use_link)",
    )
    mark = re.search(r"/admin/invitations/(\w+)/revoke", ada.get("/admin/invitations").text)[1]
    assert ada.post(f"/admin/invitations/{mark}/revoke").status == 303
    accounts = watch.rows(site, "SELECT count(*) FROM user_")
    for dead in (used, old, taken_back, "/join/" + "x" * 43, "/join/" + "x" * 3000):
        for _ in range(2):
            answer = Person(site).get(dead)
            assert answer.status == 404
        someone = Person(site)
        someone.read_token("/login")
        refused = someone.post(dead, {**fields, "login": "somebody.else"})
        assert refused.status == 404, dead
        assert refused.words
    assert watch.rows(site, "SELECT count(*) FROM user_") == accounts


def test_two_who_open_one_invitation_at_once_make_one_account(ada, site):
    link = invited(ada)
    before = watch.rows(site, "SELECT count(*) FROM user_")[0][0]
    people = [Person(site) for _ in range(4)]
    for person in people:
        person.read_token(link)
    answers = at_once(
        [
            lambda one=one, n=n: one.post(link, {"name": "Dr X", "login": f"racer.{n}", "password": PASSWORD + " now"})
            for n, one in enumerate(people)
        ]
    )
    assert min(answer.status for answer in answers) == 303
    assert [answer.status for answer in answers].count(303) == 1
    assert watch.rows(site, "SELECT count(*) FROM user_")[0][0] == before + 1


def cases_out(site: Site) -> list[tuple]:
    return watch.rows(site, "SELECT public_id FROM case_ WHERE state != 'draft' ORDER BY id")


@pytest.mark.parametrize(
    ("without", "words"),
    [("consent_kind", "Record the consent"), ("title", "Write the question"), ("reach", "Choose who")],
)
def test_publishing_without_what_it_needs_is_refused(draft, site, without, words):
    before = cases_out(site)
    answer = draft.publish(**{without: ""})
    assert answer.status == 409
    assert words in answer.words
    assert cases_out(site) == before


def test_publishing_with_an_image_that_nobody_confirmed_is_refused(author, site):
    first = author.add(ct(PatientID="REQ-3"))
    author.confirm(first)
    author.add(photo())
    answer = author.publish()
    assert answer.status == 409
    assert "Look at Image 2 and confirm it." in answer.words
    assert author.post(author.url("boxes", first), {"boxes": "[[null,1,1,9,9]]"}).status == 303
    assert "Look at Image 1 and confirm it." in author.publish().words
    assert (author.draft,) not in cases_out(site)


def test_publishing_an_empty_draft_is_refused(author, site):
    author.slot()
    answer = author.post(author.url("publish"), {"title": "Is it?", "consent_kind": "signed", "level": "clinic"})
    assert answer.status in {409, 422}
    assert (author.draft,) not in cases_out(site)


def test_publishing_twice_at_once_publishes_once(author, site):
    author.confirm(author.add(ct(PatientID="REQ-4")))
    form = author.form()
    address = author.url("publish")
    answers = at_once([lambda: author.post(address, form)] * 4)
    assert {answer.status for answer in answers} <= {303, 409}
    assert 303 in {answer.status for answer in answers}
    watch.until(lambda: author.get(author.url("progress")).to == f"/c/{author.draft}")
    again = author.post(address, form)
    assert (again.status, again.to) == (303, f"/c/{author.draft}")
    (number,) = watch.rows(site, "SELECT id FROM case_ WHERE public_id = ?", author.draft)[0]
    assert watch.rows(site, "SELECT count(*) FROM job WHERE kind = 'publish' AND ref_id = ?", number) == [(1,)]
    assert watch.rows(site, "SELECT count(*) FROM media_file WHERE case_id = ? AND variant = 'frames'", number) == [
        (1,)
    ]
    assert watch.rows(site, "SELECT count(*) FROM receipt WHERE case_id = ?", number) == [(1,)]
