"""Series are ordered by number, then by place; faces are assumed where nobody says otherwise."""

from __future__ import annotations

import pytest

from pinboard.imaging.series import is_recognizable, slice_position, sort_key

AXIAL = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("modality", "part", "is_face"),
    [("CT", "HEAD", True), ("CT", "CHEST", False), ("CT", None, True), ("US", None, False), ("US", "NECK", True),
     ("XC", None, True), ("DMS", None, True), ("CR", None, False)],
)  # fmt: skip
def test_a_face_is_assumed_where_it_may_be(modality, part, is_face):
    header = {"Modality": modality} | ({"BodyPartExamined": part} if part else {})
    assert is_recognizable(header) is is_face


def test_slices_lie_along_their_normal():
    header = {"ImagePositionPatient": [5.0, 6.0, -12.5], "ImageOrientationPatient": AXIAL}
    assert slice_position(header) == -12.5
    assert slice_position({"ImagePositionPatient": [5.0, 6.0, 7.0]}) is None


def test_numbers_order_before_places():
    ordered = [{"InstanceNumber": 1}, {"InstanceNumber": 2}] + [
        {"ImagePositionPatient": [0.0, 0.0, z], "ImageOrientationPatient": AXIAL} for z in (-3.0, 4.0)
    ]
    assert sorted([ordered[at] for at in (2, 3, 1, 0)], key=sort_key) == ordered
