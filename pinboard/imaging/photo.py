"""Copies the pixels of a photo into a new picture, so that nothing else of the file can come along."""

from __future__ import annotations

import io
import warnings
from typing import Final

import numpy as np
from PIL import Image, ImageCms, ImageOps

from pinboard.imaging.arrays import Array, Display
from pinboard.imaging.errors import Refused
from pinboard.imaging.sniff import HEAD, PHOTOS, REFUSED_KINDS, Kind, sniff

try:
    from pillow_heif import HeifImagePlugin  # noqa: F401 - importing it makes Pillow read HEIC

    HAS_HEIF = True
except ImportError:
    HAS_HEIF = False

MAX_PIXELS: Final = 60_000_000
LONGEST: Final = 2048

_FORMATS: dict[Kind, tuple[str, ...]] = {
    # A phone's JPEG with several pictures is told apart only after opening.
    Kind.JPEG: ("JPEG", "MPO"),
    Kind.PNG: ("PNG",),
    Kind.WEBP: ("WEBP",),
    Kind.TIFF: ("TIFF",),
    Kind.AVIF: ("AVIF",),
    Kind.HEIC: ("HEIF",),
}
_ORIENTATION: Final = 0x0112
_TURNED: Final = (5, 6, 7, 8)
"""EXIF orientations that swap rows and columns."""
_SRGB = ImageCms.createProfile("sRGB")


def read_photo(data: bytes | memoryview, longest: int = LONGEST) -> Display:
    """Decode a photo upright, in sRGB, into a new array.

    Parameters
    ----------
    data : bytes
        JPEG, PNG, WebP, TIFF, AVIF or HEIC; the first picture is taken, others, thumbnails and depth maps are not.
    longest : int
        Bound of the longer side in pixels; a full-size photo carries the noise pattern of one camera.

    Returns
    -------
    ndarray
        uint8, H×W for grey, H×W×3 RGB for colour. Transparent parts are white.

    Raises
    ------
    Refused
        By kind, "too-large" above 60 megapixels, "bomb", "heic-missing" or "damaged".
    """
    kind = sniff(bytes(data[:HEAD]), len(data))
    if kind not in PHOTOS:
        raise Refused(REFUSED_KINDS.get(kind, "not-an-image"))
    if kind is Kind.HEIC and not HAS_HEIF:
        raise Refused("heic-missing")
    # Pillow's own limit would warn only; the header is looked at before any pixel is decoded.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(data, kind, longest)
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise Refused("bomb") from None
    except Exception:  # noqa: BLE001 - Pillow's plugins raise every type there is on damaged files
        raise Refused("damaged") from None


def full_size(data: bytes | memoryview) -> tuple[int, int]:
    """Give the rows and columns that a photo has when it is upright and not reduced, without decoding it.

    Raises
    ------
    Refused
        By kind, or "damaged".
    """
    kind = sniff(bytes(data[:HEAD]), len(data))
    if kind not in PHOTOS:
        raise Refused(REFUSED_KINDS.get(kind, "not-an-image"))
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=_FORMATS[kind]) as image:
            warnings.simplefilter("ignore")
            is_turned = kind is not Kind.HEIC and image.getexif().get(_ORIENTATION) in _TURNED
            return image.size if is_turned else image.size[::-1]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - as above
        raise Refused("damaged") from None


def _decode(data: bytes | memoryview, kind: Kind, longest: int) -> Display:
    with Image.open(io.BytesIO(data), formats=_FORMATS[kind]) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Refused("too-large")
        if kind is Kind.JPEG:
            image.draft(image.mode, (longest, longest))
        profile = image.info.get("icc_profile")
        plain = _upright(image, kind)
        if plain.mode in {"I", "F"} or plain.mode.startswith("I;16"):
            plain = Image.fromarray(_eight_bits(np.asarray(plain)))
        plain = _flat(plain)
        if max(plain.size) > longest:
            plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        return np.array(_in_srgb(plain, profile), dtype=np.uint8)


def _upright(image: Image.Image, kind: Kind) -> Image.Image:
    # The HEIC plugin turns the picture itself but may leave a note in XMP: turning again would tip it over.
    if kind is not Kind.HEIC:
        try:
            turned = ImageOps.exif_transpose(image)
        except Exception:  # noqa: BLE001 - an unreadable EXIF block is no reason to refuse the picture
            turned = None
        if turned is not None:
            return turned
    image.load()
    return image.copy()


def _eight_bits(values: Array) -> Display:
    if values.dtype.kind == "f":
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        return np.asarray(np.nan_to_num((values - low) * (255.0 / (high - low or 1.0))).astype(np.uint8))
    # Cameras store 10, 12 or 14 bits in 16: the highest bit in use tells how many.
    bits = max(int(values.max()).bit_length(), 8)
    return np.asarray(np.clip(values.astype(np.int64) >> (bits - 8), 0, 255).astype(np.uint8))


def _flat(image: Image.Image) -> Image.Image:
    """Give L, RGB or CMYK; transparency is laid on white."""
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"}:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, image).convert("RGB")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            turned = None
        if turned is not None:
            return turned
    return image.convert("RGB") if image.mode == "CMYK" else image
