"""Colours of cameras with a wide gamut are those of sRGB when they are shown, computed here by hand."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from pinboard.imaging.photo import HAS_HEIF, read_photo

WHITE = (0.9642, 1.0, 0.8249)
SRGB = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
P3 = np.array([[0.515102, 0.291965, 0.157153], [0.241182, 0.692236, 0.0665819], [-0.00104941, 0.0418818, 0.784378]])
ADOBE = np.array(
    [[0.6097559, 0.2052401, 0.1492240], [0.3111242, 0.6256560, 0.0632197], [0.0194811, 0.0608902, 0.7448387]]
)
"""Columns: red, green and blue in CIE XYZ under D50, as profiles give them."""
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
GAMUTS = {"Display P3": (P3, SRGB_CURVE), "Adobe RGB": (ADOBE, (2.19921875,))}
COLOURS = np.array(
    [[200, 40, 40], [40, 160, 60], [60, 70, 190], [128] * 3, [240, 220, 190], [92, 58, 44], [20] * 3], np.uint8
)


def icc(matrix, curve):
    """Write a matrix profile (ICC.1 section 8.3)."""

    def fixed(value):
        return struct.pack(">i", round(value * 65_536))

    def place(values):
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))

    kind = 3 if len(curve) > 1 else 0
    tone = b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(fixed, curve))
    name = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 8, 28) + "Wide".encode("utf-16-be")
    tags = {b"desc": name, b"wtpt": place(WHITE), b"cprt": name}
    tags |= {kind: place(matrix[:, column]) for column, kind in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), tone)
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for kind, data in tags.items():
        table += struct.pack(">4sII", kind, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"\0\0\0\0", 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + b"".join(map(fixed, WHITE))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def linear(values, curve):
    if len(curve) == 1:
        return values ** curve[0]
    power, a, b, c, edge = curve
    return np.where(values >= edge, (a * values + b) ** power, c * values)


def expected(colours, matrix, curve):
    """Turn colours into sRGB by the definitions alone."""
    light = np.linalg.inv(SRGB) @ matrix @ linear(colours / 255.0, curve).T
    light = np.clip(light.T, 0, 1)
    return np.rint(255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def photo(form, profile):
    pixels = np.repeat(np.repeat(COLOURS[None], 16, axis=1), 16, axis=0)
    out = io.BytesIO()
    more = {
        "JPEG": {"quality": 98, "subsampling": 0},
        "WEBP": {"lossless": True},
        "AVIF": {"quality": 98},
        "HEIF": {"quality": 98},
    }
    if form == "HEIF":
        import pillow_heif

        pillow_heif.from_pillow(Image.fromarray(pixels)).save(out, icc_profile=profile, chroma=444, quality=98)
    else:
        Image.fromarray(pixels).save(out, form, icc_profile=profile, **more.get(form, {}))
    return out.getvalue()


@pytest.mark.parametrize("gamut", GAMUTS)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_wide_gamut_becomes_srgb(form, gamut):
    if form == "HEIF" and not HAS_HEIF:
        pytest.skip("needs the extra heif")
    ours = read_photo(photo(form, icc(*GAMUTS[gamut])))[8, 8::16].astype(int)
    wanted = expected(COLOURS, *GAMUTS[gamut])
    assert np.abs(ours - wanted).max() <= (4 if form in {"PNG", "WEBP", "TIFF"} else 9)
    # Without the profile the colours would be visibly duller.
    assert np.abs(wanted - COLOURS).max() > 12


def test_srgb_stays_what_it_is():
    assert np.abs(expected(COLOURS, SRGB, SRGB_CURVE) - COLOURS).max() <= 1
    assert np.abs(read_photo(photo("PNG", icc(SRGB, SRGB_CURVE)))[8, 8::16].astype(int) - COLOURS).max() <= 2
