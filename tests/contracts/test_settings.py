"""Keeps the table of settings, the type that holds them and the page that explains them the same."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from pinboard.config import TEST_NAMES, Config
from pinboard.models.clinic_settings import DECISIONS
from pinboard.settings import PARSERS, SETTINGS
from tests.contracts.code import ROOT, modules

OPTIONS = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_explained_as_it_is(setting):
    lock = " 🔒" if setting.is_secret else ""
    default = f"`{setting.default}`" if setting.default else ""
    assert f"| `{setting.variable}`{lock} | {default} | {setting.help} |\n" in OPTIONS


def test_the_page_explains_nothing_else():
    explained = re.findall(r"^\| `(PINBOARD_\w+)`", OPTIONS, re.MULTILINE)
    assert explained == [setting.variable for setting in SETTINGS]


@pytest.mark.parametrize("decision", DECISIONS.values(), ids=lambda decision: decision.name)
def test_a_decision_of_the_clinic_is_explained_as_it_is(decision):
    default = {True: "on", False: "off"}.get(decision.default, str(decision.default))
    assert f"| `{decision.name}` | {f'`{default}`' if default else ''} | " in OPTIONS


def test_no_other_decision_is_explained():
    explained = re.findall(r"^\| `([a-z_]+)` \|", OPTIONS, re.MULTILINE)
    assert sorted(explained) == sorted(DECISIONS)


def test_what_tests_read_is_explained():
    assert all(name in OPTIONS for name in TEST_NAMES)


def test_the_type_has_the_same_rows():
    assert [item.name for item in fields(Config)] != []
    assert {item.name for item in fields(Config)} == {setting.key for setting in SETTINGS}


def test_every_kind_of_value_is_used():
    assert {setting.type for setting in SETTINGS} == set(PARSERS)


def test_only_the_configuration_looks_at_the_environment():
    readers = [one.name for one in modules() if re.search(r"(environ|getenv)[\[(.][^\n]*PINBOARD_\w", one.text)]
    assert readers == []
