"""Answers for each door alike with a bag: its page, its archive, how far that is, one of its pictures."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterator
from functools import partial

from flask import Response, abort, current_app, jsonify, make_response, render_template, request

from pinboard.carry import offline
from pinboard.carry.progress import Streams, counted
from pinboard.carry.queries import Bag, label, missing
from pinboard.ids import public_id
from pinboard.intake.carry import Run
from pinboard.intake.children import RefusedFile
from pinboard.intake.copying import Copy, pack, stream
from pinboard.intake.errors import IntakeError
from pinboard.intake.stills import LONGEST, MOST_FRAMES, MOST_SLICES, cine, stack, still, thinned
from pinboard.intake.stores import Stores
from pinboard.storage.media import MediaError
from pinboard.web.extensions import db, stores
from pinboard.web.headers import PICTURE_CSP
from pinboard.web.openings import note_download
from pinboard.web.text import _, ngettext

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
    """Stream the whole bag, or the one series that the address names; from the middle on, to whom it broke off."""
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
        way = streams.begin(bag.case_id, request.args.get("ticket", ""), copy.size)
        answer = _resumable(Response(counted(way, _checked(stores(), copy, bag), leave)), copy)
    except BaseException:
        leave()
        raise
    # A stream that nobody began to read, as after HEAD, has nothing of its own to end with.
    answer.call_on_close(leave)
    _note(bag, seat)
    return _saved(answer, "images.zip" if number is None else f"series-{number}.zip")


def _resumable(answer: Response, copy: Copy) -> Response:
    """Give a stream its size and its tag, and only what was asked for of it.

    What comes before is made anew and not sent: the checksums at the end of an archive are of all its bytes.
    """
    answer.content_type = "application/zip"
    answer.content_length = copy.size
    answer.set_etag(copy.tag)
    # A proxy in front would otherwise write it to its own disk first.
    answer.headers["X-Accel-Buffering"] = "no"
    answer.make_conditional(request, accept_ranges=True, complete_length=copy.size)
    return answer


def progress(bag: Bag) -> Response:
    """Say how far the archive of a ticket is; unknown here says nothing of what another process knows."""
    way = _streams().find(bag.case_id, request.args.get("ticket", ""))
    known = {"state": way.state, "sent": way.sent, "total": way.total} if way else {"state": "unknown"}
    return jsonify(known)


def picture(bag: Bag, seat: str, media: str, variant: str) -> Response:
    """Give one frame without loss, in its own window or one from the address; or all of a cine or stack."""
    if not bag.runs:
        raise IntakeError("nothing-to-carry")
    frame = FRAME.fullmatch(variant)
    make = _frame(bag, media, int(frame[1])) if frame else _moving(bag, media) if variant == CINE else None
    if make is None:
        abort(404)
    db.session.close()
    name = f"image-{int(frame[1]) + 1}.png" if frame else CINE
    answer = Response(content_type="image/png" if frame else "image/webp")
    if request.method != "HEAD":
        answer.set_data(_made(make))
        _note(bag, seat)
    answer.headers["Content-Security-Policy"] = PICTURE_CSP
    return _saved(answer, name)


def _frame(bag: Bag, media: str, frame: int) -> Callable[[], bytes] | None:
    found = bag.picture(media, frame)
    return partial(still, stores(), found.instance_id, frame, _window()) if found else None


def _moving(bag: Bag, media: str) -> Callable[[], bytes] | None:
    if found := bag.cine(media):
        return partial(cine, stores(), found.instance_id)
    run = bag.stack(media)
    if run is None:
        return None
    return partial(stack, stores(), [one.instance_id for one in run.stack], run.key_in_stack)


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
    return ngettext("about a minute", "about {count} minutes", minutes).format(count=minutes)


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


def _made(make: Callable[[], bytes]) -> bytes:
    try:
        return make()
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
    return {
        "number": run.number,
        "label": label(run),
        "size": megabytes(run.size),
        "missing": missing(run),
        "is_withheld": run.is_withheld,
        "png": f"{run.slices[place].media_name}/f{frame}.png",
        "thumb": f"{run.slices[place].media_name}/w236",
        "moving": None if run.is_withheld else _motion(run),
    }


def _motion(run: Run) -> dict[str, str] | None:
    """Say where a series as a moving picture is, and how it differs from the series; None where it has none."""
    first = run.slices[0]
    if len(run.slices) == 1 and first.frames > 1:
        words = _("As a moving picture: {shown} of {count} images, at most {longest} pixels wide or high.")
        count, shown = first.frames, thinned(first.frames, MOST_FRAMES)
    elif run.stack:
        words = _(
            "As a moving picture: {shown} of {count} images one after another, at most {longest} pixels wide or high, "
            "all in the window of the key image."
        )
        first, count, shown = run.stack[0], len(run.stack), thinned(len(run.stack), MOST_SLICES, run.key_in_stack)
    else:
        return None
    return {
        "address": f"{first.media_name}/{CINE}",
        "words": words.format(shown=len(shown), count=count, longest=LONGEST),
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
