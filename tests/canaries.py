"""Plants words that occur nowhere else wherever the clinic writes, and reads every byte that somebody outside can get.

`plant` makes a case released to its subject, with links; `crawl` asks for every address of the application and for
whatever the answers name; `marks` finds a planted word in an answer, however it is encoded.
"""

import base64
import html
import itertools
import re
import zlib
from contextlib import suppress
from types import SimpleNamespace
from urllib.parse import unquote, urljoin, urlsplit

from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from pinboard import clock, policy
from pinboard.identity import passwords
from pinboard.models import (
    Board,
    Case,
    CaseChange,
    Comment,
    Consent,
    Instance,
    Pin,
    Receipt,
    Resolution,
    Series,
    Share,
    ShareKind,
    Source,
    Upload,
    User,
)
from tests.factories import (
    make_board,
    make_case,
    make_comment,
    make_draft,
    make_group,
    make_pin,
    make_release,
    make_share,
    make_subject,
)
from tests.people import make_scene
from tests.pictures import images, store_all

MARK = re.compile(r"zqxjkv\w*", re.IGNORECASE)
DIGITS = "402817"
COMMENTS = 7919
COUNTED = re.compile(r"(?<![\w.#/=-])7[,.’ ]?919(?![\w=-])")
"""A number of comments that no page shows by chance."""
CAPTION, AUTHOR, BOARD = "GIVENCAPTION, in plain words", "GIVENAUTHOR", "GIVENBOARD"
"""What the subject was given, and must see."""
WORDS = {
    "title": "zqxjkvtitle",
    "question": "zqxjkvquestion",
    "history": "zqxjkvhistory",
    "findings": "zqxjkvfindings",
    "differential": [{"diagnosis": "zqxjkvdiagnosis", "certainty": "certain"}],
    "outcome": "zqxjkvoutcome",
    "tags": ["zqxjkvtag"],
    "age_band": "zqxjkvage",
    "laterality": "zqxjkvside",
    "body_part": "zqxjkvpart",
}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
LEAVES = {"accounts.logout", "accounts.lock_now", "accounts.end", "accounts.end_others", "accounts.sign_in"}
"""Changes that would end the crawl; they answer with nothing of a case."""
NAMED = re.compile(r"\s(?:href|src|action|hx-get|data-base)=[\"']([^\"']*)")
"""The addresses that a page names; it would take far longer to parse thousands of them."""


def plant(session, stores):
    """Write a different word wherever the clinic may write something about a case or near it."""
    scene = make_scene(session, pictures=3, **WORDS)
    people, case = scene.people, scene.case
    for name in ("ada", "ben", "cleo", "tom", "dee", "oz", "pia", "rex"):
        member = getattr(people, name)
        member.name, member.about, member.verification = (
            f"zqxjkvname{name}",
            f"zqxjkvabout{name}",
            f"zqxjkvlicence{name}",
        )
    people.ada.email = "zqxjkvmail@example.org"
    _around(session, scene)
    shown = images(session, case)
    session.get_one(Series, shown[0].series_id).alt_text = "zqxjkvalt"
    session.get_one(Series, shown[2].series_id).alt_text = "zqxjkvclosed"
    case.cover = {**case.cover, "alt": "zqxjkvcover"}
    for instance in shown:
        instance.header = {"Modality": "CT", "SeriesDescription": "zqxjkvheader"}
    release = scene.release
    release.instances, release.caption, release.author_name = [one.id for one in shown[:2]], CAPTION, AUTHOR
    session.get_one(Board, release.board_id).title = BOARD
    store_all(session, stores, case)
    closed = [shown[2], *_others(session, stores, scene)]
    subject = {"case": case, "by": people.ada, "kind": ShareKind.SUBJECT}
    links = {
        "open": make_share(session, label="zqxjkvlabelopen", **subject),
        "locked": make_share(session, label="zqxjkvlabellocked", code_hash=passwords.make_hash(DIGITS), **subject),
        "colleague": scene.share,
    }
    scene.share.label = "zqxjkvlabelcolleague"
    case.comment_count, case.resolution = COMMENTS, Resolution.TEACHING
    session.commit()
    return SimpleNamespace(scene=scene, links=links, given=shown[:2], closed=closed)


def _around(session, scene):
    """Plant what stands around a case: its thread, boards, groups, consents, changes and receipts."""
    people, case = scene.people, scene.case
    make_comment(session, case, people.ben, "zqxjkvcomment about the film")
    scene.board.title, scene.board.description = "zqxjkvboard", "zqxjkvboardwords"
    make_pin(session, case, make_board(session, people.ben, title="zqxjkvforeign"), people.ben)
    group = make_group(session, people.ben, name="zqxjkvgroup")
    policy.grant(session, case, policy.in_group(group.id), Source.GROUP, by=people.ada.id, source_id=group.id)
    for consent in session.query(Consent).filter_by(case_id=case.id):
        consent.reason, consent.form_version, consent.filed_under = "zqxjkvreason", "zqxjkvform", "P-ZQXJKV"
    change = {"case_id": case.id, "by_id": people.ada.id, "at": clock.now()}
    session.add(CaseChange(**change, verb="edited", field="title", before="zqxjkvbefore", after="zqxjkvafter"))
    session.add(CaseChange(**change, verb="image-removed", reason="zqxjkvremoved"))
    for receipt in session.query(Receipt).filter_by(case_id=case.id):
        receipt.codes, receipt.counts = ["zqxjkvcode"], {"zqxjkvcount": 1}


def _others(session, stores, scene):
    """Make cases that this subject was not given, one of them released to somebody else; give their images."""
    ada = scene.people.ada
    make_draft(session, ada, subject_id=scene.subject.id, title="zqxjkvdraft")
    kept = make_case(session, ada, subject_id=scene.subject.id, title="zqxjkvkept")
    foreign = make_case(session, ada, subject_id=make_subject(session).id, title="zqxjkvforeigncase")
    release = make_release(session, foreign, caption="zqxjkvcaption", author_name="zqxjkvauthor")
    session.get_one(Board, release.board_id).title = "zqxjkvforeignboard"
    found = []
    for case in (kept, foreign):
        store_all(session, stores, case)
        found += images(session, case)
    return found


class Crawl:
    """Everything that one browser gets: each address as a page, as a fragment and with a method that is not for it."""

    def __init__(self, browser, session, token="x" * 43):
        self.browser, self.app = browser, browser.application
        self.answers, self.asked = [], set()
        self.words = _words(session) | {"token": [token]}
        self.waiting = [*self._every(), f"/s/{token}?picture=9&frame=9", "/c/none", "/nowhere", "/my/c/none"]

    def run(self):
        """Ask for every address, follow whatever the answers name, then try every change; give the answers."""
        while self.waiting:
            path = self.waiting.pop()
            if path in self.asked:
                continue
            self.asked.add(path)
            for headers in ({}, FRAGMENT):
                self._ask("GET", path, headers)
        for path in self._one_of_each_route():
            self._ask("PATCH", path, FRAGMENT)
        for path in self._every("POST"):
            self._ask("POST", path, {"X-CSRFToken": self.browser.csrf() or ""})
        return self.answers

    def pages(self, prefix):
        """Give the whole pages under a prefix that were answered."""
        found = [answer for method, path, answer in self.answers if method == "GET" and path.startswith(prefix)]
        return [answer for answer in found if answer.status_code == 200 and "<html" in answer.text]

    def _one_of_each_route(self):
        """Choose an address of every route and one of none: a method that no route has is refused before the view."""
        addresses, found = self.app.url_map.bind("localhost"), {}
        for path in sorted(self.asked):
            try:
                found.setdefault(addresses.match(path.partition("?")[0])[0], path)
            except HTTPException:
                found.setdefault(None, path)
        return found.values()

    def _every(self, method="GET"):
        for rule in self.app.url_map.iter_rules():
            if method not in rule.methods or rule.endpoint in LEAVES:
                continue
            if rule.endpoint == "static":
                yield "/static/js/app.js"
                continue
            with self.app.test_request_context():
                for chosen in itertools.product(*(self._fill(rule, name) for name in sorted(rule.arguments))):
                    yield rule.build(dict(zip(sorted(rule.arguments), chosen, strict=True)))[1]

    def _fill(self, rule, name):
        if rule.endpoint == "people.show":
            return self.words["public_id"]
        if rule.endpoint == "admin.change_person" and name == "act":
            return ["disable"]
        return self.words.get(name, ["x"])

    def _ask(self, method, path, headers):
        answer = self.browser.open(path, method=method, headers=headers)
        answer.get_data()
        answer.close()
        self.answers.append((method, path, answer))
        target = answer.headers.get("Location") or answer.headers.get("HX-Redirect")
        named = [target] if target else []
        if answer.mimetype == "text/html":
            named += [html.unescape(found) for found in NAMED.findall(answer.text)]
        for link in named:
            parts = urlsplit(urljoin(path, link))
            # A search offers every filter beside those that it has: their orders would be without end.
            if parts.path == "/search" and unquote(parts.query).count(":") > 1:
                continue
            if method == "GET" and parts.netloc in {"", "localhost"} and not parts.path.startswith("/static/"):
                self.waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def _words(session):
    """Give, for each argument of an address, everything that may stand there."""
    columns = {
        "case_id": Case.public_id,
        "slug": Board.slug,
        "public_id": User.public_id,
        "comment_id": Comment.public_id,
        "image": Instance.public_id,
        "share_id": Share.public_id,
        "draft": Case.public_id,
        "upload": Upload.public_id,
        "pin": Pin.public_id,
        "name": Instance.media_name,
    }
    found = {name: [one for one in session.scalars(select(column)) if one] for name, column in columns.items()}
    # The walls of the specialties are alike.
    found["slug"] = [slug for slug in found["slug"] if slug.startswith("board-") or slug in {"cardiology", "ada-chest"}]
    return found | {"number": [1, 3], "variant": ["w236", "f0"]}


def marks(answer):
    """Give the planted words in the status, the headers, the cookies and the body of an answer, however encoded."""
    texts = [answer.status, str(answer.headers), answer.get_data().decode("utf-8", "replace")]
    texts += [unquote(text) for text in texts] + [html.unescape(text) for text in texts]
    for cookie in answer.headers.getlist("Set-Cookie"):
        texts += _opened(cookie.split(";")[0].partition("=")[2])
    return {word for text in texts for word in MARK.findall(text)}


def _opened(cookie):
    """Read what a signed cookie holds, which anybody who has it can."""
    for part in cookie.strip('"').split("."):
        with suppress(ValueError):
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            yield raw.decode("utf-8", "replace")
            with suppress(zlib.error):
                yield zlib.decompress(raw).decode("utf-8", "replace")
