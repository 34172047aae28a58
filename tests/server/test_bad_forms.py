"""Texts, numbers and areas that no form of ours would send: each gets a sentence, and nothing changes."""

from __future__ import annotations

import json
import re
from urllib.parse import quote_plus, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.server import watch
from tests.server.client import PART, Person, slug


@pytest.mark.parametrize(("letters", "status"), [(1_000_000, 413), (300_000, 422), (4001, 422), (0, 422)])
def test_a_comment_is_bounded(ada, site, case, letters, status):
    before = watch.comments(site)
    answer = ada.post(f"/c/{case}/comments", {"body": "x" * letters})
    assert answer.status == status
    assert answer.words
    assert watch.comments(site) == before


def test_a_comment_that_answers_nothing_that_is_there_is_refused(ada, site, case):
    before = watch.comments(site)
    for parent in (str(2**64), "x" * 3000, "\0x", "a" * 26):
        assert ada.post(f"/c/{case}/comments", {"body": "Hello", "parent": parent}).status in {404, 422}
    assert ada.post("/c/" + "a" * 26 + "/comments", {"body": "Hello"}).status == 404
    assert watch.comments(site) == before


BOXES = [
    "",
    "nonsense",
    "{}",
    "[1]",
    "[[]]",
    "[[null,1,1,9]]",
    "[[null,-1,1,9,9]]",
    "[[null,9,9,1,1]]",
    "[[null,1,1,99999,9]]",
]
BOXES += [
    "[[null,1.5,1,9,9]]",
    "[[true,1,1,9,9]]",
    '[["0",1,1,9,9]]',
    "[[99,1,1,9,9]]",
    f"[[null,1,1,{2**64},9]]",
    "[[null,NaN,1,9,9]]",
]
BOXES += [
    "[" * 9000,
    "[[null,1,1," + "9" * 5000 + ",9]]",
    "\0",
    "[[null,1,1,9,9]]\0",
    json.dumps([[None, 1, 1, 9, 9]] * 201),
    "[[null,1e400,1,9,9]]",
]


@pytest.mark.parametrize("boxes", BOXES, ids=[text[:24] for text in BOXES])
def test_areas_that_make_no_sense_are_refused(draft, site, boxes):
    before = watch.rows(site, "SELECT * FROM drawn_box")
    answer = draft.post(draft.url("boxes", draft.image), {"boxes": boxes}, **PART)
    assert answer.status == 422
    assert answer.words
    assert draft.confirm(draft.image, boxes).status in {409, 422}
    assert watch.rows(site, "SELECT * FROM drawn_box") == before


def test_areas_by_numbers_are_bounded(draft, site):
    before = watch.rows(site, "SELECT * FROM drawn_box")
    for odd in (str(2**64), "-1", "", "x", "1.5", "٣", "9" * 5000):
        for name in ("x", "y", "width", "height", "frame", "remove"):
            numbers = {"x": "1", "y": "1", "width": "5", "height": "5", name: odd}
            if (name, odd) == ("frame", ""):
                continue
            assert draft.post(draft.url("boxes", draft.image), numbers).status == 422, (name, odd)
    assert watch.rows(site, "SELECT * FROM drawn_box") == before


ODD_TEXTS = {
    "letters": b"a%00%ED%A0%80%FF%FE%E2%80%AE%E2%80%8B%0D%0Ab%0D%3Cscript%3E%7B%7B7*7%7D%7D",
    "number": str(2**64).encode(),
}
MUCH = 4_000
LEAVE = re.compile(r"/(logout|lock|end-others|end|disable|take-admin|withdraw|erase|discard|reset|password|restore)$")


def test_no_text_in_any_field_of_any_form_is_too_odd(site, case, draft):
    person = Person(site).sign_in()
    pages = [
        "/boards/new",
        "/search",
        "/people",
        "/inbox",
        "/settings/profile",
        "/settings/appearance",
    ]
    pages += ["/admin/invitations", "/admin/settings", "/admin/audit", "/new", f"/new?draft={draft.draft}", draft.url()]
    pages += [draft.url("review"), f"/c/{case}", f"/b/{slug(person)}", f"/b/{slug(person)}/settings"]
    pages += [f"/c/{case}/{name}" for name in ("pin", "edit", "solve", "release", "shares", "audience", "history")]
    settled = as_it_stands(BeautifulSoup(person.get("/admin/settings").text, "html.parser").select_one("#clinic"))
    asked, found = set(), []
    for page in pages:
        answer = person.get(page)
        assert answer.status == 200, page
        for form in BeautifulSoup(answer.text, "html.parser").select("form"):
            action, is_post = form.get("action") or page, form.get("method", "get").lower() == "post"
            fields = fields_of(form)
            if LEAVE.search(action) or (action, *fields) in asked:
                continue
            asked.add((action, *fields))
            for what, body in odd_bodies(fields):
                got = person.post(action, body) if is_post else person.get(f"{urlsplit(action).path}?{body.decode()}")
                if got.status >= 500 or (got.status >= 400 and not got.words):
                    found.append((action, what, got.status))
    assert found == []
    assert len(asked) > 20
    settled["clinic_name"] = "Clinic"  # other tests go on with it, as it was before
    assert person.post("/admin/settings", settled).status == 303


def odd_bodies(fields):
    """Give the form with each field in turn as nobody would fill it, and with much in all of them."""
    for name in [*fields, "unknown-field", "draft", "parent"]:
        for kind, odd in ODD_TEXTS.items():
            others = [pair(one, value) for one, value in fields.items() if one != name]
            yield (name, kind), b"&".join([*others, pair(name, "") + odd])
    yield "much", b"&".join(pair(name, "x" * MUCH) for name in fields)


def fields_of(form) -> dict[str, str]:
    fields = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.get("type") == "file" or field["name"] == "csrf_token":
            continue
        chosen = field.select_one("option[selected]") or field.select_one("option") or {}
        fields.setdefault(field["name"], field.get("value") or chosen.get("value") or field.get_text())
    return fields


def as_it_stands(form) -> dict[str, str]:
    """Give what a browser would send of a form that nobody touched."""
    for box in form.select("input[type=checkbox]:not([checked]), input[type=radio]:not([checked])"):
        box.decompose()
    return fields_of(form)


def pair(name: str, value: str) -> bytes:
    return f"{quote_plus(name)}={quote_plus(value)}".encode()
