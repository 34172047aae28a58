"""The form in which a reviewed instance is stored: its frames in one file, and a header that fits them."""

from __future__ import annotations

from typing import Any

from pinboard.deid import header as headers
from pinboard.imaging.arrays import Array

Json = dict[str, Any]


class Pack:
    """Gathers the frames of one pack file."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.index: list[dict[str, int]] = []

    def add(self, part: bytes) -> None:
        """Append one encoded frame."""
        self.index.append({"offset": len(self.data), "length": len(part)})
        self.data += part

    def whole(self) -> bytes:
        """Give the file."""
        return bytes(self.data)


def developed(header: Json, frame: Array) -> Json:
    """Give the header of the lossless instance: pixel attributes as decoded, colour as RGB, marked as reviewed."""
    out = {key: value for key, value in headers.reviewed(header).items() if "PaletteColor" not in key}
    bits = frame.dtype.itemsize * 8
    out["Rows"], out["Columns"] = frame.shape[:2]
    out["BitsAllocated"] = bits
    out["BitsStored"] = min(out["BitsStored"], bits)
    out["PixelRepresentation"] = int(frame.dtype.kind == "i")
    if frame.ndim == 3:
        out |= {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    if frame.dtype.kind == "f" or header["PhotometricInterpretation"] == "PALETTE COLOR":
        out["BitsStored"] = bits
    out["HighBit"] = out["BitsStored"] - 1
    return headers.revalidate(out)
