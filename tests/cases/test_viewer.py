"""What the viewer is told of a series: the form that the scripts are written for, and who may ask."""

import gzip
import json

import pytest

from pinboard import policy
from pinboard.ids import public_id
from pinboard.imaging.view import views_of
from pinboard.models import Case, Instance, InstanceState
from tests.factories import add, make_case, make_draft, make_media
from tests.people import make_scene

CT = {
    "Modality": "CT",
    "Rows": 512,
    "Columns": 512,
    "BitsStored": 12,
    "PhotometricInterpretation": "MONOCHROME2",
    "PixelSpacing": [0.7, 0.7],
    "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    "RescaleSlope": 1.0,
    "RescaleIntercept": -1024.0,
    "RescaleType": "HU",
    "WindowCenter": [40.0, -600.0],
    "WindowWidth": [400.0, 1500.0],
    "PixelPaddingValue": -2000,
}


def make_slices(session, case, *headers):
    """Make the series of a case that `make_case` made one of several instances."""
    first = session.query(Instance).filter_by(case_id=case.id).one()
    made = [first]
    for number in range(1, len(headers)):
        name = public_id()
        made.append(
            add(
                session,
                Instance(
                    public_id=name, case_id=case.id, series_id=first.series_id, uid=f"2.25.99{number}", rows=512,
                    columns=512, header={}, media_name=public_id(), dtype="<i2", position=number,
                    state=InstanceState.PUBLISHED, created_at=first.created_at,
                ),
            )
        )  # fmt: skip
    for instance, header in zip(made, headers, strict=True):
        instance.header, instance.dtype = header, "<i2"
    policy.rebuild(session, [case.id])
    session.flush()
    return made


def test_the_form_that_the_viewer_is_written_for(client, session, sign_in):
    case = make_case(session)
    slices = make_slices(session, case, *(CT | {"ImagePositionPatient": [-180.0, -180.0, 5.0 * z]} for z in range(3)))
    sign_in("clinician")
    said = client.get(f"/c/{case.public_id}/series/1/view.json").json
    presets = said.pop("presets")
    assert {"key": "lung", "label": "Lung", "center": -600, "width": 1500, "function": "LINEAR"} in presets
    assert said == {
        "version": 1,
        "parts": [[one.media_name, 1, 512, 512, 0] for one in slices],
        "views": [
            {
                "dtype": "<i2",
                "samples": 1,
                "bits": 12,
                "photometric": "MONOCHROME2",
                "spacing": [0.7, 0.7],
                "spacing_kind": "patient",
                "aspect": None,
                "orientation": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
                "sides": ["L", "P", "R", "A"],
                "positions": [[-180.0, -180.0, 0.0], [-180.0, -180.0, 5.0], [-180.0, -180.0, 10.0]],
                "slope": 1.0,
                "intercept": -1024.0,
                "unit": "HU",
                "preset": "abdomen",
                "modality_lut": None,
                "windows": [
                    {"center": 40.0, "width": 400.0, "function": "LINEAR", "label": ""},
                    {"center": -600.0, "width": 1500.0, "function": "LINEAR", "label": ""},
                ],
                "voi_lut": [],
                "padding": -2000,
            }
        ],
        "modality": "CT",
        "frame_time": None,
        "key": 0,
        "slice_gap": 5.0,
        "volume": None,
    }


def test_what_was_written_down_at_publishing_is_told_without_the_header(client, session, sign_in):
    case = make_case(session)
    (one,) = make_slices(session, case, {"Modality": "CT"})
    one.view = views_of(CT, dtype="<i2", samples=1)
    session.flush()
    sign_in("clinician")
    said = client.get(f"/c/{case.public_id}/series/1/view.json").json
    assert said["views"][0]["spacing"] == [0.7, 0.7]
    assert said["slice_gap"] is None


def test_slices_that_are_meant_otherwise_have_a_view_of_their_own(client, session, sign_in):
    case = make_case(session)
    pet = CT | {"Modality": "PT", "Units": "BQML"}
    make_slices(session, case, *(pet | {"RescaleSlope": slope} for slope in (1.5, 2.5, 1.5)))
    sign_in("clinician")
    said = client.get(f"/c/{case.public_id}/series/1/view.json").json
    assert [part[4] for part in said["parts"]] == [0, 1, 0]
    assert [view["slope"] for view in said["views"]] == [1.5, 2.5]
    assert {view["unit"] for view in said["views"]} == {"Bq/ml"}
    assert said["views"][0]["positions"] is None


def test_frames_of_one_instance_that_are_meant_otherwise_stand_in_several_parts(client, session, sign_in):
    case = make_case(session)
    groups = [{"PixelValueTransformationSequence": [{"RescaleSlope": slope}]} for slope in (1.0, 1.0, 2.0)]
    (one,) = make_slices(
        session, case, CT | {"NumberOfFrames": 3, "PerFrameFunctionalGroupsSequence": groups, "Modality": "MR"}
    )
    one.frame_count = 3
    session.flush()
    sign_in("clinician")
    said = client.get(f"/c/{case.public_id}/series/1/view.json").json
    assert said["parts"] == [[one.media_name, 2, 512, 512, 0], [one.media_name, 1, 512, 512, 1, 2]]


@pytest.mark.parametrize(
    ("name", "status"),
    [("ada", 200), ("ben", 200), ("cleo", 200), ("tom", 200), ("dee", 404), ("pat", 404), ("pia", 403), ("oz", 404)],
)
def test_who_is_told(client, session, sign_in, name, status):
    scene = make_scene(session)
    sign_in(getattr(scene.people, name))
    assert client.get(f"/c/{scene.case.public_id}/series/1/view.json").status_code == status


def test_a_closed_case_a_draft_and_a_series_that_is_not_there_are_all_nothing(client, session, sign_in):
    case = make_case(session, choice="nobody")
    mine = sign_in("clinician")
    draft = make_draft(session, mine)
    seen = make_case(session, mine)
    session.flush()
    for path in (f"{case.public_id}/series/1", f"{draft.public_id}/series/1", f"{seen.public_id}/series/2"):
        assert client.get(f"/c/{path}/view.json").status_code == 404


def test_an_unchanged_answer_is_not_sent_again_and_a_long_one_is_packed(client, session, sign_in):
    case = make_case(session)
    make_slices(session, case, *(CT | {"ImagePositionPatient": [0.0, 0.0, float(z)]} for z in range(60)))
    sign_in("clinician")
    address = f"/c/{case.public_id}/series/1/view.json"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert "private" in plain.headers["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("name", "status"),
    [("ada", 303), ("ben", 404), ("cleo", 404), ("tom", 404), ("dee", 404), ("pat", 404), ("pia", 403), ("oz", 404)],
)
def test_who_may_choose_the_key_image(client, session, sign_in, name, status):
    scene = make_scene(session)
    sign_in(getattr(scene.people, name))
    answer = client.post(f"/c/{scene.case.public_id}/series/1/key", data={"frame": "0"})
    assert answer.status_code == status


def test_a_chosen_frame_stands_for_its_series(client, session, sign_in):
    mine = sign_in("clinician")
    case = make_case(session, mine)
    slices = make_slices(session, case, CT, CT)
    for number, one in enumerate(slices):
        one.position = number
        if number:
            make_media(session, case, one)
    session.flush()
    here = f"/c/{case.public_id}/series/1"
    answer = client.post(f"{here}/key", data={"frame": "1"})
    assert answer.headers["Location"].endswith("/series/1?frame=1#stage")
    assert client.get(f"{here}/view.json").json["key"] == 1
    session.expire_all()
    assert session.get(Case, case.id).cover["name"] == slices[1].media_name
    assert f"/media/{slices[1].media_name}/f0" in client.get(here).text


@pytest.mark.parametrize("frame", ["", "-1", "1", "x"])
def test_a_frame_that_is_not_there_cannot_be_chosen(client, session, sign_in, frame):
    case = make_case(session, sign_in("clinician"))
    assert client.post(f"/c/{case.public_id}/series/1/key", data={"frame": frame}).status_code == 422
