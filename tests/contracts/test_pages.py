"""Every page has one heading, names for its controls and nothing the content policy forbids; links lead somewhere."""

from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from pinboard.web.assets import Assets, folder
from tests.contracts.access_matrix import MATRIX
from tests.html import problems

STATIC = Assets(folder("static")).files
GETS = [line for line in MATRIX if line.method == "GET"]
METHODS = {"hx-get": "GET", "hx-post": "POST", "hx-put": "PUT", "hx-delete": "DELETE"}


def pages(world, line):
    """Give what each different kind of reader is shown."""
    for who in ("ada", "ben", "dee", "pat", "pia", "oz", "nobody"):
        answer = world.answer(who, line)
        if answer.mimetype == "text/html" and answer.status_code not in {303, 304}:
            yield who, world.soup(who, line), answer


@pytest.mark.parametrize("line", GETS, ids=str)
def test_every_page_is_whole(world, line):
    for who, soup, answer in pages(world, line):
        found = problems(soup) if soup.find("html") else problems_of_part(soup)
        assert found == [], (who, answer.status_code)


@pytest.mark.parametrize("line", GETS, ids=str)
def test_every_link_and_form_leads_to_a_route(world, line):
    addresses = world.app.url_map.bind("localhost")
    for who, soup, _answer in pages(world, line):
        dead = [(method, path) for method, path in targets(soup) if not leads(addresses, method, path)]
        assert dead == [], who


def targets(soup):
    """List where the links, forms and htmx attributes of a page lead, outside addresses left out."""
    for element in soup.find_all(True):
        for attribute, method in METHODS.items():
            if element.get(attribute):
                yield method, element[attribute]
        if element.name == "a" and element.get("href"):
            yield "GET", element["href"]
        if element.name == "form" and element.get("action"):
            yield element.get("method", "get").upper(), element["action"]
        if element.name in {"img", "script"} and element.get("src"):
            yield "GET", element["src"]


def leads(addresses, method, url):
    """Tell whether a route answers that method at that address."""
    parts = urlsplit(url)
    if parts.scheme in {"mailto", "https"} or not parts.path:
        return True
    if parts.path.startswith("/static/"):
        return method == "GET" and parts.path.split("/", 3)[3] in STATIC
    try:
        addresses.match(parts.path, method)
    except RequestRedirect:
        return True
    except (NotFound, MethodNotAllowed):
        return False
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize("line", GETS, ids=str)
def test_every_form_that_changes_something_works_without_javascript(world, line):
    for who, soup, _answer in pages(world, line):
        for form in soup.find_all("form"):
            if form.get("method", "get").lower() == "post":
                assert form.find("input", attrs={"name": "csrf_token"}), (who, form.get("action"))
            assert can_be_sent(form), (who, form.get("action"))
        for element in soup.find_all(attrs={"hx-post": True}):
            assert element.name == "form" or element.find_parent("form") or element.get("data-enhances"), (
                who,
                str(element)[:100],
            )


def can_be_sent(form):
    """Tell whether a form has a button, or a single field that the Enter key sends."""
    buttons = [button for button in form.find_all("button") if button.get("type", "submit") == "submit"]
    fields = [field for field in form.find_all("input") if field.get("type", "text") in {"text", "search"}]
    return bool(buttons) or form.find("input", type="submit") is not None or len(fields) == 1


@pytest.mark.parametrize("line", GETS, ids=str)
def test_a_page_and_its_part_have_one_root(world, line):
    for who in ("ada", "oz", "pat"):
        answer = world.answer(who, line, as_fragment=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        soup = world.soup(who, line, as_fragment=True)
        if soup.find("html") is None:
            assert problems_of_part(soup) == [], who


def problems_of_part(soup):
    """List what is wrong with a part: what a page may not have either, but for the outline."""
    return [
        problem
        for problem in problems(soup)
        if not problem.startswith(("no title", "no language", "0 ", "aria-", "for "))
    ]


def test_the_checks_see_what_is_wrong():
    soup = BeautifulSoup(
        '<a href="/nowhere"></a><input name="x"><img src="/y"><p style="color:red" id="a"></p><b id="a">', "html.parser"
    )
    found = " ".join(problems(soup))
    for part in ("0 h1", "no title", "no label", "without a name", "no alt", "style on p", "id a twice"):
        assert part in found
    assert ("GET", "/nowhere") in list(targets(soup))
