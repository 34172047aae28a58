"""Which slices make an even volume and how it is cut: of real series, and against a table made by hand."""

import pytest

from pinboard.imaging.view import views_of
from pinboard.imaging.volume import Flaw, Volume, volume_of
from tests.imaging.test_geometry import header_of
from tests.samples import samples

CT = "ct-series/pancreas-ct/*.dcm"
HEAD = "mr-series/t1w-7t-head/*.dcm"
VIEW = {
    "dtype": "<i2",
    "samples": 1,
    "photometric": "MONOCHROME2",
    "spacing": [0.8, 0.7],
    "spacing_kind": "patient",
    "orientation": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    "slope": 1.0,
    "intercept": -1024.0,
    "unit": "HU",
    "modality_lut": None,
    "padding": None,
}
COUNT = 10
GAP = 2.5

# Directions of a row, of a column and from slice to slice; then the three planes with their letters right, below, left
# and above, read off the directions: an axial plane has the left on the right and the back below, the others the head
# above, a sagittal one the back on the right.
PLANES = [
    ("1 0 0  0 1 0  0 0 1", "axial LPRA", "coronal LFRH", "sagittal PFAH"),
    ("1 0 0  0 1 0  0 0 -1", "axial LPRA", "coronal LFRH", "sagittal PFAH"),
    ("-1 0 0  0 -1 0  0 0 1", "axial RALP", "coronal LFRH", "sagittal PFAH"),
    ("0 1 0  0 0 -1  -1 0 0", "sagittal PFAH", "axial LPRA", "coronal LFRH"),
    ("0 -1 0  0 0 -1  1 0 0", "sagittal AFPH", "axial LPRA", "coronal LFRH"),
    ("1 0 0  0 0 -1  0 1 0", "coronal LFRH", "axial LPRA", "sagittal PFAH"),
    ("1 0 0  0 .97 -.24  0 .24 .97", "axial LPRA", "coronal LFRH", "sagittal PFAH"),  # 14 degrees
    ("1 0 0  0 .94 -.34  0 .34 .94", "acquired L PF R AH", "rows L FA R HP", "columns PF FA AH HP"),  # 20 degrees
    (".8 .6 0  0 0 -1  -.6 .8 0", "acquired LP F RA H", "rows LP PR RA AL", "columns PR F AL H"),
]


def numbers(text):
    return [float(one) for one in text.split()]


def stack(way=(0.0, 0.0, 1.0), *, gap=GAP, count=COUNT):
    return [[gap * at * part for part in way] for at in range(count)]


def view_of_files(pattern):
    paths = samples(pattern)
    if not paths:
        pytest.skip(f"samples {pattern} are not here (PINBOARD_SAMPLES)")
    headers = [header_of(path) for path in paths]
    found = [views_of(header, dtype="<i2", samples=1) for header in headers]
    sizes = {(header["Columns"], header["Rows"]) for header in headers}
    return [one["views"][0] for one in found], sizes, [one["positions"][0] for one in found]


@pytest.mark.parametrize(("pattern", "gap", "size"), [(CT, 3.0, 512 * 512 * 24 * 2), (HEAD, 5.333, 384 * 274 * 24 * 2)])
def test_a_real_series_is_a_volume(pattern, gap, size):
    found = volume_of(*view_of_files(pattern))
    assert isinstance(found, Volume)
    assert (found.gap, found.size) == (pytest.approx(gap, abs=2e-3), size)
    sides = {plane.name: "".join(plane.sides) for plane in found.planes}
    assert sides == {"axial": "LPRA", "coronal": "LFRH", "sagittal": "PFAH"}


@pytest.mark.parametrize("lost", [1, 12, 22])
def test_a_real_series_of_which_a_slice_is_missing_is_none(lost):
    views, sizes, positions = view_of_files(CT)
    assert volume_of(views, sizes, positions[:lost] + positions[lost + 1 :]) is Flaw.GAP
    # Without its first one it is as even as before.
    assert isinstance(volume_of(views, sizes, positions[1:]), Volume)


@pytest.mark.parametrize(("axes", "own", "second", "third"), PLANES)
def test_planes_are_named_and_lie_as_they_are_held(axes, own, second, third):
    row, column, through = (numbers(axes)[at : at + 3] for at in (0, 3, 6))
    found = volume_of([VIEW | {"orientation": row + column}], {(64, 48)}, stack(through))
    assert isinstance(found, Volume)
    said = [f"{plane.name} {''.join(plane.sides)}" for plane in found.planes]
    assert said == [told.split()[0] + " " + "".join(told.split()[1:]) for told in (own, second, third)]
    axes_of_planes = [{plane.across[0], plane.down[0]} for plane in found.planes]
    assert axes_of_planes == [{0, 1}, {0, 2}, {1, 2}]


def test_a_step_to_the_right_and_down_goes_where_the_letters_say():
    found = volume_of([VIEW], {(64, 48)}, stack())
    coronal, sagittal = found.planes[1:]
    # The slices run towards the head, so down goes backwards through them.
    assert (coronal.across, coronal.down) == ((0, 1), (2, -1))
    assert (sagittal.across, sagittal.down) == ((1, 1), (2, -1))
    down = volume_of([VIEW], {(64, 48)}, stack((0.0, 0.0, -1.0)))
    assert [plane.down for plane in down.planes] == [(1, 1), (2, 1), (2, 1)]


@pytest.mark.parametrize(
    ("changed", "flaw"),
    [
        ({"orientation": [1.0, 0.0, 0.0, 0.0, 0.99, -0.141]}, Flaw.DIRECTION),
        ({"orientation": None}, Flaw.DIRECTION),
        ({"spacing": [0.8, 0.75]}, Flaw.SIZE),
        ({"intercept": -1000.0}, Flaw.VALUES),
        ({"photometric": "MONOCHROME1"}, Flaw.VALUES),
        ({"unit": ""}, Flaw.VALUES),
        ({"modality_lut": {"first": 0, "bits": 8, "data": [1]}}, Flaw.VALUES),
        ({"dtype": "<i4"}, Flaw.VALUES),
    ],
)
def test_slices_that_differ_are_none(changed, flaw):
    assert volume_of([VIEW, VIEW | changed], {(64, 48)}, stack()) is flaw


@pytest.mark.parametrize(
    "changed", [{"slope": 2.5}, {"windows": [{"center": 40}]}, {"spacing": [0.8004, 0.7]}, {"preset": "lung"}]
)
def test_slices_may_differ_in_scale_and_window_and_by_what_headers_round(changed):
    assert isinstance(volume_of([VIEW, VIEW | changed], {(64, 48)}, stack()), Volume)


@pytest.mark.parametrize(
    "changed", [{"spacing_kind": "detector"}, {"orientation": None}, {"orientation": [1.0, 0, 0, 1.0, 0, 0]}]
)
def test_what_has_no_place_in_the_patient_is_none(changed):
    assert volume_of([VIEW | changed], {(64, 48)}, stack()) is Flaw.PLACE


def test_one_localizer_or_a_few_slices_are_none():
    assert volume_of([VIEW], {(64, 48)}, stack(count=1)) is Flaw.FEW
    assert volume_of([VIEW], {(64, 48)}, stack(count=7)) is Flaw.FEW
    assert volume_of([], set(), []) is Flaw.FEW
    assert volume_of([VIEW], {(64, 48)}, [*stack(count=9), None]) is Flaw.PLACE


def test_sizes_that_differ_are_none():
    assert volume_of([VIEW], {(64, 48), (64, 64)}, stack()) is Flaw.SIZE


@pytest.mark.parametrize("degrees_of_tilt", [10, 20])
def test_a_tilted_gantry_is_seen_by_the_places_alone(degrees_of_tilt):
    aside = {10: 0.176, 20: 0.364}[degrees_of_tilt]
    assert volume_of([VIEW], {(64, 48)}, stack((0.0, aside, 1.0))) is Flaw.SHIFT


def test_the_same_place_twice_and_an_uneven_stack_are_none():
    assert volume_of([VIEW], {(64, 48)}, stack(gap=0)) is Flaw.GAP
    twice = [one for one in stack(count=5) for _again in range(2)]
    assert volume_of([VIEW], {(64, 48)}, twice) is Flaw.GAP
    assert volume_of([VIEW], {(64, 48)}, stack(count=8) + stack(count=8)) is Flaw.GAP


def test_places_that_are_rounded_are_even_and_a_fifth_of_a_gap_is_not():
    rounded = [[0.0, 0.0, round(1.25 * at, 1)] for at in range(20)]
    assert isinstance(volume_of([VIEW], {(64, 48)}, rounded), Volume)
    moved = stack()
    moved[4] = [0.0, 0.0, moved[4][2] + 0.2 * GAP]
    assert volume_of([VIEW], {(64, 48)}, moved) is Flaw.GAP
