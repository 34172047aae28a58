"""Keeps what nobody has reviewed yet, encrypted, and forgets it by destroying a key.

Each blob has a key of its own: one key for several blobs would reuse nonces, which gives their pixels back. Wrapped
keys are small files, never rows: a row that was deleted stays in the log, in free pages and in later backups. They are
wrapped under a secret that changes every week and goes when nothing needs it, so that old copies of them die too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pinboard import clock
from pinboard.custody import Header, Scrubbed
from pinboard.ids import is_public_id
from pinboard.storage.files import PARTIAL, Data, locked, make_folder, shred, write_file, write_files
from pinboard.storage.keyfiles import KeyFileError, KeyRing

CHUNK = 64 * 1024
SCRUBBED = "scrubbed"
_VERSION = b"pinboard vault 1"
_MAGIC = b"PBV1"
_LENGTH = struct.Struct(">I")
_TAG = 16
_MAX_HEADER = 32 << 20
_GRACE = timedelta(hours=1)


class VaultError(Exception):
    """A blob that cannot be had: missing, destroyed, damaged, exists, bad-name."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Vault:
    """A folder of sealed blobs by draft, and the folders of their keys."""

    def __init__(self, root: Path, keys: KeyRing) -> None:
        self._blobs = root / "blobs"
        self._wrapped = root / "keys"
        self._weeks = root / "kek"
        self._keys = keys

    def seal(self, scrubbed: Scrubbed, draft: str, blob: str) -> None:
        """Encrypt under a new key; the key is on the disk first, so no ciphertext is ever without one by accident."""
        self.seal_each({blob: scrubbed}, draft)

    def seal_each(self, scrubbed: Mapping[str, Scrubbed], draft: str) -> None:
        """Encrypt many by their names, each under a key of its own; all of them are there afterwards, or none."""
        for one in scrubbed.values():
            if hashlib.sha256(one.instance).hexdigest() != one.sha256:
                raise VaultError("damaged")
        if any(self._path(self._blobs, draft, blob).exists() for blob in scrubbed):
            raise VaultError("exists")
        try:
            self._seal_new(scrubbed, draft)
        except BaseException as error:
            for blob in scrubbed:
                self.destroy_blob(draft, blob)
            if isinstance(error, FileNotFoundError):
                # The draft was thrown away in this moment, and its folders with it.
                raise VaultError("destroyed") from error
            raise

    def open(self, draft: str, blob: str) -> Scrubbed:
        """Decrypt; what was cut, swapped, changed or sealed as something else is refused."""
        pieces = self._open(SCRUBBED, (draft, blob))
        head = json.loads(next(pieces))
        header: Header = head["header"]
        return Scrubbed(b"".join(pieces), header, head["sha256"])

    def destroy_blob(self, draft: str, blob: str) -> None:
        """Destroy the key, then remove what it opened; more than once does no harm."""
        shred(self._path(self._wrapped, draft, blob))
        self._path(self._blobs, draft, blob).unlink(missing_ok=True)

    def destroy(self, draft: str) -> None:
        """Destroy every key of a draft before anything else of it is touched."""
        for path in _files(self._path(self._wrapped, draft)):
            shred(path)
        for path in _files(self._path(self._blobs, draft)):
            path.unlink(missing_ok=True)
        self.remove_empty(draft)

    def remove_empty(self, draft: str) -> None:
        """Remove the folders of a draft of which nothing is left."""
        for folder in (self._wrapped, self._blobs):
            with contextlib.suppress(OSError):
                self._path(folder, draft).rmdir()

    def drafts(self) -> list[str]:
        """List every draft of which anything is left."""
        return sorted({path.name for top in (self._wrapped, self._blobs) for path in _folders(top)})

    def blobs(self, draft: str) -> list[str]:
        """List what can be opened of a draft."""
        keys = {path.name for path in _files(self._path(self._wrapped, draft))}
        return sorted(path.name for path in _files(self._path(self._blobs, draft)) if path.name in keys)

    def left(self, draft: str) -> list[str]:
        """List every blob of a draft of which a key or a ciphertext is left."""
        folders = (self._path(self._wrapped, draft), self._path(self._blobs, draft))
        return sorted({path.name for folder in folders for path in _files(folder) if _is_final(path)})

    def sweep(self, now: datetime) -> int:
        """Remove what crashes left and the secrets of past weeks that no key needs; gives how many files went."""
        gone = 0
        for draft in self.drafts():
            gone += self._sweep_draft(draft, (now - _GRACE).timestamp())
        needed = {_week(now), _week(now - _GRACE)}
        for draft in self.drafts():
            needed |= {_week_of(path) for path in _files(self._wrapped / draft)}
        for path in _files(self._weeks):
            if path.name not in needed and not path.name.startswith("."):
                shred(path)
                gone += 1
        return gone

    def _sweep_draft(self, draft: str, before: float) -> int:
        keys, blobs = self._wrapped / draft, self._blobs / draft
        # The key is written first and destroyed first: without one a blob is dead, without a blob a key may be young.
        dead = [path for path in _files(blobs) if not (keys / path.name).exists() and _is_final(path)]
        old = [path for path in _files(blobs) if not _is_final(path) and _changed(path) < before]
        for path in (*dead, *old):
            path.unlink(missing_ok=True)
        lone = [path for path in _files(keys) if not (blobs / path.name).exists() and _changed(path) < before]
        for path in lone:
            shred(path)
        for folder in (keys, blobs):
            if folder.is_dir() and _changed(folder) < before:
                with contextlib.suppress(OSError):
                    folder.rmdir()
        return len(dead) + len(old) + len(lone)

    def _seal_new(self, scrubbed: Mapping[str, Scrubbed], draft: str) -> None:
        keys = {blob: AESGCM.generate_key(256) for blob in scrubbed}
        make_folder(self._path(self._blobs, draft))
        make_folder(self._path(self._wrapped, draft))
        for blob in scrubbed:
            # A crash may have left a key whose blob never came.
            shred(self._path(self._wrapped, draft, blob))
        wrapped = {blob: [self._wrap(key, (draft, blob))] for blob, key in keys.items()}
        write_files(self._path(self._wrapped, draft), wrapped)
        sealed = {blob: _sealed(keys[blob], one, (draft, blob)) for blob, one in scrubbed.items()}
        write_files(self._path(self._blobs, draft), sealed)

    def _open(self, kind: str, names: tuple[str, str]) -> Iterator[bytes]:
        path = self._path(self._blobs, *names)
        key = self._unwrap(names)
        try:
            with path.open("rb") as file:
                yield from _decrypt(file, key, _bound(kind, names))
        except FileNotFoundError as error:
            raise VaultError("missing") from error

    def _wrap(self, key: bytes, names: tuple[str, str]) -> bytes:
        week, master = _week(clock.now()), self._keys.current_id
        nonce = secrets.token_bytes(12)
        wrapped = AESGCM(self._kek(master, self._make_week(week))).encrypt(
            nonce, key, _bound(f"{master} {week}", names)
        )
        return json.dumps({"master": master, "week": week, "nonce": nonce.hex(), "key": wrapped.hex()}).encode()

    def _unwrap(self, names: tuple[str, str]) -> bytes:
        try:
            saved = json.loads(self._path(self._wrapped, *names).read_bytes())
            master, week = str(saved["master"]), str(saved["week"])
            kek = self._kek(master, (self._weeks / _checked_week(week)).read_bytes())
            bound = _bound(f"{master} {week}", names)
            return AESGCM(kek).decrypt(bytes.fromhex(saved["nonce"]), bytes.fromhex(saved["key"]), bound)
        except FileNotFoundError as error:
            raise VaultError("destroyed") from error
        except (ValueError, KeyError, TypeError, InvalidTag, KeyFileError) as error:
            raise VaultError("damaged") from error

    def _kek(self, master: str, week_secret: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt=week_secret, info=_VERSION).derive(self._keys.subkey("vault", master))

    def _make_week(self, week: str) -> bytes:
        path = make_folder(self._weeks) / week
        with locked(self._weeks):
            if not path.exists():
                write_file(path, [secrets.token_bytes(32)])
            return path.read_bytes()

    @staticmethod
    def _path(top: Path, *names: str) -> Path:
        # Nothing but our own random names ever becomes part of a path.
        if not all(map(is_public_id, names)):
            raise VaultError("bad-name")
        return top.joinpath(*names)


def _sealed(key: bytes, scrubbed: Scrubbed, names: tuple[str, str]) -> Iterator[Data]:
    head = json.dumps({"header": scrubbed.header, "sha256": scrubbed.sha256}).encode()
    return _encrypt(key, _bound(SCRUBBED, names), head, scrubbed.instance)


def _encrypt(key: bytes, bound: bytes, head: bytes, body: bytes) -> Iterator[Data]:
    cipher, view = AESGCM(key), memoryview(body)
    last = -(-len(body) // CHUNK)
    sealed = cipher.encrypt(_nonce(0, is_last=last == 0), head, bound)
    yield _MAGIC + _LENGTH.pack(len(sealed)) + sealed
    for index in range(1, last + 1):
        piece = view[(index - 1) * CHUNK : index * CHUNK]
        yield cipher.encrypt(_nonce(index, is_last=index == last), piece, bound)


def _decrypt(file: BinaryIO, key: bytes, bound: bytes) -> Iterator[bytes]:
    cipher, index, piece = AESGCM(key), 0, _first(file.read)
    while True:
        following = file.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(index, is_last=not following), piece, bound)
        except InvalidTag as error:
            raise VaultError("damaged") from error
        if not following:
            return
        index, piece = index + 1, following


def _first(read: Callable[[int], bytes]) -> bytes:
    start = read(len(_MAGIC) + _LENGTH.size)
    if len(start) != len(_MAGIC) + _LENGTH.size or not start.startswith(_MAGIC):
        raise VaultError("damaged")
    (length,) = _LENGTH.unpack(start[len(_MAGIC) :])
    if not _TAG < length <= _MAX_HEADER:
        raise VaultError("damaged")
    return read(length)


def _nonce(index: int, *, is_last: bool) -> bytes:
    """Give 12 bytes that no other piece under this key has, and that only the last piece of all can have."""
    return index.to_bytes(11, "big") + bytes([is_last])


def _bound(kind: str, names: tuple[str, str]) -> bytes:
    return b"\0".join((_VERSION, kind.encode(), *(name.encode() for name in names)))


def _week(moment: datetime) -> str:
    year, week, _day = moment.isocalendar()
    return f"{year}w{week:02d}"


def _checked_week(text: str) -> str:
    time.strptime(text + "-1", "%Gw%V-%u")
    return text


def _week_of(path: Path) -> str:
    try:
        return str(json.loads(path.read_bytes())["week"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _is_final(path: Path) -> bool:
    return not path.name.startswith(PARTIAL)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return []


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if is_public_id(path.name)]
    except FileNotFoundError:
        return []
