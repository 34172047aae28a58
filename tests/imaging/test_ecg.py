"""What is drawn can be measured: a second is 25 mm, a millivolt 10 mm, on every lead that says what it measures."""

import io
import itertools

import numpy as np
import pydicom
import pytest
from PIL import Image

from pinboard.imaging import dicom
from pinboard.imaging.ecg import MOST_SHEETS, PIXELS, draw, sheets
from pinboard.imaging.errors import Refused
from pinboard.imaging.tracing import read_recordings
from tests.documents import TWELVE, group, square, waveform
from tests.intake.files import wheel

GRID_LEFT, TOP = 15, 10
"""Millimetres of paper before the first second and above the first row."""


def recordings(*groups, **elements):
    return read_recordings(dicom.read(waveform(*groups, **elements)))


def ink(picture):
    """Give where the trace is: the grid is pink, the ink nearly black."""
    return picture.max(axis=2) < 90


def test_numbers_become_millivolts_by_the_units_of_the_file():
    wave = square()
    (micro,) = recordings(group(wave))
    (milli,) = recordings(group(wave, unit="mV"))
    assert micro.labels == ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    assert (micro.rate, micro.seconds, micro.is_computed) == (500, 10, False)
    for one in (micro, milli):
        np.testing.assert_allclose(one.values, wave, atol=1e-6)


def test_values_equal_what_pydicom_makes_of_them():
    dataset = pydicom.dcmread(io.BytesIO(wheel("waveform_ecg.dcm")))
    rhythm, beat = read_recordings(dicom.read(wheel("waveform_ecg.dcm")))
    for index, one in enumerate((rhythm, beat)):
        np.testing.assert_allclose(one.values, dataset.waveform_array(index).T / 1000, rtol=1e-5, atol=1e-6)
    assert rhythm.labels == beat.labels
    assert set(rhythm.labels) == {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"}
    assert (rhythm.is_computed, beat.is_computed) == (False, True)


def test_correction_baseline_and_gaps_count():
    one = group(square())
    channel = one.ChannelDefinitionSequence[3]
    channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline = 2, 500
    one.WaveformPaddingValue = np.int16(400).tobytes()
    (read,) = recordings(one)
    np.testing.assert_allclose(read.values[3][:50], 0.5, atol=1e-6)
    # 400 steps of 2.5 µV are the top of the wave, which now means that nothing was recorded.
    assert np.isnan(read.values[0][60])
    assert not np.isnan(read.values[0][10])


@pytest.mark.parametrize("form", ["SB", "UB", "US", "SL", "UL"])
def test_every_form_of_integers_is_read(form):
    kind = {"SB": "i1", "UB": "u1", "US": "<u2", "SL": "<i4", "UL": "<u4"}[form]
    stored = (square(height=1) * 100).astype(kind)
    one = group(square(), WaveformSampleInterpretation=form, WaveformBitsAllocated=np.dtype(kind).itemsize * 8)
    one.WaveformData = stored.T.tobytes()
    (read,) = recordings(one)
    assert read.values.max() == pytest.approx(0.25)


def test_numbers_in_big_endian_are_read_as_they_are():
    dataset = dicom.read(waveform())
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.2"
    first = dataset.WaveformSequence[0]
    first.WaveformData = np.frombuffer(first.WaveformData, "<i2").astype(">i2").tobytes()
    (read,) = read_recordings(dataset)
    assert read.values.max() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: waveform(WaveformSequence=None), "no-tracing"),
        (lambda: waveform(group(square(), unit="mm[Hg]")), "no-tracing"),
        (lambda: waveform(group(square(), WaveformSampleInterpretation="AB")), "no-tracing"),
        (lambda: waveform(group(square(), NumberOfWaveformSamples=5001)), "damaged"),
        (lambda: waveform(group(square(), NumberOfWaveformChannels=11)), "damaged"),
        (lambda: waveform(group(square(), SamplingFrequency=0)), "damaged"),
        (lambda: waveform(group(square(1, seconds=121, rate=50), rate=50, leads=(1,))), "too-long-recording"),
        (lambda: waveform(group(square(), SamplingFrequency=1)), "too-long-recording"),
    ],
)
def test_what_cannot_be_drawn_to_scale_is_refused(make, code):
    with pytest.raises(Refused) as refusal:
        read_recordings(dicom.read(make()))
    assert refusal.value.code == code


def test_a_lead_without_a_code_has_no_name_and_no_text_of_the_file():
    one = group(square(2), leads=(2, 999))
    (read,) = recordings(one)
    assert read.labels == ("II", "")


def test_a_second_is_25_mm_and_a_millivolt_10_mm():
    (read,) = recordings()
    whole = sheets([read])[1]
    picture = draw(whole)
    first = ink(picture)[TOP * PIXELS : 30 * PIXELS]
    rows = np.flatnonzero(first[:, round((GRID_LEFT + 25 * 3.15) * PIXELS)])
    base = np.flatnonzero(first[:, round((GRID_LEFT + 25 * 3.6) * PIXELS)])
    assert base.mean() - rows.mean() == pytest.approx(10 * PIXELS, abs=1)
    # Its rising edges, halfway up.
    halfway = round((rows.mean() + base.mean()) / 2)
    edges = np.flatnonzero(first[halfway, (GRID_LEFT + 10) * PIXELS :])
    ups = [edges[0], *(at for before, at in itertools.pairwise(edges) if at - before > 60)]
    assert np.diff(ups).mean() == pytest.approx(25 * PIXELS, abs=0.5)


def test_the_calibration_pulse_is_a_millivolt_high_and_a_fifth_of_a_second_wide():
    (read,) = recordings()
    picture = ink(draw(sheets([read])[1]))[TOP * PIXELS : 30 * PIXELS, : (GRID_LEFT - 1) * PIXELS]
    tall = np.flatnonzero(picture.sum(axis=0) > 8 * PIXELS)
    assert tall.max() - tall.min() == pytest.approx(5 * PIXELS, abs=2)
    rows = np.flatnonzero(picture[:, tall.min()])
    assert rows.max() - rows.min() == pytest.approx(10 * PIXELS, abs=3)


def test_twelve_leads_come_as_clinicians_read_them_and_then_whole():
    laid = sheets(read_recordings(dicom.read(wheel("waveform_ecg.dcm"))))
    usual, whole, beat = laid
    assert [[strip.label for strip in row] for row in usual.rows] == [
        ["I", "aVR", "V1", "V4"],
        ["II", "aVL", "V2", "V5"],
        ["III", "aVF", "V3", "V6"],
        ["II"],
    ]
    assert [strip.start for strip in usual.rows[0]] == [0, 2.5, 5, 7.5]
    assert [len(strip.values) for strip in usual.rows[0]] == [2500] * 4
    assert [len(row[0].values) for row in whole.rows] == [10_000] * 12
    assert "computed" in beat.note
    assert "computed" not in usual.note + whole.note
    picture = draw(usual)
    assert picture.shape[1] == 270 * PIXELS
    assert picture.shape[2] == 3
    assert 0.005 < ink(picture).mean() < 0.05


def test_other_leads_are_drawn_in_rows_and_every_ten_seconds_on_a_sheet():
    (read,) = recordings(group(square(14, seconds=25, rate=100), rate=100, leads=(*TWELVE, 9, 999)))
    laid = sheets([read])
    # The usual sheet, then three stretches of twelve and two leads.
    assert len(laid) == 1 + 3 * 2
    assert [row[0].label for row in laid[2].rows] == ["V7", "14"]
    assert laid[1].note.endswith("0 to 10 s")
    assert laid[6].note.endswith("20 to 30 s")
    (short,) = recordings(group(square(3, seconds=2), leads=(1, 2, 61)))
    assert len(sheets([short])) == 1


def test_more_sheets_than_anybody_reads_are_refused():
    (read,) = recordings(group(square(24, seconds=118, rate=50), rate=50, leads=range(100, 124)))
    assert len(sheets([read])) == 24
    with pytest.raises(Refused) as refusal:
        sheets([read, read])
    assert refusal.value.code == "too-long-recording"
    assert len(sheets([read])) <= MOST_SHEETS


def test_an_offset_is_taken_out_and_a_wild_value_stays_on_the_paper():
    wave = square() + 8
    (read,) = recordings(group(wave))
    (plain,) = recordings(group(square()))
    assert (draw(sheets([read])[1]) == draw(sheets([plain])[1])).all()
    read.values[0, 100] = np.inf
    read.values[1, 100] = 3e38
    read.values[2, :] = np.nan
    assert draw(sheets([read])[1]).shape[0] < 12 * 100 * PIXELS


def test_a_gap_stays_empty():
    (read,) = recordings()
    read.values[0, 1000:2000] = np.nan
    picture = ink(draw(sheets([read])[1]))
    gap = slice(round((GRID_LEFT + 2.1 * 25) * PIXELS), round((GRID_LEFT + 3.9 * 25) * PIXELS))
    assert not picture[(TOP + 3) * PIXELS : (TOP + 20) * PIXELS, gap].any()
    assert Image.fromarray(picture).size[0] == 270 * PIXELS
