"""Every page of Pinboard with who opens it, for whoever looks at pages one by one.

A page that is not in `PAGES` fails `test_axe.py`, and so does an address that stands here for a page that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.e2e.maker import Scene
    from tests.serving import Site

# Parts of pages, files, and addresses that only lead on to a page.
NOT_PAGES = {
    "boards.feed_next", "boards.feed_news", "boards.board_news", "discover.picture", "boards.listing", "boards.pins",
    "search.results", "inbox.listing", "inbox.count", "drafts.row", "drafts.body_parts", "drafts.preview",
    "drafts.look", "media.picture", "shares.picture", "health.healthz", "health.readyz", "health.robots",
    "pwa.manifest", "pwa.worker", "admin.audit_csv", "admin.proof_line", "upkeep.download", "accounts.settings",
    "admin.home", "comments.index", "comments.show", "marks.index", "marks.show", "attest.picture",
    "drafts.series_picture", "drafts.sheet", "drafts.closer", "viewer.view", "patients.view", "shares.view",
    "carry.clinic_archive", "carry.clinic_progress", "carry.clinic_picture", "carry.own_archive", "carry.own_progress",
    "carry.own_picture", "carry.shared_archive", "carry.shared_progress", "carry.shared_picture", "drafts.redacting",
    "search.suggestions", "glimpse.glimpse",
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """One page: a name for its picture, the route, who opens it, and where; `{names}` are those of the scene."""

    name: str
    endpoint: str
    who: str
    path: str
    status: int = 200


PAGES = (
    View("feed", "boards.feed", "ben", "/"),
    View("boards", "boards.index", "ada", "/boards"),
    View("boards-mine", "boards.index", "ada", "/boards?mine=1"),
    View("board-new", "boards.new", "ada", "/boards/new"),
    View("board", "boards.show", "ada", "/b/{board}"),
    View("board-radiology", "boards.show", "ben", "/b/radiology"),
    View("board-empty", "boards.show", "ada", "/b/{empty_board}"),
    View("board-settings", "boards.settings", "ada", "/b/{board}/settings"),
    View("board-sections", "boards.show", "ada", "/b/{laid_board}"),
    View("board-narrowed", "boards.show", "ada", "/b/radiology?state=unsolved&sort=newest"),
    View("board-filters", "boards.filters", "ben", "/b/radiology/filters?state=unsolved"),
    View("board-arrange", "boards.arrange", "ada", "/b/{laid_board}/arrange"),
    View("board-select", "boards.arrange", "ben", "/b/radiology/arrange"),
    View("groups", "boards.all_groups", "ada", "/groups"),
    View("group", "boards.group", "ada", "/groups/{group}"),
    View("admin-board", "boards.curators", "ada", "/admin/boards/radiology"),
    View("case", "cases.show", "ada", "/c/{case}"),
    View("case-reader", "cases.show", "tom", "/c/{case}"),
    View("case-series", "cases.series", "ben", "/c/{case}/series/2"),
    View("case-long-words", "cases.show", "ada", "/c/{long}"),
    View("case-photo", "cases.show", "ada", "/c/{photo}"),
    View("case-solved", "cases.show", "ada", "/c/{solved}"),
    View("case-pin", "boards.choose", "ada", "/c/{case}/pin"),
    View("case-receipt", "cases.receipt", "ben", "/c/{case}/receipt"),
    View("case-openings", "upkeep.opened", "ada", "/c/{case}/openings"),
    View("case-flag", "flags.flag", "ben", "/c/{case}/flag"),
    View("flags", "flags.index", "ada", "/flags"),
    View("flag-erase", "flags.erase", "ada", "/flags/{flag}/erase"),
    View("case-reported", "cases.show", "ada", "/c/{flagged}"),
    View("redact-again", "drafts.redact", "ada", "/c/{case}/images/{image}/redact"),
    View("redact-open", "drafts.redact", "ada", "/c/{flagged}/images/{mended}/redact"),
    View("case-solve", "cases.solve", "ada", "/c/{case}/solve"),
    View("comment-edit", "comments.edit", "ada", "/c/{case}/comments/{comment}/edit"),
    View("comment-reply", "comments.reply", "ada", "/c/{case}/comments/{said}/reply"),
    View("mark-new", "marks.new", "ben", "/c/{case}/marks/new?media={media}&kind=text&points=[[80,90]]"),
    View("carry", "carry.clinic", "ada", "/c/{case}/download"),
    View("audience", "upkeep.audience", "ada", "/c/{case}/audience"),
    View("edit", "upkeep.edit", "ada", "/c/{case}/edit"),
    View("history", "upkeep.history", "ben", "/c/{solved}/history"),
    View("remove-image", "upkeep.remove_image", "ada", "/c/{case}/images/{image}/remove"),
    View("erase", "upkeep.erase", "ada", "/c/{case}/erase"),
    View("release", "patients.release", "ada", "/c/{case}/release"),
    View("shares", "shares.index", "ada", "/c/{case}/shares"),
    View("shares-none", "shares.index", "ada", "/c/{solved}/shares"),
    View("share-log", "shares.log", "ada", "/c/{case}/shares/{share_open}"),
    View("shares-waiting", "shares.index", "ben", "/c/{waiting}/shares"),
    View("shares-returned", "shares.index", "ben", "/c/{returned}/shares"),
    View("attest", "attest.index", "ada", "/attest"),
    View("attest-own", "attest.index", "ben", "/attest"),
    View("attest-look", "attest.show", "ada", "/attest/{wish_waiting}"),
    View("attest-refused", "attest.show", "ben", "/attest/{wish_waiting}", 409),
    View("new", "drafts.new", "ada", "/new"),
    View("new-shared", "drafts.share_again", "ada", "/new/shared"),
    View("drafts", "drafts.index", "ada", "/drafts"),
    View("draft", "drafts.show", "ada", "/drafts/{draft}"),
    View("draft-ready", "drafts.show", "ada", "/drafts/{ready}"),
    View("draft-bare", "drafts.show", "ada", "/drafts/{bare}"),
    View("review", "drafts.review", "ada", "/drafts/{draft}/review?image={draft_image}"),
    View("choose-series", "drafts.series", "ada", "/drafts/{draft}/series?all=1"),
    View("slices", "drafts.slices", "ada", "/drafts/{draft}/series/{draft_series}/slices"),
    View("review-cine", "drafts.review", "ada", "/drafts/{draft}/review?image={draft_cine}"),
    View("radar", "drafts.radar", "ada", "/drafts/{ready}/radar"),
    View("discard", "drafts.confirm_discard", "ada", "/drafts/{draft}/discard"),
    View("progress", "drafts.progress", "ada", "/drafts/{going}/progress"),
    View("search", "search.index", "ben", "/search?q=wall"),
    View("search-nothing", "search.index", "ben", "/search?q=nothinglikethis"),
    View("search-empty", "search.index", "ben", "/search"),
    View("search-filters", "search.index", "ben", "/search?q=wall+modality:ct+-is:solved+colour:red"),
    View("search-sheet", "search.filters", "ben", "/search/filters?q=wall+modality:ct+-is:solved"),
    View("search-saved", "search.kept", "ben", "/search/saved"),
    View("similar", "search.more_like", "ben", "/c/{case}/similar"),
    View("inbox", "inbox.index", "ada", "/inbox"),
    View("inbox-empty", "inbox.index", "dee", "/inbox"),
    View("people", "people.index", "tom", "/people"),
    View("person", "people.show", "tom", "/u/ben"),
    View("profile", "accounts.profile", "ada", "/settings/profile"),
    View("sessions", "accounts.own_sessions", "ada", "/settings/sessions"),
    View("appearance", "accounts.appearance", "ada", "/settings/appearance"),
    View("help", "help.index", "tom", "/help"),
    View("offline", "pwa.offline", "", "/offline"),
    View("shortcuts", "help.shortcuts", "tom", "/help/shortcuts"),
    View("commands", "help.commands", "ada", "/help/commands"),
    View("admin-people", "admin.people", "ada", "/admin/people"),
    View("admin-person", "admin.person", "ada", "/admin/people/{ben}"),
    View("admin-invitations", "admin.invitations", "ada", "/admin/invitations"),
    View("admin-boards", "admin.boards", "ada", "/admin/boards"),
    View("admin-audit", "admin.audit_log", "ada", "/admin/audit"),
    View("admin-proof", "admin.proof", "ada", "/admin/proof"),
    View("admin-proof-violations", "admin.show_proof", "ada", "/admin/proof/{proof}"),
    View("admin-settings", "admin.settings", "ada", "/admin/settings"),
    View("my", "patients.home", "pat", "/my"),
    View("my-board", "patients.board", "pat", "/my/b/{patient_board}"),
    View("my-case", "patients.show", "pat", "/my/c/{case}"),
    View("my-flag", "patients.flag", "pat", "/my/c/{case}/flag"),
    View("share-flag", "shares.flag", "", "{link_open}/flag"),
    View("slip-code", "shares.by_code", "", "/s"),
    View("my-carry", "carry.own", "pat", "/my/c/{case}/download"),
    View("share-carry", "carry.shared", "", "{link_subject}/download"),
    View("share-carry-colleague", "carry.shared", "", "{link_open}/download"),
    View("share-subject", "shares.show", "", "{link_subject}"),
    View("share-colleague", "shares.show", "", "{link_open}"),
    View("share-locked", "shares.show", "", "{link_locked}"),
    View("share-dead", "shares.show", "", "{link_dead}", 404),
    View("login", "accounts.login", "", "/login"),
    View("lock", "accounts.lock", "locked", "/lock"),
    View("join", "accounts.join", "", "{invited}"),
    View("password", "accounts.password", "", "{reset}"),
    View("landing", "boards.feed", "", "/"),
    View("discover", "discover.index", "", "/discover"),
    View("discover-case", "discover.show", "", "/discover/{sample}"),
    View("discover-offer", "discover.offering", "ada", "/c/{sample}/discover"),
    View("discover-none", "discover.offering", "ben", "/c/{long}/discover"),
    View("admin-discover", "discover.picking", "ada", "/admin/discover"),
    View("trash", "trash.index", "ada", "/trash"),
    View("trash-empty", "trash.index", "ben", "/trash"),
    View("pending", "boards.index", "pia", "/boards", 403),
    View("missing", "cases.show", "ben", "/c/aaaaaaaaaaaaaaaaaaaaaaaaaa", 404),
)
# Pages of a clinic on its first evening, when nothing is there.
FIRST_PAGES = (
    View("setup", "accounts.first_run", "", "{setup}"),
    View("setup-where", "accounts.first_run", "", "/setup"),
)


@dataclass
class Visitor:
    """Opens pages as whoever they are for, and notes whatever a browser complains about."""

    browser: Browser
    site: Site
    scene: Scene
    options: dict[str, object] = field(default_factory=dict)
    first_script: str = ""
    complaints: list[str] = field(default_factory=list)
    contexts: dict[str, BrowserContext] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def open(self, view: View) -> Page:
        """Open one page and wait until it is quiet."""
        page = self.page(view.who)
        answer = page.goto(view.path.format(**self.scene.names), wait_until="load")
        assert answer is not None
        assert answer.status == view.status, f"{view.name} was answered {answer.status}"
        assert page.url.endswith(view.path.format(**self.scene.names)), f"{view.name} led to {page.url}"
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")
        return page

    def page(self, who: str) -> Page:
        if who not in self.pages:
            context = self.browser.new_context(base_url=self.site.url, **self.options)  # type: ignore[arg-type]
            if who:
                cookie = {"name": "pinboard", "value": self.scene.secrets[who], "url": self.site.url}
                context.add_cookies([cookie])  # type: ignore[list-item]
            if self.first_script:
                context.add_init_script(self.first_script)
            page = context.new_page()
            page.on("pageerror", lambda error: self.complain(page, f"script: {error}"))
            page.on("console", lambda line: line.type == "error" and self.complain(page, f"console: {line.text}"))
            self.contexts[who], self.pages[who] = context, page
        return self.pages[who]

    def complain(self, page: Page, words: str) -> None:
        # A browser logs the status of a page that is meant to be refused.
        if "Failed to load resource" not in words or "/favicon" in words:
            self.complaints.append(f"{page.url}: {words}")

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()
