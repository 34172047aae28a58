"""Decides who may call a route at all: every view says so with `@access`, and one that does not is never answered.

What somebody may see inside is the gate's business (`pinboard.policy`); this is only the front door.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, make_response, request
from flask_login import current_user

from pinboard.models import Role
from pinboard.policy import Reader, reader_for
from pinboard.web.errors import PENDING, answer
from pinboard.web.extensions import SAFE, db, release
from pinboard.web.htmx import is_htmx, see_other
from pinboard.web.requests import forget_body

View = TypeVar("View", bound=Callable[..., Any])

AUDIENCES: dict[str, Callable[[Reader], bool]] = {
    "public": lambda _: True,
    # Opened by a secret in the address; the view answers for it.
    "share": lambda _: True,
    "signed-in": lambda reader: reader.user_id is not None,
    "member": lambda reader: reader.role in {Role.CLINICIAN, Role.TRAINEE, Role.DESK},
    # May prepare drafts: a clinician whose account still waits to be checked, too. The desk has no way in yet.
    "author": lambda reader: reader.role == Role.CLINICIAN,
    "clinician": lambda reader: reader.role == Role.CLINICIAN and reader.verified,
    "reader": lambda reader: reader.role in {Role.CLINICIAN, Role.TRAINEE} and reader.verified,
    # Decides about flagged cases.
    "reviewer": lambda reader: reader.is_reviewer,
    "desk": lambda reader: reader.role == Role.DESK,
    "patient": lambda reader: reader.role == Role.PATIENT,
    "admin": lambda reader: reader.is_admin,
}
WITHOUT_DATABASE = frozenset({"health.healthz", "health.readyz", "health.robots"})
WHILE_LOCKED = frozenset({"accounts.lock", "accounts.lock_now", "accounts.unlock", "accounts.logout"})
# The same for everybody, and a worker of the browser must not be led elsewhere.
WHILE_LOCKED |= {"pwa.manifest", "pwa.worker", "pwa.offline"}

INSTEAD = {"drafts.take_shared": "/new/shared"}
"""What was sent to these is lost while somebody signs in; the page that follows says so."""


def access(*audiences: str) -> Callable[[View], View]:
    """Mark a view with who may call it; several audiences mean any of them."""
    unknown = set(audiences) - set(AUDIENCES)
    if unknown or not audiences:
        raise ValueError(f"no such audience: {sorted(unknown)}")

    def mark(view: View) -> View:
        view.audience = audiences  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Ask before every view."""
    app.before_request(refuse_cross_site)
    app.before_request(admit)


def audience_of(app: Flask, endpoint: str) -> tuple[str, ...]:
    """Give the marks of a view; none means that nobody may call it."""
    return tuple(getattr(app.view_functions[endpoint], "audience", ()))


def refuse_cross_site() -> Response | None:
    """Refuse a change that another site's page asks for, before and beside the token.

    “null” is what our own forms send as origin, because no page says where it came from.
    """
    if request.method in SAFE:
        return None
    is_foreign = _is_foreign(request.headers.get("Origin", "null"))
    return answer(403) if is_foreign or request.headers.get("Sec-Fetch-Site") == "cross-site" else None


def admit() -> Response | None:
    """Let a request through, send it to sign in or unlock, or answer as if nothing were there."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in WITHOUT_DATABASE:
        return None
    audience = audience_of(current_app, endpoint)
    is_locked = bool(current_user.is_authenticated and current_user.sign_in.locked_at)
    account = current_user.account if current_user.is_authenticated and not is_locked else None
    g.reader = reader_for(db.session(), account)
    if is_locked:
        return None if endpoint in WHILE_LOCKED or audience == ("share",) else _elsewhere("/lock")
    if any(AUDIENCES[name](g.reader) for name in audience):
        return None
    if account is None and audience:
        return _elsewhere("/login")
    if account is not None and _waits_only_for_verification(audience):
        return answer(403, PENDING)
    return answer(404)


def is_local(url: str | None) -> bool:
    """Tell whether an address leads to a page of ours and nowhere else, in any browser's reading."""
    if not url or len(url) > 500 or not url.startswith("/") or url.startswith("//"):
        return False
    if any(ord(letter) < 33 or ord(letter) == 127 or letter == "\\" for letter in url):
        return False
    parts = urlsplit(url)
    return not parts.scheme and not parts.netloc and not parts.path.startswith("//")


def _is_foreign(origin: str) -> bool:
    try:
        return origin != "null" and urlsplit(origin).netloc != request.host
    except ValueError:
        return True


def _elsewhere(page: str) -> Response:
    """Send a browser to sign in or unlock, and back afterwards where that is a page."""
    if request.endpoint in INSTEAD:
        # Files may still be coming, and nobody should wait for the writer's place meanwhile.
        release()
        forget_body()
    if is_htmx() and request.method not in SAFE and page == "/login":
        # The page stays where it is, because what was written on it would be lost.
        return answer(401)
    if target := _next_page():
        return see_other(f"{page}?next={quote(target, safe='')}" if target != "/" and is_local(target) else page)
    if is_htmx() or request.method == "POST":
        response = see_other(page)
        response.status_code = 401 if is_htmx() else 303
        return response
    return make_response(answer(401))


def _next_page() -> str:
    """Name the page that follows; of a change there is none, unless another one speaks of it."""
    if request.method in SAFE and not is_htmx():
        return request.full_path.rstrip("?")
    return INSTEAD.get(request.endpoint or "", "")


def _waits_only_for_verification(audience: tuple[str, ...]) -> bool:
    reader: Reader = g.reader
    professional = {Role.CLINICIAN: {"clinician", "reader"}, Role.TRAINEE: {"reader"}}
    wanted = professional.get(reader.role, set()) if reader.role else set()
    return not reader.verified and bool(wanted & set(audience))
