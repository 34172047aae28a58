"""The pixel element is cut, cleared and re-encapsulated, and nothing rides along."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_fragmented_frames, parse_basic_offsets
from pydicom.uid import JPEGBaseline8Bit

from pinboard.imaging import dicom
from pinboard.imaging.errors import Refused
from pinboard.sandbox.jobs import JOBS
from tests.dicoms import MARK, keys_params, make_dicom, marked_jpeg, written
from tests.samples import sample


def scrubbed(data: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(JOBS["scrub"]([data], keys_params())[1][0]))


@pytest.mark.parametrize("signed", [False, True])
def test_bits_above_those_stored_are_cleared(signed):
    picture = np.array([[-2048 if signed else 0, -1, 5, 2047]], np.int16)
    picture = picture & 0x0FFF if not signed else picture
    hidden = (picture.view(np.uint16) & 0x0FFF) | 0x5000
    data = make_dicom(hidden.view(np.int16 if signed else np.uint16), is_planted=False).data
    dataset = dicom.read(data)
    dataset.BitsStored, dataset.HighBit = 12, 11
    out = scrubbed(written(dataset, "1.2.840.10008.1.2.1"))
    raw = np.frombuffer(out.PixelData, np.int16)
    assert np.array_equal(raw[:4], picture[0])


def test_native_pixels_have_exactly_their_length():
    odd = np.arange(15, dtype=np.uint8).reshape(3, 5)
    out = scrubbed(make_dicom(odd).data)
    assert out.PixelData == odd.tobytes() + b"\0"
    assert np.array_equal(out.pixel_array, odd)


def test_fewer_pixels_than_the_header_says_are_refused():
    with pytest.raises(Refused) as refusal:
        scrubbed(make_dicom(is_planted=False, NumberOfFrames=9).data)
    assert refusal.value.code == "damaged"


@pytest.mark.parametrize("has_table", [True, False])
def test_fragments_become_one_per_frame_with_a_new_offset_table(has_table):
    frames = [np.full((32, 48, 3), value, np.uint8) for value in (10, 90, 200)]
    dataset = dicom.read(make_dicom(frames[0], is_planted=False, syntax=JPEGBaseline8Bit).data)
    dataset.NumberOfFrames = 3
    # Without a table, frames are told apart by their end, so nothing may follow it.
    coded = [marked_jpeg(frame)[: None if has_table else -len(f"{MARK}tail")] for frame in frames]
    dataset.PixelData = encapsulate(coded, fragments_per_frame=3, has_bot=has_table)
    out = scrubbed(written(dataset, JPEGBaseline8Bit))
    assert MARK.encode() not in out.PixelData
    assert [len(found) for found in generate_fragmented_frames(out.PixelData, number_of_frames=3)] == [1, 1, 1]
    assert parse_basic_offsets(out.PixelData)[0] == 0
    assert out.LossyImageCompression == "01"
    for index, frame in enumerate(frames):
        assert abs(dicom.frame(out, index).astype(int) - frame).max() < 6


def test_frames_that_are_missing_are_refused():
    dataset = dicom.read(make_dicom(np.zeros((8, 8, 3), np.uint8), is_planted=False, syntax=JPEGBaseline8Bit).data)
    dataset.NumberOfFrames = 4
    with pytest.raises(Refused):
        scrubbed(written(dataset, JPEGBaseline8Bit))


def test_a_big_endian_file_comes_out_little_endian_and_alike():
    folder = "transfer-syntaxes/ct-chest"
    big = scrubbed(sample(f"{folder}/BigEndianExplicit_1.2.840.10008.1.2.2.dcm").read_bytes())
    little = scrubbed(sample(f"{folder}/LittleEndianExplicit_1.2.840.10008.1.2.1.dcm").read_bytes())
    assert np.array_equal(big.pixel_array, little.pixel_array)
    assert big.WindowCenter == little.WindowCenter


def test_a_palette_survives_the_scrub():
    data = sample("ultrasound/endometrium-palette-implicit.dcm").read_bytes()
    assert np.array_equal(dicom.frame(dicom.read(data), 0), dicom.frame(scrubbed(data), 0))
