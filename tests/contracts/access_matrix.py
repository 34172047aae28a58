"""What everybody is answered at every address: the access matrix, one line per route and method.

A route without a line fails the build, and so does a line without a route. To add your route, add a line:

    ask("boards.show", "GET /b/{board}", "200  200  --   --   --   --   wait --   in   in   in"),

The answers stand in the order of the heading below. A word or a number is

    200 …   that status             in      sent to sign in (303 to /login; 401 where no page was asked for)
    --      404, as if nothing were there
    go      303 to another page     wait    403, the account waits to be checked

Names in braces are those of `world.py`: Ada owns {case}, {board}, {draft} and {upload}; Ben, who reads that board, wrote
{comment}; {link} is the secret of a share of the case. A change may be sent empty: whoever may make it is then answered
422, and whoever may not 404. Give `data` where an empty one would be 404 for everybody.
"""

from dataclasses import dataclass, field

ORDER = "ada ben cleo tom dee pat pia oz rex gil nobody"


@dataclass(frozen=True)
class Ask:
    """One route and method, and the answer to each of the cast."""

    endpoint: str
    method: str
    path: str
    answers: dict[str, str]
    data: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        return f"{self.method} {self.path}"


def ask(endpoint, what, answers, data=None):
    """Make one line of the matrix."""
    method, path = what.split()
    words = dict(zip(ORDER.split(), answers.split(), strict=True))
    return Ask(endpoint, method, path, words, data or {})


# fmt: off
MATRIX = (
    # Static files                                                                           ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("static", "GET /static/js/app.js",                                                  "200  200  200  200  200  200  200  200  200  200  200"),
    # Health                                                                                 ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("health.healthz", "GET /healthz",                                                   "200  200  200  200  200  200  200  200  200  200  200"),
    ask("health.readyz", "GET /readyz",                                                     "200  200  200  200  200  200  200  200  200  200  200"),
    ask("health.robots", "GET /robots.txt",                                                 "200  200  200  200  200  200  200  200  200  200  200"),
    # Help                                                                                   ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("help.index", "GET /help",                                                          "200  200  200  200  200  200  200  200  in   in   in"),
    ask("help.shortcuts", "GET /help/shortcuts",                                            "200  200  200  200  200  200  200  200  in   in   in"),
    # Getting in and out, own settings                                                       ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("accounts.lock", "GET /lock",                                                       "go   go   go   go   go   go   go   go   in   in   in"),
    ask("accounts.lock_now", "POST /lock",                                                  "go   go   go   go   go   go   go   go   in   in   in"),
    ask("accounts.login", "GET /login",                                                     "go   go   go   go   go   go   go   go   200  200  200"),
    ask("accounts.sign_in", "POST /login",                                                  "422  422  422  422  422  422  422  422  422  422  422"),
    ask("accounts.logout", "POST /logout",                                                  "in   in   in   in   in   in   in   in   in   in   in"),
    ask("accounts.settings", "GET /settings",                                               "go   go   go   go   go   go   go   go   in   in   in"),
    ask("accounts.appearance", "GET /settings/appearance",                                  "200  200  200  200  200  200  200  200  in   in   in"),
    ask("accounts.appearance", "POST /settings/appearance",                                 "422  422  422  422  422  422  422  422  in   in   in"),
    ask("accounts.change_password", "POST /settings/password",                              "422  422  422  422  422  422  422  422  in   in   in"),
    ask("accounts.profile", "GET /settings/profile",                                        "200  200  200  200  200  200  200  200  in   in   in"),
    ask("accounts.profile", "POST /settings/profile",                                       "go   go   go   go   go   go   go   go   in   in   in"),
    ask("accounts.own_sessions", "GET /settings/sessions",                                  "200  200  200  200  200  200  200  200  in   in   in"),
    ask("accounts.end_other_sessions", "POST /settings/sessions/end-others",                "go   go   go   go   go   go   go   go   in   in   in"),
    ask("accounts.end_session", "POST /settings/sessions/{session_of_ben}/end",             "--   in   --   --   --   --   --   --   in   in   in"),
    ask("accounts.first_run", "GET /setup",                                                 "in   in   in   in   in   in   in   in   in   in   in"),
    ask("accounts.first_run", "POST /setup",                                                "in   in   in   in   in   in   in   in   in   in   in"),
    ask("accounts.unlock", "POST /unlock",                                                  "422  422  422  422  422  422  422  422  in   in   in"),
    ask("accounts.join", "GET {invited}",                                                   "200  200  200  200  200  200  200  200  200  200  200"),
    ask("accounts.join", "POST {invited}",                                                  "422  422  422  422  422  422  422  422  422  422  422"),
    ask("accounts.password", "GET {reset}",                                                 "200  200  200  200  200  200  200  200  200  200  200"),
    ask("accounts.password", "POST {reset}",                                                "422  422  422  422  422  422  422  422  422  422  422"),
    # Administration                                                                         ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("admin.home", "GET /admin",                                                         "--   --   --   --   --   --   --   go   in   in   in"),
    ask("admin.audit_log", "GET /admin/audit",                                              "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.audit_csv", "GET /admin/audit.csv",                                          "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.verify_audit", "POST /admin/audit/verify",                                   "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.boards", "GET /admin/boards",                                                "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.invitations", "GET /admin/invitations",                                      "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.invite", "POST /admin/invitations",                                          "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.revoke_invitation", "POST /admin/invitations/{invitation}/revoke",           "--   --   --   --   --   --   --   go   in   in   in"),
    ask("admin.people", "GET /admin/people",                                                "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.person", "GET /admin/people/{ben}",                                          "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.change_person", "POST /admin/people/{ben}/logout",                           "--   --   --   --   --   --   --   go   in   in   in"),
    ask("admin.reset", "POST /admin/people/{ben}/reset",                                    "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.verify", "POST /admin/people/{ben}/verify",                                  "--   --   --   --   --   --   --   422  in   in   in"),
    ask("admin.settings", "GET /admin/settings",                                            "--   --   --   --   --   --   --   200  in   in   in"),
    ask("admin.settings", "POST /admin/settings",                                           "--   --   --   --   --   --   --   422  in   in   in"),
    # People                                                                                 ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("people.index", "GET /people",                                                      "200  200  200  200  --   --   wait --   in   in   in"),
    ask("people.show", "GET /u/{ben}",                                                      "200  200  200  200  --   --   wait --   in   in   in"),
    # Boards                                                                                 ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("boards.feed", "GET /",                                                             "200  200  200  200  go   go   200  go   in   in   in"),
    ask("boards.show", "GET /b/{board}",                                                    "200  200  --   --   --   --   wait --   in   in   in"),
    ask("boards.archive", "POST /b/{board}/archive",                                        "go   --   --   --   --   --   wait --   in   in   in"),
    ask("boards.add_person", "POST /b/{board}/people",                                      "422  --   --   --   --   --   wait --   in   in   in"),
    ask("boards.remove_person", "POST /b/{board}/people/{ben}/remove",                      "go   --   --   --   --   --   wait --   in   in   in"),
    ask("boards.pins", "GET /b/{board}/pins",                                               "200  200  --   --   --   --   wait --   in   in   in"),
    ask("boards.unpin", "POST /b/{board}/pins/{pin}/remove",                                "go   --   --   --   --   --   wait --   in   in   in"),
    ask("boards.settings", "GET /b/{board}/settings",                                       "200  --   --   --   --   --   wait --   in   in   in"),
    ask("boards.settings", "POST /b/{board}/settings",                                      "go   --   --   --   --   --   wait --   in   in   in"),
    ask("boards.index", "GET /boards",                                                      "200  200  200  200  --   --   wait --   in   in   in"),
    ask("boards.create", "POST /boards",                                                    "422  422  422  --   --   --   wait --   in   in   in"),
    ask("boards.listing", "GET /boards/list",                                               "200  200  200  200  --   --   wait --   in   in   in"),
    ask("boards.new", "GET /boards/new",                                                    "200  200  200  --   --   --   wait --   in   in   in"),
    ask("boards.choose", "GET /c/{case}/pin",                                               "200  200  200  --   --   --   wait --   in   in   in"),
    ask("boards.pin", "POST /c/{case}/pin",                                                 "go   --   --   --   --   --   wait --   in   in   in", {"board": "{board}"}),
    ask("boards.feed_next", "GET /feed",                                                    "200  200  200  200  --   --   wait --   in   in   in"),
    # Cases                                                                                  ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("cases.show", "GET /c/{case}",                                                      "200  200  200  200  --   --   wait --   in   in   in"),
    ask("cases.receipt", "GET /c/{case}/receipt",                                           "200  200  200  200  --   --   wait --   in   in   in"),
    ask("cases.series", "GET /c/{case}/series/1",                                           "200  200  200  200  --   --   wait --   in   in   in"),
    ask("cases.solve", "GET /c/{case}/solve",                                               "200  --   --   --   --   --   wait --   in   in   in"),
    ask("cases.solve", "POST /c/{case}/solve",                                              "go   --   --   --   --   --   wait --   in   in   in"),
    # Comments                                                                               ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("comments.index", "GET /c/{case}/comments",                                         "go   go   go   go   --   --   wait --   in   in   in"),
    ask("comments.create", "POST /c/{case}/comments",                                       "422  422  422  422  --   --   wait --   in   in   in"),
    ask("comments.show", "GET /c/{case}/comments/{comment}",                                "go   go   go   go   --   --   wait --   in   in   in"),
    ask("comments.delete", "POST /c/{case}/comments/{comment}/delete",                      "--   go   --   --   --   --   wait --   in   in   in"),
    ask("comments.edit", "GET /c/{case}/comments/{comment}/edit",                           "--   200  --   --   --   --   wait --   in   in   in"),
    ask("comments.edit", "POST /c/{case}/comments/{comment}/edit",                          "--   422  --   --   --   --   wait --   in   in   in"),
    ask("comments.reply", "GET /c/{case}/comments/{comment}/reply",                         "200  200  200  200  --   --   wait --   in   in   in"),
    ask("comments.restore", "POST /c/{case}/comments/{comment}/restore",                    "--   go   --   --   --   --   wait --   in   in   in"),
    # Search                                                                                 ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("search.index", "GET /search",                                                      "200  200  200  200  --   --   wait --   in   in   in"),
    ask("search.results", "GET /search/results",                                            "200  200  200  200  --   --   wait --   in   in   in"),
    # Inbox                                                                                  ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("inbox.index", "GET /inbox",                                                        "200  200  200  200  200  200  200  200  in   in   in"),
    ask("inbox.count", "GET /inbox/count",                                                  "200  200  200  200  200  200  200  200  in   in   in"),
    ask("inbox.listing", "GET /inbox/list",                                                 "200  200  200  200  200  200  200  200  in   in   in"),
    ask("inbox.read", "POST /inbox/read",                                                   "go   go   go   go   go   go   go   go   in   in   in"),
    # Drafts and uploads                                                                     ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("drafts.index", "GET /drafts",                                                      "200  200  200  200  --   --   200  --   in   in   in"),
    ask("drafts.body_parts", "GET /drafts/body-parts",                                      "200  200  200  200  --   --   200  --   in   in   in"),
    ask("drafts.show", "GET /drafts/{draft}",                                               "200  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.update", "POST /drafts/{draft}",                                            "go   --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.autosave", "POST /drafts/{draft}/autosave",                                 "200  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.confirm_discard", "GET /drafts/{draft}/discard",                            "200  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.discard", "POST /drafts/{draft}/discard",                                   "go   --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.boxes", "POST /drafts/{draft}/images/{draft_image}/boxes",                  "422  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.confirm", "POST /drafts/{draft}/images/{draft_image}/confirm",              "422  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.preview", "GET /drafts/{draft}/images/{draft_image}/preview",               "409  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.progress", "GET /drafts/{draft}/progress",                                  "go   --   --   --   --   --   wait --   in   in   in"),
    ask("drafts.publish", "POST /drafts/{draft}/publish",                                   "409  --   --   --   --   --   wait --   in   in   in"),
    ask("drafts.review", "GET /drafts/{draft}/review",                                      "200  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.new", "GET /new",                                                           "200  200  200  200  --   --   200  --   in   in   in"),
    ask("drafts.create", "POST /new",                                                       "422  422  422  422  --   --   422  --   in   in   in"),
    ask("drafts.open_slot", "POST /uploads",                                                "201  201  201  201  --   --   201  --   in   in   in"),
    ask("drafts.drop", "DELETE /uploads/{upload}",                                          "200  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.put", "PUT /uploads/{upload}",                                              "422  --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.drop_form", "POST /uploads/{upload}/remove",                                "go   --   --   --   --   --   --   --   in   in   in"),
    ask("drafts.row", "GET /uploads/{upload}/row",                                          "200  --   --   --   --   --   --   --   in   in   in"),
    # Mending, withdrawing, erasing                                                          ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("upkeep.audience", "GET /c/{case}/audience",                                        "200  200  200  --   --   --   wait --   in   in   in"),
    ask("upkeep.withdraw_consent", "POST /c/{case}/consent/withdraw",                       "go   --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.edit", "GET /c/{case}/edit",                                                "200  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.edit", "POST /c/{case}/edit",                                               "go   --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.erase", "GET /c/{case}/erase",                                              "200  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.erase", "POST /c/{case}/erase",                                             "go   --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.hide", "POST /c/{case}/hide",                                               "go   --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.history", "GET /c/{case}/history",                                          "200  200  200  200  --   --   wait --   in   in   in"),
    ask("upkeep.download", "GET /c/{case}/images/{image}/dicom",                            "409  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.remove_image", "GET /c/{case}/images/{image}/remove",                       "200  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.remove_image", "POST /c/{case}/images/{image}/remove",                      "422  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.restore", "POST /c/{case}/restore",                                         "409  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.unhide", "POST /c/{case}/show",                                             "409  --   --   --   --   --   wait --   in   in   in"),
    ask("upkeep.withdraw_case", "POST /c/{case}/withdraw",                                  "go   --   --   --   --   --   wait --   in   in   in"),
    # The subject's own pages and the release                                                ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("patients.release", "GET /c/{case}/release",                                        "200  --   --   --   --   --   wait --   in   in   in"),
    ask("patients.create", "POST /c/{case}/release",                                        "422  --   --   --   --   --   wait --   in   in   in"),
    ask("patients.end", "POST /c/{case}/release/end",                                       "go   --   --   --   --   --   wait --   in   in   in"),
    ask("patients.home", "GET /my",                                                         "--   --   --   --   --   200  --   --   in   in   in"),
    ask("patients.board", "GET /my/b/{patient_board}",                                      "--   --   --   --   --   200  --   --   in   in   in"),
    ask("patients.show", "GET /my/c/{case}",                                                "--   --   --   --   --   200  --   --   in   in   in"),
    # Links and slips                                                                        ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("shares.index", "GET /c/{case}/shares",                                             "200  --   --   --   --   --   wait --   in   in   in"),
    ask("shares.create", "POST /c/{case}/shares",                                           "422  --   --   --   --   --   wait --   in   in   in"),
    ask("shares.log", "GET /c/{case}/shares/{share}",                                       "200  --   --   --   --   --   wait --   in   in   in"),
    ask("shares.extend", "POST /c/{case}/shares/{share}/extend",                            "go   --   --   --   --   --   wait --   in   in   in"),
    ask("shares.revoke", "POST /c/{case}/shares/{share}/revoke",                            "go   --   --   --   --   --   wait --   in   in   in"),
    ask("shares.by_code", "GET /s",                                                         "200  200  200  200  200  200  200  200  200  200  200"),
    ask("shares.by_code", "POST /s",                                                        "422  422  422  422  422  422  422  422  422  422  422"),
    ask("shares.show", "GET /s/{link}",                                                     "200  200  200  200  200  200  200  200  200  200  200"),
    ask("shares.picture", "GET /s/{link}/media/{media}/w236",                               "200  200  200  200  200  200  200  200  200  200  200"),
    ask("shares.unlock", "POST /s/{link}/unlock",                                           "422  422  422  422  422  422  422  422  422  422  422"),
    # Pictures                                                                               ada  ben  cleo tom  dee  pat  pia  oz   rex  gil  nobody
    ask("media.picture", "GET /media/{media}/w236",                                         "200  200  200  200  --   200  --   --   --   --   --"),
)
# fmt: on
