import base64
import gzip
import stat
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest
import zstandard
from bs4 import BeautifulSoup

from pinboard.config import ConfigError, load
from pinboard.web import secret_key
from pinboard.web.access import access
from pinboard.web.forms import trimmed
from pinboard.web.paging import Cursor
from pinboard.web.qr import qr


@pytest.fixture
def app(own_app):
    """Give an application that gets views of its tests."""
    return own_app


def test_a_cursor_comes_back_as_it_was_written():
    cursor = Cursor(("Ada “Ö”", 2**40))
    assert Cursor.read(str(cursor), str, int) == cursor


@pytest.mark.parametrize(
    "text", [None, "", "x", "!!!", "W10", "x" * 999, str(Cursor(("a",))), "bnVsbA", str(Cursor((2**64,)))]
)
def test_a_cursor_that_makes_no_sense_is_the_first_page(text):
    assert Cursor.read(text, int) is None


def test_a_true_is_no_number():
    assert Cursor.read(str(Cursor((True,))), int) is None


@pytest.mark.parametrize("letter", [r"\u0000", r"\ud800"])
def test_letters_that_no_row_holds_mean_the_first_page(letter):
    text = base64.urlsafe_b64encode(f'["a{letter}",1]'.encode()).decode().rstrip("=")
    assert Cursor.read(text, str, int) is None


def test_letters_that_nobody_sees_are_taken_away():
    assert trimmed("  A\u202edA\u200b \x00") == "AdA"
    assert trimmed(None) is None


def test_a_qr_code_is_drawing_and_nothing_else():
    drawn = BeautifulSoup(str(qr('https://x.example/"><script>')), "html.parser")
    assert [element.name for element in drawn.find_all(True)] == ["svg", "path", "path"]


def test_the_secret_key_is_made_once_and_is_ours_alone(tmp_path):
    config = load({"PINBOARD_DATA": str(tmp_path / "new")})
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _n: secret_key.load(config), range(8)))
    assert len(keys) == 1
    assert stat.S_IMODE(config.secret_key_file.stat().st_mode) == 0o600
    assert [path.name for path in config.data.iterdir()] == [config.secret_key_file.name]


def test_a_short_secret_key_is_refused(tmp_path):
    config = load({"PINBOARD_DATA": str(tmp_path)})
    config.secret_key_file.write_text("short")
    with pytest.raises(ConfigError):
        secret_key.load(config)


class TestCompression:
    @pytest.fixture
    def big(self, app):
        app.add_url_rule("/big", "big", access("public")(lambda: "x" * 5000))
        app.add_url_rule("/small", "small", access("public")(lambda: "x" * 500))

    def test_a_large_page_is_compressed_for_who_can_read_it(self, client, big):
        answer = client.get("/big", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) == len(answer.data) < 200
        assert gzip.decompress(answer.data) == b"x" * 5000
        assert client.get("/big").text == "x" * 5000

    def test_who_can_read_what_packs_better_gets_that(self, client, big):
        answer = client.get("/big", headers={"Accept-Encoding": "gzip, deflate, br"})
        assert answer.headers["Content-Encoding"] == "br"
        assert brotli.decompress(answer.data) == b"x" * 5000
        refused = client.get("/big", headers={"Accept-Encoding": "gzip, br;q=0"})
        assert refused.headers["Content-Encoding"] == "gzip"

    def test_threads_that_compress_at_once_do_not_mix_their_pages(self, app, big):
        def ask(letter):
            answer = app.test_client().get(f"/big/{letter}", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
            assert answer.headers["Content-Encoding"] == "zstd"
            return zstandard.decompress(answer.data).decode()

        app.add_url_rule("/big/<letter>", "lettered", access("public")(lambda letter: letter * 50_000))
        letters = list("abcdefgh") * 4
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(ask, letters)) == [letter * 50_000 for letter in letters]

    def test_a_small_one_is_not(self, client, big):
        assert "Content-Encoding" not in client.get("/small", headers={"Accept-Encoding": "gzip"}).headers

    def test_caches_are_told(self, client, big):
        assert "Accept-Encoding" in client.get("/big").headers["Vary"]
