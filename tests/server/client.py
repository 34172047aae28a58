"""One person's browser over plain HTTP: cookies, the token of the forms, and answers with their words."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup

from pinboard.ids import public_id
from tests.serving import PATIENCE

if TYPE_CHECKING:
    from tests.serving import Site

NAME, PASSWORD = "ada@clinic.example", "four quiet herons fly"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """What a person reads in it."""
        return BeautifulSoup(self.text, "html.parser").get_text(" ", strip=True)

    @property
    def to(self) -> str:
        return self.headers.get("location", "")


class Person:
    def __init__(self, site: Site) -> None:
        self.site, self.cookies, self.token = site, {}, ""

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request; names of headers are written with _ for -."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection(urlsplit(self.site.url).netloc, timeout=PATIENCE)
        try:
            line.request(method, path, body, {"Cookie": self.cookie, **given})
            got = line.getresponse()
            answer = Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            line.close()
        for set_cookie in got.headers.get_all("Set-Cookie", []):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: dict | list | bytes = (), **headers: str) -> Answer:
        body = fields if isinstance(fields, bytes) else urlencode(fields, doseq=True).encode()
        kind = {"Content_Type": "application/x-www-form-urlencoded", "X_CSRFToken": self.token}
        return self.ask("POST", path, body, **{**kind, **headers})

    def put(self, path: str, body: bytes, **headers: str) -> Answer:
        kind = {"Content_Type": "application/octet-stream", "X_CSRFToken": self.token}
        return self.ask("PUT", path, body, **{**PART, **kind, **headers})

    def sign_in(self, login: str = NAME, password: str = PASSWORD) -> Person:
        self.read_token("/login")
        answer = self.post("/login", {"login": login, "password": password})
        assert answer.status == 303, answer.words
        self.read_token("/new")
        return self

    def read_token(self, page: str) -> None:
        self.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page).text)[1]

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Author(Person):
    """Somebody who makes a case, by the requests that the pages make."""

    draft = ""

    def slot(self, **fields: str) -> str:
        """Open a slot and give the address that takes its bytes."""
        answer = self.post("/uploads", {"draft": self.draft, "photo_kind": "XC", **fields}, **PART)
        assert answer.status == 201, answer.words
        self.draft = re.search(r'data-draft="([^"]+)"', answer.text)[1]
        return re.search(r'data-put="([^"]+)"', answer.text)[1]

    def send_many(self, files: list[bytes]) -> Answer:
        """Send small files as the page does: their slots with one request, their bytes with another."""
        names = [public_id() for _file in files]
        answer = self.post("/uploads", {"draft": self.draft, "photo_kind": "XC", "slot": names}, **PART)
        assert answer.status == 201, answer.words
        self.draft = re.search(r'data-draft="([^"]+)"', answer.text)[1]
        pieces = (name.encode() + len(data).to_bytes(4, "big") + data for name, data in zip(names, files, strict=True))
        return self.put("/uploads", b"".join(pieces))

    def send(self, data: bytes) -> Answer:
        return self.put(self.slot(), data)

    def add(self, data: bytes) -> str:
        """Take one file in and give the name of its image."""
        answer = self.send(data)
        assert answer.status == 200, answer.words
        return re.search(r"/images/([a-z2-7]{26})/preview", answer.text)[1]

    def url(self, step: str = "", image: str = "") -> str:
        middle = f"/images/{image}" if image else ""
        return f"/drafts/{self.draft}{middle}" + (f"/{step}" if step else "")

    def confirm(self, image: str, boxes: str = "[]") -> Answer:
        return self.post(self.url("confirm", image), {"boxes": boxes})

    def form(self, **fields: str) -> dict[str, str]:
        """Give a form that lacks nothing."""
        alts = re.findall(r'name="(alt-[a-z2-7]+)"', self.get(self.url()).text)
        assert alts
        described = dict.fromkeys(alts, "One slice of a chest CT.")
        return {**READY, **described, **fields}

    def publish(self, **fields: str) -> Answer:
        return self.post(self.url("publish"), self.form(**fields))


READY = {
    "title": "Is this a dissection?",
    "consent_kind": "signed",
    "level": "clinic",
    "taken_on": "2026-11-20",
    "reach": "others",
    "audience": "clinic",
}


def slug(person: Person) -> str:
    """Give a board that this person sees."""
    return re.search(r'href="/b/([^"/]+)"', person.get("/boards").text)[1]
