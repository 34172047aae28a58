"""Photos of every format with a marker in every place of the file that is not a pixel."""

from __future__ import annotations

import io
import re
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

from pinboard.imaging.photo import HAS_HEIF
from tests.dicoms import segment

MARK = "ZQXMARK"
_WORD = re.compile(rb"ZQXMARK[a-z]+")
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "AVIF", "HEIF")
PIXELS = np.random.default_rng(4).integers(0, 255, (6, 8, 3), np.uint8).repeat(12, axis=0).repeat(12, axis=1)
SECOND = np.zeros_like(PIXELS)


def mark(place: str) -> str:
    """Give a text that says where it was planted."""
    return f"{MARK}{place.replace(' ', '')}"


def planted_places(data: bytes) -> set[str]:
    """Name the places whose marker stands in some bytes, as it is or as UTF-16."""
    return {word.decode() for one in (data, data.replace(b"\0", b"")) for word in _WORD.findall(one)}


def exif(orientation: int = 1) -> bytes:
    """Give EXIF with texts, a maker's note, a comment, GPS and a thumbnail."""
    made = Image.Exif()
    made[0x0112] = orientation
    for tag, place in ((0x010E, "description"), (0x010F, "maker"), (0x0110, "model"), (0x013B, "artist")):
        made[tag] = mark(place)
    made[0x8298], made[0x0131], made[0x9C9B] = mark("copyright"), mark("software"), mark("title").encode("utf-16-le")
    more = made.get_ifd(0x8769)
    more[0x9286], more[0x927C] = b"ASCII\0\0\0" + mark("comment").encode(), mark("makernote").encode()
    more[0xA431], more[0xA430], more[0x9003] = mark("serial"), mark("owner"), "1991:11:17 11:22:33"
    gps = made.get_ifd(0x8825)
    gps[0x001D], gps[0x001C], gps[2] = "1991:11:17", mark("area").encode(), (48.0, 12.0, 33.0)
    return made.tobytes()


def xmp() -> bytes:
    return (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        f"<rdf:Description dc:creator='{mark('xmp')}'/></rdf:RDF></x:xmpmeta>"
    ).encode()


def profile() -> bytes:
    """Give sRGB as a profile with a tail that no reader needs."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    padded = plain + mark("icctail").encode() + b"\0" * 3
    return struct.pack(">I", len(padded)) + padded[4:]


def iptc() -> bytes:
    """Give a Photoshop block with IPTC words and a name of its own."""
    words = b"".join(b"\x1c\x02" + bytes([kind]) + struct.pack(">H", len(text)) + text for kind, text in (
        (0x50, mark("byline").encode()), (0x78, mark("caption").encode()),
    ))  # fmt: skip
    head = b"Photoshop 3.0\x008BIM" + struct.pack(">H", 0x0404) + b"\0\0" + struct.pack(">I", len(words))
    return head + words + b"\0" * (len(words) % 2)


def c2pa() -> bytes:
    """Give a box of content credentials."""
    body = b"jumdc2pa" + mark("credentials").encode()
    return struct.pack(">I4s", 8 + len(body), b"jumb") + body


def photo(form: str, *, orientation: int = 1, pixels: np.ndarray = PIXELS) -> bytes:
    """Give a photo with markers everywhere its format has room for them."""
    image = Image.fromarray(pixels)
    data = {
        "JPEG": _jpeg, "MPO": _mpo, "PNG": _png, "WEBP": _simple, "TIFF": _tiff, "AVIF": _simple, "HEIF": _heif,
    }[form](image, form, orientation)  # fmt: skip
    return data + mark("tail").encode()


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _jpeg(image: Image.Image, form: str, orientation: int) -> bytes:
    plain = _saved(
        image, form, quality=95, subsampling=0, exif=exif(orientation), icc_profile=profile(), xmp=xmp(),
        comment=mark("com"),
    )  # fmt: skip
    more = segment(0xED, iptc()) + segment(0xEB, b"JP\0\1\0\0\0\1" + c2pa()) + segment(0xEC, mark("ducky").encode())
    more += segment(0xE0, b"JFXX\0\x10" + mark("jfxx").encode()) + segment(0xE2, b"MPF\0" + mark("mpf").encode())
    return plain[:2] + more + plain[2:]


def _mpo(image: Image.Image, form: str, orientation: int) -> bytes:
    other = Image.fromarray(SECOND)
    plain = _saved(
        image, form, save_all=True, append_images=[other], quality=95, exif=exif(orientation), icc_profile=profile(),
    )  # fmt: skip
    return plain[:2] + segment(0xFE, mark("com").encode()) + segment(0xED, iptc()) + plain[2:]


def _png(image: Image.Image, form: str, orientation: int) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", mark("text"))
    texts.add_text("Comment", mark("ztext"), zip=True)
    texts.add_itxt("Title", mark("itext"))
    texts.add_itxt("XML:com.adobe.xmp", xmp().decode())
    plain = _saved(image, form, exif=exif(orientation), icc_profile=profile(), pnginfo=texts)
    return plain[:33] + chunk(b"caBX", c2pa()) + chunk(b"tIME", b"\x07\xc7\x0b\x11\x0b\x16\x21") + plain[33:]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _simple(image: Image.Image, form: str, orientation: int) -> bytes:
    more = {"lossless": True} if form == "WEBP" else {"quality": 100, "subsampling": "4:4:4"}
    return _saved(image, form, exif=exif(orientation), icc_profile=profile(), xmp=xmp(), **more)


def _tiff(image: Image.Image, form: str, orientation: int) -> bytes:
    return _saved(
        image, form, save_all=True, append_images=[Image.fromarray(SECOND)], icc_profile=profile(),
        description=mark("description"), artist=mark("artist"), copyright=mark("copyright"),
        software=mark("software"), exif=exif(orientation),
        tiffinfo={700: xmp(), 33723: iptc(), 34377: iptc(), 0x0112: orientation},
    )  # fmt: skip


def _heif(image: Image.Image, _form: str, orientation: int) -> bytes:
    import pillow_heif

    file = pillow_heif.from_pillow(image)
    file.add_frombytes("RGB", image.size, SECOND.tobytes())
    out = io.BytesIO()
    file.save(out, quality=100, chroma=444, exif=exif(orientation), xmp=xmp())
    return out.getvalue()


def is_here(form: str) -> bool:
    """Tell whether this installation reads a format."""
    return form != "HEIF" or HAS_HEIF
