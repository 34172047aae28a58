"""Keeps the order of a picture's life: who may say that bytes are scrubbed, reviewed, or safe to serve."""

from __future__ import annotations

import ast

import pytest

from pinboard import custody
from tests.contracts.code import Module, imports, module, modules

MAKERS = {
    "Scrubbed": {"pinboard.intake.scrubbing", "pinboard.intake.export", "pinboard.storage.vault"},
    "Reviewed": {"pinboard.intake.review"},
    "Rendition": {"pinboard.intake.develop"},
    "FramePack": {"pinboard.intake.develop"},
}
WAYS_ROUND = {"replace", "__new__", "copy", "deepcopy", "cast", "__setattr__"}


def makes(one: Module) -> set[str]:
    """Name the types that a module makes; another name for a type, or a copy with changes, counts as making it."""
    made = set()
    for node in one.nodes:
        if isinstance(node, ast.Call):
            name = _last(node.func)
            made |= {name} & set(MAKERS)
            if name in WAYS_ROUND:
                made |= {_last(argument) for argument in node.args} & set(MAKERS)
        elif isinstance(node, ast.ImportFrom):
            made |= {alias.name for alias in node.names if alias.asname and alias.name in MAKERS}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            made |= {_last(node.value)} & set(MAKERS)
        elif isinstance(node, ast.ClassDef):
            made |= {_last(base) for base in node.bases} & set(MAKERS)
    return made


def _last(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_they_are_made_where_they_may_be_and_nowhere_else():
    made = {one.name: makes(one) for one in modules()}
    assert {name: {one for one, names in made.items() if name in names} for name in MAKERS} == MAKERS


@pytest.mark.parametrize(
    "text",
    [
        "from pinboard.custody import Reviewed\nReviewed(a, b, c, d)",
        "from pinboard import custody\ncustody.Reviewed(a, b, c, d)",
        "from pinboard.custody import Reviewed as R",
        "from pinboard.custody import Reviewed\nR = Reviewed",
        "from pinboard.custody import Reviewed\nclass Mine(Reviewed): pass",
        "import pinboard.custody\nobject.__new__(pinboard.custody.Reviewed)",
    ],
)
def test_a_way_round_is_seen(text):
    assert makes(module("pinboard.web.access", text)) == {"Reviewed"}


def test_a_mention_is_no_making():
    text = "from pinboard.custody import Reviewed\ndef f(a: Reviewed) -> Reviewed:\n    return a"
    assert makes(module("pinboard.web.access", text)) == set()


def test_what_makes_them_knows_no_browser():
    makers = {name for names in MAKERS.values() for name in names}
    looked = [one for one in modules() if one.name in makers]
    assert len(looked) == len(makers)
    tops = {item.module.split(".")[0] for one in looked for item in imports(one)}
    assert tops & {"flask", "werkzeug"} == set()


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_made_thing_cannot_be_changed(name):
    kind = getattr(custody, name)
    assert kind.__dataclass_params__.frozen
    assert "__dict__" not in dir(kind)


def test_nothing_shows_its_bytes_when_printed():
    header = {"PatientSex": "F"}
    scrubbed = custody.Scrubbed(b"pixels", header, "0" * 64)
    shown = repr(custody.Reviewed(scrubbed, (), "1", 7)) + repr(
        custody.Rendition(name="n", variant="w236", content_type="image/webp", width=1, height=1, data=b"pixels")
    )
    assert "pixels" not in shown
    assert "PatientSex" not in shown
