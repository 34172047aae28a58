"""Remembers which areas people painted on images of one kind of device, and which they did not; it only ever suggests.

What is remembered knows no case, no subject and no picture: a keyed hash of the device, corners, and two counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import clock
from pinboard.deid.rectangles import Rectangle, area, common, covered, likeness, union
from pinboard.models import DrawnBox, Fill, Instance, RememberedBox

ENOUGH = 0.8
"""Share of an area under other ones from which on it counts as painted."""
SAME = 0.5
"""Likeness from which on two areas, drawn by hand, are about the same thing."""
FORGOTTEN = 0.25
"""Confidence below which an area is not worth a line any more."""
UNUSED = timedelta(days=730)
MOST = 40
_SAMPLED = 50
_WHOLE = 0.6

Votes = Counter[frozenset[Rectangle]]


@dataclass(frozen=True, slots=True)
class Remembered:
    """An area that was painted before on images of the same device and shape."""

    box: Rectangle
    confidence: float


def suggest(session: Session, device: str, rows: int, columns: int) -> list[Remembered]:
    """Give what to paint on an image of a device, the surest first; what lies in a surer one is left out."""
    known = select(RememberedBox).where(RememberedBox.device == device)
    found: list[Remembered] = []
    for row in sorted(session.scalars(known), key=lambda row: (-_confidence(row), -area(_corners(row)), row.id)):
        box = common(_corners(row), (0, 0, columns, rows))
        if area(box) and _confidence(row) >= FORGOTTEN and covered(box, [one.box for one in found]) < ENOUGH:
            found.append(Remembered(box, _confidence(row)))
    return found


def learn(session: Session, instances: Sequence[Instance]) -> None:
    """Count for each device of a case what was painted and what was not: one voice for a case, however many images."""
    by_device: dict[str, list[Instance]] = {}
    for instance in instances:
        if instance.device is not None:
            by_device.setdefault(instance.device, []).append(instance)
    for device, images in by_device.items():
        _learn(session, device, _votes(session, images[:: len(images) // _SAMPLED + 1]), images[0])


def forget_unused(session: Session, now: datetime) -> None:
    """Forget what no image has met for two years; the device is gone, or its layout is another."""
    session.execute(delete(RememberedBox).where(RememberedBox.used_at < now - UNUSED))


def _learn(session: Session, device: str, votes: Votes, image: Instance) -> None:
    now, total = clock.now(), votes.total()
    rows = list(session.scalars(select(RememberedBox).where(RememberedBox.device == device).order_by(RememberedBox.id)))
    for row in rows:
        is_kept = 2 * sum(count for drawn, count in votes.items() if _is_kept(_corners(row), drawn)) >= total
        row.kept, row.thrown = row.kept + is_kept, row.thrown + (not is_kept)
        row.used_at = now if is_kept else row.used_at
    for box in _new(votes, total, image):
        _remember(session, rows, RememberedBox(device=device, kept=1, thrown=0, used_at=now, fill=Fill.BLOCK), box)
    session.flush()
    ranked = sorted(rows, key=lambda row: (_confidence(row), row.used_at), reverse=True)
    for place, row in enumerate(ranked):
        if place >= MOST or _confidence(row) < FORGOTTEN:
            session.delete(row)
    session.flush()


def _votes(session: Session, images: Sequence[Instance]) -> Votes:
    """Give what was painted on every frame of each image."""
    drawn: dict[int, set[Rectangle]] = {image.id: set() for image in images}
    singles = {image.id for image in images if image.frame_count == 1}
    for box in session.scalars(select(DrawnBox).where(DrawnBox.instance_id.in_(list(drawn)))):
        if box.frame is None or box.instance_id in singles:
            drawn[box.instance_id].add((box.x0, box.y0, box.x1, box.y1))
    return Counter(frozenset(boxes) for boxes in drawn.values())


def _new(votes: Votes, total: int, image: Instance) -> list[Rectangle]:
    """Give the areas that a third of the images had, the largest first; one of the whole picture says nothing."""
    counts: Counter[Rectangle] = Counter()
    for drawn, count in votes.items():
        counts.update(dict.fromkeys(drawn, count))
    most = _WHOLE * image.rows * image.columns
    return sorted((box for box, count in counts.items() if 3 * count >= total and area(box) < most), key=area)[::-1]


def _remember(session: Session, rows: list[RememberedBox], row: RememberedBox, box: Rectangle) -> None:
    """Add an area, or let one that is about the same thing grow round it."""
    if covered(box, map(_corners, rows)) >= ENOUGH:
        return
    alike = max(rows, key=lambda known: likeness(_corners(known), box), default=None)
    if alike is not None and likeness(_corners(alike), box) >= SAME:
        grown = union(_corners(alike), box)
        if grown not in map(_corners, rows):
            alike.x0, alike.y0, alike.x1, alike.y1 = grown
        return
    row.x0, row.y0, row.x1, row.y1 = box
    rows.append(row)
    session.add(row)


def _is_kept(box: Rectangle, drawn: Iterable[Rectangle]) -> bool:
    boxes = list(drawn)
    return covered(box, boxes) >= ENOUGH or any(likeness(box, other) >= SAME for other in boxes)


def _confidence(row: RememberedBox) -> float:
    return (row.kept + 1) / (row.kept + row.thrown + 2)


def _corners(row: RememberedBox) -> Rectangle:
    return row.x0, row.y0, row.x1, row.y1
