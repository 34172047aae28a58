"""Reasons to refuse a file, with the sentence that tells its owner what to do; none holds a value of the file."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    "empty": "This file is empty. Choose it again, or export it anew.",
    "not-an-image": "This is not a picture that Pinboard reads. Choose DICOM, JPEG, PNG, WebP, TIFF, AVIF, HEIC or "
    "PDF.",
    "damaged": "This file is damaged or incomplete. Export it again from where it came.",
    "unsupported-syntax": "This file is compressed in a way that cannot be read here, such as video. Export it as "
    "uncompressed, JPEG or JPEG 2000 DICOM.",
    "unsupported-kind": "This DICOM object is not an image (a structured report, plan, segmentation or index). "
    "Choose the images themselves.",
    "missing-uid": "This DICOM file lacks a number (UID) that says which image it is or to which series it belongs. "
    "Export it again from where it came.",
    "no-pixels": "This DICOM file has a header but no image in it. Choose the files that hold the images.",
    "too-large": "This picture is larger than can be taken. Export it in a smaller size or with fewer frames.",
    "bomb": "This file unpacks to far more than its size promises, so it was not opened. Export it uncompressed.",
    "pdf": "This is a report in PDF. Its pages become images when it is added to a case; here it was left out.",
    "pdf-locked": "This PDF is locked with a password. Save it without one and choose it again.",
    "too-many-pages": "This document has more than 40 pages. Save those that the question needs as a PDF of their own.",
    "tracing": "This is an ECG recording. It is drawn as images when it is added to a case; here it was left out.",
    "no-tracing": "No lead of this recording says how many millivolts it shows, so it cannot be drawn to scale. Export "
    "the ECG as a PDF.",
    "too-long-recording": "This recording is longer than two minutes. Export the stretch that matters as an ECG of its "
    "own.",
    "svg": "SVG drawings are not taken. Export the drawing as a PNG picture.",
    "video": "Video files are not taken. Export the cine as multi-frame DICOM or single frames as pictures.",
    "gif": "GIF is not taken. Export the picture as PNG or JPEG.",
    "archive": "This is an archive. Unpack it and choose the images in it.",
    "archive-large": "This archive holds more than can be unpacked here. Choose the folder that is in it instead.",
    "packing": "This file is packed in a way that cannot be opened here. Unpack it on your device first.",
    "index": "This is the index of a CD, which holds no image itself.",
    "encrypted": "This file is locked with a password. Unpack it on your device and choose the images in it.",
    "heic-missing": "HEIC cannot be read on this server. Export the photo as JPEG.",
}
"""Sentence by code. Codes are stable: receipts, tests and the command line name them."""


class Refused(Exception):  # noqa: N818 - the name is the word the pages use
    """A file that is not taken; `code` is a key of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Give the plain sentence for the owner of the file."""
        return REFUSALS.get(self.code, REFUSALS["damaged"])
