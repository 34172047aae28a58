"""The radar on real pictures: what is the same is found, and fewer than one case in twenty is warned of for nothing.

Every sample below is a case of its own; of a long series a few images stand for it. Each is taken for a draft in turn,
with all the others published, and its difference hash and fingerprint are those that the sandbox makes.
"""

import tomllib
from importlib.resources import files

import pytest

from pinboard import policy
from pinboard.intake.radar import NEARLY, distance, look_around
from pinboard.models import InstanceState
from pinboard.sandbox.jobs import JOBS
from tests.factories import make_case, make_draft, make_picture, make_user
from tests.samples import sample
from tests.sandbox.whole_way import STEP

PHOTOS = {".jpg", ".png", ".tif", ".heif", ".heic", ".webp", ".avif"}
CHEST, PATTERN = "transfer-syntaxes/ct-chest", "transfer-syntaxes/test-pattern/TestPattern"
CASES = {
    "ct-series/pancreas-ct": ["1-044.dcm", "1-055.dcm", "1-066.dcm"],
    "dicomdir-cd/77654033/CR1": ["6154"],
    "dicomdir-cd/77654033/CR2": ["6247"],
    "dicomdir-cd/77654033/CR3": ["6278"],
    "dicomdir-cd/77654033/CT2": ["17106", "17136", "17166", "17196"],
    "dicomdir-cd/98892001/CT2N": ["6293", "6924"],
    "dicomdir-cd/98892001/CT5N": ["2062", "2392", "2693", "3023", "3353"],
    "dicomdir-cd/98892003/MR1": ["15820"],
    "dicomdir-cd/98892003/MR2": ["15970"],
    "dicomdir-cd/98892003/MR700": ["4467", "4528", "4558", "4588", "4618", "4648", "4678"],
    "mr-series/enhanced-mr-multiframe.dcm": [],
    "mr-series/lumbar-spine-j2k.dcm": [],
    "mr-series/t1w-7t-head": ["N2D_0096.dcm", "N2D_0184.dcm", "N2D_0280.dcm"],
    "photos/cmyk.jpg": [],
    "photos/exif-gps-minimal.jpg": [],
    "photos/exif.png": [],
    "photos/face-grace-hopper.jpg": [],
    "photos/fundus-retina.jpg": [],
    "photos/gray-16bit.tif": [],
    "photos/icc-profile-big.jpg": [],
    "photos/intraoral-teeth.dcm": [],
    "photos/iptc-xmp-multiple-app13.jpg": [],
    "photos/jolla-phone-exif.jpg": [],
    "photos/orientation/hopper_orientation_1.jpg": [],
    "photos/orientation/hopper_orientation_6.webp": [],
    "photos/xc-photo-with-icon.dcm": [],
    f"{CHEST}/LittleEndianExplicit_1.2.840.10008.1.2.1.dcm": [],
    f"{CHEST}/RLELossless_1.2.840.10008.1.2.5.dcm": [],
    f"{PATTERN}_RGB.dcm": [],
    f"{PATTERN}_JPEG-Baseline_YBRFull.dcm": [],
    "transfer-syntaxes/htj2k-lossless-rgb.dcm": [],
    "transfer-syntaxes/j2k-pixelrep-mismatch.dcm": [],
    "transfer-syntaxes/signed16-full-range.dcm": [],
    "ultrasound/breast-test-patient-burned-in-dob.dcm": [],
    "ultrasound/cardiac-ybr-full-burned-in.dcm": [],
    "ultrasound/colour-doppler-jpeg-ybr-full.dcm": [],
    "ultrasound/echo-cine-65f-jpeg-burned-in.dcm": [],
    "ultrasound/echo-palette-10f-jpegls-burned-in.dcm": [],
    "ultrasound/elbow-ybr-full-422-uncompressed.dcm": [],
    "ultrasound/endometrium-palette-implicit.dcm": [],
    "ultrasound/follicle-ybr-full-rle-planar1.dcm": [],
    "ultrasound/paediatric-echo-34f-jpeg.dcm": [],
    "ultrasound/pancreas-mono-jpegls-burned-in.dcm": [],
    "ultrasound/test-palette-rle-no-pixel-spacing.dcm": [],
    "ultrasound/thyroid-ybr-full-rle-DOE_JOHN.dcm": [],
    "ultrasound/thyroid-ybr-ict-j2k-burned-in.dcm": [],
    "xray-mammo/chest-ap-cr-mono1-fake-phi-burned-in.dcm": [],
    "xray-mammo/chest-mono1-acr-nema-no-part10.dcm": [],
    "xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm": [],
    "xray-mammo/dental-opg-mono1-modality-lut.dcm": [],
    "xray-mammo/dog-thorax-dx-mono1.dcm": [],
    "xray-mammo/mammo-biopsy-overlay-out-of-bounds.dcm": [],
    "xray-mammo/mammo-mlo-12bit-jpeg-lossless.dcm": [],
    "xray-mammo/shoulder-rf.dcm": [],
}
"""A file, or a folder with the files of one series."""
SAME = {
    "photos/orientation/hopper_orientation_1.jpg": "photos/orientation/hopper_orientation_6.webp",
    f"{CHEST}/LittleEndianExplicit_1.2.840.10008.1.2.1.dcm": f"{CHEST}/RLELossless_1.2.840.10008.1.2.5.dcm",
    f"{PATTERN}_RGB.dcm": f"{PATTERN}_JPEG-Baseline_YBRFull.dcm",
}
"""The same picture in two files."""


def _marks(path):
    """Give header, difference hash and fingerprint of one file, as an upload and a confirmation make them."""
    data = path.read_bytes()
    if path.suffix in PHOTOS:
        shape, parts = JOBS["photo"]([data], {"longest": 1024})
        answer, parts = JOBS["wrap_photo"](parts, {**STEP, **shape})
    else:
        answer, parts = JOBS["scrub"]([data], STEP)
    marks, _none = JOBS["fingerprint"](list(parts), {"boxes": [], "key_frame": None})
    return answer["header"], marks["dhash"], marks["pixels_sha256"]


@pytest.fixture(scope="module")
def seen():
    """Give the marks of every image of every case."""
    paths = {name: [f"{name}/{one}" for one in some] or [name] for name, some in CASES.items()}
    return {name: [_marks(sample(path)) for path in some] for name, some in paths.items()}


def _fill(session, case, images, **given):
    for header, likeness, sha256 in images:
        modality = header.get("Modality") or "OT"
        picture = make_picture(
            session, case, modality=modality, frames=header.get("NumberOfFrames") or 1, dhash=likeness,
            pixel_mac=sha256, **given,
        )  # fmt: skip
        picture.header = header
    session.flush()


@pytest.fixture
def found(session, seen):
    """Give, for each case taken as a draft, what the radar says while all others are published."""
    ada = make_user(session)
    published = {name: make_case(session, pictures=0, title=name) for name in seen}
    for name, case in published.items():
        _fill(session, case, seen[name])
    reader = policy.reader_for(session, ada)
    said = {}
    for name, case in published.items():
        with session.begin_nested() as savepoint:
            draft = make_draft(session, ada)
            _fill(session, draft, seen[name], state=InstanceState.DRAFT)
            case.seq = None
            session.flush()
            said[name] = look_around(session, draft, reader)
            savepoint.rollback()
    return said


def test_fewer_than_one_case_in_twenty_is_warned_of_for_nothing(found):
    pairs = SAME | {other: one for one, other in SAME.items()}
    wrong = {
        name: [
            echo for echo in said if echo.is_warning and (not echo.elsewhere or echo.elsewhere.title != pairs.get(name))
        ]
        for name, said in found.items()
    }
    false = {name: echoes for name, echoes in wrong.items() if echoes}
    assert len(found) > 50
    assert len(false) * 20 < len(found), false


def test_the_same_picture_in_another_file_is_found_from_either_side(found):
    for one, other in (*SAME.items(), *((b, a) for a, b in SAME.items())):
        titles = {echo.elsewhere.title for echo in found[one] if echo.elsewhere}
        assert titles == {other}


def test_the_limit_lies_well_between_the_same_and_other_pictures(seen):
    hashes = [(name, likeness) for name, images in seen.items() for _header, likeness, _sha256 in images if likeness]
    pairs = SAME | {other: one for one, other in SAME.items()}
    same, others = [], []
    for place, (name, likeness) in enumerate(hashes):
        for other, another in hashes[place + 1 :]:
            if other != name:
                (same if pairs.get(name) == other else others).append(distance(likeness, another))
    assert len(same) == len(SAME)
    assert max(same) < NEARLY
    assert min(others) > NEARLY + 3


def test_the_words_of_the_demo_board_leave_many_people(session):
    plan = tomllib.loads(files("pinboard.data").joinpath("demo.toml").read_text(encoding="utf-8"))
    ada = make_user(session)
    for entry in plan["case"]:
        texts = {key: entry.get(key, "") for key in ("title", "question", "history", "findings")}
        draft = make_draft(
            session, ada, **texts, tags=entry.get("tags", []), differential=entry.get("differential", [])
        )
        assert look_around(session, draft, policy.reader_for(session, ada)) == []
