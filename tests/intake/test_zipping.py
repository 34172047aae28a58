"""An archive that is written as it goes out is one to others, and is as long as was said."""

import io
import zipfile

import pytest

from pinboard.intake import zipping

ENTRIES = [("README.TXT", b"words\r\n"), ("DICOM/SE000001/IM000001", b"\0\1\2" * 200_000), ("EMPTY", b"")]


def archive(entries):
    out = zipping.Zip()
    parts = [part for name, data in entries for part in out.entry(name, data)]
    return b"".join([*parts, out.end()])


def sizes(entries):
    return [(name, len(data)) for name, data in entries]


def test_every_entry_comes_back():
    data = archive(ENTRIES)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert [(info.filename, opened.read(info)) for info in opened.infolist()] == ENTRIES
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in opened.infolist()} == {0o100644}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_its_size_is_known_before(count):
    assert zipping.size_of(sizes(ENTRIES[:count])) == len(archive(ENTRIES[:count]))


def test_what_lies_far_away_is_found(monkeypatch):
    """Takes the form of archives of four gigabytes without writing so much: the limit is moved instead."""
    near = len(archive(ENTRIES))
    monkeypatch.setattr(zipping, "LIMIT", 40)
    data = archive(ENTRIES)
    # The second and third entry lie behind the limit, and so does the directory.
    assert len(data) == zipping.size_of(sizes(ENTRIES)) == near + 2 * 12 + 76
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert [(info.filename, opened.read(info)) for info in opened.infolist()] == ENTRIES


def test_what_goes_out_comes_in_small_pieces():
    assert max(len(part) for part in zipping.Zip().entry(*ENTRIES[1])) <= 1 << 18
