"""Every text reaches its reader through a catalogue, and every language that is offered is complete."""

import ast
import csv
import importlib.util
import re
import string
from calendar import month_name
from functools import cache
from typing import ClassVar

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

    asked: ClassVar[set[str]] = set()

    def gettext(self, message):
        self.asked.add(str.__str__(message))
        return f"{OPEN}{message}{CLOSE}"

    def pgettext(self, _context, message):
        return self.gettext(message)

    def ngettext(self, msgid1, msgid2, n):
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def known_texts():
    """Give every text that a translator is shown."""
    return {
        text for one in translate.texts() if one.id for text in (one.id if isinstance(one.id, tuple) else (one.id,))
    }


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
    unknown = {
        text for text in Bracketing.asked - known_texts() if OPEN not in text and set(WORD.findall(text)) - known
    }
    assert unknown == set(), "no language can have words for these: name their table in docs/translate.py"


UNREAD = ("checks.py", "cli", "config.py", "deid", "jobs", "migrations", "sandbox", "settings.py", "custody.py")
"""What only whoever runs Pinboard reads, in English."""
BESIDE = {
    "pinboard/models/ready.py", "pinboard/intake/demo.py", "pinboard/intake/seeding.py",
}  # fmt: skip
SENTENCE = re.compile(r"[A-Z][\w’-]*( [\w’,;:-]+){2,}[^.]*\.( |$)")


def sentences():
    """Give every sentence that stands in the code and is neither documentation nor for whoever runs Pinboard."""
    for path in sorted((ROOT / "pinboard").rglob("*.py")):
        inside = path.relative_to(ROOT / "pinboard")
        if inside.parts[0] in UNREAD or str(path.relative_to(ROOT)) in BESIDE:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_no_sentence_of_the_code_is_unknown_to_translators():
    unknown = [place for place, text in sentences() if SENTENCE.match(text) and text not in known_texts()]
    assert unknown == []


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
        missing = [one.id for one in sources if one.id and words.get(one.id, one.context) is None]
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


@cache
def pairs(code):
    """Give every text of a language that has words with them, each form of a number by itself."""
    both = [
        [value if isinstance(value, tuple) else (value,) for value in (one.id, one.string)]
        for one in translate.read(code)
    ]
    return [pair for ids, forms in both for pair in zip(ids, forms, strict=False) if all(pair)]


def without_values(text):
    """Leave out what is filled in, and what is typed in English in every language: modality:CT, setup-link.txt."""
    return re.sub(r"\{[^}]*\}|-?\w+:[\w-]+|[\w-]+\.txt|«pinboard [^»]*»", "", text)


GLOSSARY = list(csv.DictReader((translate.FOLDER / "es" / "glossary.csv").read_text("utf-8").splitlines()))
ENGLISH = set(
    WORD.findall(
        "the and of with from you your not this that these those is are was were been be cannot image images board "
        "boards slice slices frame login email click link share upload draft case cases comment reader author clinic "
        "who what which when where how why if or but for to in on at by it its they them there here nobody "
        "nothing once again before after until while because open close back next show hide take give keep save choose "
        "look read write"
    )
)


@pytest.mark.parametrize("row", GLOSSARY, ids=[row["english"] for row in GLOSSARY])
def test_spanish_says_a_word_of_the_glossary_in_one_way(row):
    case = 0 if row["english"] == "PIN" else re.IGNORECASE
    term = re.compile(rf"(?<![\w-]){re.escape(row['english'].split(' (')[0])}(s|d|ed|es)?(?![\w-])", case)
    said, never = re.compile(row["stems"], re.IGNORECASE), re.compile(rf"\b({row['forbidden']})\b", re.IGNORECASE)
    meant = [pair for pair in pairs("es") if term.search(without_values(pair[0]))]
    assert [pair for pair in meant if not said.search(pair[1])] == []
    assert not row["forbidden"] or [pair for pair in pairs("es") if never.search(without_values(pair[1]))] == []


def test_the_glossary_is_about_words_that_are_used():
    assert len(GLOSSARY) > 50
    texts = " ".join(text for text, _form in pairs("es")).casefold()
    assert [row["english"] for row in GLOSSARY if row["english"].split(" (")[0].casefold() not in texts] == []


FAULTS = {
    "a question or a call that does not begin as one": lambda text, form: (
        form.count("¿") != form.count("?") or form.count("¡") != form.count("!") or ("?" in text) != ("?" in form)
    ),
    "quotation marks of English": lambda _text, form: any(mark in form for mark in '“”"'),
    "an end that the text does not have": lambda text, form: text.endswith(".") != form.endswith("."),
    "a blank too many": lambda _text, form: "  " in form or form != form.strip(),
    "a reader addressed as a friend": lambda _text, form: bool(
        re.search(r"\b(tú|tu|tus|puedes|tienes|debes|quieres|haz)\b", form, re.IGNORECASE)
    ),
    "a word of English": lambda _text, form: any(
        word in ENGLISH for word in WORD.findall(without_values(form).casefold())
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_spanish_is_written_as_spanish_is(fault):
    assert [pair for pair in pairs("es") if FAULTS[fault](*pair)] == []


def test_a_fault_of_spanish_would_be_noticed():
    wrong = [("Who?", "Quién?"), ("“A”", "“A”"), ("A.", "A"), ("A", "A "), ("A", "Si tú quieres"), ("A", "el board")]
    assert [FAULTS[fault](*pair) for fault, pair in zip(FAULTS, wrong, strict=True)] == [True] * len(FAULTS)


def test_a_word_of_two_meanings_has_words_for_each():
    spanish = languages.catalogue("es")
    assert spanish.pgettext("of the patient", "History") == "Antecedentes"
    assert spanish.pgettext("of changes", "History") == "Historial"
    assert (spanish.gettext("Back"), spanish.pgettext("to where one was", "Back")) == ("Espalda", "Volver")
