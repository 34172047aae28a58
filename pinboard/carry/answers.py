"""Answers for each door alike with a bag: its page, its archive, how far that is, one of its pictures."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator

from flask import Response, abort, current_app, jsonify, make_response, render_template, request

from pinboard.carry import offline
from pinboard.carry.progress import Streams, counted
from pinboard.carry.queries import Bag, label, missing
from pinboard.ids import public_id
from pinboard.intake.carry import Copy, Run, pack, stream
from pinboard.intake.children import RefusedFile
from pinboard.intake.errors import IntakeError
from pinboard.intake.stills import cine, still
from pinboard.intake.stores import Stores
from pinboard.storage.media import MediaError
from pinboard.web.extensions import db, stores
from pinboard.web.headers import PICTURE_CSP
from pinboard.web.openings import note_download
from pinboard.web.text import _

FRAME = re.compile(r"f(0|[1-9][0-9]{0,5})\.png")
CINE = "cine.webp"
LINES = (16, 100)
"""Megabits a second of a telephone, and of a line at home."""
_BUSY_SECONDS = 60
log = logging.getLogger("pinboard.web")


def page(bag: Bag, template: str) -> Response:
    """Say what there is, how much it is and how long it takes, before anything starts."""
    size = sum(run.size for run in bag.open_runs)
    context = {
        "bag": bag,
        "back": bag.address,
        "base": f"{bag.address}/download",
        "series": [_line(run) for run in bag.runs],
        "withheld": [run for run in bag.runs if run.is_withheld],
        "size": megabytes(size),
        "times": [(line, duration(size, line)) for line in LINES],
        "ticket": public_id(),
        "is_own": bag.reader.register == "subject",
    }
    return make_response(render_template(template, **context))


def archive(bag: Bag, seat: str) -> Response:
    """Stream the whole bag, or the one series that the address names."""
    number = request.args.get("series", type=int)
    runs = [run for run in bag.open_runs if number in {None, run.number}]
    if number is not None and number not in {run.number for run in bag.runs}:
        abort(404)
    if bag.runs and not runs:
        raise IntakeError("stays-here")
    streams = _streams()
    leave = streams.take_place(_who(bag))
    if leave is None:
        raise IntakeError("busy", retry_after=_BUSY_SECONDS)
    try:
        copy = _packed(bag, runs)
    except BaseException:
        leave()
        raise
    way = streams.begin(bag.case_id, request.args.get("ticket", ""), copy.size)
    answer = Response(counted(way, _checked(stores(), copy, bag), leave), content_type="application/zip")
    answer.content_length = copy.size
    # A proxy in front would otherwise write it to its own disk first.
    answer.headers["X-Accel-Buffering"] = "no"
    # A stream that nobody began to read, as after HEAD, has nothing of its own to end with.
    answer.call_on_close(leave)
    _note(bag, seat)
    return _saved(answer, "images.zip" if number is None else f"series-{number}.zip")


def progress(bag: Bag) -> Response:
    """Say how far the archive of a ticket is; unknown here says nothing of what another process knows."""
    way = _streams().find(bag.case_id, request.args.get("ticket", ""))
    known = {"state": way.state, "sent": way.sent, "total": way.total} if way else {"state": "unknown"}
    return jsonify(known)


def picture(bag: Bag, seat: str, media: str, variant: str) -> Response:
    """Give one frame without loss, in its own window or one from the address; or all frames of a cine."""
    if not bag.runs:
        raise IntakeError("nothing-to-carry")
    frame = FRAME.fullmatch(variant)
    found = bag.picture(media, int(frame[1])) if frame else bag.cine(media) if variant == CINE else None
    if found is None:
        abort(404)
    db.session.close()
    name = f"image-{int(frame[1]) + 1}.png" if frame else CINE
    answer = Response(content_type="image/png" if frame else "image/webp")
    if request.method != "HEAD":
        answer.set_data(_made(found.instance_id, int(frame[1]) if frame else None))
        _note(bag, seat)
    answer.headers["Content-Security-Policy"] = PICTURE_CSP
    return _saved(answer, name)


def megabytes(size: int) -> str:
    """Say a size as people do."""
    if size < 1_000_000:
        return _("less than 1\u00a0MB")
    return (
        _("{count}\u00a0MB").format(count=round(size / 1e6))
        if size < 1e9
        else _("{count:.1f}\u00a0GB").format(count=size / 1e9)
    )


def duration(size: int, megabits: int) -> str:
    """Say how long so many bytes take on a line."""
    seconds = size * 8 / (megabits * 1e6)
    if seconds < 50:
        return _("less than a minute")
    minutes = math.ceil(seconds / 60)
    return _("about a minute") if minutes == 1 else _("about {count} minutes").format(count=minutes)


def _packed(bag: Bag, runs: list[Run]) -> Copy:
    texts = offline.texts(bag, runs)
    # The connection goes back to the pool before a child works, and long before the last byte has left.
    db.session.close()
    try:
        return pack(stores(), runs, texts)
    except RefusedFile:
        raise IntakeError("not-published") from None


def _checked(place: Stores, copy: Copy, bag: Bag) -> Iterator[bytes]:
    """Stream, and cut the connection where it cannot go on: what is broken must not look whole."""

    def is_still() -> bool:
        with place.reading() as session:
            return bag.is_still(session)

    try:
        yield from stream(place, copy, is_still)
    except (IntakeError, RefusedFile, MediaError) as error:
        log.warning("a copy broke off: %s", error.code)
        raise


def _made(instance_id: int, frame: int | None) -> bytes:
    try:
        if frame is None:
            return cine(stores(), instance_id)
        return still(stores(), instance_id, frame, _window())
    except (RefusedFile, MediaError):
        raise IntakeError("not-published") from None


def _window() -> tuple[float, float] | None:
    """Read a window from the address; half of one, or one that is no number, is none."""
    center, width = (request.args.get(name, type=float) for name in ("center", "width"))
    if center is None or width is None or not (math.isfinite(center) and 0 < width < math.inf):
        return None
    return center, width


def _line(run: Run) -> dict[str, object]:
    place, frame = run.key
    first = run.slices[0]
    return {
        "number": run.number,
        "label": label(run),
        "size": megabytes(run.size),
        "missing": missing(run),
        "is_withheld": run.is_withheld,
        "png": f"{run.slices[place].media_name}/f{frame}.png",
        "thumb": f"{run.slices[place].media_name}/w236",
        "cine": f"{first.media_name}/{CINE}" if len(run.slices) == 1 and run.frames > 1 else "",
    }


def _streams() -> Streams:
    found: Streams = current_app.extensions.setdefault("pinboard-streams", Streams())
    return found


def _who(bag: Bag) -> str:
    return f"s:{bag.reader.share_id}" if bag.reader.share_id is not None else f"u:{bag.reader.user_id}"


def _note(bag: Bag, seat: str) -> None:
    if request.method != "HEAD":
        note_download(bag.case_id, bag.reader, device=seat)


def _saved(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
