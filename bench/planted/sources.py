"""Clean backgrounds of five kinds, cut from sample files where somebody looked and saw no text."""

from __future__ import annotations

import functools
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from pinboard.imaging import dicom, window

Pixels = npt.NDArray[np.uint8]

SAMPLES: Final = Path(os.environ.get("PINBOARD_SAMPLES", Path(__file__).resolve().parents[3] / "shared" / "samples"))
KINDS: Final = ("ultrasound", "chest X-ray", "CT", "skin photo", "film")

_WINDOW = ("PhotometricInterpretation", "BitsStored", "PixelRepresentation", "RescaleSlope", "RescaleIntercept")


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of one sample: `box` is left, top, right, bottom in its pixels, None for all of it."""

    name: str
    box: tuple[int, int, int, int] | None = None
    scales: tuple[float, float] = (1.0, 1.0)


_XRAYS = (
    Cut("xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm", (0, 260, 2010, 2446), (0.45, 0.65)),
    Cut("xray-mammo/chest-mono1-acr-nema-no-part10.dcm", (6, 6, 434, 434), (1.6, 2.4)),
    Cut("xray-mammo/chest-ap-cr-mono1-fake-phi-burned-in.dcm", (80, 320, 2020, 1500), (0.5, 0.7)),
    Cut("xray-mammo/shoulder-rf.dcm", None, (1.2, 1.8)),
    Cut("xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm", (0, 260, 2010, 2446)),
    Cut("xray-mammo/mammo-mlo-12bit-jpeg-lossless.dcm", None, (0.3, 0.5)),
)
CUTS: Final[dict[str, tuple[Cut, ...]]] = {
    "ultrasound": (
        Cut("ultrasound/thyroid-ybr-full-rle-DOE_JOHN.dcm", (86, 49, 484, 366), (1.0, 1.5)),
        Cut("ultrasound/endometrium-palette-implicit.dcm", (376, 100, 770, 470), (1.0, 1.4)),
        Cut("ultrasound/elbow-ybr-full-422-uncompressed.dcm", (212, 78, 755, 480), (1.0, 1.3)),
        Cut("ultrasound/pancreas-mono-jpegls-burned-in.dcm", (160, 450, 860, 705), (0.8, 1.1)),
        Cut("ultrasound/thyroid-ybr-ict-j2k-burned-in.dcm", (345, 80, 1145, 800), (0.7, 1.0)),
        Cut("ultrasound/paediatric-echo-34f-jpeg.dcm", (126, 100, 380, 350), (1.4, 2.0)),
        Cut("ultrasound/colour-doppler-jpeg-ybr-full.dcm", (240, 60, 580, 370), (1.2, 1.6)),
    ),
    "chest X-ray": _XRAYS,
    "CT": (
        Cut("ct-series/pancreas-ct/1-044.dcm"),
        Cut("ct-series/pancreas-ct/1-052.dcm", (60, 100, 460, 400), (1.2, 1.6)),
        Cut("ct-series/pancreas-ct/1-060.dcm", None, (1.2, 1.5)),
        Cut("transfer-syntaxes/ct-chest/LittleEndianExplicit_1.2.840.10008.1.2.1.dcm", None, (1.0, 1.5)),
        Cut("transfer-syntaxes/j2k-pixelrep-mismatch.dcm", None, (1.0, 1.5)),
        Cut("ct-series/pancreas-ct/1-067.dcm"),
    ),
    "skin photo": (
        Cut("photos/face-grace-hopper.jpg", (155, 165, 345, 325), (4.0, 5.5)),
        Cut("photos/jolla-phone-exif.jpg", (200, 200, 1900, 1500), (0.45, 0.6)),
        Cut("photos/fundus-retina.jpg", None, (0.5, 0.8)),
        Cut("photos/intraoral-teeth.dcm", None, (1.0, 1.5)),
        Cut("photos/fundus-retina.jpg", (350, 350, 1250, 1050), (0.8, 1.2)),
        Cut("photos/jolla-phone-exif.jpg", (1900, 300, 3200, 2300), (0.4, 0.6)),
    ),
    "film": _XRAYS,
}


def background(kind: str, index: int, rng: random.Random) -> Pixels:
    """Give the index-th clean picture of a kind, H×W or H×W×3, varied in scale, brightness and surroundings."""
    cuts = CUTS[kind]
    cut = cuts[index % len(cuts)]
    picture = _scaled(_cut(cut), rng.uniform(*cut.scales))
    picture = _brightened(picture, rng.uniform(0.85, 1.15))
    if kind == "ultrasound":
        return _on_a_screen(picture, rng)
    return _as_film(picture, rng) if kind == "film" else picture


@functools.lru_cache(maxsize=16)
def _cut(cut: Cut) -> Pixels:
    path = SAMPLES / cut.name
    pixels = _dicom(path.read_bytes()) if path.suffix == ".dcm" else np.asarray(Image.open(path).convert("RGB"))
    if cut.box is None:
        return pixels
    left, top, right, bottom = cut.box
    return pixels[top:bottom, left:right]


def _dicom(data: bytes) -> Pixels:
    dataset = dicom.read(data)
    header: dict[str, Any] = {name: dataset[name].value for name in _WINDOW if name in dataset}
    for name in ("WindowCenter", "WindowWidth"):
        if name in dataset and dataset[name].VM:
            value = dataset[name].value
            header[name] = float(value[0] if dataset[name].VM > 1 else value)
    return window.to_display(dicom.frame(dataset, 0), header)


def _scaled(pixels: Pixels, factor: float) -> Pixels:
    if factor == 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (round(width * factor), round(height * factor))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def _brightened(pixels: Pixels, factor: float) -> Pixels:
    return np.clip(pixels.astype(np.float32) * factor, 0, 255).astype(np.uint8)


def _on_a_screen(pixels: Pixels, rng: random.Random) -> Pixels:
    """Put an ultrasound picture where the machine shows it: on a dark screen with room for text around it."""
    height, width = pixels.shape[:2]
    screen = (round(height * rng.uniform(1.25, 1.5)), round(width * rng.uniform(1.25, 1.5)), *pixels.shape[2:])
    out = np.full(screen, rng.choice((0, 0, 3, 12)), np.uint8)
    top, left = (screen[0] - height) // 2, (screen[1] - width) // 2
    out[top : top + height, left : left + width] = pixels
    return out


def _as_film(pixels: Pixels, rng: random.Random) -> Pixels:
    """Photograph a film on a light box: a little askew, grainy, with its bright rim and darker corners."""
    image = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9)))
    image = image.rotate(rng.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, expand=True, fillcolor=225)
    rim = rng.randint(12, 48)
    whole = Image.new("L", (image.width + 2 * rim, image.height + 2 * rim), rng.randint(215, 240))
    whole.paste(image, (rim, rim))
    flat = np.asarray(whole, np.float32)
    rows = np.linspace(-1, 1, flat.shape[0])[:, None]
    columns = np.linspace(-1, 1, flat.shape[1])[None, :]
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, rng.uniform(2, 5), flat.shape)
    lit = flat * (1 - 0.12 * (rows**2 + columns**2)) + noise
    return np.clip(lit, 0, 255).astype(np.uint8)
