"""Collects every text of Pinboard and brings the languages up to date: python docs/translate.py [CODE …].

A CODE that is not there yet (fr, pt_BR, ar) begins that language. Printed are the texts that wait for words.
"""  # noqa: INP001

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from inspect import isfunction, unwrap
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "pinboard" / "translations"
KEYWORDS = {"_": None, "pgettext": ((1, "c"), 2), "ngettext": (1, 2), "plural_forms": (1, 2)}
SOURCES = (("pinboard", [("**.py", "python")]), ("templates", [("**.html", "jinja2.ext:babel_extract")]))

# Below the web there is no reader and so no language; what is said there in whole sentences or words of a list is
# translated when it is shown, and named here.
TABLES: tuple[tuple[str, str], ...] = (
    ("pinboard.imaging.errors", "REFUSALS"),
    ("pinboard.intake.errors", "SENTENCES"),
    ("pinboard.proof.violations", "SENTENCES"),
    ("pinboard.intake.missing", "SENTENCES"),
    ("pinboard.identity.members", "SENTENCES"),
    ("pinboard.identity.passwords", "OBJECTIONS"),
    ("pinboard.admin.service", "SENTENCES"),
    ("pinboard.attest.service", "SENTENCES"),
    ("pinboard.patients.service", "SENTENCES"),
    ("pinboard.shares.service", "SENTENCES"),
    ("pinboard.imaging.presets", "LABELS"),
    ("pinboard.models", "Role"),
    ("pinboard.models", "BoardKind"),
    ("pinboard.models", "ConsentLevel"),
    ("pinboard.models", "ConsentKind"),
    ("pinboard.vocabulary", "MODALITIES"),
    ("pinboard.vocabulary", "AGE_BANDS"),
    ("pinboard.vocabulary", "specialties"),
    ("pinboard.vocabulary", "body_parts"),
    ("pinboard.vocabulary", "laterality"),
)


def texts() -> Catalog:
    """Give every text that somebody may read."""
    found = Catalog(project="Pinboard", charset="utf-8")
    for folder, methods in SOURCES:
        entries = extract_from_dir(str(ROOT / folder), methods, keywords=KEYWORDS, comment_tags=("Translators:",))
        for name, line, message, comments, context in entries:
            place = f"{folder}/{Path(name).as_posix()}"
            found.add(message, None, [(place, line)], auto_comments=comments, context=context)
    for module, name in TABLES:
        value = getattr(importlib.import_module(module), name)
        for text in _strings(value() if isfunction(unwrap(value)) else value):
            found.add(text, None, [(module.replace(".", "/") + ".py", 0)])
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif hasattr(value, "meaning"):
        yield value.meaning
    elif isinstance(value, Iterable):
        for one in value:
            yield from _strings(one)


def path_of(code: str) -> Path:
    """Give where the words of a language lie."""
    return FOLDER / code / "LC_MESSAGES" / "messages.po"


def read(code: str) -> Catalog:
    """Read the words of a language; a new one has none."""
    path = path_of(code)
    if not path.is_file():
        return Catalog(locale=code, project="Pinboard", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=code)


def waiting(catalog: Catalog) -> list[str]:
    """List the texts that have no words in a language yet."""
    return [str(one.id) for one in catalog if one.id and (one.fuzzy or not all(_forms(one.string)))]


def _forms(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


def update(code: str, sources: Catalog) -> Catalog:
    """Bring one language up to date: new texts come in without words, texts that are gone go."""
    catalog = read(code)
    # The day of the last run would be a conflict in every merge, and nobody asks for it.
    begun = catalog.creation_date
    catalog.update(sources, no_fuzzy_matching=True)
    catalog.creation_date = begun
    catalog.obsolete.clear()
    path_of(code).parent.mkdir(parents=True, exist_ok=True)
    with path_of(code).open("wb") as target:
        write_po(target, catalog, width=0, omit_header=False, sort_output=True, include_lineno=False)
    return catalog


def main(codes: list[str]) -> int:
    """Update every language there is and those that are named."""
    there = [path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/messages.po")]
    sources = texts()
    for code in sorted({*there, *(str(Locale.parse(code)) for code in codes)}):
        catalog = update(code, sources)
        missing = waiting(catalog)
        sys.stdout.write(f"{code}: {len(catalog)} texts, {len(missing)} wait for words in {path_of(code)}\n")
        sys.stdout.writelines(f"  {text}\n" for text in missing)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
