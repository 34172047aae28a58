"""A page of a PDF becomes the picture that is seen, and nothing else of it."""

import numpy as np
import pydicom
import pytest

from pinboard.imaging.errors import REFUSALS, Refused
from pinboard.imaging.pages import LONGEST, MOST_PAGES, read_page
from tests.documents import pdf
from tests.samples import sample


def test_each_page_is_rendered_upright_and_dark_on_white():
    data = pdf("First", "Second")
    first, second = read_page(data, 0), read_page(data, 1)
    assert first.count == second.count == 2
    assert first.picture.shape == (LONGEST, 1448)
    assert (first.picture != second.picture).any()
    inked = np.argwhere(first.picture < 128)
    # 60 points from the left and 90 from above, of 842 points on 2048 pixels.
    scale = LONGEST / 842
    assert abs(inked[:, 1].min() - 60 * scale) < 12
    assert 66 * scale < inked[:, 0].min() < inked[:, 0].max() < 96 * scale
    assert first.picture[0, 0] == 255


def test_a_page_with_colours_keeps_them_and_one_without_has_none():
    report = pydicom.dcmread(sample("documents/encapsulated-pdf.dcm")).EncapsulatedDocument
    page = read_page(report, 0).picture
    assert page.shape == (2048, 1583, 3)
    assert (page[..., 0].astype(int) - page[..., 2]).max() > 60
    assert read_page(pdf("grey"), 0).picture.ndim == 2


def test_a_wide_page_and_a_tiny_one_are_bounded():
    assert read_page(pdf("wide", size=(3000, 300)), 0).picture.shape == (205, 2048)
    assert read_page(pdf("tiny", size=(100, 100)), 0).picture.shape == (400, 400)


@pytest.mark.parametrize(
    ("data", "index", "code"),
    [
        (b"", 0, "damaged"),
        (b"%PDF-1.7\n1 0 obj", 0, "damaged"),
        (pdf("one")[:200], 0, "damaged"),
        (pdf("one"), 1, "damaged"),
        (pdf("one"), -1, "damaged"),
        (pdf(*["page"] * (MOST_PAGES + 1)), 0, "too-many-pages"),
    ],
    ids=["nothing", "a head", "half", "past the end", "before the start", "a book"],
)
def test_what_cannot_be_shown_is_refused(data, index, code):
    with pytest.raises(Refused) as refusal:
        read_page(data, index)
    assert refusal.value.code == code


def test_the_most_pages_are_taken():
    assert read_page(pdf(*["page"] * MOST_PAGES), MOST_PAGES - 1).count == MOST_PAGES
    assert f"more than {MOST_PAGES} pages" in REFUSALS["too-many-pages"]


def test_a_script_is_not_run_and_a_locked_file_not_opened():
    script = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"
    assert read_page(pdf("one", extra=script), 0).count == 1
    # Revision 2 of the standard handler, with a password that nobody here knows.
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    locked = pdf("secret").replace(b"/Root 1 0 R", b"/Root 1 0 R/ID[<00><00>]" + lock)
    with pytest.raises(Refused) as refusal:
        read_page(locked, 0)
    assert refusal.value.code == "pdf-locked"
