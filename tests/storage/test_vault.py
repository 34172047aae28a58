"""What is in the vault comes out as it went in, or not at all; a destroyed key is gone from every file."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinboard import clock
from pinboard.custody import Scrubbed
from pinboard.ids import public_id
from pinboard.storage import vault as module
from pinboard.storage.keyfiles import KeyRing
from pinboard.storage.vault import CHUNK, Vault, VaultError
from tests.storage.conftest import scrubbed

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]
PIECE = CHUNK + 16


def code(action, *arguments):
    with pytest.raises(VaultError) as caught:
        action(*arguments)
    return caught.value.code


def blob_path(vault, names):
    return vault._blobs.joinpath(*names)


def key_path(vault, names):
    return vault._wrapped.joinpath(*names)


def everything_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", SIZES)
def test_what_went_in_comes_out(vault, names, size):
    thing = scrubbed(os.urandom(size))
    vault.seal(thing, *names)
    assert vault.open(*names) == thing


def test_nothing_of_it_is_in_the_clear(vault, names, tmp_path):
    vault.seal(Scrubbed(b"DOE^JANE" * 9000, {"Modality": "CANARY"}, scrubbed(b"DOE^JANE" * 9000).sha256), *names)
    for path in everything_below(tmp_path):
        assert b"DOE^" not in path.read_bytes()
        assert b"CANARY" not in path.read_bytes()


def test_only_the_owner_may_look(vault, names, tmp_path):
    vault.seal(scrubbed(), *names)
    folders = [path for path in (tmp_path / "vault").rglob("*") if path.is_dir()]
    assert len(folders) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    secret = [path for path in everything_below(tmp_path) if path.name != ".lock"]
    assert len(secret) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


def test_each_blob_has_a_key_of_its_own(vault, names):
    draft = names[0]
    blobs = [public_id() for _ in range(3)]
    for blob in blobs:
        vault.seal(scrubbed(), draft, blob)
    bodies = {blob_path(vault, (draft, blob)).read_bytes() for blob in blobs}
    wrapped = {json.loads(key_path(vault, (draft, blob)).read_bytes())["key"] for blob in blobs}
    assert len(bodies) == len(wrapped) == 3
    assert vault.blobs(draft) == sorted(blobs)
    assert vault.drafts() == [draft]


def test_bytes_that_do_not_match_their_hash_are_not_sealed(vault, names):
    assert code(vault.seal, Scrubbed(b"other", {}, scrubbed().sha256), *names) == "damaged"
    assert vault.drafts() == []


def test_a_blob_is_sealed_once(vault, names):
    vault.seal(scrubbed(), *names)
    assert code(vault.seal, scrubbed(b"other"), *names) == "exists"
    assert vault.open(*names) == scrubbed()


# Tampering


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """Give one sealed blob of three pieces that every tampering starts from."""
    folder = tmp_path_factory.mktemp("sealed")
    vault = Vault(folder / "vault", KeyRing.load(folder / "keys"))
    names = (public_id(), public_id())
    vault.seal(scrubbed(os.urandom(2 * CHUNK + 100)), *names)
    path = blob_path(vault, names)
    return vault, names, path, path.read_bytes()


def refused(sealed, data):
    vault, names, path, _whole = sealed
    path.write_bytes(data)
    return code(vault.open, *names) == "damaged"


def header_end(whole):
    return 8 + int.from_bytes(whole[4:8], "big")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_refused(sealed, data):
    whole = bytearray(sealed[3])
    place = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, 200))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    assert refused(sealed, whole)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_cut_is_refused(sealed, data):
    whole = sealed[3]
    ends = [0, 4, 8, header_end(whole), header_end(whole) + PIECE, header_end(whole) + 2 * PIECE]
    end = data.draw(st.sampled_from(ends) | st.integers(0, len(whole) - 1))
    assert refused(sealed, whole[:end])


@settings(max_examples=50, deadline=None)
@given(more=st.binary(min_size=1, max_size=100))
def test_anything_appended_is_refused(sealed, more):
    assert refused(sealed, sealed[3] + more)


@settings(max_examples=30, deadline=None)
@given(order=st.lists(st.integers(0, 2), max_size=5).filter(lambda order: order != [0, 1, 2]))
def test_pieces_in_another_order_are_refused(sealed, order):
    whole = sealed[3]
    start = header_end(whole)
    pieces = [whole[start : start + PIECE], whole[start + PIECE : start + 2 * PIECE], whole[start + 2 * PIECE :]]
    assert refused(sealed, whole[:start] + b"".join(pieces[index] for index in order))


def test_a_blob_under_another_name_is_refused(vault, names):
    vault.seal(scrubbed(), *names)
    for other in ((names[0], public_id()), (public_id(), names[1])):
        for top in (vault._blobs, vault._wrapped):
            top.joinpath(*other).parent.mkdir(exist_ok=True)
            top.joinpath(*other).write_bytes(top.joinpath(*names).read_bytes())
        assert code(vault.open, *other) == "damaged"


def test_two_blobs_with_swapped_contents_are_refused(vault, names):
    other = (names[0], public_id())
    vault.seal(scrubbed(), *names)
    vault.seal(scrubbed(b"other"), *other)
    first, second = blob_path(vault, names), blob_path(vault, other)
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    assert code(vault.open, *names) == code(vault.open, *other) == "damaged"


def test_another_kind_is_refused(vault, names, monkeypatch):
    monkeypatch.setattr(module, "SCRUBBED", "something-else")
    vault.seal(scrubbed(), *names)
    monkeypatch.undo()
    assert code(vault.open, *names) == "damaged"


@pytest.mark.parametrize(
    "change",
    [
        {"key": "00" * 48},
        {"key": "no hex"},
        {"nonce": ""},
        {"master": "unknown"},
        {"week": "../../etc/passwd"},
        {"week": None},
    ],
)
def test_a_changed_key_file_is_refused(vault, names, change):
    vault.seal(scrubbed(), *names)
    path = key_path(vault, names)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    assert code(vault.open, *names) == "damaged"


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00"])
def test_a_key_file_that_is_none_is_refused(vault, names, text):
    vault.seal(scrubbed(), *names)
    key_path(vault, names).write_text(text)
    assert code(vault.open, *names) == "damaged"


def test_a_copied_vault_without_the_master_key_is_noise(vault, names, tmp_path):
    vault.seal(scrubbed(), *names)
    stolen = Vault(tmp_path / "vault", KeyRing.load(tmp_path / "other keys"))
    assert code(stolen.open, *names) == "damaged"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../" + "a" * 23, "a" * 25, "A" * 26, "a" * 25 + "/", "a" * 26 + "\n", "é" * 26]
)
def test_only_random_names_become_paths(vault, names, name):
    good = names[0]
    for action in (vault.open, vault.destroy_blob, lambda *given: vault.seal(scrubbed(), *given)):
        assert code(action, name, good) == "bad-name"
        assert code(action, good, name) == "bad-name"
    assert code(vault.destroy, name) == "bad-name"
    assert code(vault.blobs, name) == "bad-name"


# Destroying


def test_a_destroyed_key_is_gone_from_its_very_blocks(vault, names, tmp_path):
    vault.seal(scrubbed(), *names)
    wrapped = key_path(vault, names).read_bytes()
    witness = tmp_path / "witness"
    witness.hardlink_to(key_path(vault, names))
    vault.destroy_blob(*names)
    key = json.loads(wrapped)["key"].encode()
    assert len(witness.read_bytes()) == len(wrapped)
    assert not [
        path
        for path in everything_below(tmp_path)
        if key in path.read_bytes() or bytes.fromhex(key.decode()) in path.read_bytes()
    ]
    assert code(vault.open, *names) == "destroyed"
    assert not blob_path(vault, names).exists()
    vault.destroy_blob(*names)


def test_destroying_a_draft_leaves_other_drafts(vault, names):
    other = (public_id(), public_id())
    for pair in (names, (names[0], public_id()), other):
        vault.seal(scrubbed(), *pair)
    vault.destroy(names[0])
    assert vault.drafts() == [other[0]]
    assert vault.open(*other) == scrubbed()
    vault.destroy(names[0])


def test_destroying_one_blob_leaves_the_others(vault, names):
    other = (names[0], public_id())
    vault.seal(scrubbed(), *names)
    vault.seal(scrubbed(), *other)
    vault.destroy_blob(*names)
    assert vault.blobs(names[0]) == [other[1]]
    assert vault.open(*other) == scrubbed()


def test_keys_die_before_anything_else(vault, names, monkeypatch):
    vault.seal(scrubbed(), *names)

    def crash(*_arguments, **_more):
        raise KeyboardInterrupt

    kept = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda path, **more: crash() if "blobs" in path.parts else kept(path, **more))
    with pytest.raises(KeyboardInterrupt):
        vault.destroy(names[0])
    monkeypatch.undo()
    assert not key_path(vault, names).exists()
    assert vault.drafts() == [names[0]]
    assert vault.blobs(names[0]) == []
    assert vault.sweep(clock.now()) == 1
    assert not blob_path(vault, names).exists()


def test_a_blob_without_its_bytes_is_missing(vault, names):
    vault.seal(scrubbed(), *names)
    blob_path(vault, names).unlink()
    assert code(vault.open, *names) == "missing"


@pytest.mark.parametrize("step", [1, 2])
def test_a_crash_while_sealing_leaves_nothing_that_opens(vault, names, monkeypatch, step):
    kept, calls = module.write_files, []

    def crash(folder, files):
        calls.append(folder)
        if len(calls) == step:
            raise OSError(28, "No space left on device")
        return kept(folder, files)

    monkeypatch.setattr(module, "write_files", crash)
    with pytest.raises(OSError, match="No space"):
        vault.seal(scrubbed(), *names)
    monkeypatch.undo()
    assert vault.blobs(names[0]) == []
    assert not key_path(vault, names).exists()
    vault.seal(scrubbed(), *names)
    assert vault.open(*names) == scrubbed()


def test_many_sealed_together_have_keys_of_their_own_and_come_out_alone(vault, names):
    things = {public_id(): scrubbed(os.urandom(CHUNK + size)) for size in range(5)}
    vault.seal_each(things, names[0])
    assert {blob: vault.open(names[0], blob) for blob in things} == things
    wrapped = {json.loads(key_path(vault, (names[0], blob)).read_bytes())["key"] for blob in things}
    assert len(wrapped) == len(things)
    gone, *kept = things
    vault.destroy_blob(names[0], gone)
    assert vault.blobs(names[0]) == sorted(kept)


def test_every_key_of_many_is_on_the_disk_before_the_first_ciphertext(vault, names, monkeypatch):
    kept, seen = module.write_files, []

    def watched(folder, files):
        seen.append((folder, {path.name for path in everything_below(folder)}))
        return kept(folder, files)

    monkeypatch.setattr(module, "write_files", watched)
    vault.seal_each({public_id(): scrubbed() for _ in range(3)}, names[0])
    assert [folder.parent.name for folder, _there in seen] == ["keys", "blobs"]
    assert seen[1][1] == set()


def test_one_of_many_that_is_damaged_leaves_none(vault, names):
    things = {public_id(): scrubbed(), public_id(): Scrubbed(b"other", {}, scrubbed().sha256)}
    assert code(vault.seal_each, things, names[0]) == "damaged"
    assert vault.drafts() == []


def test_a_disk_that_fills_up_in_the_middle_of_many_leaves_none(vault, names, monkeypatch):
    vault.seal(scrubbed(), *names)
    kept, calls = Path.replace, []

    def full(path, target):
        calls.append(path)
        if len(calls) == 5:
            raise OSError(28, "No space left on device")
        return kept(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        vault.seal_each({public_id(): scrubbed() for _ in range(3)}, names[0])
    monkeypatch.undo()
    assert vault.left(names[0]) == [names[1]]
    assert not [path for path in everything_below(vault._blobs) if path.name.startswith(".partial")]


def test_sealing_over_the_key_of_a_crashed_try_works(vault, names):
    vault.seal(scrubbed(), *names)
    blob_path(vault, names).unlink()
    vault.seal(scrubbed(b"again"), *names)
    assert vault.open(*names) == scrubbed(b"again")


def test_a_draft_thrown_away_while_sealing_is_destroyed(vault, names, monkeypatch):
    kept = vault._wrap

    def throw_away(key, pair):
        vault.destroy(names[0])
        return kept(key, pair)

    monkeypatch.setattr(vault, "_wrap", throw_away)
    assert code(vault.seal, scrubbed(), *names) == "destroyed"
    assert vault.drafts() == []


def test_many_threads_seal_at_once(vault, names):
    pairs = [(names[0], public_id()) for _ in range(12)]
    threads = [threading.Thread(target=vault.seal, args=(scrubbed(pair[1].encode()), *pair)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [vault.open(*pair).instance for pair in pairs] == [pair[1].encode() for pair in pairs]


# Sweeping


def at(monkeypatch, moment):
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def weeks(vault):
    return sorted(path.name for path in vault._weeks.iterdir() if path.name != ".lock")


def test_the_secret_of_a_week_goes_when_no_key_needs_it(vault, names, monkeypatch):
    at(monkeypatch, MONDAY)
    vault.seal(scrubbed(), *names)
    copy = key_path(vault, names).read_bytes()
    body = blob_path(vault, names).read_bytes()
    at(monkeypatch, MONDAY + timedelta(days=8))
    later = (public_id(), public_id())
    vault.seal(scrubbed(), *later)
    assert weeks(vault) == ["2026w48", "2026w49"]
    vault.sweep(clock.now())
    assert vault.open(*names) == scrubbed()
    vault.destroy(names[0])
    assert vault.sweep(clock.now()) == 1
    assert weeks(vault) == ["2026w49"]
    # Whoever kept a copy of the wrapped key, and even the master key, has nothing.
    key_path(vault, names).parent.mkdir()
    blob_path(vault, names).parent.mkdir()
    key_path(vault, names).write_bytes(copy)
    blob_path(vault, names).write_bytes(body)
    assert code(vault.open, *names) == "destroyed"
    assert vault.open(*later) == scrubbed()


def test_the_secret_of_this_week_stays_even_if_nothing_needs_it(vault, names, monkeypatch):
    at(monkeypatch, MONDAY)
    vault.seal(scrubbed(), *names)
    vault.destroy(names[0])
    assert vault.sweep(MONDAY) == 0
    assert weeks(vault) == ["2026w48"]
    # A seal may have begun a moment before the week ended.
    assert vault.sweep(datetime(2026, 11, 30, 0, 30, tzinfo=UTC)) == 0
    assert vault.sweep(datetime(2026, 11, 30, 1, 30, tzinfo=UTC)) == 1


def test_a_sweep_spares_what_is_whole_or_young(vault, names):
    vault.seal(scrubbed(), *names)
    young = key_path(vault, (names[0], public_id()))
    young.write_bytes(key_path(vault, names).read_bytes())
    partial = blob_path(vault, names).with_name(".partial-1")
    partial.write_bytes(b"x")
    assert vault.sweep(clock.now()) == 0
    assert young.exists()
    assert partial.exists()
    assert vault.sweep(clock.now() + timedelta(hours=2)) == 2
    assert not young.exists()
    assert not partial.exists()
    assert vault.open(*names) == scrubbed()


def test_a_sweep_removes_a_blob_whose_key_is_gone_and_then_its_folders(vault, names):
    vault.seal(scrubbed(), *names)
    key_path(vault, names).unlink()
    assert vault.sweep(clock.now()) == 1
    assert vault.drafts() == [names[0]]
    vault.sweep(clock.now() + timedelta(hours=2))
    assert vault.drafts() == []


def test_a_damaged_key_file_does_not_stop_a_sweep(vault, names):
    vault.seal(scrubbed(), *names)
    key_path(vault, names).write_bytes(b"{")
    assert vault.sweep(clock.now()) == 0


def test_an_empty_vault_is_swept_and_listed(vault, names):
    assert vault.sweep(clock.now()) == 0
    assert vault.drafts() == []
    assert vault.blobs(names[0]) == []
    assert code(vault.open, *names) == "destroyed"


def test_what_vanishes_during_a_sweep_counts_as_old(tmp_path):
    assert module._changed(tmp_path / "gone") == 0
