"""Looks for what is wrong with an installation and says what to do; `pinboard check` and the start print it.

Every finding has an id that stays, so that a clinic can look it up in docs/operations.md.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from pinboard.config import Config, misspelt
from pinboard.models.engine import make_engine
from pinboard.models.ready import is_current
from pinboard.sandbox.confine import landlock_version

DECODERS = {"PIL": "pillow", "gdcm": "python-gdcm", "jpeg_ls": "pyjpegls", "openjpeg": "pylibjpeg-openjpeg"}
DECODERS |= {
    "pylibjpeg": "pylibjpeg",
    "rle": "pylibjpeg-rle",
    "pydicom": "pydicom",
    "numpy": "numpy",
    "brotli": "brotli",
}
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs"}
LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    id: str
    is_error: bool
    sentence: str
    hint: str


def findings(config: Config) -> list[Finding]:
    """Run every check; an empty list means that nothing was found."""
    return [found for check in CHECKS for found in check(config)]


def check_data_folder(config: Config) -> Iterator[Finding]:
    """P001: only the account that runs Pinboard may look into the data folder."""
    folder = config.data
    if not folder.exists():
        yield Finding("P001", False, "The data folder is not there yet.", "The first start makes it.")
    elif not os.access(folder, os.W_OK):
        yield Finding(
            "P001",
            True,
            "The data folder cannot be written.",
            f"Give it to the account that runs Pinboard: chown -R ACCOUNT {folder}",
        )
    elif _is_open_to_others(folder):
        yield Finding("P001", True, "Others on this machine can look into the data folder.", f"chmod 700 {folder}")


def check_keys(config: Config) -> Iterator[Finding]:
    """P002: nobody else may read the keys."""
    for path in (config.secret_key_file, config.keys, *_files(config.keys)):
        if path.exists() and _is_open_to_others(path):
            yield Finding("P002", True, f"Others on this machine can read {path}.", f"chmod go= {path}")


def check_swap(_config: Config) -> Iterator[Finding]:
    """P003: what is in memory must not reach a disk in the clear."""
    areas = _read("/proc/swaps").splitlines()[1:]
    if any(not _is_encrypted(line.split()[0]) for line in areas):
        yield Finding(
            "P003",
            False,
            "This machine swaps to a disk that is not known to be encrypted; an upload in memory could end there.",
            "Encrypt the swap, use zram, or turn it off: swapoff -a",
        )


def check_sandbox(_config: Config) -> Iterator[Finding]:
    """P004: the kernel should keep image decoders away from files and network."""
    if sys.platform != "linux":
        yield Finding("P004", False, "Image decoders are only limited in time here.", "Run Pinboard on Linux.")
    elif landlock_version() < 1:
        yield Finding(
            "P004",
            False,
            "The kernel offers no Landlock, so decoders are limited in memory and time but not kept from files.",
            "Use Linux 5.13 or newer with Landlock enabled; 6.7 or newer keeps them from the network too.",
        )


def check_decoders(_config: Config) -> Iterator[Finding]:
    """P005: every default decoder must be there, or some images would be refused."""
    missing = sorted(package for module, package in DECODERS.items() if find_spec(module) is None)
    if missing:
        yield Finding("P005", True, f"Decoders are missing: {', '.join(missing)}.", f"pip install {' '.join(missing)}")


def check_file_system(config: Config) -> Iterator[Finding]:
    """P006: SQLite loses data where a network file system does not lock."""
    path = config.database_path
    if path is not None and file_system_of(path, _read("/proc/mounts")) in NETWORK_FILE_SYSTEMS:
        yield Finding(
            "P006",
            True,
            "The SQLite database lies on a network file system, which corrupts it sooner or later.",
            "Put the data folder on a local disk, or use PostgreSQL (PINBOARD_DATABASE_URL).",
        )


def check_sqlite(config: Config) -> Iterator[Finding]:
    """P007: search needs FTS5 in the SQLite that Python brings."""
    if not config.is_sqlite:
        return
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError:
        yield Finding("P007", True, "This Python’s SQLite has no full-text search.", "Use the Python of your system.")
    finally:
        database.close()


def check_space(config: Config) -> Iterator[Finding]:
    """P008: a full disk refuses uploads, so say it before."""
    free = shutil.disk_usage(_nearest(config.data)).free
    if free < LITTLE_SPACE:
        sentence = f"Only {free // 1_000_000:,} MB are free where the data folder lies."
        yield Finding("P008", free < NO_SPACE, sentence, "Make room, or move the data folder (PINBOARD_DATA).")


def check_address(config: Config) -> Iterator[Finding]:
    """P009: on a network, pictures and passwords travel encrypted."""
    is_https = config.base_url.startswith("https://")
    is_local = config.host in {"127.0.0.1", "::1", "localhost"}
    if config.trusted_proxies and not is_https:
        yield Finding(
            "P009",
            True,
            "A proxy is trusted, but PINBOARD_BASE_URL is not an https address.",
            "Set PINBOARD_BASE_URL=https://… to the address people type.",
        )
    elif not is_local and not is_https:
        yield Finding(
            "P009",
            True,
            "Pinboard listens to the network without HTTPS.",
            "Listen at 127.0.0.1 and put Caddy in front: docs/operations.md.",
        )


def check_names(_config: Config) -> Iterator[Finding]:
    """P010: a misspelt setting does nothing, silently."""
    for name in misspelt(os.environ):
        yield Finding("P010", False, f"{name} is no setting.", "Compare with docs/options.md.")


def check_tables(config: Config) -> Iterator[Finding]:
    """P011: the database must answer, in the form that this version needs."""
    if config.database_path is not None and not config.database_path.exists():
        return  # the first start makes it
    engine = make_engine(config.database_url)
    try:
        if not is_current(engine):
            yield Finding(
                "P011", True, "The database is of another version.", "Start Pinboard: it upgrades, or says why not."
            )
    except SQLAlchemyError:
        yield Finding(
            "P011", True, "The database cannot be reached.", "Look at PINBOARD_DATABASE_URL and at the server."
        )
    finally:
        engine.dispose()


CHECKS: tuple[Callable[[Config], Iterator[Finding]], ...] = (
    check_data_folder,
    check_keys,
    check_swap,
    check_sandbox,
    check_decoders,
    check_file_system,
    check_sqlite,
    check_space,
    check_address,
    check_names,
    check_tables,
)


def file_system_of(path: Path, mounts: str) -> str:
    """Give the type of the file system a path lies on, from the text of /proc/mounts; empty where that is unknown."""
    rows = [line.split() for line in mounts.splitlines()]
    holding = [(len(row[1]), row[2]) for row in rows if len(row) > 2 and path.is_relative_to(_plain(row[1]))]
    return max(holding, key=lambda row: row[0], default=(0, ""))[1]


def _plain(mount_point: str) -> str:
    """Undo the octal escapes with which the kernel writes spaces."""
    return mount_point.replace(r"\040", " ").replace(r"\011", "\t").replace(r"\134", "\\")


def _is_open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _is_encrypted(device: str) -> bool:
    """Say whether a swap area is in memory or on a device that dm-crypt encrypts."""
    name = Path(device).resolve().name
    return name.startswith("zram") or _read(f"/sys/block/{name}/dm/uuid").startswith("CRYPT-")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _nearest(path: Path) -> Path:
    """Give the path, or the nearest folder above it that is there."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
