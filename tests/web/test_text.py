"""Texts in the language of who reads them: made at import or in a request, counted; and which language that is."""

from datetime import UTC, datetime

import pytest
from babel import Locale
from babel.support import NullTranslations

from pinboard.models.clinic_settings import decide
from pinboard.web import languages
from pinboard.web.text import Text, _, ngettext, pgettext, plural_forms
from pinboard.web.times import ago, day, moment
from tests.html import page

KEPT = _("Nothing here yet")
AT = datetime(2026, 3, 24, 15, 7, tzinfo=UTC)


class Quoting(NullTranslations):
    """A language in which everything is quoted, and up to four are one."""

    def gettext(self, message):
        return f"«{message}»"

    def ngettext(self, msgid1, msgid2, n):
        return f"«{msgid1 if n < 5 else msgid2}»"


@pytest.fixture
def spoken(app, monkeypatch):
    codes = {"en": "English", "es": "Español", "ar": "العربية"}
    monkeypatch.setattr(languages, "available", lambda: codes)
    monkeypatch.setattr(languages, "catalogue", lambda code: Quoting() if code == "es" else NullTranslations())
    return lambda accepted: app.test_request_context(headers={"Accept-Language": accepted})


def test_a_text_of_a_module_speaks_when_it_is_shown(app, spoken):
    assert isinstance(KEPT, Text)
    assert str(KEPT) == "Nothing here yet"
    with spoken("es"):
        assert f"{KEPT}" == KEPT.format() == str(KEPT) == "«Nothing here yet»"
        assert KEPT + "." == "«Nothing here yet»."
        assert "- " + KEPT == "- «Nothing here yet»"
        template = app.jinja_env.from_string("{{ kept }}|{{ [kept] | join }}|{{ kept ~ '.' }}")
        assert template.render(kept=KEPT) == "|".join(["«Nothing here yet»"] * 3) + "."
    with spoken("en"):
        assert str(KEPT) == "Nothing here yet"


def test_a_text_is_escaped_in_every_language(app, spoken):
    with spoken("es"):
        assert app.jinja_env.from_string("{{ text }}").render(text=Text("<b>")) == "«&lt;b&gt;»"


def test_a_number_chooses_the_form(spoken):
    assert ngettext("{n} image", "{n} images", 1) == "{n} image"
    with spoken("es"):
        assert ngettext("{n} image", "{n} images", 3).format(n=3) == "«3 image»"
        assert ngettext("{n} image", "{n} images", 5) == "«{n} images»"


class Arabic(NullTranslations):
    """A language of six plural forms, each of which says its name."""

    def ngettext(self, msgid1, msgid2, n):
        return f"{msgid2} {Locale('ar').plural_form(n)}"


def test_a_script_gets_all_plural_forms_of_the_language(spoken, monkeypatch):
    with spoken("en"):
        assert plural_forms("{n} image", "{n} images") == {"one": "{n} image", "other": "{n} images"}
    monkeypatch.setattr(languages, "catalogue", lambda _code: Arabic())
    with spoken("ar"):
        names = ("zero", "one", "two", "few", "many", "other")
        assert plural_forms("{n} image", "{n} images") == {name: f"{{n}} images {name}" for name in names}


def test_a_word_of_two_meanings_says_which(app, spoken, monkeypatch):
    class Meaning(NullTranslations):
        def pgettext(self, context, message):
            return f"{message} ({context})"

    kept = pgettext("of changes", "History")
    assert (str(kept), kept) == ("History", "History")
    monkeypatch.setattr(languages, "catalogue", lambda _code: Meaning())
    with spoken("es"):
        assert str(kept) == f"{kept}" == pgettext("of changes", "History") == "History (of changes)"
        assert app.jinja_env.from_string("{{ pgettext('of the patient', 'History') }}").render().endswith("patient)")


@pytest.mark.parametrize(
    ("accepted", "code", "way"),
    [
        ("es-MX,es;q=0.9", "es", "ltr"),
        ("en;q=0.2,es", "es", "ltr"),
        ("ar", "ar", "rtl"),
        ("fr", "en", "ltr"),
        ("", "en", "ltr"),
    ],
)
def test_the_browser_is_asked(spoken, accepted, code, way):
    with spoken(accepted):
        assert (languages.language(), languages.direction()) == (code, way)


def test_the_clinics_language_is_for_who_chose_none(spoken, session):
    decide(session, "language", "es", by_id=None)
    with spoken("fr"):
        assert languages.language() == "es"
    with spoken("en"):
        assert languages.language() == "en"


def test_days_are_written_as_the_language_does(spoken):
    with spoken("en"):
        assert (day(AT), day(AT, "long")) == ("24 Mar 2026", "24 March 2026")
        assert moment(AT) == "24 Mar 2026, 15:07 UTC"
    with spoken("es"):
        assert (day(AT), day(AT, "long")) == ("24 mar 2026", "24 de marzo de 2026")
        assert ago(AT, AT.replace(minute=12)) == "«5\u00a0min»"


def test_ones_own_choice_holds_from_the_next_page_on(client, sign_in, spoken):
    ada = sign_in("clinician", name="Ada Rao")
    profile = {"name": "Ada Rao", "email": ada.email or "", "specialty": "", "about": ""}
    assert page(client, "/settings/profile").html["lang"] == "en"
    assert client.post("/settings/profile", {**profile, "language": "es"}).status_code == 303
    answer = page(client, "/settings/profile")
    assert answer.html["lang"] == "es"
    assert "«Language»" in answer.text
    assert client.post("/settings/profile", {**profile, "language": "tlh"}).status_code == 422
    assert page(client, "/settings/profile").html["lang"] == "es"
