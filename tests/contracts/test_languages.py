"""Every text reaches its reader through a catalogue, and every language that is offered is complete."""

import importlib.util
import re
import string
from calendar import month_name

import pytest
from babel.support import NullTranslations
from bs4 import BeautifulSoup, NavigableString
from sqlalchemy import String, Text, select

from pinboard.cases import cards
from pinboard.models import Base
from pinboard.web import languages
from tests.contracts.access_matrix import MATRIX
from tests.contracts.code import ROOT

_SPEC = importlib.util.spec_from_file_location("translate", ROOT / "docs" / "translate.py")
translate = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(translate)

OPEN, CLOSE = "⟦", "⟧"
READ_OUT = ("alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext")
NOT_WORDS = ("script", "style", "code", "kbd", "svg", "template", "textarea")
MONTHS = {name[:length] for name in month_name for length in (3, 20)}
NAMES = MONTHS | {"Pinboard", "UTC", "DICOM", "PIN", "EN", "English", "Español", "JSON", "CSV", "ZIP", "PNG", "ABCDE"}
WORD = re.compile(r"[^\W\d_]{2,}")


class Bracketing(NullTranslations):
    """A language whose texts are those of the code in brackets, so that what went past the catalogue stands out."""

    def gettext(self, message):
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1, msgid2, n):
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def bracketed(world, monkeypatch):
    monkeypatch.setattr(languages, "catalogue", lambda _code: Bracketing())
    # What was kept of cards was said in plain words.
    monkeypatch.setattr(cards, "_kept", {})
    return world


def values_of(session):
    """Give every word that somebody put into the database, which no catalogue can know."""
    found = set()
    for table in Base.metadata.sorted_tables:
        kept = [
            column
            for column in table.c
            if isinstance(column.type, String | Text) or column.type.python_type in {dict, list}
        ]
        for row in session.execute(select(*kept)) if kept else ():
            found.update(word for value in row if value for word in WORD.findall(str(value)))
    return found


def _is_not_words(element):
    return element.name in NOT_WORDS or "avatar" in element.get("class", ())


def outside(text):
    """Leave out what stands in brackets, however deep."""
    depth, rest = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        if depth == 0 and letter not in CLOSE:
            rest.append(letter)
    return "".join(rest)


def shown(soup):
    """Give every piece of a page that is read or read out."""
    for piece in soup.find_all(string=True):
        if type(piece) is NavigableString and not piece.find_parent(_is_not_words) and piece.strip():
            yield piece
    for name in READ_OUT:
        yield from (element[name] for element in soup.find_all(attrs={name: True}))


def test_no_text_goes_past_the_catalogue(bracketed):
    known = values_of(bracketed.session) | NAMES
    found = {}
    for line in (one for one in MATRIX if one.method == "GET"):
        for who in ("ada", "pat", "dee", "oz", "gil"):
            answer = bracketed.ask(who, "GET", line.path) if line.answers[who] == "200" else None
            if answer is None or answer.mimetype != "text/html":
                continue
            for text in shown(BeautifulSoup(answer.text, "html.parser")):
                words = [word for word in WORD.findall(outside(text)) if word not in known]
                if words:
                    found.setdefault(" ".join(outside(text).split())[:80], f"{line.path} of {who}")
    assert found == {}


def test_what_goes_past_would_be_noticed():
    soup = BeautifulSoup(
        f"<p title='{OPEN}Hello{CLOSE}'>{OPEN}There is {OPEN}one{CLOSE} case{CLOSE} of Doe</p>", "html.parser"
    )
    assert [outside(text).strip() for text in shown(soup)] == ["of Doe", ""]


CODES = [code for code in languages.available() if code != languages.SOURCE]


def test_every_language_is_complete():
    sources = translate.texts()
    for code in CODES:
        words = translate.read(code)
        missing = [one.id for one in sources if one.id and one.id not in words]
        assert missing + translate.waiting(words) == [], f"run: python docs/translate.py {code}"


def test_every_translation_has_the_values_of_its_text():
    wrong = {code: [one.id for one in translate.read(code) if one.id and _loses_a_value(one)] for code in CODES}
    assert wrong == {code: [] for code in CODES}


def _loses_a_value(one):
    ids = one.id if isinstance(one.id, tuple) else (one.id,)
    forms = one.string if isinstance(one.string, tuple) else (one.string,)
    allowed, needed = set.union(*map(names, ids)), set.intersection(*map(names, ids))
    return not all(needed <= names(form) <= allowed for form in forms)


def names(text):
    """Name the values that are filled into a text."""
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
