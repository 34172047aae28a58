"""Counts how much planted text lies in a detector's boxes, and how much else they cover."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bench.planted.make import Box, Item, Picture, Pixels

Find = Callable[[Pixels], Sequence[Box]]

COVERED = 0.95
"""Share of an item's glyph pixels that must lie in boxes."""


@dataclass(slots=True)
class Score:
    """What one detector did with one set; pairs are (hit, all)."""

    items: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    by_picture_kind: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    glyphs: list[int] = field(default_factory=lambda: [0, 0])
    pictures: list[bool] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    clean_wrong: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def item_recall(self) -> float:
        """Give the share of items that are covered."""
        return share([hit for hits in self.items.values() for hit in hits])

    @property
    def glyph_recall(self) -> float:
        """Give the share of all glyph pixels that lie in a box."""
        return self.glyphs[0] / max(self.glyphs[1], 1)

    @property
    def wholly(self) -> float:
        """Give the share of pictures all of whose items are covered."""
        return share(self.pictures)

    def table(self) -> str:
        """Lay the result out for reading."""
        most = max(self.clean_wrong, default=0)
        lines = [
            f"{'items covered':28}{self.item_recall:8.1%}   of {sum(map(len, self.items.values()))}",
            f"{'glyph pixels covered':28}{self.glyph_recall:8.2%}",
            f"{'pictures wholly covered':28}{self.wholly:8.1%}   of {len(self.pictures)}",
            f"{'wrongly covered':28}{mean(self.wrong):8.2%}   at most {max(self.wrong, default=0):.2%}",
            f"{'wrongly covered when clean':28}{mean(self.clean_wrong):8.3%}   at most {most:.2%}",
            f"{'seconds per picture':28}{mean(self.seconds):8.2f}   at most {max(self.seconds, default=0):.2f}",
        ]
        for title, groups in (("by kind of text", self.items), ("by kind of picture", self.by_picture_kind)):
            lines += ["", title, *(f"  {name:26}{share(hits):8.1%}   of {len(hits)}" for name, hits in groups.items())]
        return "\n".join(lines)


def score(planted: Iterable[Picture], clean: Iterable[Picture], find: Find) -> Score:
    """Measure one detector; its boxes count as they are, without the margin that painting adds."""
    result = Score()
    for picture in planted:
        covered = _looked_at(picture, find, result)
        hits = [_is_covered(item, covered) for item in picture.items]
        for item, hit in zip(picture.items, hits, strict=True):
            result.items[item.kind].append(hit)
            result.by_picture_kind[picture.kind].append(hit)
            if not hit:
                part = float(_under(item, covered).mean())
                result.missed.append(
                    f"{picture.name}: {item.kind}, {item.size} px, at {item.left},{item.top}: {part:.0%}"
                )
        glyphs = picture.glyphs()
        result.glyphs[0] += int((glyphs & covered).sum())
        result.glyphs[1] += int(glyphs.sum())
        result.pictures.append(all(hits))
        result.wrong.append(float((covered & ~_text_area(picture)).mean()))
    for picture in clean:
        result.clean_wrong.append(float(_looked_at(picture, find, result).mean()))
    return result


def _looked_at(picture: Picture, find: Find, result: Score) -> npt.NDArray[np.bool_]:
    start = time.perf_counter()
    boxes = find(picture.pixels)
    result.seconds.append(time.perf_counter() - start)
    covered = np.zeros(picture.pixels.shape[:2], np.bool_)
    for x0, y0, x1, y1 in boxes:
        covered[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = True
    return covered


def _under(item: Item, covered: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    rows, columns = item.glyphs.shape
    return covered[item.top : item.top + rows, item.left : item.left + columns][item.glyphs]


def _is_covered(item: Item, covered: npt.NDArray[np.bool_]) -> bool:
    return float(_under(item, covered).mean()) >= COVERED


def _text_area(picture: Picture) -> npt.NDArray[np.bool_]:
    """Give where boxes may be: round each text with the margin that painting would add anyway."""
    area = np.zeros(picture.pixels.shape[:2], np.bool_)
    for item in picture.items:
        rows, columns = item.glyphs.shape
        margin = max(6, round(0.15 * min(rows, columns)))
        top, left = max(0, item.top - margin), max(0, item.left - margin)
        area[top : item.top + rows + margin, left : item.left + columns + margin] = True
    return area


def share(hits: Sequence[bool]) -> float:
    """Give the share of hits; 1 where there was nothing to hit."""
    return sum(hits) / len(hits) if hits else 1.0


def mean(values: Sequence[float]) -> float:
    """Give the mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
