"""The feed and the boards: who sees which pin, how the list goes on, what a card says."""

import re

import pytest

from pinboard import policy
from pinboard.models import BoardKind, Resolution, Source
from pinboard.policy import PAGE
from tests.factories import make_board, make_case, make_comment, make_picture, make_pin, make_subject, make_user
from tests.html import fragment, page
from tests.people import make_scene


def titles(soup):
    return [node.get_text(strip=True) for node in soup.select(".card-title")]


def fill(session, count, board=None, author=None):
    author = author or make_user(session, "Ada Owens")
    made = [make_case(session, author, title=f"Case {number}") for number in range(count)]
    for case in made if board else []:
        make_pin(session, case, board)
    return made


def test_the_feed_is_newest_first(client, session, sign_in):
    fill(session, 3)
    sign_in("clinician")
    assert titles(page(client, "/")) == ["Case 2", "Case 1", "Case 0"]


def test_a_case_for_one_reader_is_on_nobody_elses_wall(client, browser, session, sign_in):
    ada, ben, cleo = (make_user(session, name) for name in ("Ada Owens", "Ben Shah", "Cleo Marsh"))
    board = make_board(session, ada, readers=[ben, cleo])
    case = make_case(session, ada, choice="nobody", title="For Ben")
    policy.grant(session, case, policy.member(ben.id), Source.NAMED, by=ada.id)
    make_pin(session, case, board)
    sign_in(ben)
    sign_in(cleo, other := browser())
    for url in ("/", f"/b/{board.slug}"):
        assert titles(page(client, url)) == ["For Ben"]
        assert titles(page(other, url)) == []


def test_a_pin_adds_no_reader(client, session, sign_in):
    ada, ben = make_user(session, "Ada Owens"), make_user(session, "Ben Shah")
    case = make_case(session, ada, choice="nobody", title="Quiet")
    board = make_board(session, ben, title="Ben’s")
    make_pin(session, case, board, by=ada)
    sign_in(ben)
    assert titles(page(client, f"/b/{board.slug}")) == []
    assert client.get(f"/c/{case.public_id}").status_code == 404


def test_an_empty_feed_offers_a_case_and_boards(client, sign_in):
    sign_in("clinician")
    soup = page(client, "/")
    assert "Nothing here yet." in soup.get_text()
    assert soup.select_one('a.button[href="/new"]')
    assert len(soup.select(".boardcard")) == 6


def test_a_trainee_gets_no_pin_button(client, session, sign_in):
    fill(session, 1)
    sign_in("trainee")
    soup = page(client, "/")
    assert titles(soup) == ["Case 0"]
    assert not soup.select('a[href$="/pin"]')


@pytest.mark.parametrize(("role", "target"), [("patient", "/my"), ("desk", "/settings/profile")])
def test_others_are_led_to_their_own_page(client, session, sign_in, role, target):
    sign_in(role, subject_id=make_subject(session).id if role == "patient" else None)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, target)
    assert client.get(target).status_code == 200


def test_an_administrator_at_the_desk_starts_with_administration(client, sign_in):
    sign_in("desk", is_admin=True)
    assert client.get("/").headers["Location"] == "/admin"


def test_a_wall_goes_on_by_key_until_it_ends(client, session, sign_in):
    board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
    made = fill(session, PAGE + 3, board)
    sign_in("clinician")
    first = page(client, "/b/chests")
    more = first.select_one("#more")
    assert "intersect once" in more["hx-trigger"]
    rest = fragment(client, more["hx-get"])
    cards = rest.select("hx-partial .card-title")
    assert titles(first) + [node.get_text() for node in cards] == [case.title for case in reversed(made)]
    assert rest.select_one("#more").name == "p"
    assert "3 more cases" in rest.get_text()


def test_a_case_pinned_meanwhile_moves_nothing_on_the_next_page(client, session, sign_in):
    board = make_board(session, kind=BoardKind.SPECIALTY, title="Chests", slug="chests")
    fill(session, PAGE + 1, board)
    sign_in("clinician")
    more = page(client, "/b/chests").select_one("#more")
    fill(session, 2, board)
    session.commit()
    cards = fragment(client, more["hx-get"]).select("hx-partial .card-title")
    assert [node.get_text() for node in cards] == ["Case 0"]


def test_without_script_the_next_page_is_a_page(client, session, sign_in):
    fill(session, PAGE + 1)
    sign_in("clinician")
    more = page(client, "/").select_one("#more")
    assert titles(page(client, more["href"])) == ["Case 0"]


@pytest.mark.parametrize(("number", "trigger"), [(1, True), (2, True), (3, True), (4, False), (14, False)])
def test_after_three_pages_a_wall_waits_for_a_click(client, session, sign_in, number, trigger):
    fill(session, PAGE + 1)
    sign_in("clinician")
    more = page(client, f"/?page={number}").select_one("#more")
    assert ("intersect" in more["hx-trigger"]) is trigger


def test_after_six_hundred_cards_a_wall_starts_afresh(client, session, sign_in):
    fill(session, PAGE + 1)
    sign_in("clinician")
    assert not page(client, "/?page=15").select_one("#more").has_attr("hx-get")


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "WzE", "W1wieFwiXQ", "9" * 300])
def test_a_cursor_that_makes_no_sense_shows_the_first_page(client, session, sign_in, cursor):
    fill(session, 1)
    sign_in("clinician")
    assert titles(page(client, f"/?after={cursor}")) == ["Case 0"]


def test_a_card_says_its_state_first_then_what_it_is(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    case = make_case(session, ada, pictures=0, title="Dilated?", resolution=Resolution.SOLVED)
    make_picture(session, case, modality="US", frames=12, width=640, height=480)
    make_comment(session, case)
    sign_in("clinician")
    card = page(client, "/").select_one(".card")
    words = re.sub(r"\s+", " ", card.select_one(".meta").get_text()).strip()
    assert words == "Solved Ultrasound, 12 images, 1 comment, now"
    image = card.select_one("img")
    assert (image["width"], image["height"], image["fetchpriority"]) == ("640", "480", "high")
    assert "236w" in image["srcset"]
    assert not image.has_attr("loading")


def test_only_the_first_twelve_pictures_load_at_once(client, session, sign_in):
    fill(session, 14)
    sign_in("clinician")
    images = page(client, "/").select(".card img")
    assert [bool(image.get("loading")) for image in images] == [False] * 12 + [True] * 2
    assert images[12]["sizes"].startswith("auto")


def test_an_extreme_picture_does_not_own_a_column(client, session, sign_in):
    case = make_case(session, pictures=0)
    make_picture(session, case, width=400, height=1600)
    sign_in("clinician")
    assert "tall" in page(client, "/").select_one(".plate")["class"]


def test_a_title_is_text(client, session, sign_in):
    make_case(session, title="<b>x</b>")
    sign_in("clinician")
    assert titles(page(client, "/")) == ["<b>x</b>"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("ada", 200), ("ben", 200), ("cleo", 404), ("tom", 404), ("dee", 404), ("pat", 404), ("pia", 403), ("oz", 404)],
)
def test_a_personal_board_is_seen_by_those_on_it(client, session, sign_in, name, status):
    scene = make_scene(session)
    sign_in(getattr(scene.people, name))
    assert client.get("/b/ada-chest").status_code == status
    if status != 200:
        assert b"Chest" not in client.get("/b/ada-chest").data


def test_a_board_never_says_how_many_cases_it_has(client, session, sign_in):
    scene = make_scene(session)
    for number in range(7):
        make_pin(session, make_case(session, scene.people.ada, choice="nobody", title=f"Hidden {number}"), scene.board)
    sign_in(scene.people.ben)
    text = page(client, "/b/ada-chest").get_text()
    assert "Hidden" not in text
    assert not re.search(r"\b[78]\b", text)


def test_a_patient_sees_no_wall_at_all(client, session, sign_in):
    scene = make_scene(session)
    sign_in(scene.people.pat)
    for url in ("/feed", "/boards", "/boards/list", "/b/ada-chest", "/b/ada-chest/pins", "/search?q=shadow"):
        assert client.get(url).status_code == 404


def test_nobody_is_sent_to_sign_in(client, clinic):
    assert client.get("/").headers["Location"].startswith("/login")
