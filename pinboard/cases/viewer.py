"""What the viewer asks of a series beside its frames.

`GET /c/<case>/series/<number>/view.json`, and the same below `/my/c/<case>` and `/s/<link>`, answers

    {"version": 1,
     "parts": [[media name, frames, columns, rows, index into views, first frame (left out where it is 0)], …],
     "views": [{…}],
     "modality": "CT",
     "presets": [{"key": "lung", "label": "Lung", "center": -600, "width": 1500, "function": "LINEAR"}, …],
     "frame_time": 33.3,       milliseconds from frame to frame, null where it is no cine
     "key": 17,                the frame that stands for the series
     "slice_gap": 5.0,         mm from slice to slice, null where it is not known
     "volume": {…}}            of slices that lie evenly, see below; {"why": "…"} of others, null of what is no stack

The frames of a series are those of its parts, one after the other. An instance whose frames differ in more than their
place stands in several parts with the same media name. What frames have in common is one of `views`:

    {"dtype": "<i2", "samples": 1, "bits": 12, "photometric": "MONOCHROME2",
     "spacing": [row, column],                        mm, or null
     "spacing_kind": "patient",                       or "detector" (larger than in the body), "region", "none"
     "regions": [[x0, y0, x1, y1], …],                with "region" alone: where the spacing holds
     "aspect": [height, width],                       of a pixel, where only that is known; or null
     "orientation": [6 cosines],                      or null
     "sides": ["L", "P", "R", "A"],                   letters right, below, left, above; or null
     "positions": [[x, y, z] or null, …],             one for each frame of this view in their order; or null
     and, of grey values (samples 1) alone:
     "slope": 1.0, "intercept": -1024.0, "unit": "HU",
     "preset": "abdomen",                                     the one to show it in where it has no window; or null
     "modality_lut": {"first": 0, "bits": 16, "data": […], "label": ""},   or null; then slope and intercept are unused
     "windows": [{"center": 40, "width": 400, "function": "LINEAR", "label": ""}],     or LINEAR_EXACT, SIGMOID
     "voi_lut": [{"first": 0, "bits": 12, "data": […], "label": ""}],      a first entry goes before the windows
     "padding": -2000}                                stored value outside the picture, [from, to], or null

An even volume can be cut along its rows and columns (`imaging.volume`). Axis 0 runs along a row, 1 down a column, 2
from frame to frame; a plane shows two of them, forwards (1) or backwards (-1):

    {"gap": 3.0,                                     mm from slice to slice
     "bytes": 12582912,                              what all values need
     "planes": [{"name": "axial", "label": "Axial", "across": [0, 1], "down": [1, 1], "sides": ["L", "P", "R", "A"]},
                {"name": "coronal", …}, {"name": "sagittal", …}]}

A frame is `/media/<media name>/n<frame>` (below `/s/<link>/media/` for the holder of a link) as it is stored: the rows
of little-endian words, each the difference to its left neighbour modulo its size, of which first all lowest bytes
stand, then all next ones (`imaging.frames`). It comes with `Content-Encoding: br`, or without where a browser takes no
brotli, which is so on a page without TLS. `f<frame>` is the same frame as a JPEG in the window of the file.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, request
from flask_login import current_user
from sqlalchemy import select

from pinboard.cases import queries
from pinboard.cases.queries import Run
from pinboard.intake import covering
from pinboard.models import Case, CaseState, Instance
from pinboard.policy import NotFound, case_for
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import see_other, toast
from pinboard.web.text import _
from pinboard.web.viewing import answer, series_view

bp = Blueprint("viewer", __name__)


@bp.get("/c/<case_id>/series/<int:number>/view.json")
@access("reader")
def view(case_id: str, number: int) -> Response:
    """Describe a series to the viewer."""
    session = db.session()
    run = _run(case_for(session, g.reader, "see", case_id), number)
    names = [part.media_name for part in run.parts]
    return answer(series_view(session, names, key=run.key, frame_time=run.time))


@bp.post("/c/<case_id>/series/<int:number>/key")
@access("reader")
def choose_key(case_id: str, number: int) -> Response:
    """Let the frame `frame` of a series stand for it and for the case."""
    session = db.session()
    case = case_for(session, g.reader, "edit", case_id)
    run, frame = _run(case, number), request.form.get("frame", -1, type=int)
    if not 0 <= frame < run.frames:
        abort(422)
    part, own = run.place(frame)
    instance = session.scalars(select(Instance).where(Instance.media_name == part.media_name)).one()
    covering.choose(session, instance, own, by=current_user.user)
    db.session.commit()
    toast(_("This image now stands for the case."))
    return see_other(f"/c/{case.public_id}/series/{number}?frame={frame}#stage")


def _run(case: Case, number: int) -> Run:
    runs = [] if case.state in {CaseState.DRAFT, CaseState.PUBLISHING} else queries.runs(db.session(), case.id)
    if not 1 <= number <= len(runs):
        raise NotFound
    return runs[number - 1]
