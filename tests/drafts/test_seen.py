"""What a process remembers of slices: bounded, by person, and large or small."""

from pinboard.drafts.seen import Seen
from pinboard.imaging.neighbours import Look

LOOK = Look(1.0, bytes(256), None)


def test_what_was_shown_is_known_of_who_saw_it_alone():
    seen = Seen()
    seen.show(1, [b"a"], is_large=False)
    assert seen.was_shown(1, b"a")
    assert not seen.was_shown(2, b"a")
    assert not seen.was_shown(1, b"b")


def test_large_stays_large():
    seen = Seen()
    seen.show(1, [b"a"], is_large=False)
    assert not seen.was_shown(1, b"a", is_large=True)
    seen.show(1, [b"a"], is_large=True)
    seen.show(1, [b"a"], is_large=False)
    assert seen.was_shown(1, b"a", is_large=True)


def test_the_oldest_is_forgotten_first():
    seen = Seen(most_shown=2, most_looks=2)
    for key in (b"a", b"b", b"a", b"c"):
        seen.show(1, [key], is_large=False)
        seen.learn({key: LOOK})
    assert [seen.was_shown(1, key) for key in (b"a", b"b", b"c")] == [True, False, True]
    assert set(seen.looks([b"a", b"b", b"c"])) == {b"a", b"c"}


def test_what_cannot_be_shown_is_known_too():
    seen = Seen()
    seen.learn({b"a": None})
    assert seen.looks([b"a", b"b"]) == {b"a": None}
