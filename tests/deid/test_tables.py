"""Tables of grey levels and colours keep their entries and nothing behind them; segments are written out."""

import struct

import pytest

from pinboard.deid.tables import cut, expand, settle_tables

DESCRIPTOR = {8: [6, 0, 8], 16: [6, 0, 16]}
COLOURS = ("Red", "Green", "Blue")


def words(values):
    data = bytes(values) + b"\0" * (len(values) % 2)
    return list(struct.unpack(f"<{len(data) // 2}H", data))


@pytest.mark.parametrize(
    ("descriptor", "given", "kept"),
    [
        ([3, 0, 16], [1, 2, 3], [1, 2, 3]), ([3, 0, 16], [1, 2, 3, 4], [1, 2, 3]), ([3, 0, 16], [1, 2], None),
        ([4, 0, 8], [1, 2], [1, 2]), ([4, 0, 8], [1, 2, 3], [1, 2]), ([3, 0, 8], [1, 2, 3], [1, 2, 3]),
        ([0, 0, 16], [7] * 65_536, [7] * 65_536), ([0, 0, 16], [7] * 65_535, None),
    ],
)  # fmt: skip
def test_a_table_ends_where_its_descriptor_says(descriptor, given, kept):
    assert cut(descriptor, given) == kept


@pytest.mark.parametrize(
    ("segments", "entries"),
    [
        ([0, 6, 10, 20, 30, 40, 50, 60], [10, 20, 30, 40, 50, 60]),
        ([0, 1, 10, 1, 5, 60], [10, 20, 30, 40, 50, 60]),
        ([0, 2, 1, 2, 0, 2, 3, 4, 2, 1, 0, 0], [1, 2, 3, 4, 1, 2]),
    ],
)
def test_segments_of_words_are_written_out(segments, entries):
    assert expand(DESCRIPTOR[16], segments) == entries


def test_segments_of_bytes_are_written_out():
    assert expand(DESCRIPTOR[8], words([0, 1, 10, 1, 5, 60])) == words([10, 20, 30, 40, 50, 60])
    assert expand(DESCRIPTOR[8], words([0, 3, 1, 2, 3, 2, 1, 0, 0, 0, 0])) == words([1, 2, 3, 1, 2, 3])


@pytest.mark.parametrize(
    "segments",
    [[], [0, 5, 1, 2, 3, 4, 5], [0, 7, 1, 2, 3, 4, 5, 6, 7], [1, 6, 60], [9, 6, 1], [0, 9, 1], [2, 1, 0, 0],
     [0, 2, 1, 2, 2, 3, 4, 0], [0, 6, 1, 2, 3, 4, 5, 6, 0, 4, 7, 7, 7, 7]],
)  # fmt: skip
def test_what_does_not_fill_a_table_is_dropped(segments):
    assert expand(DESCRIPTOR[16], segments) is None


def palette(form, data):
    header = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in COLOURS:
        header[f"{colour}PaletteColorLookupTableDescriptor"] = DESCRIPTOR[16]
        header[f"{form}{colour}PaletteColorLookupTableData"] = data
    return header


def test_a_segmented_palette_becomes_a_plain_one():
    header = palette("Segmented", [0, 1, 10, 1, 5, 60])
    settle_tables(header)
    assert not any(keyword.startswith("Segmented") for keyword in header)
    assert header["GreenPaletteColorLookupTableData"] == [10, 20, 30, 40, 50, 60]


def test_segments_beside_a_plain_palette_are_dropped():
    header = palette("", [1, 2, 3, 4, 5, 6, 99]) | palette("Segmented", [0, 1, 10, 1, 5, 60])
    settle_tables(header)
    assert not any(keyword.startswith("Segmented") for keyword in header)
    assert header["RedPaletteColorLookupTableData"] == [1, 2, 3, 4, 5, 6]


def test_another_picture_has_no_palette():
    header = palette("", [1, 2, 3, 4, 5, 6]) | {"PhotometricInterpretation": "MONOCHROME2"}
    settle_tables(header)
    assert header == {"PhotometricInterpretation": "MONOCHROME2"}


def test_tables_of_grey_levels_are_cut_and_short_ones_go():
    good = {"LUTDescriptor": [2, 0, 16], "LUTData": [5, 6, 7]}
    header = {
        "PhotometricInterpretation": "MONOCHROME2",
        "VOILUTSequence": [good, {"LUTDescriptor": [9, 0, 16], "LUTData": [1]}],
        "ModalityLUTSequence": [{"LUTDescriptor": [9, 0, 16], "LUTData": [1]}],
    }
    settle_tables(header)
    assert header["VOILUTSequence"] == [{"LUTDescriptor": [2, 0, 16], "LUTData": [5, 6]}]
    assert "ModalityLUTSequence" not in header
