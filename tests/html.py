"""Reads pages as a person's software does: one heading, named controls, no id twice, nothing the policy forbids."""

from bs4 import BeautifulSoup

CONTROLS = ("input", "select", "textarea")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def page(client, url, status=200, **options):
    """Open a page, check it, and give it parsed."""
    answer = client.get(url, **options)
    assert answer.status_code == status, f"{url} answered {answer.status_code}"
    return checked(answer, url)


def checked(answer, url=""):
    """Check a whole page and give it parsed."""
    soup = BeautifulSoup(answer.text, "html.parser")
    found = problems(soup)
    assert found == [], f"{url}: {found}"
    return soup


def fragment(client, url, status=200, method="GET", **options):
    """Ask for a part of a page as htmx does, and give it parsed."""
    answer = client.fragment(url, method=method, **options)
    assert answer.status_code == status, f"{url} answered {answer.status_code}"
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.find("html") is None, f"{url} answered a whole page"
    return soup


def problems(soup):
    """List what is wrong with a page."""
    return [*_outline(soup), *_ids(soup), *_labels(soup), *_names(soup), *_pictures(soup), *_forbidden(soup)]


def _outline(soup):
    if len(soup.find_all("h1")) != 1:
        yield f"{len(soup.find_all('h1'))} h1"
    if not (soup.title and soup.title.get_text(strip=True).strip("· ")):
        yield "no title"
    if not (soup.html and soup.html.get("lang")):
        yield "no language"
    if len(soup.find_all("main")) != 1:
        yield f"{len(soup.find_all('main'))} main"


def _ids(soup):
    ids = [element["id"] for element in soup.find_all(id=True)]
    yield from (f"id {name} twice" for name in sorted(set(ids)) if ids.count(name) > 1)
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for element in soup.find_all(attrs={attribute: True}):
            if element.name == "dialog" and not element.contents:
                continue  # filled, heading included, when it opens
            value = element[attribute]
            names = value if isinstance(value, list) else value.split()
            yield from (f"{attribute} {name} names nothing" for name in names if name not in ids)


def _labels(soup):
    targets = {label["for"] for label in soup.find_all("label") if label.get("for")}
    for control in soup.find_all(CONTROLS):
        if control.get("type") in UNLABELLED or control.get("aria-label") or control.get("aria-labelledby"):
            continue
        if control.get("id") not in targets and control.find_parent("label") is None:
            yield f"no label for {control.get('name')}"


def _names(soup):
    for element in soup.find_all(["a", "button", "summary"]):
        # What waits in a template is named by the script that takes it out.
        if (element.name == "a" and not element.get("href")) or element.find_parent("template"):
            continue
        named = element.get_text(strip=True) or element.get("aria-label") or element.find("img", alt=True)
        if not named:
            yield f"{element.name} without a name: {str(element)[:80]}"


def _pictures(soup):
    for image in soup.find_all("img"):
        if image.get("alt") is None:
            yield f"no alt on {image.get('src')}"
        if not (image.get("width") and image.get("height")):
            yield f"no width and height on {image.get('src')}"


def _forbidden(soup):
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            if name == "style" or name.startswith(("on", "hx-on")) or str(value).startswith(("js:", "javascript:")):
                yield f"{name} on {element.name}"
    yield from ("inline script" for script in soup.find_all("script") if not script.get("src"))
    yield from ("inline style" for _ in soup.find_all("style"))
