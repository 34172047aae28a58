"""A script chooses the form of a counted sentence as the language of the page does, however many forms it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from babel import Locale

from tests.serving import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

NUMBERS = (0, 1, 2, 3, 5, 11, 21, 22, 100, 101, 1_000_000)
CHOOSE = """async ([language, address, numbers]) => {
  document.documentElement.lang = language;
  const { form } = await import(address);
  const all = Object.fromEntries(["zero", "one", "two", "few", "many", "other"].map(name => [name, name]));
  return [numbers.map(number => form(all, number)), form({ other: "all" }, 1)];
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    data: Path = tmp_path_factory.mktemp("plurals") / "data"
    site = start(data)
    context = browser.new_context(base_url=site.url)
    yield context.new_page()
    context.close()
    stop(site)


@pytest.mark.parametrize(("language", "forms"), [("en", 2), ("es", 3), ("pl", 3), ("ar", 6), ("ja", 1)])
def test_a_number_has_the_form_of_its_language(page: Page, language: str, forms: int) -> None:
    page.goto("/login")
    script = page.locator("script[src*='/js/app.js']").get_attribute("src") or ""
    address = script.replace("/app.js", f"/plural.js?{language}")
    said, fallback = page.evaluate(CHOOSE, [language, address, NUMBERS])
    rule = Locale(language).plural_form
    assert said == [rule(number) for number in NUMBERS]
    assert len(set(said)) == forms
    assert fallback == "all"
