"""Which slices of a run are raised for a closer look, and which are not."""

from __future__ import annotations

import pytest

from pinboard.imaging.neighbours import GRID, Look, standing_out

CELLS = GRID * GRID


def slices(count=40, *, start=0x0F0F_0F0F_0F0F_0F0F):
    """Give a run that changes slowly, as anatomy does: a bit or two and a grey level from slice to slice."""
    return [
        Look(60 + place * 0.5, bytes([30 + place % 3] * CELLS), start ^ (1 << place % 64)) for place in range(count)
    ]


def with_letters(look, first=3, cells=3):
    lit = look.brightest[:first] + b"\xff" * cells + look.brightest[first + cells :]
    return Look(look.mean + 0.4, lit, look.dhash)


def test_a_run_that_changes_slowly_raises_nothing():
    assert standing_out(slices()) == {}


@pytest.mark.parametrize("place", [0, 1, 17, 38, 39])
def test_letters_on_one_slice_raise_it_wherever_it_lies(place):
    run = slices()
    run[place] = with_letters(run[place])
    assert standing_out(run) == {place: "spot"}


def test_letters_on_every_slice_raise_none_of_them():
    assert standing_out([with_letters(look) for look in slices()]) == {}


def test_a_speck_is_no_letter():
    run = slices()
    run[7] = with_letters(run[7], cells=1)
    assert standing_out(run) == {}


def test_letters_in_a_corner_are_seen_although_bones_come_and_go_elsewhere():
    run = slices()
    for place, look in enumerate(run):
        bones = look.brightest[:100] + bytes([place * 67 % 256]) * 20 + look.brightest[120:]
        run[place] = Look(look.mean, bones, look.dhash)
    assert standing_out(run) == {}
    run[7] = with_letters(run[7], first=0)
    assert standing_out(run) == {7: "spot"}


def test_a_page_between_slices_differs_in_shape():
    run = slices()
    run[12] = Look(run[12].mean, run[12].brightest, run[12].dhash ^ (2**40 - 1))
    assert standing_out(run) == {12: "shape"}


def test_two_pages_in_a_row_do_not_hide_each_other():
    run = slices()
    for place in (38, 39):
        run[place] = Look(run[place].mean, run[place].brightest, run[place].dhash ^ (2**40 - 1))
    assert standing_out(run) == {38: "shape", 39: "shape"}


def test_a_change_that_lasts_is_no_oddity():
    run = slices(20) + [Look(140, bytes([200] * CELLS), look.dhash ^ (2**50 - 1)) for look in slices(20)]
    assert standing_out(run) == {}


def test_a_plain_slice_among_others_is_seen_and_a_plain_run_is_not():
    plain = [Look(3, bytes(CELLS), None)] * 12
    assert standing_out(plain) == {}
    run = slices()
    run[9] = Look(run[9].mean, run[9].brightest, None)
    assert standing_out(run) == {9: "shape"}


def test_a_bright_slice_among_darker_ones_is_seen():
    run = slices()
    run[20] = Look(150, run[20].brightest, run[20].dhash)
    assert standing_out(run) == {20: "brightness"}


def test_where_everything_differs_only_a_few_are_raised():
    run = slices(60)
    for place in range(0, 60, 5):
        run[place] = with_letters(run[place], place)
    assert len(standing_out(run)) == 8


def test_two_slices_have_no_surroundings():
    assert standing_out(slices(2)) == {}
