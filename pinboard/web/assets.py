"""Hands the app's own static files to WhiteNoise, under an address that changes when any of them does.

They may be kept by a browser for ever, relative imports between modules stay inside one version, and the style
sheets that every page needs arrive as one file. Pictures of patients never come near this module.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from pinboard.web.headers import CSP, EVERYWHERE

PACKAGE = Path(__file__).resolve().parents[1]
BUNDLE = "css/app.css"
ORDER = ("css/tokens.css", "css/base.css", "css/layout.css")
# What only these pages need does not weigh on the first view of a wall.
APART = ("css/appearance", "css/attest", "css/boards", "css/case", "css/discover", "css/drafts", "css/search")
# A comment that fills its lines is for those who read the code, and a phone need not load it.
COMMENT = re.compile(rb"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*\n", re.MULTILINE)
KEPT_SECONDS = 86_400
"""A page that is open during an upgrade still loads the modules of its own version."""


def folder(name: str) -> Path:
    """Find templates or static files: the checkout's first, because an editable install keeps a stale copy."""
    checkout = PACKAGE.parent / name
    return checkout if (PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir() else PACKAGE / f"_{name}"


class Assets:
    """All static files of one version of the app."""

    def __init__(self, root: Path) -> None:
        self.files = _read(root)
        digest = hashlib.sha256()
        for name, body in sorted(self.files.items()):
            digest.update(f"{name}\0{len(body)}\0".encode() + body)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Give the address of a file in this version."""
        return f"/static/{self.version}/{name}"

    def build(self, place: Path) -> Path:
        """Write this version with its compressed forms, unless it is there, and forget those of other days."""
        target = place / self.version
        if not target.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            begun = Path(tempfile.mkdtemp(dir=place))
            for name, body in self.files.items():
                path = begun / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
                for ending, packed in _compressed(body).items() if _is_text(name) else ():
                    path.with_name(path.name + ending).write_bytes(packed)
            # Of two processes that start at once one is too late, and finds the same files there.
            with contextlib.suppress(OSError):
                begun.rename(target)
        for other in place.iterdir():
            if other != target and time.time() - other.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(other, ignore_errors=True)
        return target


def init_app(app: Flask) -> None:
    """Let WhiteNoise answer for the files of this version, before any request reaches the application."""
    assets = Assets(folder("static"))
    app.jinja_env.globals["asset"] = assets.url
    built = assets.build(app.config["PINBOARD"].data / "static")
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(built),
        prefix=f"static/{assets.version}",
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=_add_headers,
    )


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in {**EVERYWHERE, "Content-Security-Policy": CSP}.items():
        headers[name] = value


def _is_text(name: str) -> bool:
    return name.endswith((".css", ".js", ".svg", ".webmanifest"))


@cache
def _compressed(body: bytes) -> dict[str, bytes]:
    """Compress once for each process, however many applications it makes; what gains nothing has no other form."""
    forms = {".br": brotli.compress(body, quality=11), ".gz": gzip.compress(body, 9, mtime=0)}
    return {ending: packed for ending, packed in forms.items() if len(packed) < len(body)}


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
    ours = ("js/", "css/")
    return {name: COMMENT.sub(b"", body) if name.startswith(ours) else body for name, body in found.items()}
