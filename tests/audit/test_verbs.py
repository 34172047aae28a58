"""Every verb that the code records stands in the one table, with its code of DICOM."""

import ast
from pathlib import Path

import pinboard
from pinboard import audit

RECORDERS = {"record", "_record", "_tell", "_changed"}


def _recorded():
    """Find the words that are passed as a verb to whatever writes the record."""
    for path in Path(pinboard.__file__).parent.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "audit" not in source and "notes" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", None))
            if isinstance(node, ast.Call) and name in RECORDERS:
                yield from _verbs(node)


def _verbs(call):
    given = [keyword.value for keyword in call.keywords if keyword.arg == "verb"] or call.args[2:4]
    for value in given:
        choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
        yield from (one.value for one in choices if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_recorded_verb_is_in_the_table():
    recorded = set(_recorded())
    assert {"signed-in", "publish", "pin", "share-made", "withdrawn"} <= recorded
    assert recorded - set(audit.EVENT_CODES) == set()


def test_every_verb_fits_its_column():
    assert all(len(verb) <= 40 for verb in audit.EVENT_CODES)


def test_the_codes_are_dicoms_own():
    from pydicom.sr._concepts_dict import concepts

    for code, meaning in set(audit.EVENT_CODES.values()):
        (word,) = [codes[code][0] for codes in concepts["DCM"].values() if code in codes]
        assert word == meaning
