"""`pinboard prove`, as a privacy officer runs it."""

import io

import pytest
from sqlalchemy import select

from pinboard import config
from pinboard.cli import main
from pinboard.intake.stores import Stores
from pinboard.models import Proof
from tests.factories import make_case


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("PINBOARD_DATA", str(tmp_path / "instance"))
    return tmp_path / "instance"


def opened(data):
    return Stores.open(config.load({"PINBOARD_DATA": str(data)}))


def said(capsys, *arguments):
    code = main(["prove", *arguments])
    return code, capsys.readouterr().out.strip()


def test_a_line_a_key_and_that_they_belong_together(data, capsys, monkeypatch):
    code, line = said(capsys)
    assert code == 0
    assert line.startswith("pinboard-proof-1 ")
    assert "\n" not in line
    assert said(capsys, "--verify", line) == (0, "The line is genuine.")
    _, key = said(capsys, "--key")
    monkeypatch.setenv("PINBOARD_DATA", str(data.parent / "elsewhere"))
    assert said(capsys, "--verify", line)[0] == 1
    assert said(capsys, "--verify", line, "--with", key) == (0, "The line is genuine.")
    monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))
    assert said(capsys, "--verify", "-", "--with", key)[0] == 0
    assert said(capsys, "--verify", line.replace("cases=0", "cases=9"), "--with", key)[0] == 1
    assert said(capsys, "--verify", line, "--with", "no key")[0] == 2


def test_what_is_wrong_is_listed_one_a_line_and_kept(data, capsys):
    main(["prove"])
    stores = opened(data)
    with stores.writing() as session:
        case = make_case(session, title="Doe, John, born 1927")
    capsys.readouterr()
    assert main(["prove"]) == 1
    out, err = capsys.readouterr()
    codes = {line.split(" | ")[0] for line in out.splitlines()}
    assert {"header", "object-missing", "pictures-missing", "profile-unknown"} <= codes
    assert "Doe" not in out
    assert f"{len(out.splitlines())} violations." in err
    with stores.reading() as session:
        kept = session.scalars(select(Proof).order_by(Proof.id)).all()
    assert [bool(one.line) for one in kept] == [True, False]
    assert {one["code"] for one in kept[1].violations} == codes
    assert case.public_id not in str(kept[0].violations)
    stores.close()
