"""Imports and warms up in the fork server whatever libraries would load late: under confinement nothing can be."""

from __future__ import annotations

import codecs
import contextlib
import importlib
import io
import logging
import warnings

_MODULES = (
    "brotli", "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.hmac",
    "cryptography.hazmat.primitives.kdf.hkdf", "hashlib", "hmac", "jpeg_ls", "libjpeg", "numpy", "numpy.fft",
    "numpy.linalg", "numpy.ma", "numpy.random", "openjpeg", "PIL.ExifTags", "PIL.Image", "PIL.ImageChops",
    "PIL.ImageCms", "PIL.ImageDraw", "PIL.ImageFile", "PIL.ImageFont", "PIL.ImageOps", "PIL.ImageStat", "PIL.TiffTags",
    "pillow_heif", "pydicom", "pydicom._private_dict", "pydicom.charset", "pydicom.config", "pydicom.dataelem",
    "pydicom.encaps", "pydicom.filebase", "pydicom.filereader", "pydicom.filewriter", "pydicom.pixels",
    "pydicom.pixels.decoders", "pydicom.pixels.encoders", "pydicom.pixels.processing", "pydicom.pixels.utils",
    "pydicom.sequence", "pydicom.uid", "pydicom.valuerep", "pydicom.values", "pylibjpeg", "pypdfium2", "rle", "zlib",
    "gdcm",
)  # fmt: skip
_CODECS = ("ascii", "cp1252", "idna", "latin_1", "punycode", "utf_7", "utf_8", "utf_8_sig", "utf_16", "utf_32")
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF", "BMP", "JPEG2000", "HEIF")


def preload() -> None:
    """Load every library of the jobs; those of an optional extra may be absent."""
    # A warning or a log line of a parser quotes what it read.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    # Pillow goes first and whole: loaded after gdcm, which brings a zlib of its own, its PNG codec corrupts the heap.
    _warm_pillow()
    for name in _MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _load_codecs()
    _warm_pydicom()


def _load_codecs() -> None:
    from pydicom.charset import python_encoding

    for name in {*_CODECS, *python_encoding.values()}:
        with contextlib.suppress(LookupError):
            codecs.lookup(name)


def _warm_pillow() -> None:
    from PIL import Image, ImageCms, ImageOps

    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.init()
    picture = Image.new("RGB", (16, 16))
    for name in _FORMATS:
        with contextlib.suppress(KeyError, OSError, ValueError):
            file = io.BytesIO()
            picture.save(file, name)
            ImageOps.exif_transpose(Image.open(io.BytesIO(file.getvalue()))).load()
    profile = ImageCms.createProfile("sRGB")
    ImageCms.profileToProfile(picture, profile, profile)


def _warm_pydicom() -> None:
    import pydicom
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

    dataset = pydicom.Dataset()
    dataset.PatientName = "A"
    dataset.StudyDate = "20000101"
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "2.25.1"
    file = io.BytesIO()
    pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    pydicom.dcmread(io.BytesIO(file.getvalue())).walk(lambda _dataset, element: element.value)
    for syntax in (ExplicitVRLittleEndian, JPEGBaseline8Bit, JPEGLSLossless, JPEG2000Lossless, RLELossless):
        _ = get_decoder(syntax).is_available
