"""Grey levels follow the formulas of PS3.3 C.11, computed here one value at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinboard.imaging import window
from pinboard.imaging.window import frame_header, is_per_frame, mapping_for, to_display

MONO2 = {"PhotometricInterpretation": "MONOCHROME2", "BitsStored": 16}


def linear(x, c, w):
    if x <= c - 0.5 - (w - 1) / 2:
        return 0.0
    if x > c - 0.5 + (w - 1) / 2:
        return 1.0
    return (x - (c - 0.5)) / (w - 1) + 0.5


def linear_exact(x, c, w):
    if x <= c - w / 2:
        return 0.0
    if x > c + w / 2:
        return 1.0
    return (x - c) / w + 0.5


def sigmoid(x, c, w):
    return 1 / (1 + math.exp(max(min(-4 * (x - c) / w, 700), -700)))


FORMULAS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}


@given(
    st.sampled_from(sorted(FORMULAS)),
    st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=30),
    st.integers(-2_000, 2_000),
    st.integers(1, 5_000),
    st.sampled_from([1.0, 0.5, 2.3]),
    st.integers(-2_000, 2_000),
    st.booleans(),
)
def test_a_window_is_the_standards_formula(name, values, centre, width, slope, intercept, is_inverted):
    frame = np.array([values], np.int16)
    header = {
        "PhotometricInterpretation": "MONOCHROME1" if is_inverted else "MONOCHROME2",
        "RescaleSlope": slope,
        "RescaleIntercept": float(intercept),
        "WindowCenter": [float(centre), 1.0],
        "WindowWidth": [float(width), 1.0],
        "VOILUTFunction": name,
    }
    shown = to_display(frame, header)[0]
    for value, grey in zip(values, shown, strict=True):
        y = FORMULAS[name](value * slope + intercept, centre, width) if width > 1 or name != "LINEAR" else None
        if y is None:
            y = float(value * slope + intercept > centre - 0.5)
        expected = 255 * (1 - y if is_inverted else y)
        assert abs(float(grey) - expected) <= 0.501


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16])
def test_the_table_gives_what_the_formula_gives_for_every_stored_value(dtype):
    info = np.iinfo(dtype)
    frame = np.arange(info.min, info.max + 1, dtype=np.int64).astype(dtype)[np.newaxis]
    header = {**MONO2, "WindowCenter": 20.0, "WindowWidth": 90.0}
    wide = to_display(frame.astype(np.int32), header)
    assert np.array_equal(to_display(frame, header), wide)


def test_the_chosen_window_wins_over_the_headers():
    frame = np.array([[0, 100, 200]], np.uint16)
    header = {**MONO2, "WindowCenter": 1000.0, "WindowWidth": 10.0, "VOILUTFunction": "SIGMOID"}
    assert to_display(frame, header).max() == 0
    assert list(to_display(frame, header, window=(100.5, 201.0))[0]) == [0, 128, 255]


def test_without_a_window_a_byte_is_shown_as_it_is():
    frame = np.arange(256, dtype=np.uint8)[np.newaxis]
    assert np.array_equal(to_display(frame, {**MONO2, "BitsStored": 8}), frame)


def test_without_a_window_hot_pixels_do_not_darken_the_rest():
    rng = np.random.default_rng(3)
    frame = rng.integers(100, 200, (100, 100)).astype(np.uint16)
    frame[0, :3] = 60_000
    shown = to_display(frame, MONO2)
    assert shown.min() == 0
    assert np.percentile(shown, 95) > 200


def test_padding_is_black_in_both_photometrics_and_does_not_count():
    frame = np.full((50, 50), 1000, np.int16)
    frame[:, 25:] = 1200
    frame[:40] = -2000
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        header = {"PhotometricInterpretation": photometric, "BitsStored": 16, "PixelPaddingValue": -2000}
        shown = to_display(frame, header)
        assert shown[0].max() == 0
        assert sorted({int(shown[45, 0]), int(shown[45, 30])}) == [0, 255]


def test_a_modality_lut_and_a_voi_lut_are_looked_up():
    frame = np.array([[0, 10, 11, 12, 99]], np.uint16)
    modality = {"LUTDescriptor": [3, 10, 16], "LUTData": [5, 6, 7]}
    voi = {"LUTDescriptor": [3, 5, 8], "LUTData": [0, 100, 255]}
    header = {**MONO2, "ModalityLUTSequence": [modality], "VOILUTSequence": [voi], "RescaleSlope": 9.0}
    assert list(to_display(frame, header)[0]) == [0, 0, 100, 255, 255]


def test_colour_is_brought_to_eight_bits():
    deep = np.full((2, 2, 3), 0xABCD, np.uint16)
    assert to_display(deep, {"BitsStored": 16})[0, 0, 0] == 0xAB
    assert to_display(np.full((2, 2, 3), 9, np.uint8), {"BitsStored": 8})[0, 0, 0] == 9


def test_floats_with_nan_are_shown():
    frame = np.array([[np.nan, 0.0, 0.5, 1.0, np.inf]], np.float32)
    shown = to_display(frame, MONO2)
    assert shown[0, 0] == 0
    assert shown[0, 1] < shown[0, 2] < shown[0, 3] <= shown[0, 4]


def test_an_empty_window_width_is_no_window():
    frame = np.array([[0, 50, 100]], np.uint16)
    assert np.ptp(to_display(frame, {**MONO2, "WindowCenter": 50.0, "WindowWidth": 0.0})) > 200


ENHANCED = {
    **MONO2,
    "SharedFunctionalGroupsSequence": [{"PixelValueTransformationSequence": [{"RescaleSlope": 2.0}]}],
    "PerFrameFunctionalGroupsSequence": [
        {"FrameVOILUTSequence": [{"WindowCenter": 100.0, "WindowWidth": 50.0}]},
        {"FrameVOILUTSequence": [{"WindowCenter": 900.0, "WindowWidth": 50.0}]},
    ],
}


def test_frames_of_an_enhanced_object_have_their_own_window():
    assert is_per_frame(ENHANCED)
    assert not is_per_frame(MONO2)
    assert frame_header(ENHANCED, 1)["WindowCenter"] == 900.0
    assert frame_header(ENHANCED, 1)["RescaleSlope"] == 2.0
    frame = np.array([[50, 450]], np.uint16)
    assert abs(int(to_display(frame, ENHANCED, index=0)[0, 0]) - 130) < 4
    assert abs(int(to_display(frame, ENHANCED, index=1)[0, 1]) - 130) < 4


def test_one_mapping_serves_the_frames_of_a_series():
    frames = np.random.default_rng(5).integers(0, 500, (3, 20, 30)).astype(np.uint16)
    mapping = mapping_for(MONO2, frames[1])
    assert mapping.table is not None
    assert np.array_equal(mapping.apply(frames[0]), window.to_display(frames[0], MONO2, window=mapping.window))
