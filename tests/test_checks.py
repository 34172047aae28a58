from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from pinboard.checks import CHECKS, file_system_of, findings
from pinboard.config import load
from pinboard.models.ready import ensure_ready

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/share nfs4 rw 0 0
//server/x /srv/share/local\\040disk cifs rw 0 0
"""


@pytest.fixture
def config(tmp_path):
    tmp_path.chmod(0o700)
    return load({"PINBOARD_DATA": str(tmp_path)})


def ids(config):
    return {found.id for found in findings(config)}


def test_a_new_installation_has_no_errors(config):
    assert [found for found in findings(config) if found.is_error] == []


def test_every_check_names_its_id_and_what_it_is_for():
    names = [check.__doc__.split(":")[0] for check in CHECKS]
    assert names == [f"P{number:03}" for number in range(1, len(CHECKS) + 1)]


def test_every_check_is_in_the_manual():
    manual = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(check.__doc__.split(":")[0] in manual for check in CHECKS)


def test_a_data_folder_that_others_can_read(config):
    assert "P001" not in ids(config)
    config.data.chmod(0o755)
    assert "P001" in ids(config)


def test_a_key_that_others_can_read(config):
    config.keys.mkdir(mode=0o700)
    key = config.keys / "master.key"
    key.touch(mode=0o600)
    assert "P002" not in ids(config)
    key.chmod(0o640)
    assert "P002" in ids(config)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/pinboard/pinboard.sqlite", "ext4"),
        ("/srv/share/pinboard.sqlite", "nfs4"),
        ("/srv/share/local disk/pinboard.sqlite", "cifs"),
        ("/srv/shared/pinboard.sqlite", "ext4"),
    ],
)
def test_the_file_system_of_a_path(path, kind):
    assert file_system_of(Path(path), MOUNTS) == kind


@pytest.mark.parametrize(
    ("host", "base_url", "proxies", "is_wrong"),
    [
        ("127.0.0.1", "", 0, False),
        ("127.0.0.1", "https://pinboard.example", 1, False),
        ("127.0.0.1", "http://pinboard.example", 1, True),
        ("0.0.0.0", "", 0, True),  # noqa: S104
        ("0.0.0.0", "https://pinboard.example", 1, False),  # noqa: S104
    ],
)
def test_an_address_without_https(config, host, base_url, proxies, is_wrong):
    changed = dataclasses.replace(config, host=host, base_url=base_url, trusted_proxies=proxies)
    assert ("P009" in ids(changed)) is is_wrong


def test_a_misspelt_setting(config, monkeypatch):
    assert "P010" not in ids(config)
    monkeypatch.setitem(os.environ, "PINBOARD_PROT", "9000")
    assert "P010" in ids(config)


def test_a_database_of_another_version_or_none(config):
    assert "P011" not in ids(config)
    config.database_path.touch(mode=0o600)
    assert "P011" in ids(config)
    ensure_ready(config)
    assert "P011" not in ids(config)
    config.database_path.write_bytes(b"no database" * 1000)
    assert "P011" in ids(config)
