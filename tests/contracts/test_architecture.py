"""Keeps the layers: what may import what, and how large anything may grow."""

from __future__ import annotations

import statistics
import subprocess
import sys

import pytest

from tests.contracts.code import Module, functions, imports, length, module, modules

FEATURES = ("accounts", "admin", "attest", "boards", "carry", "cases", "comments", "dicomweb", "discover", "drafts")
FEATURES += ("flags", "inbox", "marks", "opinions", "patients", "people", "search", "shares", "trash", "upkeep")
LAYERS = (
    ("custody", "clock", "ids", "settings", "config", "vocabulary", "imaging", "deid", "data"),
    ("storage", "sandbox"),
    ("models", "migrations"),
    ("policy", "audit"),
    ("identity", "intake", "jobs", "proof", "checks"),
    ("web",),
    FEATURES,
    ("application", "cli", "demo", "__main__"),
)
RANK = {unit: rank for rank, units in enumerate(LAYERS) for unit in units}

# Neighbours of one rank do not know each other, but for these.
SIDEWAYS = {
    ("config", "settings"),
    ("deid", "custody"),
    ("imaging", "custody"),
    ("migrations", "models"),
    ("policy", "audit"),
    ("jobs", "intake"),
    ("jobs", "proof"),
    ("proof", "intake"),
    ("cli", "application"),
    ("cli", "demo"),
    ("__main__", "cli"),
}
# A feature may read another's queries, in these directions only.
READS = {
    ("boards", "cases"),
    ("boards", "comments"),
    ("boards", "discover"),
    ("carry", "patients"),
    ("carry", "shares"),
    ("cases", "attest"),
    ("cases", "comments"),
    ("cases", "marks"),
    ("comments", "marks"),
    ("drafts", "cases"),
    ("patients", "boards"),
    ("patients", "cases"),
    ("search", "cases"),
    ("shares", "attest"),
    ("shares", "patients"),
    ("trash", "comments"),
    ("upkeep", "cases"),
}

WEB = {"flask", "werkzeug", "jinja2", "flask_login", "flask_wtf", "flask_sqlalchemy", "wtforms", "gunicorn"}
TABLES = {"sqlalchemy", "alembic", "psycopg"}
NETWORK = {"socket", "http", "urllib3", "requests", "ssl", "smtplib", "obstore", "redis"}
PIXELS = {"numpy", "pydicom", "PIL", "gdcm", "openjpeg", "pillow_heif"}

LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION, MOST_ARGUMENTS = 300, 60, 8, 4
LONGER_FILES: dict[str, str] = {}  # path → why it may have up to 400 lines

MODULES = modules()


def wrong_imports(one: Module) -> list[str]:
    """Say which imports of a module break a rule of the layers."""
    return [f"{one.name}:{item.line} {item.module}: {why}" for item in imports(one) if (why := _objection(one, item))]


def _objection(one: Module, item) -> str:
    if item.is_relative:
        return "write the whole name"
    if item.is_ours:
        return _inside(one, item)
    top = item.module.split(".")[0]
    rank = RANK[one.unit] if one.unit else 0
    if top in WEB and rank < 5:
        return "nobody knows a browser below web/"
    if top in TABLES and rank < 2:
        return "nobody knows a database below models/"
    if top in NETWORK and one.unit in {"imaging", "deid"}:
        return "the pure units have no network"
    return ""


def _inside(one: Module, item) -> str:
    if item.is_local:
        return "our own modules are imported at the top"
    if not item.unit or item.unit == one.unit or (one.unit, item.unit) in SIDEWAYS:
        return ""
    if item.unit not in RANK:
        return "has no rank"
    if (one.unit, item.unit) in READS:
        return "" if item.module.split(".")[2:3] == ["queries"] else "only another feature's queries may be read"
    return "" if RANK[item.unit] < RANK[one.unit] else "imports point down"


def test_there_is_code_to_look_at():
    assert len(MODULES) > 20
    assert {"config", "imaging", "deid", "models", "web", "cli"} <= {one.unit for one in MODULES}


def test_neighbours_know_each_other_one_way_at_most():
    pairs = SIDEWAYS | READS
    assert [pair for pair in pairs if pair[::-1] in pairs] == []
    assert {unit for pair in READS for unit in pair} <= set(FEATURES)


def test_every_unit_has_a_rank():
    assert {one.unit for one in MODULES} - {""} <= set(RANK)


def test_imports_point_down():
    assert [wrong for one in MODULES for wrong in wrong_imports(one)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pinboard.deid.header", "import flask"),
        ("pinboard.deid.header", "from pinboard.imaging import dicom"),
        ("pinboard.imaging.dicom", "import http.client"),
        ("pinboard.storage.vault", "from sqlalchemy import select"),
        ("pinboard.models.case", "from pinboard.policy import visible"),
        ("pinboard.intake.receive", "def f():\n    from werkzeug import exceptions"),
        ("pinboard.policy", "def f():\n    from pinboard.models import Case"),
        ("pinboard.policy", "from .models import Case"),
        ("pinboard.comments.routes", "from pinboard.cases.queries import case_view"),
        ("pinboard.boards.routes", "from pinboard.cases.service import publish"),
        ("pinboard.web.access", "from pinboard import application"),
        ("pinboard.web.access", "from pinboard.unheard_of import thing"),
    ],
)
def test_a_breach_is_seen(name, text):
    assert len(wrong_imports(module(name, text))) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pinboard.boards.routes", "from pinboard.cases.queries import case_view"),
        ("pinboard.web.access", "import flask\nfrom pinboard.policy import Reader"),
        ("pinboard.imaging.dicom", "def f():\n    import pydicom"),
        ("pinboard.cli.serve", "from pinboard import __version__\nfrom pinboard.application import create_app"),
    ],
)
def test_what_is_allowed_passes(name, text):
    assert wrong_imports(module(name, text)) == []


def test_no_module_reaches_itself():
    names = {one.name for one in MODULES}
    graph = {one.name: sorted(_targets(one, names)) for one in MODULES}
    assert _cycle(graph) == []
    assert _cycle({"a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c", "a"]


def test_a_module_that_goes_through_its_own_package_is_seen():
    inner = module("pinboard.sandbox.pools", "from pinboard.sandbox import confine")
    assert "pinboard.sandbox" in _targets(inner, {"pinboard.sandbox", "pinboard.sandbox.confine"})


def _targets(one: Module, names: set[str]) -> set[str]:
    """Find the modules that are meant; `from package import name` runs the package, and means a module or a name."""
    meant = {item.module for item in imports(one)} | {item.package for item in imports(one)}
    return meant & names - {one.name}


def _cycle(graph: dict[str, list[str]]) -> list[str]:
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        done.add(node)
        return next((found for target in graph[node] if (found := visit(target, [*path, node]))), [])

    return next((found for node in graph if (found := visit(node, []))), [])


@pytest.mark.parametrize(
    ("loaded", "unwanted"),
    [
        ("pinboard", WEB | TABLES | PIXELS),
        ("pinboard.config", WEB | TABLES | PIXELS),
        ("pinboard.models", WEB | PIXELS),
        ("pinboard.deid.header", WEB | TABLES),
        ("pinboard.imaging.dicom", WEB | TABLES),
        ("pinboard.application", PIXELS),
    ],
)
def test_loading_one_part_does_not_load_what_it_must_not(loaded, unwanted):
    script = f"import {loaded}, sys; print(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    present = set(done.stdout.split())
    assert loaded in present
    assert unwanted & present == set()


def too_long(one: Module) -> bool:
    return one.text.count("\n") > (400 if one.path in LONGER_FILES else LONGEST_FILE)


def test_files_stay_short():
    assert [one.path for one in MODULES if too_long(one)] == []
    assert too_long(module("pinboard.web.long", "x = 1\n" * 301))


def test_functions_stay_short():
    long = [f"{one.path}: {node.name}" for one in MODULES for node in functions(one) if length(node) > LONGEST_FUNCTION]
    assert long == []


def test_functions_take_few_arguments_by_position():
    many = [
        f"{one.path}: {node.name}" for one in MODULES for node in functions(one) if _positional(node) > MOST_ARGUMENTS
    ]
    assert many == []


def _positional(node) -> int:
    names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
    return len([name for name in names if name not in {"self", "cls"}])


def test_most_functions_fit_into_one_look():
    lengths = [length(node) for one in MODULES for node in functions(one)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
