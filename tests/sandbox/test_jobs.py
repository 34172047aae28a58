"""The jobs end to end, in this process: what goes in is untrusted, what comes out is clean and complete."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image, ImageDraw
from pydicom.uid import JPEGBaseline8Bit

from pinboard.deid import pixels as painting
from pinboard.deid.header import revalidate
from pinboard.imaging import dicom, window
from pinboard.imaging.errors import REFUSALS, Refused
from pinboard.imaging.frames import decode_frame
from pinboard.imaging.keyframe import entropy
from pinboard.sandbox import canvas
from pinboard.sandbox.jobs import HEADER_JOBS, JOBS, PIXEL_JOBS
from tests.dicoms import MARK, keys_params, make_dicom
from tests.samples import ROOT, sample, samples

PROJECT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(7)
CINE = RNG.integers(0, 4000, (5, 60, 80)).astype(np.uint16)


def scrub(data: bytes) -> tuple[dict, bytes]:
    answer, parts = JOBS["scrub"]([data], keys_params())
    return answer, parts[0]


def develop(instance: bytes, **params) -> tuple[dict, list[bytes]]:
    answer, parts = JOBS["develop"]([instance], params)
    return answer, list(parts)


def export(answer: dict, pack: bytes) -> pydicom.Dataset:
    params = {key: answer[key] for key in ("header", "frames", "dtype", "shape")}
    return pydicom.dcmread(io.BytesIO(JOBS["export"]([pack], params)[1][0]))


def cut(pack: bytes, index: list[dict]) -> list[bytes]:
    return [pack[at["offset"] : at["offset"] + at["length"]] for at in index]


def test_every_job_runs_in_one_kind_of_child():
    assert set(JOBS) == HEADER_JOBS | PIXEL_JOBS
    assert not HEADER_JOBS & PIXEL_JOBS
    assert {"scrub", "wrap_photo", "export"} <= HEADER_JOBS
    assert {"photo", "preview", "develop"} <= PIXEL_JOBS


SAMPLES = [
    "ct-series/pancreas-ct", "mr-series/enhanced-mr-multiframe.dcm", "mr-series/lumbar-spine-j2k.dcm",
    "ultrasound/echo-palette-10f-jpegls-burned-in.dcm", "ultrasound/elbow-ybr-full-422-uncompressed.dcm",
    "ultrasound/follicle-ybr-full-rle-planar1.dcm", "xray-mammo/dental-opg-mono1-modality-lut.dcm",
    "xray-mammo/chest-mono1-acr-nema-no-part10.dcm", "transfer-syntaxes/float32-parametric-map.dcm",
    "transfer-syntaxes/float64-parametric-map.dcm", "transfer-syntaxes/rgb-32bit.dcm",
    "transfer-syntaxes/htj2k-lossless-rgb.dcm", "transfer-syntaxes/signed16-full-range.dcm",
    "transfer-syntaxes/ct-chest/BigEndianExplicit_1.2.840.10008.1.2.2.dcm",
    "transfer-syntaxes/test-pattern/TestPattern_Palette_16.dcm", "transfer-syntaxes/j2k-pixelrep-mismatch.dcm",
    "photos/xc-photo-with-icon.dcm",
]  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("fill", [[], ["blur"]], ids=["block", "blur"])
def test_what_is_exported_is_the_original_outside_the_boxes_and_painted_inside(name, fill):
    path = sample(name)
    data = (next(iter(sorted(path.iterdir()))) if path.is_dir() else path).read_bytes()
    original = dicom.read(data)
    summary, instance = scrub(data)
    boxes = [[None, 20, 10, 60, 30, *fill], [0, 90, 90, 101, 97]]
    answer, parts = develop(instance, boxes=boxes)
    assert [box[5:] for box in answer["painted"]] == [fill, []]
    exported = export(answer, parts[0])
    assert (exported.Rows, exported.Columns) == (summary["rows"], summary["columns"])
    assert exported.PatientIdentityRemoved == "YES"
    assert exported.BurnedInAnnotation == "NO"
    whole = exported.pixel_array if summary["frames"] > 1 else exported.pixel_array[np.newaxis]
    black = whole[0][93, 95]
    for index in range(summary["frames"]):
        before = dicom.frame(original, index)
        here = painting.boxes_of(answer["painted"], index)
        assert len(here) == (2 if index == 0 else 1)
        value = black if fill else whole[index][here[0][1], here[0][0]]
        assert painting.is_clean(before, whole[index].astype(before.dtype), here, np.max(value))
    assert revalidate(json.loads(json.dumps(answer["header"]))) == answer["header"]


def test_without_boxes_every_frame_is_bit_identical():
    _, instance = scrub(make_dicom(CINE).data)
    answer, parts = develop(instance)
    for frame, packed in zip(CINE, cut(parts[0], answer["frames"]), strict=True):
        assert np.array_equal(decode_frame(packed, tuple(answer["shape"]), answer["dtype"]), frame)
    assert np.array_equal(export(answer, parts[0]).pixel_array, CINE)


def test_previews_and_renditions_show_the_painted_picture():
    _, instance = scrub(make_dicom(np.full((60, 80), 3000, np.int16), WindowCenter=1000, WindowWidth=3000).data)
    answer, parts = develop(instance, boxes=[[None, 30, 20, 50, 40]])
    preview = np.asarray(Image.open(io.BytesIO(cut(parts[1], answer["previews"])[0])))
    assert preview[30, 40] < 8
    assert preview[5, 5] > 200
    webp = np.asarray(Image.open(io.BytesIO(parts[2])).convert("L"))
    assert [len(part) for part in parts[2:]] == [one["bytes"] for one in answer["renditions"]]
    assert webp[30, 40] < 12


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_a_painted_box_is_black_in_both_photometrics(photometric):
    pixels = RNG.integers(0, 1023, (64, 64)).astype(np.uint16)
    window = {"WindowCenter": 512, "WindowWidth": 1024, "RescaleIntercept": 0}
    _, instance = scrub(make_dicom(pixels, PhotometricInterpretation=photometric, **window).data)
    answer, parts = develop(instance, boxes=[[None, 20, 20, 40, 40]])
    preview = np.asarray(Image.open(io.BytesIO(cut(parts[1], answer["previews"])[0])))
    assert preview[30, 30] < 8


@pytest.mark.parametrize("fill", [[], ["blur"]], ids=["block", "blur"])
def test_nothing_that_is_kept_depends_on_what_lies_in_a_box(fill):
    pixels = RNG.integers(100, 900, (90, 120)).astype(np.uint16)
    made = []
    for inside in (0, 512, 4095):
        pixels[30:50, 40:80] = inside
        # Without a window, black and grey levels are made of the picture itself.
        data = make_dicom(pixels, WindowCenter=None, WindowWidth=None).data
        made.append(develop(scrub(data)[1], boxes=[[None, 40, 30, 80, 50, *fill]]))
    assert made[0] == made[1] == made[2]


def test_a_preview_shows_the_boxes_as_they_will_be_painted():
    _, instance = scrub(sample("ultrasound/echo-palette-10f-jpegls-burned-in.dcm").read_bytes())
    boxes = [[None, 20, 10, 160, 40], [4, 300, 200, 400, 300, "blur"]]
    answer, parts = develop(instance, boxes=boxes)
    for frame in (3, 4):
        shown = JOBS["preview"]([instance], {"frame": frame, "boxes": boxes})[1][0]
        assert shown == cut(parts[1], answer["previews"])[frame]
        assert shown != JOBS["preview"]([instance], {"frame": frame})[1][0]


def test_a_fingerprint_is_that_of_the_painted_picture():
    _, instance = scrub(make_dicom(CINE).data)
    boxes = [[None, 20, 10, 40, 30, "blur"], [2, 5, 5, 9, 9]]
    marks = JOBS["fingerprint"]([instance], {"boxes": boxes})[0]
    answer = develop(instance, boxes=boxes)[0]
    assert marks == {name: answer[name] for name in ("dhash", "pixels_sha256")}
    assert marks != JOBS["fingerprint"]([instance], {})[0]
    changed = CINE.copy()
    changed[4, 59, 79] ^= 1
    again = JOBS["fingerprint"]([scrub(make_dicom(changed).data)[1]], {"boxes": boxes})[0]
    assert again["pixels_sha256"] != marks["pixels_sha256"]
    assert again["dhash"] == marks["dhash"]


def test_overlays_and_icons_cannot_show_what_was_painted():
    dataset = pydicom.dcmread(sample("photos/xc-photo-with-icon.dcm"))
    dataset.add_new(0x60000010, "US", dataset.Rows)
    dataset.add_new(0x60000011, "US", dataset.Columns)
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60003000, "OW", b"\xaa" * (dataset.Rows * dataset.Columns // 8))
    file = io.BytesIO()
    dataset.save_as(file)
    assert "IconImageSequence" in dataset
    _, instance = scrub(file.getvalue())
    answer, parts = develop(instance, boxes=[[None, 0, 0, dataset.Columns, dataset.Rows]])
    for out in (pydicom.dcmread(io.BytesIO(instance)), export(answer, parts[0])):
        assert "IconImageSequence" not in out
        assert not [element for element in out if 0x6000 <= element.tag.group <= 0x60FF]
    assert np.ptp(export(answer, parts[0]).pixel_array) == 0


def test_a_box_of_one_frame_is_not_painted_on_another():
    _, instance = scrub(make_dicom(CINE).data)
    answer, parts = develop(instance, boxes=[[3, 10, 10, 30, 30]])
    pixels = export(answer, parts[0]).pixel_array
    assert [bool(np.array_equal(pixels[index], CINE[index])) for index in range(5)] == [True, True, True, False, True]


@pytest.mark.parametrize(
    "boxes",
    [
        [[5, 0, 0, 9, 9]],
        [[-1, 0, 0, 9, 9]],
        [[None, 0, 0, 9]],
        ["x"],
        [[None, 0, 0, 9, 9, "mosaic"]],
        [["0", 0, 0, 9, 9]],
    ],
)
def test_boxes_that_make_no_sense_are_refused(boxes):
    _, instance = scrub(make_dicom(CINE).data)
    with pytest.raises(Refused):
        develop(instance, boxes=boxes)


def test_an_instance_is_not_developed_when_painting_fails(monkeypatch):
    _, instance = scrub(make_dicom(CINE).data)
    monkeypatch.setattr(painting, "paint", lambda frame, _areas, _value: frame.copy())
    with pytest.raises(canvas.NotPainted):
        develop(instance, boxes=[[None, 10, 10, 30, 30]])


def test_an_instance_is_not_developed_when_letters_are_left_in_a_blur(monkeypatch):
    window = {"WindowCenter": 128, "WindowWidth": 256, "RescaleIntercept": 0}
    _, instance = scrub(make_dicom(np.full((120, 300), 90, np.uint8), **window).data)
    boxes = [[None, 20, 20, 280, 100, "blur"]]
    develop(instance, boxes=boxes)

    def paint_badly(frame, areas, _value):
        left = frame.copy()
        for x0, y0, x1, y1, _ in areas:
            picture = Image.fromarray(left[y0:y1, x0:x1])
            ImageDraw.Draw(picture).text((20, 20), "MEIER ANNA 1927", fill=255, font_size=20)
            left[y0:y1, x0:x1] = picture
        return left

    monkeypatch.setattr(painting, "paint", paint_badly)
    monkeypatch.setattr(painting, "is_clean", lambda *_: True)
    with pytest.raises(canvas.NotPainted):
        develop(instance, boxes=boxes)


def test_the_key_frame_is_the_one_of_the_middle_third_that_shows_most_unless_chosen():
    _, instance = scrub(make_dicom(CINE).data)
    answer = develop(instance)[0]
    frames = [dicom.frame(dicom.read(instance), frame) for frame in range(1, 4)]
    mapping = window.mapping_for(answer["header"], frames[1])
    shown = [entropy(mapping.apply(frame)) for frame in frames]
    assert answer["key_frame"] == 1 + shown.index(max(shown))
    assert answer["entropy"] == pytest.approx(max(shown), abs=1e-3)
    assert develop(instance, key_frame=4)[0]["key_frame"] == 4
    with pytest.raises(Refused):
        develop(instance, key_frame=5)


def test_a_compressed_cine_keeps_its_syntax_and_finds_each_frame_by_its_offset():
    data = sample("ultrasound/paediatric-echo-34f-jpeg.dcm").read_bytes()
    summary, instance = scrub(data)
    out = pydicom.dcmread(io.BytesIO(instance))
    assert summary["transfer_syntax"] == JPEGBaseline8Bit == out.file_meta.TransferSyntaxUID
    assert summary["frames"] == 34
    offsets = pydicom.encaps.parse_basic_offsets(out.PixelData)
    assert len(offsets) == 34
    assert np.array_equal(dicom.frame(out, 33), dicom.frame(dicom.read(data), 33))


def test_a_cine_is_developed_frame_by_frame_within_its_memory():
    code = f"""
import resource
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
sample = open({str(ROOT / "ultrasound/echo-cine-65f-jpeg-burned-in.dcm")!r}, "rb").read()
_, (instance,) = JOBS["scrub"]([sample], keys_params())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
answer, parts = JOBS["develop"]([instance], {{"boxes": [[None, 0, 0, 100, 20]]}})
assert answer["checks"]["frames"] == 65
# All frames at once would be 51 MB, and as many again painted, shown and packed.
assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 48 * 1024
"""
    sample("ultrasound/echo-cine-65f-jpeg-burned-in.dcm")
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, cwd=PROJECT)


@pytest.mark.parametrize(
    ("kind", "modality", "sop_class"),
    [
        ("clinical", "XC", "1.2.840.10008.5.1.4.1.1.77.1.4"), ("dermoscopy", "DMS", "1.2.840.10008.5.1.4.1.1.77.1.4"),
        ("endoscopy", "ES", "1.2.840.10008.5.1.4.1.1.77.1.1"), ("other", "OT", "1.2.840.10008.5.1.4.1.1.7"),
        (None, "XC", "1.2.840.10008.5.1.4.1.1.77.1.4"),
    ],
)  # fmt: skip
def test_a_photo_becomes_an_instance_of_its_kind(kind, modality, sop_class):
    shape, parts = JOBS["photo"]([sample("photos/fundus-retina.jpg").read_bytes()], {})
    answer, made = JOBS["wrap_photo"](list(parts), keys_params() | shape | {"kind_of_photo": kind})
    out = pydicom.dcmread(io.BytesIO(made[0]))
    assert (out.Modality, out.SOPClassUID, out.PhotometricInterpretation) == (modality, sop_class, "RGB")
    assert np.array_equal(out.pixel_array.reshape(-1), np.frombuffer(parts[0], np.uint8))
    assert answer["is_recognizable"] is True
    assert answer["has_risk"] is True
    assert answer["identifiers"]["has_patient_id"] is False
    assert not out.StudyDate


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"BurnedInAnnotation": "NO"}, False), ({"BurnedInAnnotation": None}, True),
        ({"BurnedInAnnotation": "YES"}, True), ({"BurnedInAnnotation": "NO", "Modality": "US"}, True),
        ({"BurnedInAnnotation": "NO", "Modality": "XA"}, False),
        ({"BurnedInAnnotation": "NO", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.2"}, True),
        ({"BurnedInAnnotation": "NO", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.77.1.1", "Modality": "OT"}, True),
    ],
)  # fmt: skip
def test_a_second_look_is_needed_where_text_or_a_person_may_be_seen(elements, expected):
    assert scrub(make_dicom(**elements).data)[0]["needs_attest"] is expected


def test_a_photo_takes_the_subject_of_its_case():
    shape, parts = JOBS["photo"]([sample("photos/cmyk.jpg").read_bytes()], {})
    params = keys_params() | shape
    code = JOBS["wrap_photo"](list(parts), params | {"chart_record": "MRN 1"})[0]["identifiers"]["patient"]
    joined = JOBS["wrap_photo"](list(parts), params | {"subject": code, "study_uid": "2.25.17"})[0]
    assert joined["identifiers"]["patient"] == code
    assert joined["identifiers"]["study"] == "2.25.17"
    for wrong in ({"subject": "Meier"}, {"study_uid": "1.2.3"}, {"rows": 7}, {"kind_of_photo": "selfie"}):
        with pytest.raises(Refused):
            JOBS["wrap_photo"](list(parts), params | wrong)


def test_a_preview_is_a_picture_of_the_frame_that_was_asked_for():
    cine = np.stack([np.full((40, 50), value, np.uint16) for value in (0, 500, 1000)])
    _, instance = scrub(make_dicom(cine, WindowCenter=500, WindowWidth=1000, RescaleIntercept=0).data)
    for index, grey in enumerate((0, 127, 255)):
        answer, parts = JOBS["preview"]([instance], {"frame": index})
        assert (answer["width"], answer["height"]) == (50, 40)
        assert abs(np.asarray(Image.open(io.BytesIO(parts[0]))).mean() - grey) < 4
    white = JOBS["preview"]([instance], {"frame": 1, "window": [100, 50]})[1][0]
    assert np.asarray(Image.open(io.BytesIO(white))).min() > 250
    with pytest.raises(Refused):
        JOBS["preview"]([instance], {"frame": 3})


def test_many_files_in_one_child_fare_each_on_its_own():
    files = [make_dicom().data, b"hello", make_dicom().data[:900], make_dicom(patient_id="x").data]
    answer, parts = JOBS["scrub_each"](files, keys_params())
    assert [one.get("refused") for one in answer["files"]][::3] == [None, None]
    assert answer["files"][1]["refused"] == "not-an-image"
    assert answer["files"][2]["refused"] in REFUSALS
    assert [bool(part) for part in parts] == [True, False, False, True]


def test_a_refusal_holds_no_value():
    with pytest.raises(Refused) as refusal:
        scrub(make_dicom().data[:2_000])
    assert MARK not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@pytest.mark.parametrize("change", [{"frames": [{"offset": 0, "length": 5}]}, {"shape": [1, 1]}, {"dtype": "<u2"}])
def test_an_export_that_does_not_fit_is_refused(change):
    _, instance = scrub(make_dicom(np.zeros((30, 30), np.uint8)).data)
    answer, parts = develop(instance)
    params = {key: answer[key] for key in ("header", "frames", "dtype", "shape")} | change
    with pytest.raises(Refused):
        JOBS["export"]([parts[0]], params)


def test_an_export_of_a_header_outside_the_list_is_refused():
    _, instance = scrub(make_dicom(CINE).data)
    answer, parts = develop(instance)
    answer["header"]["PatientBirthDate"] = "19270304"
    with pytest.raises(Refused):
        export(answer, parts[0])


HOSTILE = """
import json, os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from pinboard.imaging.errors import Refused
from pinboard.imaging.sniff import HEAD, Kind, sniff
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import keys_params
outcomes = {}
for name in json.load(sys.stdin):
    data = open(name, "rb").read()
    try:
        if sniff(data[:HEAD], len(data)) is Kind.DICOM:
            _, out = JOBS["scrub"]([data], keys_params())
        else:
            shape, out = JOBS["photo"]([data], {})
            _, out = JOBS["wrap_photo"](list(out), keys_params() | shape)
        clean = out[0][:132] == bytes(128) + b"DICM" and b"<script" not in out[0] and b"PK\\x03\\x04" not in out[0]
        outcomes[name] = "rebuilt" if clean else "unclean"
        JOBS["develop"]([out[0]], {"boxes": [[None, 5, 5, 40, 20]]})
    except Refused as refusal:
        outcomes[name] = refusal.code
    except BaseException as error:
        outcomes[name] = "escaped " + type(error).__name__
json.dump(outcomes, sys.stdout)
"""


def test_every_hostile_file_is_refused_or_rebuilt_within_a_gigabyte():
    names = [str(path) for path in samples("hostile/**/*")]
    if not names:
        pytest.skip("samples hostile/ are not here (PINBOARD_SAMPLES)")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HOSTILE],
        input=json.dumps(names).encode(), capture_output=True, check=True, cwd=PROJECT,
    )  # fmt: skip
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == len(names)
    bad = {name: outcome for name, outcome in outcomes.items() if outcome != "rebuilt" and outcome not in REFUSALS}
    assert not bad
    rebuilt = {name.rsplit("/", 1)[-1] for name, outcome in outcomes.items() if outcome == "rebuilt"}
    assert {"polyglot-html-preamble.dcm", "polyglot-mz-preamble.dcm", "polyglot-jpeg-zip.jpg"} <= rebuilt
