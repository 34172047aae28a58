"""Files of every transfer syntax, small enough to plant thousands of values into each."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pydicom
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

JPEG, J2K = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.90"
JPEG_LS, DEFLATED = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.1.99"
COLOURS = np.random.default_rng(8).integers(0, 255, (24, 32, 3), dtype=np.uint8)

OF_PYDICOM = (
    "CT_small.dcm", "MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "JPEG2000.dcm", "JPEGLSNearLossless_08.dcm",
    "JPEGLSNearLossless_16.dcm", "image_dfl.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_rle_2frame.dcm",
    "SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm", "SC_ybr_full_422_uncompressed.dcm",
    "SC_rgb_jpeg_app14_dcmd.dcm", "examples_palette.dcm", "examples_overlay.dcm", "693_J2KI.dcm",
)  # fmt: skip


def of_pydicom(name: str) -> Dataset:
    return pydicom.dcmread(get_testdata_file(name, download=False), force=True)


def of_pillow(form: str, syntax: str, **options: object) -> Dataset:
    """Make a secondary capture whose frame an encoder of photos made."""
    out = io.BytesIO()
    Image.fromarray(COLOURS).save(out, form, **options)
    dataset = Dataset()
    dataset.SOPClassUID, dataset.Modality = "1.2.840.10008.5.1.4.1.1.7", "OT"
    dataset.Rows, dataset.Columns = COLOURS.shape[:2]
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation = "YBR_FULL_422" if form == "JPEG" else "YBR_RCT"
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.PixelData = encapsulate([out.getvalue()])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    return dataset


def enhanced() -> Dataset:
    """Make an enhanced object with functional groups, which the profile lets through in part."""
    dataset = pydicom.dcmread(get_testdata_file("MR_small.dcm", download=False))
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    dataset.NumberOfFrames = 2
    dataset.PixelData = dataset.PixelData * 2
    groups = []
    for place in range(2):
        position, group = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, place]
        group.PlanePositionSequence = [position]
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = groups
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return dataset


CARRIERS: dict[str, Callable[[], Dataset]] = {
    **{name: (lambda name=name: of_pydicom(name)) for name in OF_PYDICOM},
    "photo as JPEG": lambda: of_pillow("JPEG", JPEG, quality=90),
    "progressive JPEG": lambda: of_pillow("JPEG", JPEG, quality=90, progressive=True),
    "photo as JPEG 2000": lambda: of_pillow("JPEG2000", J2K, irreversible=False, no_jp2=True),
    "wrapped JPEG 2000": lambda: of_pillow("JPEG2000", J2K, irreversible=False),
    "enhanced": enhanced,
}
