"""Serves the app's own static files from memory, under an address that changes when any of them does.

They may be kept by a browser for ever, relative imports between modules stay inside one version, and the style
sheets that every page needs arrive as one file. Pictures of patients never come near this module.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from flask import Flask, Response, abort, current_app, request

from pinboard.web.access import access

PACKAGE = Path(__file__).resolve().parents[1]
BUNDLE = "css/app.css"
ORDER = ("css/tokens.css", "css/base.css", "css/layout.css")
# What only these pages need does not weigh on the first view of a wall.
APART = ("css/drafts",)
TEXT = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
FOREVER = "public, max-age=31536000, immutable"


def folder(name: str) -> Path:
    """Find templates or static files: the checkout's first, because an editable install keeps a stale copy."""
    checkout = PACKAGE.parent / name
    return checkout if (PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir() else PACKAGE / f"_{name}"


@dataclass(slots=True)
class Asset:
    """One file in memory; its compressed forms are made when somebody first asks."""

    body: bytes
    content_type: str
    forms: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, coding: str) -> bytes:
        """Give the body in one content coding."""
        if coding not in self.forms:
            packed = brotli.compress(self.body, quality=11) if coding == "br" else gzip.compress(self.body, 9, mtime=0)
            self.forms[coding] = packed
        return self.forms[coding]

    @property
    def is_text(self) -> bool:
        """Tell whether compressing it is worth anything."""
        return self.content_type.startswith(TEXT) and len(self.body) > 200


class Assets:
    """All static files of one version of the app."""

    def __init__(self, root: Path) -> None:
        self.files = {name: Asset(body, _type(name)) for name, body in _read(root).items()}
        digest = hashlib.sha256()
        for name, asset in sorted(self.files.items()):
            digest.update(f"{name}\0{len(asset.body)}\0".encode() + asset.body)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Give the address of a file in this version."""
        return f"/static/{self.version}/{name}"


def init_app(app: Flask) -> None:
    """Read the files, and answer for them."""
    assets = Assets(folder("static"))
    app.extensions["pinboard-assets"] = assets
    app.jinja_env.globals["asset"] = assets.url
    app.add_url_rule("/static/<path:name>", "static", serve)


@access("public")
def serve(name: str) -> Response:
    """Answer with one file; the version in the address is what may be kept for ever."""
    assets: Assets = current_app.extensions["pinboard-assets"]
    version, _, rest = name.partition("/")
    is_versioned = version == assets.version
    asset = assets.files.get(rest if is_versioned else name)
    if asset is None:
        abort(404)
    coding = request.accept_encodings.best_match(["br", "gzip"]) if asset.is_text else None
    response = Response(asset.encoded(coding) if coding else asset.body, content_type=asset.content_type)
    if coding:
        response.headers["Content-Encoding"] = coding
    if asset.is_text:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOREVER if is_versioned else "no-cache"
    response.set_etag(f"{assets.version}-{coding or 'id'}", weak=True)
    response.make_conditional(request)
    return response


def _read(root: Path) -> dict[str, bytes]:
    """Read every file; the style sheets but the vendor's become one, and one more for each folder that is apart."""
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    sheets = {name: found.pop(name) for name in list(found) if name.startswith("css/")}
    names = [name for name in ORDER if name in sheets] + [name for name in sorted(sheets) if name not in ORDER]
    for part in APART:
        if own := [name for name in names if name.startswith(f"{part}/")]:
            found[f"{part}.css"] = b"\n".join(sheets[name] for name in own)
            names = [name for name in names if name not in own]
    found[BUNDLE] = b"\n".join(sheets[name] for name in names)
    return found


def _type(name: str) -> str:
    guessed = {
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".webmanifest": "application/manifest+json",
    }
    kind = guessed.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
