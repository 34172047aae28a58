"""Every route is marked with who may call it, leads where links say, and only asks when it is a GET."""

import ast
import re

import pytest
from sqlalchemy import MetaData, Table, func, inspect, select

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
def test_a_get_writes_nothing(world, line):
    for who in ("ada", "pat", "oz", "nobody"):
        with world.undone():
            before = contents(world.connection)
            world.ask(who, "GET", line.path)
            after = contents(world.connection)
        assert {name for name in before if before[name] != after[name]} <= BATCHED, who


def contents(connection):
    """Give the number of rows of every table and a sum over what a GET could be tempted to touch."""
    counts = {
        table.name: connection.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }
    for table in ("session_", "user_", "case_", "share"):
        columns = Table(table, MetaData(), autoload_with=connection).columns if table not in _SEEN else _SEEN[table]
        _SEEN[table] = columns
        counts[f"rows of {table}"] = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
    return counts


_SEEN: dict = {}


def test_the_check_of_writes_sees_a_write(world):
    with world.undone():
        before = contents(world.connection)
        world.connection.execute(Base.metadata.tables["user_"].update().values(name="Somebody"))
        after = contents(world.connection)
    assert [name for name in before if before[name] != after[name]] == ["rows of user_"]
    assert len(before) > len(inspect(world.connection).get_table_names()) / 2


def test_a_huge_number_or_a_made_up_name_is_nothing(world):
    paths = {line.path for line in MATRIX if "{" in line.path and not line.path.startswith("{")}
    assert len(paths) > 40
    for path in sorted(paths):
        for made_up in ("9" * 40, "x", "%00", "..%2f..", "'", "a" * 300):
            answer = world.ask("ada", "GET", re.sub(r"\{\w+\}", made_up.replace("{", ""), path))
            assert answer.status_code in {200, 303, 404, 405, 422}, (path, made_up)
            assert answer.status_code != 200 or path.startswith(("/s/", "/c/{case}/series")), (path, made_up)
