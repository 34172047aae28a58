"""Holds the list of keys to what templates promise and scripts listen for: what works is written, and the reverse."""

import re

import pytest
from bs4 import BeautifulSoup

from pinboard.cases.routes import ACTIONS
from pinboard.web import keys
from pinboard.web.keys import PLACES, caps
from tests.contracts.code import ROOT

TEMPLATES = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}
SCRIPTS = {
    path.relative_to(ROOT / "static/js").as_posix(): path.read_text() for path in (ROOT / "static/js").rglob("*.js")
}

# What every list, menu and dialog does with the focus in it, as its pattern has it and a screen reader says.
WIDGETS = {"ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Enter", "Escape"}
WIDGETS |= {"Space", "Backspace", "Tab"}
# Another way to type the plus, on keyboards where it needs Shift.
SAME = {"=": "+"}

PROMISED = re.compile(r'aria-keyshortcuts="([^"{]+)"')
COMPARED = re.compile(r'\bkey(?:\.toLowerCase\(\))? [!=]== "([^"]+)"')
CHOSEN = re.compile(r"(\}|\b[A-Za-z]+)\[(?:\w+\.)?key\]")
NAME = re.compile(r'\s*(?:"([^"]+)"|(\w+))\s*:')
OPEN, CLOSE = "{([", "})]"
# A bracket that is a key opens nothing.
HIDDEN = str.maketrans("[](){}", "\ue000\ue001\ue002\ue003\ue004\ue005")
SHOWN = {stand_in: bracket for bracket, stand_in in HIDDEN.items()}


def strokes():
    """Give every stroke of the list."""
    return {stroke for place in PLACES for key in place.keys for stroke in key.strokes}


def promised():
    """Give what the controls of the templates say, with what routes and macros fill in."""
    found = {stroke for text in TEMPLATES.values() for said in PROMISED.findall(text) for stroke in said.split()}
    found |= {stroke for text in TEMPLATES.values() for stroke in re.findall(r'[(,] ?key="(\w)"', text)}
    return found | {action.key for action in ACTIONS if action.key}


def heard(text):
    """Give the keys that a script tells from others: in comparisons, and as names of a table that a key chooses in."""
    found = set(COMPARED.findall(text))
    for chosen in CHOSEN.finditer(text):
        if chosen[1] == "}":
            found |= names(text[_opening(text, chosen.start()) : chosen.start() + 1])
        elif made := re.search(rf"\b{chosen[1]} = \{{", text):
            found |= names(text[made.end() - 1 : _closing(text, made.end() - 1) + 1])
    return {"Space" if key == " " else key for key in found}


def names(table):
    """Give the names of a table in a script, not those of tables in it but for what is spread into it."""
    found, depth = set(), 0
    table = re.sub(r'"[\[\](){}]"', lambda bracket: bracket[0].translate(HIDDEN), table)
    table = re.sub(r"\.\.\.\(.*?&& \{(.*?)\}\)", r"\1", table)
    for place, letter in enumerate(table):
        depth += (letter in OPEN) - (letter in CLOSE)
        if letter in "{," and depth == 1:
            name = NAME.match(table, place + 1)
            found |= {(name[1] or name[2]).translate(SHOWN)} if name else set()
    return found


def _opening(text, place):
    depth = 0
    for at in range(place, -1, -1):
        depth += (text[at] in CLOSE) - (text[at] in OPEN)
        if depth == 0:
            return at
    raise AssertionError("a table without a beginning")


def _closing(text, place):
    depth = 0
    for at in range(place, len(text)):
        depth += (text[at] in OPEN) - (text[at] in CLOSE)
        if depth == 0:
            return at
    raise AssertionError("a table without an end")


def listened():
    return {SAME.get(key, key) for text in SCRIPTS.values() for key in heard(text)}


def test_the_scripts_are_read_as_they_are_written():
    assert heard(SCRIPTS["viewer/input.js"]) >= {"[", "]", "+", "-", "0", "i", "w", "Space", "PageUp", "Escape"}
    assert heard(SCRIPTS["viewer/marks.js"]) == {"m"}
    assert heard(SCRIPTS["keys.js"]) >= {"h", "b", "i", "j", "k", "u", "/", "?", "g", "Enter", "Escape"}
    assert heard("const WAYS = { q: 1 }; if (WAYS[key]) go(); const other = { r: 1 };") == {"q"}
    assert heard("({ v: () => { a({ t: 1 }); } })[event.type]") == set()
    assert heard("({ v: () => { a({ t: 1 }); }, s: 2 }[key])") == {"v", "s"}


def test_what_a_control_promises_is_in_the_list():
    assert len(promised()) > 15
    assert promised() - strokes() == set()


def test_every_key_that_a_script_listens_for_is_in_the_list():
    caps_of_all = {cap for stroke in strokes() for cap in caps(stroke)}
    caps_of_all |= {cap.lower() for cap in caps_of_all if len(cap) == 1}
    assert {key for key in listened() - WIDGETS if len(key) == 1 or key[0].isupper()} - caps_of_all == set()


def test_every_key_of_the_list_is_promised_or_listened_for():
    known = promised() | listened()
    for stroke in sorted(strokes()):
        bare = [cap.lower() if len(cap) == 1 else cap for cap in caps(stroke) if cap not in {"Control", "Shift"}]
        assert stroke in known or set(bare) <= known, stroke


def test_a_stroke_does_one_thing_on_a_page():
    endpoints = {endpoint for place in PLACES for endpoint in place.endpoints}
    for endpoint in sorted(endpoints):
        here = [place for place in PLACES if not place.endpoints or endpoint in place.endpoints]
        said = [stroke for place in here for key in place.keys for stroke in key.strokes]
        assert sorted(said) == sorted(set(said)), endpoint


def test_the_list_names_pages_that_there_are(app):
    for place in PLACES:
        for endpoint in (*place.endpoints, *(key.opens for key in place.keys if key.opens)):
            assert endpoint in app.view_functions, endpoint
    assert len({place.name for place in PLACES}) == len(PLACES)


def test_strokes_come_apart_into_caps():
    assert caps("Control+K") == ["Control", "K"]
    assert caps("g h") == ["g", "h"]
    assert caps("+") == ["+"]
    assert caps("Shift+x") == ["Shift", "x"]


@pytest.mark.parametrize(
    ("who", "path", "first", "has", "has_not"),
    [
        ("ada", "/b/radiology", "wall", {"board", "case", "review"}, set()),
        ("ada", "/c/abc/series/2", "case", {"viewer", "marks"}, set()),
        ("ada", "/nowhere/at/all", "everywhere", {"wall"}, set()),
        ("pat", "/my", "everywhere", {"viewer"}, {"wall", "board", "case", "marks", "review", "search"}),
        ("dee", "/", "everywhere", set(), {"wall", "case", "review"}),
        ("oz", "/admin/people", "everywhere", set(), {"wall", "case"}),
    ],
)  # fmt: skip
def test_the_list_begins_with_the_page_and_has_only_what_one_may(world, who, path, first, has, has_not):
    answer = world.ask(who, "GET", f"/help/shortcuts?at={path}", as_fragment=True)
    titles = BeautifulSoup(answer.text, "html.parser").select("h3")
    names = [title["id"].removeprefix("keys-") for title in titles]
    assert names[0] == first
    assert has <= set(names)
    assert not has_not & set(names)


def test_a_patient_is_told_of_no_key_that_leads_nowhere(world):
    text = world.ask("pat", "GET", "/help/shortcuts", as_fragment=True).text
    shown = {dt.get_text(" ", strip=True) for dt in BeautifulSoup(text, "html.parser").select("dt")}
    assert {"?", "g h", "Ctrl K", "Esc"} <= shown
    assert not {"/", "g b", "g i", "n"} & shown
    assert keys.PLACES[0].name == "everywhere"
