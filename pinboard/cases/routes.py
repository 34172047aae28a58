"""The page of a case, its stage by series and frame, its receipt, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, g, make_response, render_template, request
from flask_login import current_user

from pinboard.attest.queries import attested_by
from pinboard.cases import queries, receipts, service, words
from pinboard.cases.forms import SolveForm
from pinboard.comments.queries import thread
from pinboard.marks.queries import marks_of
from pinboard.models import Case, CaseState, Resolution
from pinboard.policy import NotFound, case_for, may_carry
from pinboard.web.access import access
from pinboard.web.extensions import db
from pinboard.web.htmx import invalid, is_fragment, respond, see_other, toast
from pinboard.web.openings import note_opening
from pinboard.web.paging import Cursor
from pinboard.web.text import _, pgettext
from pinboard.web.words import left as doubts_left

bp = Blueprint("cases", __name__)


@dataclass(frozen=True, slots=True)
class Action:
    """A page about a case, for those who may use the verb; what is rare stands in the menu."""

    verb: str
    path: str
    label: str
    key: str = ""
    is_rare: bool = False


ACTIONS = (
    Action("release", "release", _("Release to the patient")),
    Action("share", "shares", _("Share by link")),
    Action("share", "discover", _("Show to visitors"), is_rare=True),
    Action("carry", "download", _("Take along"), is_rare=True),
    Action("edit", "edit", _("Edit"), key="e", is_rare=True),
    Action("audience", "audience", _("Who can see this"), is_rare=True),
    Action("see", "history", pgettext("of changes", "History"), is_rare=True),
    Action("openings", "openings", _("Who had opened it"), is_rare=True),
    Action("flag", "flag", _("Report what says who the patient is"), is_rare=True),
)
"""The pages of other features, by address; a test opens every link that the page of a case offers."""


@bp.get("/c/<case_id>")
@access("reader")
def show(case_id: str) -> Response:
    """Show a case at its first series."""
    return _page(case_id, 1)


@bp.get("/c/<case_id>/series/<int:number>")
@access("reader")
def series(case_id: str, number: int) -> Response:
    """Show a case at one series and frame: the stage alone, or the whole page without JavaScript."""
    return _page(case_id, number)


def _page(case_id: str, number: int) -> Response:
    session = db.session()
    case = case_for(session, g.reader, "see", case_id)
    if case.state in {CaseState.DRAFT, CaseState.PUBLISHING}:
        return see_other(f"/drafts/{case.public_id}")
    stage = _stage(case, number)
    if is_fragment():
        return make_response(render_template("partials/cases/stage.html", case=case, **stage))
    found = thread(session, g.reader, case, Cursor.read(request.args.get("comments"), int))
    found |= marks_of(session, g.reader, case)
    answer = make_response(render_template("pages/cases/show.html", case=case, **stage, **_words(case), **found))
    sign_in = current_user.sign_in
    note_opening(case.id, g.reader, seat=sign_in.public_id, device=sign_in.device)
    return answer


def _stage(case: Case, number: int) -> dict[str, object]:
    """Find the series and the frame that an address names; one that is not there is not found."""
    runs = queries.runs(db.session(), case.id)
    if not runs and number == 1:
        return {"runs": [], "run": None}
    if not 1 <= number <= len(runs):
        raise NotFound
    run = runs[number - 1]
    frame = request.args.get("frame", run.key, type=int)
    if not 0 <= frame < run.frames:
        raise NotFound
    source, part = run.at(frame)
    return {"runs": runs, "run": run, "frame": frame, "source": source, "part": part, "may_choose": _may_choose(case)}


def _may_choose(case: Case) -> bool:
    """Tell whether this reader may say which frame stands for the case."""
    return case.state is CaseState.PUBLISHED and words.verbs(db.session(), g.reader, case.id)["edit"]


def _words(case: Case) -> dict[str, object]:
    session = db.session()
    verbs = words.verbs(session, g.reader, case.id)
    verbs["carry"] = case.state is CaseState.PUBLISHED and may_carry(session, g.reader, case)
    is_open = case.state in {CaseState.PUBLISHED, CaseState.HIDDEN}
    return {
        "author": words.author(session, case.author_id),
        "state_word": queries.STATES[case.resolution],
        "facts": words.facts(case),
        "boards": words.boards_of(session, g.reader, case.id),
        "safety": receipts.safety(session, case.id),
        "attested_by": attested_by(session, case.id),
        "hidden_images": words.hidden_images(session, case.id),
        "reported": words.reported(session, case.id) if case.state is CaseState.HIDDEN else "",
        "may_moderate": verbs["moderate"],
        "may_pin": verbs["pin"],
        "may_edit": verbs["edit"] and is_open,
        "may_withdraw": verbs["withdraw"] and is_open,
        "may_restore": verbs["withdraw"] and case.state is CaseState.WITHDRAWN,
        "actions": _actions(verbs) if is_open else [],
    }


def _actions(verbs: dict[str, bool]) -> list[Action]:
    """Give the pages for this reader; whoever can mend a case has no need to report it."""
    allowed = [one for one in ACTIONS if verbs.get(one.verb, True)]
    return [one for one in allowed if one.verb != "flag" or not verbs["edit"]]


@bp.get("/c/<case_id>/receipt")
@access("reader")
def receipt(case_id: str) -> Response:
    """Show what was taken out of each picture."""
    session = db.session()
    case = case_for(session, g.reader, "see", case_id)
    start = max(request.args.get("from", 0, type=int), 0)
    proofs, following = receipts.proofs(session, case.id, start)
    page, partial = "pages/cases/receipt.html", "partials/cases/receipt.html"
    total = receipts.safety(session, case.id)
    return respond(page, partial, case=case, proofs=proofs, following=following, safety=total)


@bp.route("/c/<case_id>/solve", methods=["GET", "POST"])
@access("reader")
def solve(case_id: str) -> Response:
    """Ask how the question ended, and write it down."""
    case = case_for(db.session(), g.reader, "edit", case_id)
    form = SolveForm(obj=case)
    page, partial = "pages/cases/solve.html", "partials/cases/solve.html"
    if request.method != "POST":
        return respond(page, partial, case=case, form=form, errors={})
    if not form.validate():
        return invalid(partial, page=page, case=case, form=form, errors=form.first_errors())
    if doubts := doubts_left(case, {"outcome": form.outcome.data}):
        return invalid(partial, page=page, case=case, form=form, errors={}, doubts=doubts)
    service.solve(
        db.session(),
        case,
        resolution=Resolution(form.resolution.data),
        outcome=form.outcome.data or "",
        by=g.reader.user_id,
    )
    db.session.commit()
    toast(_("Saved."))
    return see_other(f"/c/{case.public_id}")
