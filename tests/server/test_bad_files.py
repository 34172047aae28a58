"""Files that are no pictures for a case, sent to a running server: a sentence, 4xx, and nothing is left of them."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup

from pinboard.intake.errors import sentence_for
from tests.dicoms import MARK
from tests.samples import sample
from tests.server import files, watch

MPEG4 = "1.2.840.10008.1.2.4.102"  # MPEG-4 AVC/H.264 High Profile
JPEG_XL = "1.2.840.10008.1.2.4.112"
BOMB_SECONDS = 60  # a hang is what this looks for
REPORT, STRUCTURES, PLAN, DOSE, ECG, SEGMENTS, PDF = (
    f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("88.11", "481.3", "481.5", "481.2", "9.1.1", "66.4", "104.1")
)

REFUSED = {
    "an empty file": (lambda: b"", {"empty"}),
    "a text that is named .dcm": (f"Patient: {MARK}, born 1971\n".encode, {"not-an-image"}),
    "DICOM that ends in its pixels": (lambda: files.pixels_that_lie(6144, left=3000), {"damaged"}),
    "DICOM that ends in its header": (lambda: files.dicom()[:9000], {"damaged", "unsupported-kind", "no-pixels"}),
    "half a JPEG": (lambda: files.marked_jpeg()[:1500], {"damaged"}),
    "a structured report": (lambda: files.dicom(SOPClassUID=REPORT, Modality="SR"), {"unsupported-kind"}),
    "an RT structure set": (lambda: files.dicom(SOPClassUID=STRUCTURES), {"unsupported-kind"}),
    "an RT plan": (lambda: files.dicom(SOPClassUID=PLAN), {"unsupported-kind"}),
    "an RT dose": (lambda: files.dicom(SOPClassUID=DOSE), {"unsupported-kind"}),
    "an ECG of nothing": (lambda: files.dicom(SOPClassUID=ECG, Modality="ECG"), {"no-tracing", "damaged"}),
    "a segmentation": (lambda: files.dicom(SOPClassUID=SEGMENTS, Modality="SEG"), {"unsupported-kind"}),
    "an encapsulated nothing": (lambda: files.dicom(SOPClassUID=PDF, Modality="DOC"), {"damaged"}),
    "half a PDF": (f"%PDF-1.7\n% {MARK}\n".encode, {"damaged"}),
    "MPEG-4": (lambda: files.in_syntax(MPEG4), {"unsupported-syntax"}),
    "JPEG XL": (lambda: files.in_syntax(JPEG_XL), {"unsupported-syntax"}),
    "a hundred megapixels": (lambda: files.png(10_000, 10_000), {"too-large", "bomb"}),
    "a deflated bomb of zeros": (files.zeros_bomb, {"bomb"}),
    "a deflated bomb of small items": (files.items_bomb, {"bomb", "damaged", "too-large"}),
    "open sequences thousands deep": (files.nested, {"damaged", "bomb"}),
    "measured sequences thousands deep": (lambda: files.nested(is_defined=True), {"damaged", "bomb", "no-pixels"}),
    "more pixels said than there": (lambda: files.pixels_that_lie(2**31, left=6000), {"damaged"}),
    "fewer pixels said than needed": (lambda: files.pixels_that_lie(10, left=6160), {"damaged"}),
    "a text of 4 GB said": (lambda: files.element_that_lies(2**32 - 16), {"damaged", "no-pixels"}),
    "rows that are not there": (lambda: files.number_that_lies(0x10, 60_000), {"damaged", "too-large", "bomb"}),
    "frames that are not there": (lambda: files.dicom(NumberOfFrames=2**31 - 1), {"damaged", "too-large", "bomb"}),
    "a drawing with a script": (f"<svg><script>{MARK}</script></svg>".encode, {"svg"}),
    "a page called .jpg": (f"<!doctype html><script>{MARK}</script>".encode, {"not-an-image"}),
    "an archive": (files.archive, {"archive"}),
    "a sample of MPEG-4": (lambda: taken("transfer-syntaxes/video-mpeg4-h264-echo-65f.dcm"), {"unsupported-syntax"}),
    "a sample of JPEG XL": (lambda: taken("ultrasound/echo-27f-jpegxl.dcm"), {"unsupported-syntax"}),
    "a sample of a report": (lambda: taken("documents/sr-measurement-report.dcm"), {"unsupported-kind"}),
    "a sample of structures": (lambda: taken("documents/rtstruct.dcm"), {"unsupported-kind"}),
    "a sample of segments": (lambda: taken("documents/seg-liver.dcm"), {"unsupported-kind"}),
    "a sample of a PNG bomb": (lambda: taken("hostile/images/bomb-10000x10000-gray.png"), {"too-large", "bomb"}),
    "a sample of nesting": (lambda: taken("hostile/dicom/deeply-nested-sequence.dcm"), {"damaged", "bomb"}),
}


def taken(name):
    return sample(name).read_bytes()


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_a_sentence(author, site, nothing_stored, name):
    make, codes = REFUSED[name]
    data = make()
    began = time.monotonic()
    answer = author.send(data)
    assert time.monotonic() - began < BOMB_SECONDS
    assert answer.status == 422, answer.words
    row = BeautifulSoup(answer.text, "html.parser").select_one("li")
    assert row["data-state"] == "refused"
    assert row.select_one("[data-note]").get_text() in {sentence_for(code) for code in codes}
    assert MARK not in answer.text


def test_bombs_are_as_small_as_they_say():
    assert len(files.png(10_000, 10_000)) < 13_000
    assert len(files.items_bomb()) < 600_000
    assert len(files.zeros_bomb()) < 600_000


POLYGLOTS = {
    "a program": lambda: b"MZ" + f"{MARK} program".encode().ljust(126, b"\0") + files.dicom()[128:],
    "a page": lambda: f"<!doctype html><script>{MARK}</script>".encode().ljust(128) + files.dicom()[128:],
    "an archive behind it": lambda: files.dicom() + files.archive(),
    "a photo with an archive behind it": lambda: files.marked_jpeg() + files.archive(),
    "a sample of a program": lambda: taken("hostile/dicom/polyglot-mz-preamble.dcm"),
    "a sample of a page": lambda: taken("hostile/dicom/polyglot-html-preamble.dcm"),
    "a sample with an archive": lambda: taken("hostile/dicom/polyglot-zip-appended.dcm"),
    "a sample of a photo with an archive": lambda: taken("hostile/images/polyglot-jpeg-zip.jpg"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_polyglot_is_taken_only_as_rebuilt(author, site, name):
    image = author.add(POLYGLOTS[name]())
    seen = [author.get(author.url("preview", image)).body]
    author.confirm(image)
    progress = author.publish().to
    watch.until(lambda: author.get(progress).to.startswith("/c/"))
    case = author.get(author.get(progress).to)
    pictures = {part for part in case.text.split('"') if part.startswith("/media/")}
    seen += [author.get(address).body for address in sorted(pictures)]
    exported = author.get(f"/c/{author.draft}/images/{instance_of(site, author.draft)}/dicom")
    assert exported.status == 200
    assert exported.body[:132] == bytes(128) + b"DICM"
    for data in [*seen, exported.body]:
        assert data[:2] != b"MZ"
        assert all(word not in data for word in (MARK.encode(), b"PK\x03\x04", b"PK\x05\x06", b"<script", b"<html"))
    assert len(seen) > 1


def instance_of(site, draft):
    found = "SELECT instance.public_id FROM instance JOIN case_ ON case_.id = case_id WHERE case_.public_id = ?"
    return watch.rows(site, found, draft)[0][0]
