"""A child that hostile bytes own may write anything where its answer belongs; the web process believes none of it."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinboard.sandbox import ChildFailed
from pinboard.sandbox.answer import reason_for
from pinboard.sandbox.wire import TooLargeError, WireError, frame, unframe


def message(value, rest=b""):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return struct.pack(">I", len(text)) + text + rest


def reader(data):
    data = memoryview(data)
    place = 0

    def take(size):
        nonlocal place
        if place + size > len(data):
            raise EOFError
        place += size
        return bytes(data[place - size : place])

    return take


FORGED = {
    "no JSON": (message(b"\x80\x04\x95"), "error"),
    "deep": (message(b"[" * 500_000), "error"),
    "a list": (message([]), "error"),
    "sizes missing": (message({"head": {}}), "error"),
    "negative": (message({"head": {"value": {}}, "sizes": [-1]}), "error"),
    "true is no size": (message({"head": {"value": {}}, "sizes": [True]}), "error"),
    "infinity": (message(b'{"head": {"value": {"x": Infinity}}, "sizes": []}'), "error"),
    "value is a list": (message({"head": {"value": []}, "sizes": []}), "error"),
    "a name as code": (message({"head": {"refused": "Doe^Jane"}, "sizes": []}), "error"),
    "a name as detail": (message({"head": {"failed": "error", "detail": "Doe^Jane"}, "sizes": []}), "error"),
    "an unknown failure": (message({"head": {"failed": "Doe"}, "sizes": []}), "error"),
    "too large": (message({"head": {"value": {}}, "sizes": [1 << 40]}), "memory"),
    "JSON too large": (b"\xff\xff\xff\xff", "memory"),
    "cut off in the length": (b"\x00", "crash"),
    "cut off in the JSON": (message({"head": {"value": {}}, "sizes": []})[:-1], "crash"),
    "cut off in a part": (message({"head": {"value": {}}, "sizes": [4]}, b"abc"), "crash"),
    "nothing": (b"", "crash"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer(probe, name):
    data, reason = FORGED[name]
    with pytest.raises(ChildFailed) as caught:
        probe.run("raw", [data], {}, kind="pixel")
    assert caught.value.reason == reason
    assert "Doe" not in repr(caught.value)


def test_a_whole_answer_need_not_wait_for_a_child_that_lingers(probe):
    data = message({"head": {"value": {"a": 1}}, "sizes": [3]}, b"abc and more that nobody asked for")
    answer = probe.run("raw", [data], {"hang": True}, kind="pixel", deadline=20)
    assert (answer.json, answer.parts) == ({"a": 1}, [b"abc"])


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()),
    st.lists(st.binary(max_size=99), max_size=9),
)
def test_what_is_framed_can_be_read(head, parts):
    data = b"".join(frame(head, parts))
    assert unframe(reader(data), 1000) == (head, parts)
    if sum(map(len, parts)) > 1:
        with pytest.raises(TooLargeError):
            unframe(reader(data), 1)


@given(st.binary(max_size=200))
def test_noise_is_never_anything_but_an_error(data):
    with pytest.raises((WireError, EOFError)):
        unframe(reader(data), 1000)


@pytest.mark.parametrize(
    ("status", "reason"), [(-9, "memory"), (-24, "time"), (-11, "crash"), (0, "crash"), (1, "crash")]
)
def test_why_a_child_ended(status, reason):
    assert reason_for(status) == reason
