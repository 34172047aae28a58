"""Addresses, methods and headers that no browser of ours would send: each gets a plain answer, and none is an error."""

from __future__ import annotations

import re

import pytest

from tests.server import watch
from tests.server.client import Person, slug
from tests.server.wire import head, raw, status_of

SURROGATE, NULL, INVALID = "%ED%A0%80", "%00", "%FF%FE"
IDS = [
    str(2**63),
    str(2**64),
    str(-1),
    "9" * 400,
    "0",
    "x" * 3000,
    NULL,
    SURROGATE,
    INVALID,
    "..%2F..%2Fetc",
    "%0d%0aX: y",
]


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    """Give the address and the methods of every route."""
    from pinboard.application import create_app
    from pinboard.config import load

    app = create_app(load({"PINBOARD_DATA": str(tmp_path_factory.mktemp("routes"))}))
    return [(rule.rule, sorted(rule.methods)) for rule in app.url_map.iter_rules() if "<path:" not in rule.rule]


def test_no_id_in_an_address_is_too_odd(site, ada, case, draft, routes):
    real = {"case_id": case, "slug": slug(ada), "draft": draft.draft, "image": draft.image}
    asked = faults = 0
    found = []
    for rule, methods in routes:
        holes = re.findall(r"<(?:[^:<>]+:)?(\w+)>", rule)
        for hole in holes:
            for odd in IDS:
                path = rule
                for name in holes:
                    path = re.sub(
                        rf"<(?:[^:<>]+:)?{name}>",
                        odd.replace("\\", "") if name == hole else real.get(name, "a" * 26),
                        path,
                    )
                for method in methods:
                    asked += 1
                    answer = raw(site, head(ada, method, path, Content_Length="0"))
                    if status_of(answer) not in {*range(200, 500)}:
                        found.append((method, rule, odd[:30], answer[:12]))
                    faults += status_of(answer) in {404, 405, 303, 400, 422}
    assert found == []
    assert asked > 500
    assert faults > 300


ODD_QUERIES = [
    str(2**63),
    str(2**64),
    "-1",
    "1e9",
    "9" * 6000,
    NULL,
    SURROGATE,
    INVALID,
    "%F0%9F%92%A9",
    "W10",  # []
    "WzFd",  # [1]
    "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd",  # [9223372036854775808]
    "a" * 199,
]


def test_no_number_or_word_in_a_query_is_too_odd(site, ada, case, draft):
    names = (
        "frame",
        "after",
        "picture",
        "comments",
        "page",
        "image",
        "q",
        "verb",
        "actor",
        "specialty",
        "token",
        "next",
        "draft",
    )
    pages = ["/", "/feed", "/boards", "/boards/list", f"/b/{slug(ada)}", f"/b/{slug(ada)}/pins", "/search"]
    pages += [
        "/search/results",
        "/inbox",
        "/inbox/list",
        "/people",
        "/admin/people",
        "/admin/audit",
        "/admin/audit.csv",
    ]
    pages += [
        f"/c/{case}",
        f"/c/{case}/series/1",
        f"/c/{case}/comments",
        "/my",
        "/setup",
        "/login",
        "/lock",
        "/s",
        "/new",
    ]
    pages += [
        f"/drafts/{draft.draft}/review",
        f"/drafts/{draft.draft}/images/{draft.image}/preview",
        "/drafts/body-parts",
    ]
    found = []
    for page in pages:
        for odd in ODD_QUERIES:
            answer = raw(site, head(ada, "GET", f"{page}?" + "&".join(f"{name}={odd[:480]}" for name in names)))
            if status_of(answer) >= 500:
                found.append((page, odd[:30]))
    assert found == []
    preview = f"/drafts/{draft.draft}/images/{draft.image}/preview"
    assert ada.get(f"{preview}?frame=0").status == 200
    assert ada.get(f"{preview}?frame={2**64}").status in {404, 422}
    assert ada.get(f"{preview}?frame=-1").status in {404, 422}


@pytest.mark.parametrize("number", [0, 2, 2**31, 2**63, 2**64, 10**300])
def test_a_series_that_is_not_there_is_not_found(ada, case, number):
    assert ada.get(f"/c/{case}/series/1").status == 200
    assert ada.get(f"/c/{case}/series/{number}").status == 404


def test_methods_that_an_address_does_not_take_are_refused(site, ada, case, draft):
    before = watch.rows(site, "SELECT public_id, state FROM case_ ORDER BY id")
    for path in (
        "/",
        "/new",
        "/login",
        "/boards",
        f"/c/{case}",
        f"/c/{case}/comments",
        draft.url(),
        "/healthz",
        "/setup",
    ):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "PROPFIND"):
            assert ada.ask(method, path, b"", X_CSRFToken=ada.token).status == 405, (method, path)
        assert ada.ask("HEAD", path).body == b""
        assert ada.ask("HEAD", path).status == ada.get(path).status
        assert ada.ask("OPTIONS", path).status in {200, 405}
    assert ada.ask("GET", draft.url("publish")).status == 405
    assert ada.ask("HEAD", draft.url("discard")).status == 200
    assert ada.ask("PUT", draft.slot().replace("/uploads/", "/uploads/x"), b"", X_CSRFToken=ada.token).status == 404
    assert watch.rows(site, "SELECT public_id, state FROM case_ ORDER BY id") == before


BAD_LINES = {
    "no method": b"/ HTTP/1.1\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version of tomorrow": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "a long address": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "a name with a blank": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a negative length": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a length in words": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n",
    "a null in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_request_that_is_none_is_refused(site, name):
    answer = raw(site, BAD_LINES[name], seconds=30)
    assert status_of(answer) in range(400, 500)
    assert Person(site).get("/healthz").status == 200


ODD_HEADERS = [{"Cookie": "pinboard=" + "x" * 4000}, {"Cookie": "pinboard=\xff\xfe"}, {"Cookie": "=;;=;pinboard"}]
ODD_HEADERS += [
    {"Host": "a b"},
    {"Host": "x" * 3000},
    {"Origin": "http://[::1"},
    {"Origin": "\xff"},
    {"X_CSRFToken": "\xff\xfe"},
]
ODD_HEADERS += [
    {"If_None_Match": "W/" * 900},
    {"Range": "bytes=9-1,-"},
    {"Accept_Encoding": "br;q=nan"},
    {"HX_Request": "\xff"},
]
ODD_HEADERS += [{"X_Forwarded_For": "x" * 3000}, {"User_Agent": "\xff" * 3000}, {"If_Modified_Since": "never"}]


@pytest.mark.parametrize("headers", ODD_HEADERS, ids=[str(one)[:40] for one in ODD_HEADERS])
def test_a_header_that_makes_no_sense_is_no_trouble(site, ada, case, headers):
    picture = re.search(r"/media/\w+/\w+", ada.get(f"/c/{case}").text)[0]
    for method, path in (
        ("GET", f"/c/{case}"),
        ("GET", picture),
        ("GET", "/static/css/app.css"),
        ("POST", f"/c/{case}/comments"),
    ):
        given = {"Cookie": ada.cookie, "X_CSRFToken": ada.token, "Content_Length": "0", "Host": "x"} | headers
        lines = [f"{method} {path} HTTP/1.1", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
        assert status_of(raw(site, "\r\n".join([*lines, "", ""]).encode("latin-1"))) < 500, path
