"""Bodies that are larger, longer or other than they may be: each gets a plain 4xx, and nothing of them is kept."""

from __future__ import annotations

import time

import pytest

from pinboard.intake.errors import sentence_for
from tests.dicoms import MARK
from tests.intake.files import ct, photo
from tests.server import watch
from tests.server.client import PART
from tests.server.wire import FORM, head, part, raw, status_of

RIGHT_TO_LEFT = "\u202e"


@pytest.mark.parametrize(
    "name",
    [
        f"../../../{MARK}.dcm",
        f"..\\..\\{MARK}.dcm",
        f"/etc/{MARK}",
        f"{MARK}{RIGHT_TO_LEFT}mcd.exe",
        f"{MARK} Jane 1971-03-04.jpg",
        f"{MARK}%00.jpg",
        MARK * 5000,
    ],
    ids=["up", "up on windows", "absolute", "right to left", "a patient", "null", "long"],
)
def test_a_name_of_a_file_is_kept_nowhere(author, site, name):
    body = part("csrf_token", author.token.encode()) + part("photo_kind", b"XC") + part("file", photo(), name)
    answer = author.post("/new", body + b"--edge--\r\n", **FORM)
    assert answer.status in {303, 400, 413}, answer.words
    assert MARK not in answer.text + answer.to
    if answer.status == 303:
        page = author.get(answer.to)
        assert "1 of 1" in page.words
        assert MARK not in page.text
    assert watch.holds(site.data, MARK.encode()) == []
    assert MARK not in site.log.read_text()


def test_a_name_in_the_address_or_a_header_of_raw_bytes_is_kept_nowhere(author, site):
    slot = author.slot()
    named = {"Content_Disposition": f'attachment; filename="{MARK}.dcm"', "X_File_Name": MARK, "User_Agent": "x"}
    assert author.put(f"{slot}?name={MARK}", ct(PatientID="NAME-1"), **named).status == 200
    assert watch.holds(site.data, MARK.encode()) == []


def test_five_gigabytes_are_refused_before_they_come(author, site, nothing_stored):
    slot = author.slot()
    began = time.monotonic()
    answer = raw(site, head(author, "PUT", slot, Content_Length=str(5 * 1024**3), **PART))
    assert time.monotonic() - began < 5
    assert answer.startswith(b"HTTP/1.1 413")
    assert sentence_for("too-large-file").encode() in answer
    for path in ("/new", "/uploads", "/login"):
        answer = raw(site, head(author, "POST", path, Content_Length=str(5 * 1024**3), **FORM))
        assert answer.startswith(b"HTTP/1.1 413"), path


def test_sixty_thousand_parts_are_refused(author, nothing_stored):
    body = part("csrf_token", author.token.encode()) + part("x", b"y") * 60_000 + b"--edge--\r\n"
    for path in ("/new", "/uploads", "/login"):
        assert author.post(path, body, **FORM).status == 413, path
    assert author.post("/uploads", b"&".join([b"x=y"] * 400_000)).status == 413


def test_pieces_without_a_length_are_counted_as_they_come(author, site, nothing_stored):
    slot = author.slot()
    sent = head(author, "PUT", slot, Transfer_Encoding="chunked", **PART)
    text = raw(site, sent + b"5\r\nhello\r\n0\r\n\r\n")
    assert text.startswith(b"HTTP/1.1 422")
    assert sentence_for("not-an-image").encode() in text
    for broken in (b"zz\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n", b"5\r\nhello"):
        opened = head(author, "PUT", author.slot(), Transfer_Encoding="chunked", **PART)
        assert status_of(raw(site, opened + broken, seconds=30)) in range(400, 500), broken
    both = head(author, "PUT", author.slot(), Transfer_Encoding="chunked", Content_Length="5", **PART)
    assert status_of(raw(site, both + b"5\r\nhello\r\n0\r\n\r\n")) in range(400, 500)


def test_pieces_of_a_picture_become_an_image(author, site):
    data = ct(PatientID="PIECES")
    sent = head(author, "PUT", author.slot(), Transfer_Encoding="chunked", **PART)
    pieces = b"".join(
        b"%x\r\n%b\r\n" % (len(some), some) for some in (data[at : at + 9000] for at in range(0, len(data), 9000))
    )
    assert raw(site, sent + pieces + b"0\r\n\r\n").startswith(b"HTTP/1.1 200")


KINDS = [
    "",
    "text/plain",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "x",
    "a/b;" * 500,
]
KINDS += [
    "multipart/form-data; boundary=" + "x" * 300,
    "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/mixed; boundary=edge",
]


@pytest.mark.parametrize("kind", KINDS, ids=[kind[:40] or "none" for kind in KINDS])
def test_a_kind_of_content_that_no_form_has_is_no_trouble(site, ada, case, kind):
    before = watch.comments(site)
    for path in (f"/c/{case}/comments", "/new", "/uploads", "/login", "/admin/invitations", f"/c/{case}/solve"):
        answer = ada.post(path, b'{"body": "x", "title": 1}\0', Content_Type=kind)
        assert answer.status < 500, path
    assert watch.comments(site) == before


def test_the_kind_and_coding_that_raw_bytes_claim_change_nothing(author, nothing_stored):
    for claimed in (
        {"Content_Type": "image/png"},
        {"Content_Encoding": "gzip"},
        {"Content_Type": "text/html; charset=x"},
    ):
        answer = author.put(author.slot(), b"Dear colleague", **claimed)
        assert answer.status == 422, claimed
        assert sentence_for("not-an-image") in answer.text
