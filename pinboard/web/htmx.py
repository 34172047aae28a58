"""The one module that knows htmx's headers: a page, its fragment, a redirect, a refusal, a toast."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request


def is_htmx() -> bool:
    """Tell whether htmx asks, for a fragment or for a page."""
    return request.headers.get("HX-Request") == "true"


def is_fragment() -> bool:
    """Tell whether only a part of the page is wanted."""
    return is_htmx() and request.headers.get("HX-Request-Type") == "partial"


def respond(page: str, partial: str, /, *, status: int = 200, **context: Any) -> Response:
    """Answer with the whole page, or with the very partial that the page includes."""
    return make_response(render_template(partial if is_fragment() else page, **context), status)


def see_other(url: str) -> Response:
    """Send the browser to another page after a change; htmx loads it as a page, not into a part of this one."""
    if is_htmx():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = url
        return answer
    return make_response(redirect(url, code=303))


def invalid(partial: str, target: str | None = None, /, *, page: str | None = None, **context: Any) -> Response:
    """Answer 422 with the form again, its errors beside the fields; `target` is where htmx puts it.

    Without JavaScript the answer is `page`, or else a plain page around the partial.
    """
    if is_fragment():
        answer = make_response(render_template(partial, **context), 422)
        if target:
            answer.headers["HX-Retarget"] = target
        return answer
    return make_response(render_template(page or "errors/invalid.html", partial=partial, **context), 422)


def toast(text: str, *, undo: str | None = None) -> None:
    """Say something in passing: at the bottom of the screen, or on the next page without JavaScript."""
    g.setdefault("toasts", []).append({"text": text, "undo": undo})


def send_toasts(response: Response) -> Response:
    """Put what `toast` collected where the browser will show it."""
    waiting = g.pop("toasts", [])
    if waiting and is_fragment() and "HX-Redirect" not in response.headers:
        # Sent to the body, because what asked may be gone from the page by then.
        response.headers["HX-Trigger"] = json.dumps({"pinboard:toast": {**waiting[-1], "target": "body"}})
        return response
    for item in waiting:
        flash(item["text"], "success")
    return response
