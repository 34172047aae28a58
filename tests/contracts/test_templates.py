"""Keeps the template folders to their rules, and every template to what our content policy lets run."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
PAGES = [name for name in TEMPLATES if name.startswith("pages/")]
PARTIALS = [name for name in TEMPLATES if name.startswith("partials/")]
ROUTES = ROOT.parent / "pinboard"

FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*="),
    "inline handler": re.compile(r"\son[a-z]+\s*="),
    "hx-on": re.compile(r"\bhx-on\b"),
    "script in an attribute": re.compile(r"[\"'](?:js|javascript):"),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "inline style sheet": re.compile(r"<style\b"),
    "trigger filter": re.compile(r"hx-trigger\s*=\s*\"[^\"]*\["),
    "unescaped": re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false"),
    "evaluated values": re.compile(r"hx-(?:vals|headers)[^=]*=\s*[\"']js:"),
    "somebody else's server": re.compile(r"(?:src|href)\s*=\s*\"(?:https?:)?//"),
    "data address": re.compile(r"(?:src|href)\s*=\s*\"(?:data|blob):"),
}
EXTENDS = re.compile(r"\A(?:\s|\{#.*?#\})*\{%-?\s*extends \"([^\"]+)\"", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)\b[^>]*?(/?)>", re.IGNORECASE | re.DOTALL)
SEVERAL = {
    "partials/boards/body.html": "the chips and the wall, which the page of a board holds",
    "partials/drafts/upload_rows.html": "rows of several files, which the script puts in their places",
    "partials/boards/list.html": "the list and the link to its next page, replaced inside what holds both",
    "partials/boards/next.html": "the end of a wall, beside parts for other places",
    "partials/boards/wall.html": "a wall, its end and its news, replaced inside what holds them",
    "partials/cases/actions.html": "a banner that only one reader sees stands before the actions",
    "partials/cases/words.html": "what the rail of a case holds",
    "partials/comments/count.html": "words inside an element",
    "partials/drafts/state.html": "each part replaces its namesake",
}
"""Partials that may have more than one element at the top, or none, and why."""
VOID = {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "use", "path"}


@cache
def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def offences(source):
    """Name what a template has that our content policy stops, or should."""
    plain = COMMENT.sub("", source)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(plain)]


def roots(source):
    """Count the elements at the top of a template.

    A branch of an `if` counts once with its others, a call of a macro once with all that it wraps, and a part that htmx
    takes to another place, or an include in front of such parts, not at all.
    """
    plain = COMMENT.sub("", source)
    plain = re.sub(r"<hx-partial\b.*?</hx-partial>", "", plain, flags=re.DOTALL)
    plain = re.sub(r"\{%-?\s*call.*?endcall\s*-?%\}", "<div></div>", plain, flags=re.DOTALL)
    plain = re.sub(r"\{%-?\s*macro.*?endmacro\s*-?%\}", "", plain, flags=re.DOTALL)
    plain = re.sub(r"\{%-?\s*(?:else|elif).*?(?=\{%-?\s*endif)", _without_tags, plain, flags=re.DOTALL)
    depth = count = 0
    for closing, name, empty in TAG.findall(CODE.sub("", plain)):
        if name.lower() in VOID or empty:
            count += depth == 0
        elif closing:
            depth -= 1
        else:
            count += depth == 0
            depth += 1
    return count, depth


def _without_tags(found):
    """Keep the other branch of a choice only where it closes what it opens not."""
    return "" if _is_balanced(found[0]) else found[0]


def _is_balanced(part):
    depth = 0
    for closing, name, empty in TAG.findall(CODE.sub("", part)):
        if name.lower() not in VOID and not empty:
            depth += -1 if closing else 1
    return depth == 0


def test_there_are_templates():
    assert len(PAGES) > 30
    assert len(PARTIALS) > 20


def test_no_template_has_what_the_policy_stops():
    assert {name: found for name in TEMPLATES if (found := offences(text(name)))} == {}


def test_a_page_extends_a_layout_and_has_a_title():
    for name in PAGES:
        found = EXTENDS.match(text(name))
        assert found, f"{name} begins with {{% extends %}}"
        assert found[1].startswith(("layouts/", "base.html")), name
        assert "block title" in text(name), name
        assert re.fullmatch(r"pages/[a-z]+/[a-z_]+\.html", name)


def test_a_partial_extends_nothing_and_has_one_root():
    for name in PARTIALS:
        assert "{% extends" not in text(name), name
        count = roots(text(name))[0]
        is_for_elsewhere = "<hx-partial" in text(name) and count == 0
        assert count == 1 or is_for_elsewhere or name in SEVERAL, name
        assert re.fullmatch(r"partials/[a-z]+/[a-z_]+\.html", name)


def test_every_exception_is_needed():
    assert [name for name in SEVERAL if name not in PARTIALS or roots(text(name))[0] == 1] == []


def test_a_template_belongs_to_a_feature():
    for name in [*PAGES, *PARTIALS]:
        feature = name.split("/")[1]
        assert (ROUTES / feature).is_dir() or (ROUTES / "web" / f"{feature}.py").is_file(), name


def test_words_are_marked_for_translation():
    assert {name: found for name in TEMPLATES if (found := loose(text(name)))} == {}


def test_a_loose_word_is_seen():
    assert loose("<p>{{ _('Words') }} 12 Pinboard <kbd>Esc</kbd></p>") == []
    assert loose("<p>Words</p>") == ["Words"]


def loose(source):
    """Find text between tags that is not in `_()`; numbers, punctuation, keys and the product's name may stay."""
    plain = re.sub(
        r"<(kbd|code|option|title)\b.*?</\1>", "", CODE.sub("\x00", COMMENT.sub("", source)), flags=re.DOTALL
    )
    words = [piece.strip() for piece in re.findall(r">([^<>]*)<", plain)]
    words = [re.sub(r"[\w-]+=\"[^\"]*\"|Pinboard|UTC", "", piece) for piece in words]
    return [piece for piece in words if re.search(r"[A-Za-z]{2,}", piece)]


def test_every_template_is_used():
    sources = "".join(path.read_text(encoding="utf-8") for path in ROUTES.rglob("*.py"))
    sources += "".join(text(name) for name in TEMPLATES)
    parts = [name for name in TEMPLATES if name != "base.html" and not _is_named(name, sources)]
    assert parts == []


def _is_named(name, sources):
    """Tell whether a template is named whole, or built from its folder and its own name."""
    folder, own = name.rsplit("/", 1)
    return name in sources or (
        f"{folder}/{{" in sources and re.search(rf"\"{own.removesuffix('.html')}\"", sources) is not None
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('<p style="x">', "inline style"),
        ('<b onclick="x">', "inline handler"),
        ('<b hx-on:click="x">', "hx-on"),
        ("<script>x</script>", "inline script"),
        ('<i hx-trigger="keyup[altKey]">', "trigger filter"),
        ("{{ x | safe }}", "unescaped"),
        ('<img src="//cdn.example/x">', "somebody else's server"),
        ('<a href="javascript:x">', "script in an attribute"),
    ],
)
def test_an_offence_is_seen(source, name):
    assert name in offences(source)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("<p>a</p>", 1),
        ("<p>a</p><p>b</p>", 2),
        ("<input><p></p>", 2),
        ("{% if x %}<p>a</p>{% else %}<b>c</b>{% endif %}", 1),
        ("{# <p> #}<div><p></p></div>", 1),
        ("words", 0),
        ('<p></p><hx-partial hx-target="#x"><b></b></hx-partial>', 1),
        ("{% call dialog() %}<p></p><p></p>{% endcall %}", 1),
    ],
)
def test_roots_are_counted(source, count):
    assert roots(source)[0] == count
