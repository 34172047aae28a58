"""The last comment beside every pin, as the triggers keep it: always what the comments themselves would say."""

import json
import threading
from datetime import datetime

import pytest
from sqlalchemy import JSON, MetaData, delete, func, insert, select, text

from pinboard import policy
from pinboard.boards import bulk, layout, queries, service
from pinboard.boards.layout import At, Look, board_page
from pinboard.clock import now
from pinboard.comments import service as comments
from pinboard.ids import public_id
from pinboard.intake import seeding, withdraw
from pinboard.intake.seeding import Wanted, fill
from pinboard.models import BoardKind, BoardOrder, Case, Comment, Pin, Visibility
from pinboard.models import ready as ready_module
from pinboard.models.engine import WRITE, make_engine, make_sessions, writing
from pinboard.web.paging import Cursor
from tests.factories import make_board, make_case, make_comment, make_pin, make_user

SAID = (
    select(func.max(Comment.id))
    .where(Comment.case_id == Pin.case_id, Comment.visibility == Visibility.CLINIC, Comment.deleted_at.is_(None))
    .correlate(Pin)
    .scalar_subquery()
)


def kept(session):
    """Give for every pin what stands beside it, having compared it with what its comments say."""
    session.flush()
    rows = session.execute(select(Pin.id, Pin.latest_comment_id, func.coalesce(SAID, 0)).order_by(Pin.id)).all()
    assert [row[1] for row in rows] == [row[2] for row in rows]
    return {pin_id: latest for pin_id, latest, _said in rows}


@pytest.fixture
def ada(session):
    return make_user(session, "Ada Owens")


@pytest.fixture
def boards(session, ada):
    return make_board(session, ada, slug="from"), make_board(session, ada, slug="to")


@pytest.fixture
def case(session, ada):
    return make_case(session, ada, pictures=0)


@pytest.fixture
def pins(session, boards, case):
    """One case on two boards, and another that nobody ever speaks of."""
    quiet = make_pin(session, make_case(session, pictures=0), boards[0])
    yield [make_pin(session, case, board) for board in boards]
    assert kept(session).get(quiet.id, 0) == 0


class TestComments:
    """What is said, taken away and brought back."""

    def latest(self, session, pins):
        beside = kept(session)
        (one,) = {beside[pin.id] for pin in pins}
        return one

    def test_a_new_one_and_a_reply_are_the_latest_on_every_board(self, session, ada, case, pins):
        assert self.latest(session, pins) == 0
        first = comments.create(session, case, body="Compare.", by=ada.id)
        assert self.latest(session, pins) == first.id
        reply = comments.create(session, case, body="Done.", by=ada.id, parent=first)
        assert self.latest(session, pins) == reply.id

    def test_a_deleted_one_counts_no_longer_and_a_restored_one_does(self, session, ada, case, pins):
        first, second = (comments.create(session, case, body="Compare.", by=ada.id) for _ in range(2))
        comments.delete(session, case, second, by=ada.id)
        assert self.latest(session, pins) == first.id
        comments.delete(session, case, first, by=ada.id)
        assert self.latest(session, pins) == 0
        assert comments.restore(session, case, second)
        assert self.latest(session, pins) == second.id
        comments.edit(session, first, body="Never mind.")
        assert self.latest(session, pins) == second.id

    def test_a_blind_one_counts_once_it_is_shown(self, session, case, pins):
        shown, blind = make_comment(session, case), make_comment(session, case, visibility=Visibility.BLIND)
        assert self.latest(session, pins) == shown.id
        blind.visibility = Visibility.CLINIC
        assert self.latest(session, pins) == blind.id
        blind.visibility = Visibility.BLIND
        assert self.latest(session, pins) == shown.id

    def test_rows_that_go_or_come_to_another_case(self, session, boards, case, pins):
        other = make_pin(session, make_case(session, pictures=0), boards[0])
        first, second = make_comment(session, case), make_comment(session, case)
        second.case_id = other.case_id
        assert (self.latest(session, pins), kept(session)[other.id]) == (first.id, second.id)
        session.execute(delete(Comment).where(Comment.id.in_([first.id, second.id])))
        assert (self.latest(session, pins), kept(session)[other.id]) == (0, 0)

    def test_many_rows_in_one_statement(self, session, case, pins):
        row = {"case_id": case.id, "author_id": case.author_id, "body": "Compare.", "created_at": now()}
        session.execute(insert(Comment), [{**row, "public_id": f"many-{n}"} for n in range(5)])
        assert self.latest(session, pins) == session.scalar(select(func.max(Comment.id))) > 0

    def test_an_erased_case_leaves_nothing(self, session, ada, case, pins):
        make_comment(session, case)
        other = make_comment(session, make_case(session, pictures=0))
        withdraw.erase(session, case, ada)
        assert len(kept(session)) == 1
        session.delete(other)
        session.flush()
        session.execute(delete(Case).where(Case.id == other.case_id))
        assert len(kept(session)) == 1


class TestPins:
    """What is pinned after it was spoken of."""

    @pytest.fixture
    def said(self, session, case):
        return make_comment(session, case)

    def test_a_new_pin_of_a_case_has_its_comment(self, session, ada, boards, case, said):
        service.pin(session, boards[0], case, by=ada.id)
        assert list(kept(session).values()) == [said.id]

    def test_whatever_a_writer_puts_there(self, session, ada, boards, case, said):
        row = {"board_id": boards[0].id, "case_id": case.id, "position": 1, "by_id": ada.id, "at": now()}
        session.execute(insert(Pin).values(**row, public_id="wrong", latest_comment_id=said.id + 7))
        assert list(kept(session).values()) == [said.id]

    def test_copies_and_moves(self, session, ada, boards, case, said):
        source, target = boards
        pins = [make_pin(session, one, source) for one in (case, make_case(session, ada, pictures=0))]
        copied = bulk.copy(session, pins, target, by=ada.id)
        assert copied.count == 2
        assert sorted(kept(session).values()) == [0, 0, said.id, said.id]
        session.execute(delete(Pin).where(Pin.board_id == target.id))
        bulk.move(session, pins, boards, by=ada.id)
        assert sorted(kept(session).values()) == [0, said.id]

    def test_a_pin_put_back_has_what_was_said_meanwhile(self, client, session, ada, boards, case, said, sign_in):
        pin = make_pin(session, case, boards[0])
        sign_in(ada)
        sent = {"act": "remove", "pin": [pin.public_id]}
        answer = client.fragment("/b/from/arrange", "POST", data=sent, headers={"X-CSRFToken": client.csrf()})
        back = json.loads(answer.headers["HX-Trigger"])["pinboard:toast"]["undo"]
        assert kept(session) == {}
        later = make_comment(session, case)
        assert client.post(back).status_code == 303
        assert list(kept(session).values()) == [later.id]

    def test_a_pin_that_comes_to_show_another_case(self, session, boards, case, said):
        pin = make_pin(session, make_case(session, pictures=0), boards[0])
        pin.case_id = case.id
        assert kept(session) == {pin.id: said.id}

    def test_the_synthetic_ones_and_their_copies(self, session, monkeypatch):
        monkeypatch.setattr(seeding, "SPECIAL", 20)
        monkeypatch.setattr(seeding, "BLOCK", 20)
        fill(session, Wanted(cases=60, boards=2, readers=0))
        assert len(set(kept(session).values())) > 10


class TestTheOrder:
    """A board by its latest comment, for readers of many cases and of few."""

    @pytest.fixture(params=["many", "few"])
    def wall(self, request, session, monkeypatch):
        """Give a board whose reader does not see the case that is spoken of most."""
        monkeypatch.setattr(policy.lists, "FEW", 500 if request.param == "few" else 0)
        monkeypatch.setattr(layout, "PAGE", 3)
        board, ben = make_board(session, kind=BoardKind.SPECIALTY, slug="chests"), make_user(session, "Ben Shah")
        cases = [make_case(session, title=f"Case {n}", pictures=0) for n in range(11)]
        for case in cases:
            make_pin(session, case, board)
        hidden = make_case(session, title="Hidden", choice="nobody", pictures=0)
        make_pin(session, hidden, board)
        for place in (4, 2, 7, 1, 4):
            make_comment(session, cases[place])
            make_comment(session, hidden)
        make_comment(session, cases[3], visibility=Visibility.BLIND)
        reader = policy.reader_for(session, ben)
        found = queries.wall(session, reader, "chests")
        assert found.sees_few is (request.param == "few")
        return reader, found, cases

    def walk(self, session, wall, between=lambda: None):
        reader, shown_on, _cases = wall
        look, at, found = Look(BoardOrder.ACTIVE), At(), []
        while True:
            laid = board_page(session, reader, shown_on, look, at=at)
            found += [int(card.title.split()[1]) for card in laid.page.cards]
            assert len(found) <= 11
            if laid.page.next is None:
                return found
            between()
            at = At(look.cursor(str(laid.page.next)))

    def test_pages_lose_and_double_nothing_and_show_nothing_hidden(self, session, wall):
        assert self.walk(session, wall) == [4, 1, 7, 2, 10, 9, 8, 6, 5, 3, 0]

    def test_what_was_said_meanwhile_doubles_nothing(self, session, wall):
        _reader, _wall, cases = wall
        # It goes to the top, which this reader has passed; everything else stays.
        assert self.walk(session, wall, lambda: make_comment(session, cases[5])) == [4, 1, 7, 2, 10, 9, 8, 6, 3, 0]

    def test_what_was_taken_away_stands_where_it_stood_before(self, session, wall):
        _reader, _wall, cases = wall
        last = session.scalars(select(Comment).where(Comment.case_id == cases[4].id).order_by(Comment.id)).all()
        comments.delete(session, cases[4], last[1], by=last[1].author_id)
        assert self.walk(session, wall) == [1, 7, 2, 4, 10, 9, 8, 6, 5, 3, 0]

    @pytest.mark.parametrize("wall", ["many"], indirect=True)
    @pytest.mark.parametrize(
        ("order", "after", "place"),
        [
            (BoardOrder.ACTIVE, None, ""),
            (BoardOrder.ACTIVE, (5, 5), " AND latest_comment_id<?"),
            (BoardOrder.ACTIVE, (0, 5), " AND latest_comment_id=? AND id<?"),
            (BoardOrder.HAND, (5, 5), " AND (position,case_id)<(?,?)"),
        ],
    )
    def test_a_page_walks_along_its_index_from_where_it_begins(self, session, wall, order, after, place):
        """The plan is what keeps a million cases as quick as ten."""
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("PostgreSQL plans by statistics that a small table does not have")
        reader, shown_on, _cases = wall
        query = layout._page(reader, shown_on, Look(order), Cursor(after) if after else None).limit(4)
        built = query.compile(session.connection(), compile_kwargs={"render_postcompile": True})
        values = (built.params[name] for name in built.positiontup)
        given = tuple(value.isoformat(" ") if isinstance(value, datetime) else value for value in values)
        steps = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {built}", given)]
        columns = {BoardOrder.ACTIVE: "latest_comment_id_id", BoardOrder.HAND: "position_case_id"}[order]
        assert f"SEARCH pin USING INDEX ix_pin_board_id_{columns} (board_id=?{place})" in steps, steps
        assert not any("ORDER BY" in step for step in steps), steps


@pytest.mark.parametrize("is_pin_first", [True, False])
def test_a_pin_beside_a_comment_has_it_whoever_was_first(fresh_database, is_pin_first):
    sessions = make_sessions(fresh_database)
    with sessions() as session:
        writing(session)
        case, board = make_case(session, pictures=0), make_board(session)
        session.commit()

    def pin(session):
        make_pin(session, session.get_one(Case, case.id), session.merge(board, load=False))

    def say(session):
        comments.create(session, session.get_one(Case, case.id), body="Compare.", by=case.author_id)

    done = threading.Event()

    def act(change):
        with sessions() as session:
            writing(session)
            change(session)
            session.commit()
        done.set()

    first, second = (pin, say) if is_pin_first else (say, pin)
    with sessions() as session:
        writing(session)
        first(session)
        other = threading.Thread(target=act, args=(second,))
        other.start()
        # The other one cannot know yet what this one becomes.
        assert not done.wait(0.5)
        session.commit()
        other.join(30)
    with sessions() as session:
        assert list(kept(session).values()) == [session.scalar(select(Comment.id))] != [None]


def test_a_comment_deleted_beside_another_leaves_the_other(fresh_database):
    sessions = make_sessions(fresh_database)
    with sessions() as session:
        writing(session)
        case, board = make_case(session, pictures=0), make_board(session)
        make_pin(session, case, board)
        old = make_comment(session, case)
        session.commit()

    def say():
        with sessions() as session:
            writing(session)
            comments.create(session, session.get_one(Case, case.id), body="Compare.", by=case.author_id)
            session.commit()

    with sessions() as session:
        writing(session)
        mine = session.get_one(Case, case.id)
        comments.delete(session, mine, session.get_one(Comment, old.id), by=case.author_id)
        other = threading.Thread(target=say)
        other.start()
        other.join(0.5)
        session.commit()
        other.join(30)
    with sessions() as session:
        assert list(kept(session).values()) == [session.scalar(select(func.max(Comment.id)))]
        assert list(kept(session).values()) > [old.id]


def test_an_upgrade_fills_in_what_an_older_database_holds(fresh_url):
    engine = make_engine(fresh_url)
    try:
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            ready_module.command.upgrade(ready_module._alembic(connection), "0005")
            tables = MetaData()
            tables.reflect(connection)
            user = _put(connection, tables, "user_")
            board = _put(connection, tables, "board")
            pins = {}
            for deleted, visibility, expected in (
                ((None, None), "clinic", 1),
                ((None, now()), "clinic", 0),
                ((None,), "blind", None),
                ((now(),), "clinic", None),
                ((), "clinic", None),
            ):
                case = _put(connection, tables, "case_", author_id=user)
                row = {"case_id": case, "author_id": user, "parent_id": None, "visibility": visibility}
                said = [_put(connection, tables, "comment", **row, deleted_at=at) for at in deleted]
                pin = _put(connection, tables, "pin", board_id=board, case_id=case, by_id=user)
                pins[pin] = 0 if expected is None else said[expected]
            assert "latest_comment_id" not in tables.tables["pin"].c
        ready_module.upgrade(engine)
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            rows = connection.execute(text("SELECT id, latest_comment_id FROM pin"))
            assert dict(rows.all()) == pins
            # A program of the step before pins on without knowing the column.
            case = connection.scalar(text("SELECT min(case_id) FROM pin"))
            board = _put(connection, tables, "board")
            pin = _put(connection, tables, "pin", board_id=board, case_id=case, by_id=user)
            latest = connection.scalar(text("SELECT latest_comment_id FROM pin WHERE id = :id"), {"id": pin})
            assert latest == max(pins.values()) - 1 > 0
    finally:
        engine.dispose()


def _put(connection, tables, name, **given):
    """Add a row to a table as it was then, with something in every column that must have it, and give its number."""
    table = tables.tables[name]
    for column in table.columns:
        if column.name not in given and not column.nullable and not column.primary_key:
            given[column.name] = _something(column)
    return connection.execute(insert(table).values(**given)).inserted_primary_key[0]


def _something(column):
    if isinstance(column.type, JSON):
        return []
    kind = column.type.python_type
    if kind is str:
        return public_id()[: column.type.length]
    return now() if kind is datetime else kind()
