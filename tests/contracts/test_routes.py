"""Every route is marked with who may call it, leads where links say, and only asks when it is a GET."""

import ast
import re
from datetime import timedelta

import pytest

from pinboard.identity import sessions
from pinboard.models import Base
from pinboard.web.access import AUDIENCES, audience_of
from tests.contracts.access_matrix import MATRIX
from tests.contracts.code import modules

GETS = [line for line in MATRIX if line.method == "GET"]
BATCHED = {"opening", "opening_batch", "access_batch"}


def views(tree):
    """List the functions of a module that a route leads to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
            names = [one.func.attr for one in calls if isinstance(one.func, ast.Attribute)]
            if {"route", "get", "post", "put", "delete", "patch"} & set(names):
                yield node, calls


def test_every_view_is_marked(world):
    endpoints = sorted({rule.endpoint for rule in world.app.url_map.iter_rules()})
    assert len(endpoints) > 80
    assert [name for name in endpoints if not audience_of(world.app, name)] == []
    assert all(set(audience_of(world.app, name)) <= set(AUDIENCES) for name in endpoints)


def test_the_mark_stands_right_above_the_view():
    found = [(one, node, calls) for one in modules() for node, calls in views(one.tree)]
    assert len(found) > 80
    wrong = [
        f"{one.path}:{node.lineno}"
        for one, node, calls in found
        if not (isinstance(calls[-1].func, ast.Name) and calls[-1].func.id == "access")
    ]
    assert wrong == []


def test_no_view_takes_a_number_that_is_a_row():
    """Ids in addresses are random; a row number would be given to the next thing and could be counted."""
    spoken = [(one.path, node.name) for one in modules() for node, _ in views(one.tree) if "id" in _names(node)]
    assert spoken == []


def _names(node):
    return {argument.arg for argument in node.args.args}


def test_nothing_is_changed_by_a_link():
    wrong = [
        f"{one.path}:{node.lineno}"
        for one in modules()
        for node, calls in views(one.tree)
        if any(isinstance(call.func, ast.Attribute) and call.func.attr == "get" for call in calls) and _commits(node)
    ]
    assert wrong == []


def _commits(node):
    return any(isinstance(one, ast.Attribute) and one.attr in {"commit", "flush"} for one in ast.walk(node))


@pytest.mark.parametrize("line", GETS, ids=str)
def test_a_get_writes_nothing(world, line, monkeypatch):
    # Once a minute a session notes that it is in use, which is no business of the page that was asked for.
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(days=1))
    for who in ("ada", "pat", "oz", "nobody"):
        assert world.answer(who, line).written_to <= BATCHED, who


def test_the_check_of_writes_sees_a_write(world):
    users = Base.metadata.tables["user_"]
    for statement in (users.update().values(name="Somebody"), users.delete().where(users.c.id < 0)):
        world.writes.clear()
        with world.undone():
            world.connection.execute(statement)
        assert world.writes == ["user_"]
    lines = [line for line in MATRIX if line.method == "POST"]
    assert any("audit_event" in world.answer("ada", line).written_to for line in lines)


def test_a_huge_number_or_a_made_up_name_is_nothing(world):
    paths = {line.path for line in MATRIX if "{" in line.path and not line.path.startswith("{")}
    assert len(paths) > 40
    odd = ("%00", "..%2f..", "'", "a" * 300)
    for place, path in enumerate(sorted(paths)):
        for made_up in ("9" * 40, "x", odd[place % len(odd)]):
            answer = world.ask("ada", "GET", re.sub(r"\{\w+\}", made_up.replace("{", ""), path))
            assert answer.status_code in {200, 303, 404, 405, 422}, (path, made_up)
            assert answer.status_code != 200 or path.startswith(("/s/", "/c/{case}/series")), (path, made_up)
