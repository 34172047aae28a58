"""A board in every order and narrowed by its chips: page after page, and only what the reader may see."""

import pytest
from sqlalchemy import event

from pinboard import clock, policy
from pinboard.boards import layout, places, queries
from pinboard.boards.layout import At, Look, board_page
from pinboard.models import BoardKind, BoardOrder, Resolution, Visibility
from tests.factories import make_board, make_case, make_comment, make_pin, make_user
from tests.html import fragment, page


@pytest.fixture
def board(session):
    return make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")


def eyes(session, user):
    return policy.reader_for(session, user)


def titles(soup):
    return [node.get_text(strip=True) for node in soup.select(".card-title")]


def walk(session, reader, board, look, monkeypatch, size=3):
    """Give what a reader sees page after page, each page as (section headings, titles)."""
    monkeypatch.setattr(layout, "PAGE", size)
    wall = queries.wall(session, reader, board.slug)
    pages, at = [], At()
    while True:
        laid = board_page(session, reader, wall, look, at=at)
        pages.append(([block.title for block in laid.blocks], [card.title for card in laid.page.cards]))
        if laid.page.next is None:
            return pages
        at = At(look.cursor(str(laid.page.next)), laid.section)
        assert at.after is not None


@pytest.mark.parametrize("order", list(BoardOrder))
def test_every_order_goes_on_by_key_without_losing_or_doubling(session, board, monkeypatch, order):
    ben = make_user(session, "Ben Shah")
    cases = [make_case(session, title=f"Case {n}", pictures=0) for n in range(10)]
    pins = [make_pin(session, case, board) for case in cases]
    hidden = make_case(session, title="Hidden", choice="nobody", pictures=0)
    make_pin(session, hidden, board)
    make_comment(session, hidden)
    for place in (4, 2, 7):
        make_comment(session, cases[place])
    make_comment(session, cases[9], visibility=Visibility.BLIND)
    make_comment(session, cases[8], deleted_at=clock.now())
    places.put_beside(session, board, [pins[0]], pins[9], is_before=True, by=ben.id)
    found = [
        title for _heads, some in walk(session, eyes(session, ben), board, Look(order), monkeypatch) for title in some
    ]
    wanted = {
        BoardOrder.HAND: [0, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        BoardOrder.NEWEST: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        BoardOrder.ACTIVE: [7, 2, 4, 9, 8, 6, 5, 3, 1, 0],
    }[order]
    assert found == [f"Case {n}" for n in wanted]


def test_a_heading_stands_once_however_many_pages_it_takes(session, board, monkeypatch):
    ben = make_user(session, "Ben Shah")
    pins = [make_pin(session, make_case(session, title=f"Case {n}", pictures=0), board) for n in range(8)][::-1]
    first, second, empty = (places.add_section(session, board, title, by=ben.id) for title in ("One", "Two", "None"))
    places.put_into(session, board, pins[1:6], first, by=ben.id)
    places.put_into(session, board, pins[6:], second, by=ben.id)
    found = walk(session, eyes(session, ben), board, Look(), monkeypatch)
    assert [heads for heads, _titles in found] == [["", "One"], [""], ["Two"]]
    assert empty.title not in str(found)


def test_a_section_of_hidden_cases_is_not_there(client, session, sign_in, board):
    ben = make_user(session, "Ben Shah")
    make_pin(session, make_case(session, title="Seen", pictures=0), board)
    hidden = make_pin(session, make_case(session, choice="nobody", pictures=0), board)
    places.put_into(session, board, [hidden], places.add_section(session, board, "Of Mondays", by=ben.id), by=ben.id)
    sign_in(ben)
    assert "Of Mondays" not in page(client, "/b/chests").get_text()


def test_chips_narrow_count_and_never_tell_of_what_is_hidden(client, session, sign_in, board):
    author = make_user(session, "Ada Owens")
    for kind, state in (("CT", "unsolved"), ("CT", "solved"), ("US", "unsolved")):
        case = make_case(session, author, title=f"{kind} {state}", pictures=0)
        case.modality, case.resolution = kind, Resolution(state)
        make_pin(session, case, board)
    hidden = make_case(session, author, choice="nobody", pictures=0, title="Hidden")
    hidden.modality, hidden.resolution = "NM", Resolution.TEACHING
    make_pin(session, hidden, board)
    sign_in("clinician")
    chips = {chip["href"]: chip.get_text(" ", strip=True) for chip in page(client, "/b/chests").select(".looks a")}
    assert "NM" not in str(chips)
    assert "teaching" not in str(chips)
    assert [chips[f"/b/chests?{name}"].split()[-1] for name in ("modality=CT", "modality=US", "state=unsolved")] == [
        "2", "1", "2",
    ]  # fmt: skip
    assert set(titles(page(client, "/b/chests?modality=CT"))) == {"CT unsolved", "CT solved"}
    assert titles(page(client, "/b/chests?modality=CT&state=solved")) == ["CT solved"]
    assert titles(page(client, "/b/chests?state=teaching")) == []
    assert titles(fragment(client, "/b/chests?modality=US&sort=newest")) == ["US unsolved"]
    # Nonsense is as if it were not there.
    assert len(titles(page(client, "/b/chests?state=x&sort=y&after=z"))) == 3


def test_the_next_page_keeps_the_look(client, session, sign_in, board):
    for number in range(45):
        case = make_case(session, title=f"Case {number}", pictures=0)
        case.modality = "CT"
        make_pin(session, case, board)
    sign_in("clinician")
    more = page(client, "/b/chests?modality=CT&sort=newest").select_one("#more")
    assert "modality=CT&sort=newest&after=" in more["href"]
    following = fragment(client, more["hx-get"])
    assert titles(following) == [f"Case {n}" for n in range(4, -1, -1)]


def test_the_order_at_first_is_the_owners_and_the_moments_the_readers(client, session, sign_in):
    ada = sign_in("clinician")
    board = make_board(session, ada, slug="mine")
    pins = [make_pin(session, make_case(session, title=f"Case {n}", pictures=0), board) for n in range(3)]
    places.put_beside(session, board, [pins[0]], pins[2], is_before=True, by=ada.id)
    session.commit()
    assert titles(page(client, "/b/mine")) == ["Case 0", "Case 2", "Case 1"]
    assert client.post("/b/mine/look", {"order": "newest"}).status_code == 303
    assert titles(page(client, "/b/mine")) == ["Case 2", "Case 1", "Case 0"]
    assert titles(page(client, "/b/mine?sort=hand")) == ["Case 0", "Case 2", "Case 1"]


@pytest.mark.parametrize("count", [10, 120])
def test_lists_take_the_same_few_statements_at_any_length(client, session, engine, sign_in, count):
    ada = make_user(session, "Ada Owens")
    board = make_board(session, ada, slug="mine")
    section = places.add_section(session, board, "One", by=ada.id)
    pins = [make_pin(session, make_case(session, ada, pictures=0), board) for _ in range(count)]
    places.put_into(session, board, pins[::2], section, by=ada.id)
    sign_in(ada)
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if "SELECT" in statement and "FROM clinic_setting" not in statement:
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        for url in ("/b/mine", "/b/mine?sort=active&modality=CT", "/b/mine?sort=newest", "/boards", "/boards?mine=1"):
            sent.clear()
            assert client.get(url).status_code == 200
            assert 0 < len(sent) <= 5, (url, *sent)
    finally:
        event.remove(engine, "before_cursor_execute", note)


class TestTheSheetOfFilters:
    """What a telephone opens instead of the chips."""

    @pytest.fixture
    def full(self, session, sign_in, board):
        for modality, state in (("CT", "unsolved"), ("US", "solved")):
            case = make_case(session, modality=modality, resolution=Resolution(state), pictures=0)
            make_pin(session, case, board)
        hidden = make_case(session, choice="nobody", modality="NM", resolution=Resolution.TEACHING, pictures=0)
        make_pin(session, hidden, board)
        session.commit()
        sign_in()

    def offered(self, soup, name):
        return [one["value"] for one in soup.find_all("input", attrs={"name": name})]

    def chosen(self, soup):
        return {one["name"]: one["value"] for one in soup.find_all("input", checked=True)}

    def test_it_offers_what_the_whole_board_has_and_nothing_hidden(self, client, full):
        soup = page(client, "/b/chests/filters?state=solved")
        assert self.offered(soup, "modality") == ["", "CT", "US"]
        assert self.offered(soup, "state") == ["", "unsolved", "solved"]
        assert self.chosen(soup) == {"modality": "", "state": "solved", "sort": "hand"}
        assert fragment(client, "/b/chests/filters").find("form")["action"] == "/b/chests"

    def test_what_it_sends_is_what_the_board_shows(self, client, full):
        soup = page(client, "/b/chests?modality=CT&state=&sort=hand")
        assert len(titles(soup)) == 1
        opener = soup.select_one("a.to-filters")
        assert opener["href"] == "/b/chests/filters?modality=CT"
        assert opener.get_text(" ", strip=True) == "Filters 1"
        assert [chip.get_text(" ", strip=True) for chip in soup.select(".chip.used")] == ["CT 1"]

    def test_a_board_in_its_usual_look_has_no_number(self, client, full):
        soup = page(client, "/b/chests")
        assert soup.select_one("a.to-filters").get_text(strip=True) == "Filters"
        assert soup.select(".chip.used") == []
