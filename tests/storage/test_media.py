"""Only what was made from a reviewed picture gets in, under random names, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import timedelta

import pytest

from pinboard import clock
from pinboard.custody import FramePack, Rendition
from pinboard.ids import public_id
from pinboard.storage import backends
from pinboard.storage.backends import LocalBackend, ObjectBackend, backend_for
from pinboard.storage.media import Media, MediaError
from tests.storage.conftest import scrubbed

obstore = pytest.importorskip("obstore")


def rendition(data=b"webp", name=None):
    return Rendition(name or public_id(), "w236", "image/webp", 236, 100, data)


def pack(data=b"firstsecond", name=None):
    return FramePack(name or public_id(), "frames", ((0, 5), (5, 6)), data)


@pytest.fixture(params=["folder", "memory", "bucket"])
def backend(request, tmp_path):
    if request.param == "folder":
        return LocalBackend(tmp_path / "media")
    if request.param == "memory":
        return ObjectBackend(obstore.store.MemoryStore())
    return ObjectBackend(obstore.store.LocalStore(tmp_path / "bucket", mkdir=True))


@pytest.fixture
def media(backend):
    return Media(backend)


def code(action, *arguments):
    with pytest.raises(MediaError) as caught:
        action(*arguments)
    return caught.value.code


def test_what_is_put_can_be_read(media):
    thing = rendition(os.urandom(100_000))
    stored = media.put(thing, 7)
    assert media.read(thing.name) == thing.data
    assert (stored.object_name, stored.receipt_id, stored.size) == (thing.name, 7, 100_000)
    assert stored.sha256 == hashlib.sha256(thing.data).hexdigest()
    assert list(media.names()) == [thing.name]


def test_one_frame_of_a_pack_can_be_read(media):
    thing = pack()
    media.put(thing, 1)
    assert [media.read_range(thing.name, *place) for place in thing.index] == [b"first", b"second"]


@pytest.mark.parametrize("place", [(-1, 2), (0, 0), (0, -1), (0, 12), (11, 1), (500, 1)])
def test_a_range_that_is_not_there(media, place):
    thing = pack()
    media.put(thing, 1)
    assert code(media.read_range, thing.name, *place) == "range"


def test_what_is_not_there_is_missing(media):
    assert code(media.read, public_id()) == "missing"
    assert code(media.read_range, public_id(), 0, 1) == "missing"
    assert list(media.names()) == []


@pytest.mark.parametrize("thing", [b"bytes", "text", None, {"name": "x"}, scrubbed()])
def test_nothing_else_gets_in(media, thing):
    with pytest.raises(TypeError):
        media.put(thing, 1)
    assert list(media.names()) == []


@pytest.mark.parametrize("receipt", [None, "", "1", True])
def test_nothing_gets_in_without_a_receipt(media, receipt):
    with pytest.raises(TypeError):
        media.put(rendition(), receipt)
    assert list(media.names()) == []


@pytest.mark.parametrize(
    "name", ["", "..", "../../../etc/passwd", "a/b", "a" * 26 + ".webp", "A" * 26, "doe-jane", "aa/" + "a" * 23]
)
def test_only_random_names_become_paths(media, name):
    assert code(media.put, rendition(name=name or "x"), 1) == "bad-name"
    assert code(media.read, name) == "bad-name"
    assert code(media.read_range, name, 0, 1) == "bad-name"
    assert code(media.delete, [name]) == "bad-name"


def test_deleting_is_final_and_may_be_repeated(media):
    things = [rendition() for _ in range(3)]
    media.put_many(things, 1)
    names = [thing.name for thing in things]
    media.delete([names[0], public_id(), names[1]])
    media.delete(names[:2])
    assert list(media.names()) == names[2:]
    assert code(media.read, names[0]) == "missing"


def test_a_batch_is_there_whole(media):
    things = [rendition(), pack(), rendition()]
    stored = media.put_many(things, 3)
    assert [one.object_name for one in stored] == [thing.name for thing in things]
    assert {one.receipt_id for one in stored} == {3}
    assert sorted(media.names()) == sorted(thing.name for thing in things)


def test_a_batch_that_fails_is_gone_whole(media):
    kept = rendition()
    media.put(kept, 1)

    def things():
        yield rendition()
        yield pack()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        media.put_many(things(), 1)
    assert list(media.names()) == [kept.name]


def test_the_folder_syncs_each_part_once_and_after_the_files(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(backends, "sync_folder", lambda path: synced.append((path.name, len(list(path.iterdir())))))
    names = ["aa" + "a" * 23 + letter for letter in "abc"] + ["bb" + "a" * 24]
    Media(LocalBackend(tmp_path)).put_many([rendition(name=name) for name in names], 1)
    assert sorted(synced) == [("aa", 3), ("bb", 1)]


def test_the_folder_is_the_owners(tmp_path):
    thing = rendition()
    Media(LocalBackend(tmp_path / "media")).put(thing, 1)
    path = tmp_path / "media" / thing.name[:2] / thing.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_disk_that_fills_up_leaves_no_half_picture(tmp_path, monkeypatch):
    media = Media(LocalBackend(tmp_path))
    monkeypatch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        media.put(rendition(), 1)
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_sweep_removes_what_a_crash_left(tmp_path):
    media = Media(LocalBackend(tmp_path))
    thing = rendition()
    media.put(thing, 1)
    left = tmp_path / thing.name[:2] / ".partial-1234"
    left.write_bytes(b"half")
    assert list(media.names()) == [thing.name]
    assert media.sweep(clock.now()) == 0
    assert media.sweep(clock.now() + timedelta(hours=2)) == 1
    assert not left.exists()
    assert media.read(thing.name) == b"webp"


def test_a_bucket_needs_no_sweep():
    assert Media(ObjectBackend(obstore.store.MemoryStore())).sweep(clock.now()) == 0


def test_a_bucket_may_hold_other_peoples_objects():
    store = obstore.store.MemoryStore()
    store.put("readme.txt", b"x")
    thing = rendition()
    media = Media(ObjectBackend(store))
    media.put(thing, 1)
    assert list(media.names()) == [thing.name]


def test_the_address_chooses_the_place(tmp_path):
    folder = tmp_path / "with space"
    thing = rendition()
    Media.open(folder.as_uri()).put(thing, 1)
    assert (folder / thing.name[:2] / thing.name).read_bytes() == b"webp"
    assert isinstance(backend_for("s3://bucket/prefix"), ObjectBackend)
    with pytest.raises(ValueError, match="only"):
        backend_for("https://example.org/media")
