import gzip
import os
import posixpath
import re

import brotli
import pytest

from pinboard.web.assets import BUNDLE, COMMENT, Assets, folder


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "css/components/b.css": ".b{}",
        "css/components/a.css": ".a{}",
        "css/layout.css": ".layout{}",
        "css/base.css": ".base{}",
        "css/tokens.css": ":root{}",
        "js/app.js": "import './x.js';",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_the_style_sheets_are_one_file_in_the_order_that_the_cascade_needs(root):
    assets = Assets(root)
    assert assets.files[BUNDLE].split() == [b":root{}", b".base{}", b".layout{}", b".a{}", b".b{}"]
    assert [name for name in assets.files if name.endswith(".css")] == [BUNDLE]


def test_what_only_drafts_need_is_a_file_of_its_own(root):
    for name in ("form", "upload"):
        path = root / f"css/drafts/{name}.css"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f".{name}{{}}")
    files = Assets(root).files
    assert files["css/drafts.css"].split() == [b".form{}", b".upload{}"]
    assert b"form" not in files[BUNDLE]


def test_comments_on_lines_of_their_own_are_not_sent_and_nothing_else_is_lost(root):
    source = "/* What it\n * is for. */\nlet a = '/* b */'; /* here */\n  /* Why. */\nlet c = `\n/d/*e`;\n"
    (root / "js/app.js").write_text(source)
    (root / "vendor").mkdir()
    (root / "vendor/x.js").write_text(source)
    files = Assets(root).files
    assert files["js/app.js"].decode() == "let a = '/* b */'; /* here */\nlet c = `\n/d/*e`;\n"
    assert files["vendor/x.js"].decode() == source


def test_no_template_literal_of_ours_holds_a_line_that_looks_like_a_comment():
    own = [path.read_text() for path in folder("static").rglob("js/**/*.js")]
    literals = [text for source in own for text in re.findall(r"`[^`]*`", COMMENT.sub(b"", source.encode()).decode())]
    assert len(literals) > 20
    assert [text for text in literals if re.search(r"^\s*/\*", text, re.MULTILINE)] == []
    # What is sent has as many back ticks, so no comment began inside one.
    quoted = [source for source in own if COMMENT.sub(b"", source.encode()).count(b"`") % 2]
    assert quoted == []


def test_any_change_changes_every_address(root):
    before = Assets(root).url("css/app.css")
    (root / "js/app.js").write_text("import './y.js';")
    assert Assets(root).url("css/app.css") != before


def test_the_checkout_wins_over_a_stale_copy():
    assert folder("static").name == "static"
    assert folder("templates").joinpath("base.html").exists()


@pytest.fixture
def css(client):
    return re.search(r'/static/[^"]+app\.css', client.get("/setup").text)[0]


def test_a_versioned_file_may_be_kept_for_ever(client, css):
    answer = client.get(css, buffered=True)
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.content_type.startswith("text/css")
    assert client.get(css, buffered=True, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_files_are_compressed_as_the_browser_likes(client, css):
    plain = client.get(css, buffered=True).data
    assert brotli.decompress(client.get(css, buffered=True, headers={"Accept-Encoding": "gzip, br"}).data) == plain
    assert gzip.decompress(client.get(css, buffered=True, headers={"Accept-Encoding": "gzip"}).data) == plain
    assert "Accept-Encoding" in client.get(css, buffered=True).headers["Vary"]


@pytest.mark.parametrize(
    "name",
    ["", "nothing.css", "../app.py", "%2e%2e/app.py", "css/../../app.py", "js/app.js", "0123456789ab/css/app.css"],
)
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_static_files_ask_no_database(app, client, css, monkeypatch):
    monkeypatch.setattr("pinboard.web.access.reader_for", None)
    assert client.get(css, buffered=True).status_code == 200


def test_a_version_is_written_once_and_old_ones_go(root, tmp_path_factory):
    place, assets = tmp_path_factory.mktemp("built"), Assets(root)
    built = assets.build(place)
    written = (built / "js/app.js").stat().st_mtime_ns
    old = place / "0123456789ab"
    old.mkdir()
    assert assets.build(place) == built
    assert old.exists()
    os.utime(old, (0, 0))
    assets.build(place)
    assert (built / "js/app.js").stat().st_mtime_ns == written
    assert list(place.iterdir()) == [built]


def test_static_files_carry_the_headers_of_every_answer(client, css):
    answer = client.get(css, buffered=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_viewer_is_light():
    """All that a series needs before its first frame, as it is sent; tools are fetched when they are asked for."""
    files = Assets(folder("static")).files
    needed, left = {}, ["js/viewer/series-viewer.js"]
    while left:
        name = left.pop()
        if name in needed:
            continue
        needed[name] = len(brotli.compress(files[name], quality=11))
        beside = re.findall(rb'^import [^;]*?from "([^"]+)"', files[name], re.MULTILINE)
        left += [posixpath.normpath(posixpath.join(posixpath.dirname(name), one.decode())) for one in beside]
    assert len(needed) > 10
    assert sum(needed.values()) <= 15 * 1024, needed
