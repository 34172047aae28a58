from __future__ import annotations

import hashlib

import pytest

from pinboard.custody import Scrubbed
from pinboard.ids import public_id
from pinboard.storage.keyfiles import KeyRing
from pinboard.storage.vault import Vault


def scrubbed(instance: bytes = b"DICM" * 40_000) -> Scrubbed:
    return Scrubbed(instance, {"Modality": "CT", "Rows": 2}, hashlib.sha256(instance).hexdigest())


@pytest.fixture
def keys(tmp_path):
    return KeyRing.load(tmp_path / "keyfiles")


@pytest.fixture
def vault(tmp_path, keys):
    return Vault(tmp_path / "vault", keys)


@pytest.fixture
def names():
    return public_id(), public_id()
