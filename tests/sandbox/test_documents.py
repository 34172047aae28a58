"""Pages and tracings in the jobs that make images of them: nothing of the document's header comes along."""

from __future__ import annotations

import io
import json

import numpy as np
import pydicom
import pytest

from pinboard.deid.header import revalidate
from pinboard.imaging.errors import Refused
from pinboard.sandbox import Pool
from pinboard.sandbox.errors import ChildFailed, ChildRefused
from pinboard.sandbox.jobs import HEADER_JOBS, JOBS, PIXEL_JOBS
from tests.dicoms import MARK, keys_params
from tests.documents import encapsulated, group, pdf, square, waveform

SIZE = ("rows", "columns", "samples")


def page_of(data: bytes, index: int = 0) -> tuple[dict, bytes]:
    answer, parts = JOBS["page"]([data], {"index": index})
    return answer, parts[0]


def wrapped(data: bytes, *, index: int = 0, **more) -> tuple[dict, bytes]:
    """Render one page and give it a header, in a DICOM object or alone."""
    is_alone = data.startswith(b"%PDF")
    rendered = data if is_alone else JOBS["document"]([data], {})[1][0]
    size, pixels = page_of(rendered, index)
    said = keys_params() | {"drawn": "page", "index": index, "digest": size["digest"], **more}
    said |= {name: size[name] for name in SIZE}
    answer, parts = JOBS["wrap_page"]([pixels] if is_alone else [pixels, data], said)
    return answer, parts[0]


def drawn(data: bytes, index: int = 0) -> tuple[dict, bytes]:
    taken, parts = JOBS["document"]([data], {})
    size, pixels = JOBS["draw"](list(parts), {"recordings": taken["recordings"], "index": index})
    said = keys_params() | {"drawn": "ecg", "index": index} | {name: size[name] for name in SIZE}
    answer, out = JOBS["wrap_page"]([*pixels, data], said)
    return answer, out[0]


def test_what_renders_holds_no_keys_and_what_holds_keys_renders_nothing():
    assert {"document", "wrap_page"} <= HEADER_JOBS
    assert {"page", "draw"} <= PIXEL_JOBS


def test_a_page_of_an_encapsulated_report_is_a_secondary_capture_of_nobody():
    data = encapsulated(pdf(f"{MARK} report", "second"))
    answer, instance = wrapped(data, word_key="77" * 32)
    dataset = pydicom.dcmread(io.BytesIO(instance))
    assert MARK.encode() not in instance
    assert MARK not in json.dumps(answer)
    assert dataset.SOPClassUID.name == "Secondary Capture Image Storage"
    assert (dataset.Modality, dataset.ConversionType, dataset.InstanceNumber) == ("OT", "WSD", 1)
    assert (dataset.PatientSex, dataset.Manufacturer) == ("F", "GE Healthcare")
    assert "EncapsulatedDocument" not in dataset
    assert "PixelSpacing" not in dataset
    assert "WindowCenter" not in dataset
    assert dataset.StudyDate < "20240219"
    assert dataset.pixel_array.shape == (2048, 1448)
    assert (answer["has_risk"], answer["needs_attest"], answer["burned_in"]) == (True, True, None)
    assert answer["identifiers"]["has_patient_id"] is True
    assert len(answer["device"]) == 64
    assert len(answer["words"]) > 2
    assert answer["report"]["removed"] >= 5
    assert revalidate(answer["header"]) == answer["header"]


def test_pages_of_one_report_are_a_series_in_its_study_and_another_report_is_another():
    data = encapsulated(pdf("one", "two"))
    first, second = (wrapped(data, index=index)[0]["identifiers"] for index in (0, 1))
    other = wrapped(encapsulated(pdf("one"), SOPInstanceUID="1.2.3.4.6"))[0]["identifiers"]
    assert first == wrapped(data)[0]["identifiers"]
    assert first["study"] == second["study"] == other["study"]
    assert first["series"] == second["series"] != other["series"]
    assert len({first["instance"], second["instance"], other["instance"]}) == 3


def test_a_pdf_alone_takes_subject_and_study_of_the_case_and_is_known_when_it_comes_again():
    case = {"subject": "P-0123-4567-89AB", "study_uid": "2.25.77"}
    answer, instance = wrapped(pdf(f"{MARK}"), **case)
    header = answer["header"]
    assert (header["PatientID"], header["StudyInstanceUID"]) == ("P-0123-4567-89AB", "2.25.77")
    assert (header["ConversionType"], header["ImageType"]) == ("WSD", ["DERIVED", "SECONDARY"])
    assert not {"StudyDate", "Manufacturer", "LossyImageCompression"} & header.keys()
    assert MARK.encode() not in instance
    again, other = wrapped(pdf(f"{MARK}"))[0]["header"], wrapped(pdf("other"))[0]["header"]
    assert again["SOPInstanceUID"] == header["SOPInstanceUID"] != other["SOPInstanceUID"]
    assert again["StudyInstanceUID"] != header["StudyInstanceUID"]
    for lie in ({"subject": "Jane Doe"}, {"study_uid": "1.2.3"}):
        with pytest.raises(Refused):
            wrapped(pdf("page"), **lie)


def test_a_tracing_is_drawn_to_scale_and_says_its_scale():
    data = waveform()
    answer, instance = drawn(data)
    dataset = pydicom.dcmread(io.BytesIO(instance))
    assert MARK.encode() not in instance
    assert MARK not in json.dumps(answer)
    assert (dataset.Modality, dataset.ConversionType) == ("ECG", "DRW")
    assert list(dataset.PixelSpacing) == [0.125, 0.125]
    assert dataset.pixel_array.shape[1:] == (270 * 8, 3)
    assert (answer["has_risk"], answer["needs_attest"], answer["device"]) == (False, True, None)
    assert not answer["is_recognizable"]
    assert "WaveformSequence" not in dataset


def test_a_name_that_is_no_lead_is_never_drawn():
    taken, parts = JOBS["document"]([waveform(group(square(2), leads=(1, 2)))], {})
    params = {"recordings": taken["recordings"], "index": 0}
    honest = JOBS["draw"](list(parts), params)[1][0]
    taken["recordings"][0]["labels"] = ["Jane Doe", "II"]
    lying = JOBS["draw"](list(parts), params)[1][0]
    taken["recordings"][0]["labels"] = ["", "II"]
    assert lying == JOBS["draw"](list(parts), params)[1][0] != honest


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encapsulated(b"no document at all"), "damaged"),
        (encapsulated(b"", EncapsulatedDocument=None), "damaged"),
        (waveform(WaveformSequence=None), "no-tracing"),
        (encapsulated(pdf("x"), SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11"), "unsupported-kind"),
        (b"nothing", "damaged"),
    ],
)
def test_what_holds_no_document_is_refused(data, code):
    with pytest.raises(Refused) as refusal:
        JOBS["document"]([data], {})
    assert refusal.value.code == code


def test_the_size_that_is_said_is_the_size_of_the_pixels():
    size, pixels = page_of(pdf("page"))
    said = keys_params() | {"drawn": "page", "index": 0, "digest": size["digest"], "rows": 10, "columns": 10}
    with pytest.raises(Refused):
        JOBS["wrap_page"]([pixels], said | {"samples": 1})


@pytest.fixture(scope="module")
def pool():
    pool = Pool()
    yield pool
    pool.close()


def test_a_confined_child_renders_and_draws_the_same(pool):
    report, recording = pdf("Helvetica, which is not in the file"), waveform()
    answer = pool.run("page", [report], {"index": 0}, kind="pixel")
    assert answer.parts[0] == page_of(report)[1]
    taken = pool.run("document", [recording], {}, kind="header")
    params = {"recordings": taken.json["recordings"], "index": 1}
    picture = pool.run("draw", taken.parts, params, kind="pixel")
    assert picture.parts[0] == JOBS["draw"](taken.parts, params)[1][0]
    assert len(np.unique(np.frombuffer(picture.parts[0], np.uint8))) > 20


def image_bomb(side: int = 30_000) -> bytes:
    """Make a PDF of some kilobytes whose one picture has 900 million pixels."""
    picture = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (side, side)
    drawn_on = pdf("x").replace(b"/Resources<<", b"/Resources<</XObject<</I 6 0 R>>")
    text = drawn_on[drawn_on.index(b"BT") : drawn_on.index(b"ET") + 2]
    with_picture = drawn_on.replace(text, b"500 0 0 500 0 0 cm /I Do".ljust(len(text)))
    packed = b"\x78\x9c\x63\x60\x18\x05" + bytes(2000)
    body = b"6 0 obj\n" + picture + b"/Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed
    return with_picture.replace(b"xref\n", body + b"\nendstream\nendobj\nxref\n", 1)


HOSTILE = {
    "an enormous picture": image_bomb,
    "pages that hold each other": lambda: pdf("a").replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]"),
    "a page without an end": lambda: pdf("a", size=(10**9, 10**9)),
    "a page of no size": lambda: pdf("a", size=(0, 0)),
    "millions of pages said": lambda: pdf("a").replace(b"/Count 1", b"/Count 99999999"),
    "text instead of numbers": lambda: pdf("a").replace(b"/MediaBox[0 0 595 842]", b"/MediaBox[(a)(b)(c)(d)]"),
    "brackets thousands deep": lambda: pdf("a", extra=b"/X" + b"[" * 50_000),
    "bytes in disorder": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pdf_is_a_page_or_a_refusal(pool, name):
    try:
        answer = pool.run("page", [HOSTILE[name]()], {"index": 0}, kind="pixel", deadline=20)
        outcome = f"{max(answer.json['rows'], answer.json['columns'])} pixels"
    except ChildRefused as refusal:
        outcome = refusal.code
    except ChildFailed as failure:
        outcome = failure.reason
    assert outcome in {"2048 pixels", "damaged", "too-many-pages", "memory", "crash"}
    assert pool.budget.used == 0
