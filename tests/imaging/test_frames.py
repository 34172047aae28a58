"""Packed frames come back bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pinboard.imaging import dicom
from pinboard.imaging.frames import decode_frame, encode_frame
from tests.samples import sample

TYPES = ["u1", "i1", "<u2", "<i2", ">u2", "<u4", "<i4", "<f4", "<f8"]
SHAPES = st.one_of(
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)),
)


@given(st.sampled_from(TYPES).flatmap(lambda kind: hnp.arrays(kind, SHAPES)))
def test_a_frame_comes_back_bit_for_bit(frame):
    back = decode_frame(encode_frame(frame), frame.shape, frame.dtype)
    assert back.shape == frame.shape
    assert back.dtype == frame.dtype.newbyteorder("<")
    assert np.array_equal(back, frame, equal_nan=frame.dtype.kind == "f")


@pytest.mark.parametrize("data", [b"", b"\x00", b"not brotli at all"])
def test_what_is_no_frame_is_an_error(data):
    with pytest.raises(ValueError, match="not a frame"):
        decode_frame(data, (4, 4), "u1")


def test_another_shape_is_an_error():
    with pytest.raises(ValueError, match="shape"):
        decode_frame(encode_frame(np.zeros((4, 4), np.uint8)), (4, 5), "u1")


def test_a_slice_packs_well_below_its_size():
    frame = dicom.frame(dicom.read(sample("ct-series/pancreas-ct").glob("*").__next__().read_bytes()), 0)
    assert len(encode_frame(frame)) < frame.nbytes * 0.6
