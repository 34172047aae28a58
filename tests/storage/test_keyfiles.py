from __future__ import annotations

import stat
import threading

import pytest

from pinboard.storage.keyfiles import KeyFileError, KeyRing


def test_the_first_use_makes_one_key_that_only_the_owner_reads(tmp_path):
    ring = KeyRing.load(tmp_path / "keys")
    (path,) = (tmp_path / "keys").glob("master-*.key")
    assert path.name == f"master-{ring.current_id}.key"
    assert len(path.read_bytes()) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_next_use_finds_it(tmp_path):
    first, second = KeyRing.load(tmp_path), KeyRing.load(tmp_path)
    assert first.ids == second.ids == (first.current_id,)
    assert first.subkey("a") == second.subkey("a")
    assert first.deid == second.deid


def test_many_first_uses_at_once_make_one_key(tmp_path):
    rings = []
    threads = [threading.Thread(target=lambda: rings.append(KeyRing.load(tmp_path / "k"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.current_id for ring in rings}) == 1
    assert len(rings) == 8


def test_the_newest_key_makes_what_is_new_and_the_old_one_reads_what_is_old(tmp_path):
    old = KeyRing.load(tmp_path)
    (tmp_path / "master-ffffffff-000000.key").write_bytes(b"n" * 32)
    ring = KeyRing.load(tmp_path)
    assert ring.current_id == "ffffffff-000000"
    assert ring.ids == (old.current_id, "ffffffff-000000")
    assert ring.subkey("vault", old.current_id) == old.subkey("vault")
    assert ring.subkey("vault") != old.subkey("vault")
    assert ring.deid.key_id == "ffffffff-000000"
    assert ring.deid_of(old.current_id) == old.deid


def test_each_purpose_has_a_key_of_its_own_and_none_is_the_master():
    ring = KeyRing({"a": b"m" * 32, "b": b"o" * 32})
    found = {ring.subkey(label, key_id) for label in ("vault", "deid", "") for key_id in ("a", "b")}
    assert len(found | {b"m" * 32, b"o" * 32}) == 8
    assert {len(key) for key in found} == {32}


def test_an_unknown_key_is_said_to_be_unknown(tmp_path):
    with pytest.raises(KeyFileError) as caught:
        KeyRing.load(tmp_path).subkey("vault", "no such")
    assert caught.value.code == "unknown-key"


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_file_of_another_size_is_no_key(tmp_path, size):
    (tmp_path / "master-00000001-000000.key").write_bytes(b"x" * size)
    with pytest.raises(KeyFileError) as caught:
        KeyRing.load(tmp_path)
    assert caught.value.code == "bad-key"


def test_other_files_are_no_keys(tmp_path):
    for name in ("master-1.key", "master-00000001-000000.key.bak", "notes.txt"):
        (tmp_path / name).write_bytes(b"x" * 32)
    assert len(KeyRing.load(tmp_path).ids) == 1


def test_a_ring_without_keys_is_none():
    with pytest.raises(KeyFileError) as caught:
        KeyRing({})
    assert caught.value.code == "no-key"


def test_a_ring_shows_no_key():
    ring = KeyRing({"a": b"secret" + b"x" * 26})
    assert "secret" not in repr(ring) + str(ring) + repr(ring.deid)
