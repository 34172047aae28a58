"""Marks what was found in a text, word by word as the index sees them, so that a mark never lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pinboard.models.tokens import placed

Marked = list[tuple[str, bool]]
"""A text in pieces, each with whether it is what was looked for."""
SNIPPET = 160


class Marker:
    """Knows the words and phrases of one question."""

    def __init__(self, words: frozenset[str], phrases: tuple[tuple[str, ...], ...]) -> None:
        self.words = words
        self.phrases = {phrase for phrase in phrases if phrase}

    def mark(self, text: str) -> Marked:
        """Cut a text where a hit begins and ends."""
        pieces: Marked = []
        end = 0
        for start, stop in self._hits(text):
            pieces += [(text[end:start], False), (text[start:stop], True)]
            end = stop
        pieces.append((text[end:], False))
        return [piece for piece in pieces if piece[0]]

    def snippet(self, texts: Sequence[str]) -> Marked:
        """Give the surroundings of the first hit in the longer texts of a case."""
        for text in texts:
            first = next(self._hits(text or ""), None)
            if first:
                start = _between_words(text, max(0, first[0] - SNIPPET // 3), first[0])
                end = max(first[1], _between_words(text, min(len(text), start + SNIPPET), start))
                return self.mark(("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else ""))
        return []

    def _hits(self, text: str) -> Iterator[tuple[int, int]]:
        words = list(placed(text))
        at = 0
        while at < len(words):
            start, stop, found = words[at]
            length = max((self._length(words, at, phrase) for phrase in self.phrases), default=0)
            if length:
                yield start, words[at + length - 1][1]
            elif self.words.intersection(found):
                yield start, stop
            at += max(1, length)

    @staticmethod
    def _length(words: list[tuple[int, int, tuple[str, ...]]], at: int, phrase: tuple[str, ...]) -> int:
        """Give how many words of the text are this phrase, from one word on, or 0."""
        taken: tuple[str, ...] = ()
        for count, (_start, _stop, found) in enumerate(words[at : at + len(phrase)], start=1):
            taken += found
            if taken == phrase:
                return count
        return 0


def _between_words(text: str, place: int, other: int) -> int:
    """Move a cut out of the word that it falls into, towards another place: half a word would be marked as a whole."""
    step = 1 if place <= other else -1
    while 0 < place < len(text) and place != other and text[place - 1].isalnum() and text[place].isalnum():
        place += step
    return place
