"""The code on a slip: it notices a slip of the tongue, opens what the link opens, and is slow to guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinboard.shares import slip
from tests.html import page
from tests.shares.conftest import CAPTION

codes = st.lists(st.sampled_from(slip.ALPHABET), min_size=slip.SYMBOLS, max_size=slip.SYMBOLS).map(
    lambda symbols: "".join(symbols) + slip._check("".join(symbols))
)


@given(codes)
def test_every_wrong_symbol_and_every_swap_of_neighbours_is_noticed(code):
    assert slip.normalise(code) == code
    for place, symbol in enumerate(code):
        for other in slip.ALPHABET.replace(symbol, ""):
            assert slip.normalise(code[:place] + other + code[place + 1 :]) is None
    for place in range(len(code) - 1):
        first, second = code[place : place + 2]
        if first != second:
            assert slip.normalise(code[:place] + second + first + code[place + 2 :]) is None


@given(codes)
def test_one_symbol_more_or_less_is_noticed(code):
    assert slip.normalise(code[:-1]) is None
    assert slip.normalise(code + "2") is None


def test_it_is_read_however_it_is_written():
    code = slip.make_code()
    plain = code.replace("-", "")
    for written in (code, plain, code.lower(), f" {plain[:3]} {plain[3:]}.", code.replace("-", "–")):
        assert slip.normalise(written) == plain
        assert slip.token_of(written, b"k") == slip.token_of(code, b"k")


def test_codes_differ_and_need_the_clinics_key():
    made = {slip.make_code() for _ in range(200)}
    assert len(made) == 200
    code = made.pop()
    assert slip.token_of(code, b"one") != slip.token_of(code, b"two")


def test_it_opens_what_the_link_opens(client, make):
    made = make()
    page(client, "/s")
    answer = client.post("/s", {"code": made.code.lower()})
    assert (answer.status_code, answer.headers["Location"]) == (303, made.path)
    assert CAPTION in client.get(made.path).text


def test_a_colleague_gets_no_code(make):
    assert make("colleague").code is None


def test_the_pin_is_still_asked_for(client, make):
    made = make(pin=True)
    assert client.post("/s", {"code": made.code}).headers["Location"] == made.path
    assert "Enter the PIN" in client.get(made.path).text


@pytest.mark.parametrize("code", ["", "ABCDE-23456", "x" * 500, "’; drop", None])
def test_what_is_no_code_says_one_thing(client, clinic, code):
    answer = client.post("/s", {"code": slip.make_code() if code is None else code})
    assert answer.status_code == 422
    assert "This code opens nothing." in answer.text


def test_a_revoked_slip_says_the_same(client, make, ada):
    made = make()
    ada.post(f"{made.manage}/revoke")
    answer = client.post("/s", {"code": made.code})
    assert answer.status_code == 422
    assert "This code opens nothing." in answer.text


def test_guessing_is_slow_for_each_address(client, make, web_clock):
    made = make()
    there = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    statuses = [client.post("/s", {"code": slip.make_code()}, **there).status_code for _ in range(20)]
    assert statuses == [422] * 19 + [429]
    answer = client.post("/s", {"code": made.code}, **there)
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert client.post("/s", {"code": made.code}, **elsewhere).status_code == 303
    web_clock.pass_by(seconds=int(answer.headers["Retry-After"]))
    assert client.post("/s", {"code": made.code}, **there).status_code == 303
