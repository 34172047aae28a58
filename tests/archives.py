"""Makes CDs: series of small slices, the programs that lie beside them, and archives that are whole or broken."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np

from tests.dicoms import make_dicom

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = "FAIRFAX_GWENDOLEN"
"""Stands in every path of a CD and must never leave the browser."""
STUDY = "1.2.826.0.1.4711.1"
SIDE = 64
BESIDE = {
    "DICOMDIR": b"\0" * 128 + b"DICM" + b"\2\0\2\0UI\x14\x001.2.840.10008.1.3.10",
    "AUTORUN.INF": b"[autorun]\r\nopen=viewer.exe\r\n",
    "VIEWER/VIEWER.EXE": b"MZ" + bytes(200),
    "VIEWER/LOGO.PNG": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "README.TXT": b"Put the disc into the drive.",
}


def slice_of(series: int, number: int, *, noise: int = 0) -> bytes:
    """Make one slice of a CT series, unlike every other."""
    rng = np.random.default_rng(series * 10_000 + number)
    pixels = rng.integers(-1000, 1000, (SIDE, SIDE)).astype(np.int16)
    if not noise:
        pixels[:, 8:] = np.arange(SIDE - 8, dtype=np.int16) + number
    return make_dicom(
        pixels,
        is_planted=False,
        patient_id="MRN-4711",
        study_uid=STUDY,
        SeriesInstanceUID=f"{STUDY}.{series}",
        SOPInstanceUID=f"{STUDY}.{series}.{number}",
        SeriesNumber=series,
        InstanceNumber=number,
        ImagePositionPatient=[0, 0, number * 2.0],
        BodyPartExamined="ABDOMEN",
    ).data


def disc(counts: Iterable[int]) -> dict[str, bytes]:
    """Make the files of a CD: one series for each count, two broken slices, a viewer and an index."""
    files = {f"{NAME}/{name}": data for name, data in BESIDE.items()}
    for series, count in enumerate(counts, 1):
        for number in range(count):
            files[f"{NAME}/ST000/SE{series:03}/IM{number:05}"] = slice_of(series, number)
    files[f"{NAME}/ST000/SE001/BROKEN1"] = slice_of(1, 9001)[:900]
    files[f"{NAME}/ST000/SE001/BROKEN2"] = b"no picture " * 200
    return files


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def unpacked(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / NAME


def zip64(name: str, data: bytes) -> bytes:
    """Write an archive as one that is larger than four gigabytes: every place and size in 64 bits."""
    raw = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed, crc, path = raw.compress(data) + raw.flush(), zlib.crc32(data), name.encode()
    large = struct.pack("<HHQQ", 1, 16, len(data), len(packed))
    local = struct.pack("<4s5HI2I2H", b"PK\3\4", 45, 0, 8, 0, 0, crc, ALL, ALL, len(path), len(large))
    body = local + path + large + packed
    extra = struct.pack("<HHQQQ", 1, 24, len(data), len(packed), 0)
    central = struct.pack(
        "<4s6HI2I5H2I", b"PK\1\2", 45, 45, 0, 8, 0, 0, crc, ALL, ALL, len(path), len(extra), 0, 0, 0, 0, ALL
    )
    central += path + extra
    end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(central), len(body))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(body) + len(central), 1)
    last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, ALL, ALL, 0)
    return body + central + end + locator + last


ALL = 0xFFFFFFFF
