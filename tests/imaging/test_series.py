"""Series are ordered by place along their normal, by number where places say nothing; faces are assumed."""

from __future__ import annotations

import itertools

import pydicom
import pytest

from pinboard.imaging import series
from pinboard.imaging.series import Slice, arrange, axes_of, is_recognizable, key_slices, slice_position, sort_key
from tests.samples import sample

AXIAL = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
SAGITTAL = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]
CORONAL = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0]


def at(z, number=None, axes=AXIAL, acquisition=None):
    """Make a slice whose place along an axial normal is z."""
    position = (0.0, 0.0, float(z)) if axes is AXIAL else (float(z), 0.0, 0.0)
    return Slice(number=number, acquisition=acquisition, position=position, axes=axes_of(axes), size=(8, 8))


def numbers(slices, arranged):
    return [[slices[index].number for index in stack] for stack in arranged.stacks]


def read(folder):
    """Read the headers of a folder of samples in no order."""
    found = [pydicom.dcmread(path, stop_before_pixels=True) for path in sample(folder).glob("*.dcm")]
    found = found[1::2] + found[::2]
    return [
        Slice(
            number=int(one.InstanceNumber),
            acquisition=int(one.AcquisitionNumber),
            position=series.vector(one.get("ImagePositionPatient")),
            axes=axes_of(one.get("ImageOrientationPatient")),
            size=(one.Rows, one.Columns),
        )
        for one in found
    ]


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


@pytest.mark.parametrize(
    ("words", "kind"),
    [(["ORIGINAL", "PRIMARY", "LOCALIZER"], "localizer"), (["ORIGINAL", "PRIMARY", "M", "MOSAIC"], "mosaic"),
     (["ORIGINAL", "PRIMARY", "AXIAL"], "image"), (None, "image")],
)  # fmt: skip
def test_scouts_and_mosaics_are_told_from_slices(words, kind):
    assert series.kind_of({"ImageType": words}) == kind


@pytest.mark.parametrize(
    ("axes", "name"),
    [(AXIAL, "axial"), (SAGITTAL, "sagittal"), (CORONAL, "coronal"), ([0.6, 0.8, 0, 0, 0, -1], "oblique"), (None, ""),
     ([1.0, 0, 0, 1.0, 0, 0], "")],
)  # fmt: skip
def test_planes_are_named_by_their_normal(axes, name):
    assert series.plane(axes_of(axes)) == name


def test_places_order_where_numbers_lie():
    slices = [at(0, 1), at(4, 3), at(2, 2), at(6, 5), at(8, 4)]
    assert numbers(slices, arrange(slices)) == [[1, 2, 3, 5, 4]]


def test_a_stack_runs_the_way_the_device_counted():
    up, down = [at(z, z) for z in (3, 1, 2)], [at(-z, z) for z in (3, 1, 2)]
    assert numbers(up, arrange(up)) == numbers(down, arrange(down)) == [[1, 2, 3]]


def test_without_geometry_the_numbers_order():
    slices = [Slice(number=number) for number in (3, 1, 2)]
    arranged = arrange(slices)
    assert numbers(slices, arranged) == [[1, 2, 3]]
    assert not arranged.is_placed
    # One slice whose place nobody knows leaves the others without a place beside it.
    mixed = [at(0, 2), Slice(number=1), at(5, 3)]
    assert numbers(mixed, arrange(mixed)) == [[1, 2, 3]]


def test_nothing_is_ordered_as_nothing():
    assert arrange([]).order == ()
    assert key_slices(arrange([])) == []


@pytest.mark.parametrize("acquisitions", [(1, 2), (None, None)])
def test_what_was_imaged_twice_makes_two_stacks(acquisitions):
    first, second = acquisitions
    slices = [at(z, 10 + z, acquisition=second) for z in range(3)] + [at(z, z, acquisition=first) for z in range(3)]
    assert sorted(numbers(slices, arrange(slices))) == [[0, 1, 2], [10, 11, 12]]


def test_times_that_alternate_are_told_by_their_acquisition():
    slices = [at(z, 2 * z + time, acquisition=time) for z in range(4) for time in (0, 1)]
    assert numbers(slices, arrange(slices)) == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_a_place_imaged_more_often_than_others_leaves_only_the_numbers():
    slices = [at(0, 3), at(0, 1), at(5, 2)]
    arranged = arrange(slices)
    assert numbers(slices, arranged) == [[1, 2, 3]]
    assert not arranged.is_placed


def test_one_place_over_time_is_one_stack():
    slices = [at(5, number) for number in (3, 1, 2)]
    assert numbers(slices, arrange(slices)) == [[1, 2, 3]]


def test_a_turning_projection_is_ordered_by_number():
    turned = [[1.0, 0.1 * n, 0.0, 0.0, 0.0, -1.0] for n in range(6)]
    slices = [Slice(number=6 - n, position=(float(n), 0.0, 0.0), axes=axes_of(axes)) for n, axes in enumerate(turned)]
    assert numbers(slices, arrange(slices)) == [[1, 2, 3, 4, 5, 6]]


def test_pictures_of_another_size_are_another_stack():
    slices = [at(0, 1), Slice(number=2, position=(0.0, 0.0, 1.0), axes=axes_of(AXIAL), size=(16, 16)), at(2, 3)]
    assert numbers(slices, arrange(slices)) == [[1, 3], [2]]


def test_real_series_stand_in_the_order_of_their_places():
    for folder, count in (("ct-series/pancreas-ct", 24), ("mr-series/t1w-7t-head", 24)):
        slices = read(folder)
        arranged = arrange(slices)
        (found,) = numbers(slices, arranged)
        assert arranged.is_placed
        assert len(found) == count
        assert found == sorted(found)


def test_slices_that_do_not_lie_alike_are_not_stacked():
    slices = read("mr-series/oblique-orientation")
    assert [len(stack) for stack in arrange(slices).stacks] == [2, 2]


@pytest.mark.parametrize(
    ("count", "gap", "kept"),
    [(184, 1.0, 23), (184, 0.5, 19), (48, 6.0, 24), (24, 6.0, 24), (3, 6.0, 3), (1, 6.0, 1), (30, 20.0, 15)],
)
def test_key_slices_are_few_and_far_apart(count, gap, kept):
    slices = [at(place * gap, place) for place in range(count)]
    chosen = key_slices(arrange(slices))
    assert len(chosen) == kept <= series.KEY_SLICES
    places = [slices[index].position[2] for index in chosen]
    steps = {round(after - before, 6) for before, after in itertools.pairwise(places)}
    assert len(steps) <= 1
    assert all(step >= series.KEY_GAP_MM for step in steps)
    # As much is left out before the first as after the last, give or take a step.
    assert abs(places[0] - ((count - 1) * gap - places[-1])) <= max(steps, default=gap)


def test_key_slices_of_several_times_lie_in_the_same_places():
    slices = [at(z * 2, 100 * time + z, acquisition=time) for time in range(3) for z in range(40)]
    chosen = key_slices(arrange(slices))
    assert len(chosen) <= series.KEY_SLICES
    by_time = [{slices[one].position[2] for one in chosen if slices[one].acquisition == time} for time in range(3)]
    assert by_time[0] == by_time[1] == by_time[2] != set()


def test_key_slices_without_geometry_are_every_kth():
    slices = [Slice(number=number) for number in range(100)]
    assert len(key_slices(arrange(slices))) == 20
