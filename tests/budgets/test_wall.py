"""What a wall may cost: statements, bytes and requests before its first picture."""

import hashlib
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from pinboard.models import BoardKind
from pinboard.web.paging import Cursor
from tests.factories import make_board, make_case, make_comment, make_picture, make_pin, make_user

MOST_STATEMENTS = 5
MOST_BYTES = 35_000
MOST_REQUESTS = 6
STATIC = Path(__file__).parents[2] / "static"


@pytest.fixture
def wall(session, sign_in):
    """Give a maker of a board with many pins, seen by a member who is on some boards."""

    def make(count):
        ada = make_user(session, "Ada Owens")
        board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests", description="For chests")
        reader = make_user(session, "Ben Shah")
        for _ in range(5):
            make_board(session, ada, readers=[reader])
        for number in range(count):
            case = make_case(session, ada, pictures=0, title=f"Does the shadow number {number} need another film?")
            make_picture(
                session, case, modality=("CT", "US", "XC")[number % 3], frames=1 + number % 2, width=500 + number
            )
            make_comment(session, case)
            make_pin(session, case, board)
        sign_in(reader)

    return make


@pytest.fixture
def statements(engine):
    """Collect the statements that the database is sent; the clinic's settings are kept, but not in tests."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if "SELECT" in statement and "FROM clinic_setting" not in statement:
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("count", [10, 400])
@pytest.mark.parametrize("url", ["/b/chests", "/"])
def test_a_wall_takes_the_same_few_statements_however_long_it_is(client, wall, statements, count, url):
    wall(count)
    statements.clear()
    answer = client.get(url)
    assert answer.text.count('class="card"') == min(count, 40)
    assert 0 < len(statements) <= MOST_STATEMENTS, "\n".join(statements)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("/", "Nothing here yet."),
        ("/boards?followed=1", "You follow no board yet."),
        ("/boards?mine=1", "No boards yet."),
        ("/boards", "no cases"),
        ("/b/empty", "Nothing"),
        ("/search", "Search"),
        ("/search?q=wombat", "No match"),
        ("/search?q=tag:wombat", "No match"),
        ("/inbox", "Nothing"),
        ("/drafts", "No draft waits."),
    ],
)
def test_what_is_empty_takes_no_statement_more(client, session, sign_in, statements, url, says):
    ada, reader = make_user(session, "Ada Owens"), make_user(session, "Ben Shah")
    board = make_board(session, ada, title="Empty", slug="empty", readers=[reader])
    make_pin(session, make_case(session, ada, choice="nobody", tags=["wombat"]), board)
    sign_in(reader)
    statements.clear()
    answer = client.get(url)
    assert says in answer.text
    assert 'class="card"' not in answer.text
    assert 0 < len(statements) <= MOST_STATEMENTS, "\n".join(statements)


def test_the_empty_feed_leads_to_the_first_boards(client, session, sign_in):
    ada, reader = make_user(session, "Ada Owens"), make_user(session, "Ben Shah")
    board = make_board(session, ada, title="AAA", readers=[reader])
    make_board(session, ada, title="AAB")
    make_pin(session, make_case(session, ada, choice="nobody"), board)
    sign_in(reader)
    shown = BeautifulSoup(client.get("/").text, "html.parser").select(".boardcard")
    assert len(shown) == 6
    assert shown[0].h3.get_text() == "AAA"
    assert "no cases" in shown[0].get_text()
    assert "AAB" not in [one.h3.get_text() for one in shown]
    # Past the last case there is nothing to begin with.
    assert "boardcard" not in client.get(f"/?after={Cursor((0,))}").text


def test_all_that_comes_before_the_first_picture_is_small(client, wall):
    wall(41)
    answer = client.get("/b/chests", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "br"
    soup = BeautifulSoup(client.get("/b/chests").text, "html.parser")
    needed = {link["href"] for link in soup.find_all("link", rel="stylesheet")}
    needed |= {script["src"] for script in soup.find_all("script")}
    needed |= {use["href"].split("#")[0] for use in soup.find_all("use")}
    sizes = {"page": len(answer.data)}
    for url in needed:
        part = client.get(url, buffered=True, headers={"Accept-Encoding": "gzip, br"})
        assert part.status_code == 200
        assert part.headers["Content-Encoding"] == "br", url
        sizes[url] = len(part.data)
    assert len(sizes) <= MOST_REQUESTS, sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert len(sizes) >= 5


def test_the_grid_is_laid_out_before_anything_is_painted(client, wall):
    wall(1)
    head = BeautifulSoup(client.get("/b/chests").text, "html.parser").head
    script = head.find("script", src=re.compile(r"pin-grid\.js$"))
    assert not script.has_attr("defer")
    assert not script.has_attr("async")
    assert script.get("type") != "module"


def test_vendored_files_are_what_their_page_says():
    told = dict(re.findall(r"\| `(\S+\.js)` \|.*`([0-9a-f]{64})` \|", (STATIC / "vendor/README.md").read_text()))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (STATIC / "vendor").glob("*.js")}
    assert found
    assert told == found
