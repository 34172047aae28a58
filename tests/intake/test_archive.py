"""Archives of images, honest and hostile: what is in them goes through the door of every file, its name nowhere."""

import io
import struct
import zipfile
import zlib

import pytest
from sqlalchemy import select

from pinboard.intake import archive
from pinboard.intake.archive import Taker
from pinboard.intake.errors import IntakeError, sentence_for
from pinboard.models import Upload, UploadState
from tests.intake.files import photo, wheel
from tests.intake.test_arrange import a_slice
from tests.samples import sample

NAME = "Zebra^Quagga/ZQ-77.dcm"


def zipped(*files, packing=zipfile.ZIP_DEFLATED):
    """Pack files under names that say who somebody is."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as made:
        for number, data in enumerate(files):
            made.writestr(f"{number}-{NAME}", data)
    return held.getvalue()


def take(desk, data, case=None):
    case = case or desk.draft()
    with desk.stores.pool.memfile(data) as mem:
        taken = Taker(desk.stores, case.id, desk.author.id)
        taken.take(mem)
    return case, taken


def uploads(desk, case):
    with desk.stores.reading() as session:
        return list(session.scalars(select(Upload).where(Upload.case_id == case.id).order_by(Upload.number)))


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_its_images_come_in_as_if_they_were_sent_one_by_one(desk, packing):
    case, taken = take(desk, zipped(a_slice(1), a_slice(2), photo(), packing=packing))
    assert (taken.received, dict(taken.refused)) == (3, {})
    assert [one.state for one in uploads(desk, case)] == [UploadState.RECEIVED] * 3
    assert len(desk.instances(case)) == 3


def test_what_is_refused_is_counted_by_reason_and_the_rest_is_taken(desk):
    damaged = wheel("CT_small.dcm")[:20_000]
    inner = zipped(a_slice(9))
    other = wheel("MR_small.dcm")
    files = [a_slice(1), damaged, b"just words", inner, b"%!?\x00" * 50, other, b""]
    case, taken = take(desk, zipped(*files))
    assert taken.received == 1
    assert taken.refused == {"damaged": 1, "not-an-image": 2, "archive": 1, "other-subject": 1}
    # Only what looked like an image has a line of its own.
    assert [one.refusal for one in uploads(desk, case)] == [None, "damaged", "other-subject"]


def test_the_same_archive_again_is_told_as_duplicates(desk):
    data = zipped(a_slice(1), a_slice(2))
    case, _taken = take(desk, data)
    _case, again = take(desk, data, case)
    assert (again.received, dict(again.refused)) == (0, {"duplicate": 2})


def test_names_are_kept_nowhere(desk, caplog):
    case, _taken = take(desk, zipped(a_slice(1), b"words"))
    kept = [str(one.__dict__) for one in (*uploads(desk, case), *desk.instances(case))]
    assert not [text for text in (*kept, caplog.text) if "Zebra" in text or "ZQ-77" in text]


def test_a_locked_entry_is_told_and_the_others_are_taken(desk):
    data = bytearray(zipped(a_slice(1), a_slice(2)))
    for at in (data.index(b"PK\x01\x02") + 8, 6):
        data[at] |= 1
    _case, taken = take(desk, bytes(data))
    assert (taken.received, dict(taken.refused)) == (1, {"encrypted": 1})


def test_an_entry_whose_checksum_is_wrong_is_damaged(desk):
    data = bytearray(zipped(a_slice(1), a_slice(2), packing=zipfile.ZIP_STORED))
    at = data.index(b"PK\x01\x02") + 16
    data[at : at + 4] = struct.pack("<I", zlib.crc32(b"something else"))
    _case, taken = take(desk, bytes(data))
    assert (taken.received, dict(taken.refused)) == (1, {"damaged": 1})


def test_another_packing_than_deflate_is_not_opened(desk):
    _case, taken = take(desk, zipped(a_slice(1), packing=zipfile.ZIP_LZMA))
    assert dict(taken.refused) == {"packing": 1}


def test_a_file_that_is_nothing_but_packing_is_a_bomb(desk):
    _case, taken = take(desk, zipped(bytes(40 << 20), a_slice(1)))
    assert (taken.received, dict(taken.refused)) == (1, {"bomb": 1})


def test_an_entry_above_the_limit_of_a_file_is_not_unpacked(desk, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST_FILE", 1000)
    _case, taken = take(desk, zipped(a_slice(1)))
    assert dict(taken.refused) == {"too-large-file": 1}


def test_entries_that_share_their_bytes_are_a_bomb(desk):
    data = zipped(a_slice(1), packing=zipfile.ZIP_STORED)
    start, end = data.index(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    one, tail = data[start:end], bytearray(data[end:])
    tail[8:20] = struct.pack("<HHII", 50, 50, 50 * len(one), start)
    _case, taken = take(desk, data[:start] + one * 50 + bytes(tail))
    assert (taken.received, dict(taken.refused)) == (0, {"bomb": 1})


def test_more_entries_than_anybody_looks_at_are_refused_at_once(desk):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for number in range(20_001):
            made.writestr(str(number), b"")
    _case, taken = take(desk, held.getvalue())
    assert (taken.received, dict(taken.refused)) == (0, {"archive-large": 1})


def test_what_only_begins_like_an_archive_is_damaged(desk):
    _case, taken = take(desk, b"PK\x03\x04" + bytes(200))
    assert dict(taken.refused) == {"damaged": 1}


def test_a_case_that_is_no_draft_takes_nothing(desk):
    case = desk.published(a_slice(1))
    with pytest.raises(IntakeError) as error:
        take(desk, zipped(a_slice(2)), case)
    assert error.value.code == "not-a-draft"


@pytest.mark.parametrize(
    ("name", "received"),
    [
        ("image-bombs-50Kpx-jpeg.zip", 0),
        ("zip-slip-relative.zip", 1),
        ("zip-slip-absolute-symlink.zip", 0),
        ("zip-many-entries-5000.zip", 0),
        ("zip-nested-4-levels.zip", 0),
        ("zip-dup-and-weird-names.zip", 1),
    ],
)
def test_hostile_archives_go_through_the_same_door(desk, name, received):
    before = desk.stores.pool.budget.used
    case, taken = take(desk, sample(f"hostile/archives/{name}").read_bytes())
    assert taken.received == received == len(desk.instances(case))
    assert all(sentence_for(code) for code in taken.refused)
    assert desk.stores.pool.budget.used == before


@pytest.mark.parametrize(
    "name",
    [
        "zip-10GB.zip.bz2",
        "zip-10GB-header-says-1-byte.zip.bz2",
        "png-300000x300000.png.bz2",
        "zip-of-bombs-nested.zip.bz2",
    ],
)
def test_other_archives_are_not_opened(desk, name):
    upload = desk.upload(desk.draft(), sample(f"hostile/archives/{name}").read_bytes())
    assert (upload.state, upload.refusal) == (UploadState.REFUSED, "not-an-image")


def test_a_cd_comes_in_at_one_drop(desk):
    folder = sample("dicomdir-cd")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for path in files:
            made.write(path, path.relative_to(folder))
    case, taken = take(desk, held.getvalue())
    kinds = {one.refusal for one in uploads(desk, case) if one.refusal}
    # The CD holds two people; the indices are no images and need no word.
    assert taken.received == 7
    assert kinds == {"other-subject"}
    assert taken.refused == {"other-subject": 24}
