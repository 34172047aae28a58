"""Windows by name: the grey levels are those of the standard's formula, and only what has Hounsfield units has any."""

import numpy as np
import pytest

from pinboard.imaging.presets import PRESETS, preset_for, presets_for, unit
from pinboard.imaging.window import to_display

CT = {
    "Modality": "CT", "RescaleSlope": 1.0, "RescaleIntercept": -1024.0, "BitsStored": 16,
    "PhotometricInterpretation": "MONOCHROME2",
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS["CT"], ids=lambda preset: preset.key)
def test_grey_levels_are_those_of_the_formula(preset):
    stored = np.arange(-2048, 6144, dtype=np.int16).reshape(64, 128)
    shown = to_display(stored, CT, window=(preset.center, preset.width)).astype(int)
    values = stored.astype(float) - 1024
    # PS3.3 section C.11.2.1.2.1, written out.
    grey = ((values - (preset.center - 0.5)) / (preset.width - 1) + 0.5) * 255
    expected = np.clip(np.round(grey), 0, 255)
    assert np.abs(shown - expected).max() <= 1
    assert {shown.min(), shown.max()} == {0, 255}


@pytest.mark.parametrize(
    ("part", "key"),
    [("BRAIN", "brain"), ("CHEST", "mediastinum"), ("KNEE", "bone"), ("LIVER", "abdomen"), (None, "abdomen")],
)
def test_what_has_no_window_is_shown_in_that_of_its_part(part, key):
    header = CT | ({"BodyPartExamined": part} if part else {})
    preset = preset_for(header)
    assert preset.key == key
    stored = np.arange(0, 4096, dtype=np.int16).reshape(64, 64)
    assert np.array_equal(to_display(stored, header), to_display(stored, CT, window=(preset.center, preset.width)))


def test_the_window_of_the_file_goes_before():
    stored = np.arange(0, 4096, dtype=np.int16).reshape(64, 64)
    own = CT | {"WindowCenter": -600.0, "WindowWidth": 1500.0}
    assert np.array_equal(to_display(stored, own), to_display(stored, CT, window=(-600.0, 1500.0)))
    assert not np.array_equal(to_display(stored, own), to_display(stored, CT))


@pytest.mark.parametrize("header", [{"Modality": "MR"}, {"Modality": "CT"}, CT | {"RescaleType": "US"}, {}])
def test_what_is_not_in_hounsfield_units_has_none(header):
    assert presets_for(header) == ()
    assert preset_for(header) is None


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (CT, "HU"), ({"Modality": "CT"}, ""), ({"Modality": "PT", "Units": "BQML", "RescaleType": "US"}, "Bq/ml"),
        ({"Modality": "CR", "RescaleType": "OD"}, "OD"), ({"Modality": "MR", "RescaleType": "US"}, ""),
    ],
)  # fmt: skip
def test_units(header, named):
    assert unit(header) == named


def test_keys_are_told_apart():
    for presets in PRESETS.values():
        assert len({one.key for one in presets}) == len({one.label for one in presets}) == len(presets)
