from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from pinboard import __version__
from pinboard.cli import COMMANDS, main


def test_every_command_has_its_module():
    assert [name for name in COMMANDS if find_spec(f"pinboard.cli.{name}") is None] == []


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"], []])
def test_help_lists_every_command(words, capsys):
    assert main(words) == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name}" not in said] == []


def test_an_unknown_command_gets_the_list_and_is_an_error(capsys):
    assert main(["serv"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("usage: pinboard COMMAND")) == ("", True)


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"Pinboard {__version__}\n"


def test_a_wrong_setting_is_a_sentence_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setenv("PINBOARD_PORT", "eighty")
    assert main(["config"]) == 2
    assert capsys.readouterr().err == "PINBOARD_PORT must be a whole number from 0 to 65535.\n"


def test_config_masks_secrets(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PINBOARD_DATA", str(tmp_path))
    monkeypatch.setenv("PINBOARD_SMTP_URL", "smtp://ada:correct-horse@mail.example")
    assert main(["config"]) == 0
    said = capsys.readouterr().out
    assert f"PINBOARD_DATA={tmp_path}\n" in said
    assert "PINBOARD_SMTP_URL=(set)\n" in said
    assert "correct-horse" not in said


def test_check_says_that_nothing_is_wrong_or_what_is(monkeypatch, tmp_path, capsys):
    tmp_path.chmod(0o755)
    monkeypatch.setenv("PINBOARD_DATA", str(tmp_path))
    assert main(["check"]) == 1
    assert "P001 error: Others on this machine can look into the data folder.\n" in capsys.readouterr().out
    tmp_path.chmod(0o700)
    assert main(["check"]) == 0


def test_the_command_line_starts_without_a_web_framework_or_decoder():
    script = "import sys, pinboard.cli; pinboard.cli.main(['config']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert {"flask", "sqlalchemy", "numpy", "pydicom"} & set(done.stdout.split()) == set()
