"""Keeps the clinic's master keys in files of their own, which may lie outside the data folder and its backups."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pinboard import clock
from pinboard.deid.pseudonym import Keys
from pinboard.storage.files import locked, make_folder, write_file

SIZE = 32
# The moment of making comes first, so that the greatest name is the newest key, also after a restore.
_NAME = re.compile(r"master-([0-9a-f]{8}-[0-9a-f]{6})\.key")


class KeyFileError(Exception):
    """A key that is not there or not a key; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyRing:
    """Every master key by its id; the newest makes what is new, all read what is old."""

    def __init__(self, masters: dict[str, bytes]) -> None:
        if not masters:
            raise KeyFileError("no-key")
        self._masters = dict(masters)
        self.current_id = max(masters)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read all keys of a folder; where there is none yet, make the first."""
        make_folder(folder)
        with locked(folder):
            return cls(_read(folder) or _read_after_making(folder))

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of all keys, oldest first."""
        return tuple(sorted(self._masters))

    def subkey(self, label: str, key_id: str | None = None) -> bytes:
        """Derive the 32-byte key of one purpose (HKDF-SHA256); nothing uses a master key itself."""
        master = self._masters.get(self.current_id if key_id is None else key_id)
        if master is None:
            raise KeyFileError("unknown-key")
        return HKDF(SHA256(), SIZE, salt=None, info=b"pinboard keys 1 " + label.encode()).derive(master)

    @property
    def deid(self) -> Keys:
        """Give the keys of pseudonyms, UIDs and dates that new cases get."""
        return self.deid_of(self.current_id)

    def deid_of(self, key_id: str) -> Keys:
        """Give the keys that made the pseudonyms of an older case."""
        return Keys.derive(self.subkey("deid", key_id), key_id)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.ids)})"


def _read(folder: Path) -> dict[str, bytes]:
    masters: dict[str, bytes] = {}
    for path in folder.iterdir():
        if found := _NAME.fullmatch(path.name):
            masters[found[1]] = path.read_bytes()
            if len(masters[found[1]]) != SIZE:
                raise KeyFileError("bad-key")
    return masters


def _read_after_making(folder: Path) -> dict[str, bytes]:
    name = f"{int(clock.now().timestamp()):08x}-{secrets.token_hex(3)}"
    write_file(folder / f"master-{name}.key", [secrets.token_bytes(SIZE)])
    return _read(folder)
