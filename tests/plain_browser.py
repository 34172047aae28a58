"""A browser without JavaScript: it follows links, fills in the forms of the page it shows and presses their buttons."""

import io
import re
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.html import checked


class PlainBrowser:
    """One person at one computer."""

    def __init__(self, client):
        self.client, self.at, self.status, self.soup = client, "/", 0, BeautifulSoup("", "html.parser")

    def open(self, url, status=200):
        """Type an address; redirects are followed, and every page is checked."""
        self._show(self.client.get(_path(url)), _path(url))
        assert self.status == status, f"{self.at} answered {self.status}"
        return self

    def follow(self, words):
        """Follow the first link of that name."""
        return self.open(urljoin(self.at, self._one("a[href]", words)["href"]))

    def press(self, words, status=200, /, within="form", **fields):
        """Press a button: its form is sent as it stands, with these fields filled in; None empties a field."""
        button = self._one(f"{within} button, {within} input[type=submit]", words)
        form = button.find_parent("form")
        sent = _standing(form) | {name.replace("__", "-"): value for name, value in fields.items()}
        if button.get("name"):
            sent[button["name"]] = button.get("value", "")
        sent = {name: _sendable(value) for name, value in sent.items() if value is not None}
        url = urljoin(self.at, button.get("formaction") or form.get("action") or self.at)
        if form.get("method", "get").lower() == "get":
            return self.open(f"{url}?{urlencode(sent, doseq=True)}", status)
        kind = form.get("enctype") or "application/x-www-form-urlencoded"
        if kind == "multipart/form-data":
            # The client would put a large file into a temporary one.
            boundary, sent = encode_multipart(MultiDict(sent))
            kind = f'{kind}; boundary="{boundary}"'
        self._show(self.client.open(url, method="POST", data=sent, content_type=kind), url)
        assert self.status == status, f"{url} answered {self.status}: {self.text}"
        return self

    def ask(self, url, **headers):
        """Give the status of an address, as for a picture."""
        return self.client.get(_path(url), headers=headers).status_code

    @property
    def text(self):
        """The words on the page."""
        return " ".join(self.soup.get_text(" ").split())

    def has(self, words):
        """Say whether words are anywhere on the page, in an attribute too."""
        return words in self.soup.decode()

    def _one(self, selector, words):
        pattern = re.compile(words, re.IGNORECASE)
        for element in self.soup.select(selector):
            named = element.get("aria-label") or element.get_text(" ", strip=True) or element.get("value") or ""
            if pattern.search(named) and not element.has_attr("disabled"):
                return element
        raise AssertionError(f"nothing on {self.at} is called {words}: {self.text}")

    def _show(self, answer, url):
        for _ in range(5):
            if answer.status_code not in {302, 303}:
                break
            url = _path(urljoin(url, answer.headers["Location"]))
            answer = self.client.get(url)
        self.at, self.status = url, answer.status_code
        self.soup = checked(answer, url) if answer.mimetype == "text/html" else BeautifulSoup("", "html.parser")


def _sendable(value):
    """Give a chosen file, (bytes, name), in the shape that is sent."""
    return FileStorage(io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value


def _path(url):
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _standing(form):
    """Give what a form would send as it stands."""
    sent = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        name, kind = control["name"], control.get("type", "")
        if kind in {"file", "submit", "button"} or control.has_attr("disabled") or control.find_parent("template"):
            continue
        if kind in {"checkbox", "radio"}:
            values = [control.get("value", "on")] if control.has_attr("checked") else []
        elif control.name == "select":
            chosen = control.select("option[selected]") or control.select("option")[:1]
            values = [option.get("value", "") for option in chosen]
        elif control.name == "textarea":
            values = [control.get_text().removeprefix("\n")]
        else:
            values = [control.get("value", "")]
        if values:
            sent[name] = [*sent.get(name, []), *values]
    return sent
