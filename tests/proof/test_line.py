"""The line is genuine as it was signed, and nothing else is."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pinboard.proof import line as lines
from pinboard.storage.keyfiles import KeyFileError, KeyRing

AT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def signed(key):
    return lines.signed_line(key, counts=lines.Counts(cases=12, images=40), state="ab" * 32, at=AT)


def test_it_says_what_was_checked(signed):
    assert signed.startswith("pinboard-proof-1 version=")
    assert " cases=12 images=40 objects=0 receipts=0 events=0 openings=0 violations=0 " in signed
    assert f" state=sha256:{'ab' * 32} at=2026-11-24T12:30:00Z " in signed
    assert "\n" not in signed


def test_it_is_genuine_with_its_key_as_text_and_with_spaces_around(key, signed):
    text = lines.public_text(key.public_key())
    assert len(text) == 64
    assert set(text) <= set("0123456789abcdef"), "never begins with a dash, as an option does"
    public = lines.key_from(f" {text}\n")
    assert lines.is_genuine(f"  {signed}\n", public)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace("cases=12", "cases=13"), lambda line: line.replace("2026", "2027"),
        lambda line: line[:-1], lambda line: line + "A", lambda line: line.replace(" violations=0", ""), lambda _: "",
        lambda line: line.rpartition(" signature=")[0], lambda line: "x" + line, lambda _: " signature=",
        lambda line: line.replace("pinboard-proof-1", "pinboard-proof-2"), lambda line: line + " signature=é",
    ],
)  # fmt: skip
def test_whatever_was_changed_is_not_genuine(key, signed, change):
    assert change(signed) != signed
    assert not lines.is_genuine(change(signed), key.public_key())


def test_another_key_proves_nothing(signed):
    assert not lines.is_genuine(signed, Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize("text", ["", "abc", "é" * 43, "A" * 44, "!" * 43])
def test_what_is_no_public_key_is_said_to_be_none(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its words are the library’s
        lines.key_from(text)


def test_the_key_is_made_once_for_its_owner_alone_and_is_no_master_key(tmp_path):
    first, second = lines.signing_key(tmp_path / "keys"), lines.signing_key(tmp_path / "keys")
    assert first.private_bytes_raw() == second.private_bytes_raw()
    assert (tmp_path / "keys" / lines.FILE).stat().st_mode & 0o077 == 0
    assert len(KeyRing.load(tmp_path / "keys").ids) == 1


def test_a_damaged_key_file_signs_nothing(tmp_path):
    lines.signing_key(tmp_path)
    (tmp_path / lines.FILE).write_bytes(b"short")
    with pytest.raises(KeyFileError):
        lines.signing_key(tmp_path)
