"""Every answer carries the headers that keep it safe and private: pages, parts, pictures, files, refusals, failures."""

import pytest

from tests.contracts.access_matrix import MATRIX

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PICTURE = "default-src 'none'; sandbox"
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def wrong(answer):
    """List the headers of an answer that are not as they must be."""
    headers = answer.headers
    found = [name for name, value in EXACT.items() if headers.get(name) != value]
    is_picture = answer.mimetype.startswith("image/") and "/static/" not in answer.request.path
    if headers.get("Content-Security-Policy") != (PICTURE if is_picture else CSP):
        found.append("Content-Security-Policy")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if "Cache-Control" not in headers:
        found.append("Cache-Control")
    if {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(headers.keys()):
        found.append("a header that says too much")
    return found


@pytest.mark.parametrize("line", MATRIX, ids=str)
def test_every_answer_is_safe(world, line):
    for who in ("ada", "pat", "oz", "nobody"):
        for as_fragment in (False, True):
            answer = world.answer(who, line, as_fragment=as_fragment)
            assert wrong(answer) == [], (who, answer.status_code)


@pytest.mark.parametrize("line", MATRIX, ids=str)
def test_nothing_private_is_kept_by_a_browser(world, line):
    for who in ("ada", "pat", "oz"):
        answer = world.answer(who, line)
        cached = answer.headers["Cache-Control"]
        if answer.mimetype == "text/html":
            assert cached == "no-store", who
        elif not line.path.startswith("/static/"):
            assert cached in {"no-store", "private, no-cache", "private, no-store"}, who
        part = world.answer(who, line, as_fragment=True)
        if part.mimetype == "text/html":
            assert part.headers["Cache-Control"] in {"private, no-cache", "no-store"}
            assert {"HX-Request", "HX-Request-Type"} <= {name.strip() for name in part.headers["Vary"].split(",")}


REFUSALS = {
    "400": lambda ask: ask("POST", "/login", b"--b\r\n", content_type="multipart/form-data; boundary=\xff"),
    "403": lambda ask: ask("POST", "/login", {}, headers={"X-CSRFToken": "made up"}),
    "404": lambda ask: ask("GET", "/nothing/here"),
    "404 static": lambda ask: ask("GET", "/static/nothing.css"),
    "404 media": lambda ask: ask("GET", "/media/x/w236"),
    "405": lambda ask: ask("GET", "/logout"),
    "413": lambda ask: ask("POST", "/login", {"login": "x" * 2_000_000}),
    "308": lambda ask: ask("GET", "//login"),
    "OPTIONS": lambda ask: ask("OPTIONS", "/login"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_is_safe(world, name):
    browser = world.browsers["nobody"]

    def ask(method, path, data=None, **options):
        options.setdefault("headers", {"X-CSRFToken": browser.csrf()})
        with world.undone():
            return browser.open(path, method=method, data=data, **options)

    answer = REFUSALS[name](ask)
    assert answer.status_code < 500
    assert wrong(answer) == [], answer.status_code


def test_a_failure_of_ours_is_safe(world, monkeypatch):
    def fail():
        raise ValueError

    monkeypatch.setitem(world.app.view_functions, "accounts.login", fail)
    fail.audience = ("public",)
    for as_fragment in (False, True):
        answer = world.ask("nobody", "GET", "/login", as_fragment=as_fragment)
        assert answer.status_code == 500
        assert wrong(answer) == []


def test_https_is_asked_for_only_where_there_is_https(world, monkeypatch):
    from dataclasses import replace

    assert "Strict-Transport-Security" not in world.ask("nobody", "GET", "/login").headers
    monkeypatch.setitem(world.app.config, "PINBOARD", replace(world.app.config["PINBOARD"], secure_cookies=True))
    browser = world.app.test_client()
    with world.undone():
        answer = browser.get("/login", base_url="https://pin.example")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "Strict-Transport-Security" not in browser.get("/login").headers


def test_the_check_sees_a_missing_header(world):
    answer = world.ask("nobody", "GET", "/login")
    answer.headers["Content-Security-Policy"] = CSP.replace("'self'", "'unsafe-inline'", 1)
    del answer.headers["X-Content-Type-Options"]
    assert sorted(wrong(answer)) == ["Content-Security-Policy", "X-Content-Type-Options"]
