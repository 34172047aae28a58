"""Renders the pages of a PDF as pictures, because the document itself is never kept."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pypdfium2
from pypdfium2 import raw

from pinboard.imaging.errors import Refused

if TYPE_CHECKING:
    from pinboard.imaging.arrays import Display

LONGEST: Final = 2048
"""Pixels of a page's longer side: 175 to the inch on A4, at which the small print of a report can be read."""
MOST_PAGES: Final = 40
_FINEST: Final = 4.0
"""Pixels for a point of a very small page."""
_LOCKED: Final = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}


def _only_fonts_of_our_own() -> Any:
    """Let a page that embeds no fonts look the same on every server, and open no file for it."""
    fonts = raw.FPDF_SYSFONTINFO()
    fonts.version = 1
    raw.FPDF_SetSystemFontInfo(ctypes.byref(fonts))
    return fonts


_FONTS = _only_fonts_of_our_own()


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it is seen, and how many there are."""

    picture: Display
    count: int


def read_page(data: bytes | memoryview, index: int, longest: int = LONGEST) -> Page:
    """Render one page of a PDF and no other.

    Parameters
    ----------
    data : bytes
        The whole file.
    index : int
        Page number from 0.
    longest : int
        Bound of the longer side in pixels.

    Returns
    -------
    Page
        `picture` is uint8 on white: H×W where the page has no colours, else H×W×3 RGB. Notes and filled fields are
        drawn as they would be printed; scripts, links and attachments are not looked at.

    Raises
    ------
    Refused
        "pdf-locked" when it takes a password, "too-many-pages" above `MOST_PAGES`, "damaged" when it cannot be read
        or has no such page.
    """
    try:
        document = pypdfium2.PdfDocument(bytes(data))
    except pypdfium2.PdfiumError as error:
        raise Refused("pdf-locked" if error.err_code in _LOCKED else "damaged") from None
    count = len(document)
    if count > MOST_PAGES:
        raise Refused("too-many-pages")
    if not 0 <= index < count:
        raise Refused("damaged")
    try:
        if document.get_formtype():
            document.init_forms()
        return Page(_render(document[index], longest), count)
    except pypdfium2.PdfiumError:
        raise Refused("damaged") from None


def _render(page: Any, longest: int) -> Display:
    width, height = page.get_size()
    if not (1 <= width <= 1e6 and 1 <= height <= 1e6):
        raise Refused("damaged")
    scale = min(longest / max(width, height), _FINEST)
    # Without smoothing for one kind of screen, whose coloured fringes would make a colour picture of every page.
    bitmap = page.render(scale=scale, rev_byteorder=True, limit_image_cache=True)
    picture = np.array(bitmap.to_numpy(), dtype=np.uint8)
    return _without_colour(picture[..., :3] if picture.ndim == 3 else picture)


def _without_colour(picture: Display) -> Display:
    if picture.ndim == 2:
        return picture
    red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
    is_grey = np.array_equal(red, green) and np.array_equal(green, blue)
    return np.ascontiguousarray(red if is_grey else picture)
