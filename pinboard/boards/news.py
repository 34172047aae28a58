"""The line that says what is new in a feed or on a board, and the notes that it was seen."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request
from flask_login import current_user

from pinboard.boards import activity
from pinboard.boards.activity import News, Places
from pinboard.boards.blueprint import bp
from pinboard.policy import board_for
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import is_fragment, see_other
from pinboard.web.paging import LARGEST
from pinboard.web.times import since

__all__ = ["bp"]


@bp.get("/feed/news")
@access("reader")
def feed_news() -> Response:
    """Say what is new in the feed; nothing while that is what the page says already."""
    places = Places(seen=_number("seen"), top=_number("top"))
    return _line(activity.feed_news(db.session(), g.reader, places), places, "/feed")


@bp.post("/feed/seen")
@access("reader")
def feed_seen() -> Response:
    """Remember up to where the feed was seen."""
    given = [number for number in (_number("top"), _number("newest")) if number is not None]
    activity.see_feed(db.session(), g.reader, max(given, default=0))
    db.session.commit()
    return make_response("", 204) if is_fragment() else see_other("/")


@bp.get("/b/<slug>/news")
@access("reader")
def board_news(slug: str) -> Response:
    """Say what is new on a board."""
    places = Places(seen=_number("seen"), top=_number("top"))
    return _line(activity.board_news(db.session(), g.reader, slug, places), places, f"/b/{slug}")


@bp.post("/b/<slug>/seen")
@access("reader")
def board_seen(slug: str) -> Response:
    """Remember that a board was visited, and what was on it."""
    board = board_for(db.session(), g.reader, "see", slug)
    newest = _number("newest")
    activity.see_board(db.session(), g.reader, board, LARGEST if newest is None else newest)
    db.session.commit()
    return make_response("", 204) if is_fragment() else see_other(f"/b/{slug}")


def seen_of_feed() -> int | None:
    """Give up to where the reader of this request had seen the feed."""
    seen: int | None = current_user.feed_seen_seq
    return seen


def _line(news: News, places: Places, address: str) -> Response:
    if request.args.get("have") == news.tag:
        return make_response("", 204)
    is_first, is_feed = "have" not in request.args, address == "/feed"
    return make_response(
        render_template(
            "partials/boards/news.html",
            news=news,
            most=activity.MOST,
            day=since(news.since) if news.since else "",
            address=address,
            page="/" if is_feed else address,
            seen=places.seen,
            # What comes while the page is open is counted from what stood on it when it was made.
            top=(news.newest or 0) if places.top is None else places.top,
            # Coming to a board is seeing it; a feed is seen where its reader comes to what was seen before.
            notes_visit=is_first and (not is_feed or places.seen is None),
        )
    )


def _number(name: str) -> int | None:
    number = request.values.get(name, type=int)
    return number if number is not None and 0 <= number <= LARGEST else None
