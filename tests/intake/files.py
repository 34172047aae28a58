"""Files as browsers send them, made or found, small enough to be sent many times."""

import io
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid


@cache
def wheel(name):
    """Give a sample of pydicom's own wheel."""
    return Path(get_testdata_file(name, download=False)).read_bytes()


def ct(**changes):
    """Give a small CT as another instance, with elements changed or (None) removed."""
    dataset = pydicom.dcmread(io.BytesIO(wheel("CT_small.dcm")))
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    for keyword, value in changes.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def photo(kind="JPEG", size=(40, 30), **more):
    """Give a photo with a slope of colours."""
    rows = np.linspace(0, 255, size[1])[:, None] * np.ones(size[0])
    pixels = np.stack([rows, rows[::-1], rows * 0 + 90], axis=-1).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **more)
    return out.getvalue()


def pixels_of(data):
    """Read a file with pydicom alone."""
    return pydicom.dcmread(io.BytesIO(data)).pixel_array
