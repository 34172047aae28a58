"""What members chose of how pages look: unknown words are the usual, and two style sheets say the same of contrast."""

import re

import pytest

from pinboard.web.appearance import attributes, chosen
from pinboard.web.assets import folder

CSS = folder("static") / "css"
TOKEN = re.compile(r"(--[a-z0-9]+): (light-dark\([^)]*\)|var\([^)]*\));")


@pytest.mark.parametrize("preferences", [{}, {"text": "usual"}, {"text": 150.0}, {"text": None}, {"text": ["150"]}])
def test_what_is_not_known_goes_without_saying(preferences):
    assert chosen(preferences, "text") == "100"
    assert attributes(preferences) == {}


def test_what_was_chosen_is_said_but_for_the_theme_which_every_page_says():
    preferences = {"theme": "dark", "contrast": "more", "text": "125", "motion": "system"}
    assert chosen(preferences, "theme") == "dark"
    assert attributes(preferences) == {"data-contrast": "more", "data-text": "125"}


def colours(sheet, selector):
    """Give the tokens that the first rule behind these words sets."""
    text = (CSS / sheet).read_text()
    begin = text.index(selector)
    return dict(TOKEN.findall(text[begin : text.index("}", begin)]))


def test_more_contrast_is_the_same_whether_the_device_or_the_member_asks():
    asked = colours("tokens.css", "@media (prefers-contrast: more)")
    assert asked == colours("appearance/appearance.css", '[data-contrast="more"] {')
    assert {"--t2", "--t3", "--accent", "--danger"} <= set(asked)


def test_the_preview_of_the_usual_contrast_has_the_usual_colours():
    usual = colours("appearance/appearance.css", '.preview[data-contrast="system"]')
    assert usual.items() <= colours("tokens.css", ":root {").items()
    assert set(usual) >= {"--t2", "--t3", "--line", "--edge"}
