"""Cards: what they say, whose eyes they are for, the cover over what may disturb, and what they show when asked."""

from datetime import timedelta

import pytest

from pinboard import clock, policy
from pinboard.cases import cards
from pinboard.models import InstanceState
from pinboard.web.times import ago
from tests.factories import make_board, make_case, make_draft, make_picture, make_pin, make_user
from tests.html import fragment, page
from tests.people import make_scene


@pytest.fixture(autouse=True)
def _empty():
    cards._kept.clear()


def only_card(client, url="/"):
    return page(client, url).select_one(".card")


def test_a_card_says_what_one_decides_by(client, session, sign_in):
    case = make_case(session, title="Which nerve?", pictures=0)
    make_picture(session, case, modality="CT", frames=30)
    case.modality, case.frame_count, case.comment_count = "CT", 30, 2
    session.commit()
    sign_in("clinician")
    card = only_card(client)
    said = " ".join(card.get_text(" ").split())
    assert "Which nerve?" in said
    for words in ("Unsolved", "CT, 30 images, 2 comments", "now"):
        assert words in said
    assert "photo" not in card.select_one(".plate")["class"]
    assert card.select_one("img")["alt"]


def test_a_kept_card_follows_what_changes_it(client, session, sign_in):
    case = make_case(session, title="Old?")
    sign_in("clinician")
    assert "Old?" in only_card(client).get_text()
    assert len(cards._kept) == 1
    assert "Old?" in only_card(client).get_text()
    assert len(cards._kept) == 1, "the second view made the piece again"
    case.title = "New?"
    session.commit()
    assert "New?" in only_card(client).get_text()
    assert "Old?" not in only_card(client).get_text()
    case.comment_count = 1
    session.commit()
    assert "1 comment" in " ".join(only_card(client).get_text().split())


def test_what_says_how_long_ago_changes_the_key():
    words, at = {}, clock.now()
    for seconds in [*range(0, 8000, 7), *range(8000, 60 * 86_400, 991)]:
        moment = at - timedelta(seconds=seconds + 0.5)
        words.setdefault(cards._age(moment, clock.now()), set()).add(ago(moment))
    assert {age: said for age, said in words.items() if len(said) > 1} == {}


def test_no_reader_gets_what_was_kept_for_another(client, browser, session, sign_in):
    ada, ben = make_user(session, "Ada Owens"), make_user(session, "Ben Shah")
    case = make_case(session, ada, is_sensitive=True, sensitive_reason="wound", title="Which suture?")
    board = make_board(session, ada, readers=[ben], slug="adas")
    make_pin(session, case, board)
    ben.preferences = {"covers": False}
    sign_in(ada)
    sign_in(ben, others := browser())
    sign_in("trainee", student := browser())
    for _round in range(2):
        mine, his = only_card(client, "/b/adas"), only_card(others, "/b/adas")
        hers = only_card(student)
        assert mine.select_one("form[action$='/remove']")
        assert not his.select_one("form[action$='/remove']")
        assert mine.select_one(".covered")
        assert not mine.select_one("img")
        assert his.select_one("img")
        assert not his.select_one(".uncover")
        assert hers.select_one(".covered")
        assert not hers.select_one("a[href$='/pin']")
        assert his.select_one("a[href$='/pin']")
        tokens = [one.select_one(".uncover [name=csrf_token]")["value"] for one in (mine, hers)]
        assert len({*tokens}) == 2
    assert all(token not in piece for token in tokens for piece in cards._kept.values())
    assert not any("/remove" in piece for piece in cards._kept.values())


def test_a_kept_card_shows_nobody_a_case_that_is_not_for_them(client, browser, session, sign_in):
    ada, cleo = make_user(session, "Ada Owens"), make_user(session, "Cleo Marsh")
    make_case(session, ada, choice="nobody", title="Quiet")
    sign_in(ada)
    assert "Quiet" in only_card(client).get_text()
    sign_in(cleo, other := browser())
    assert only_card(other) is None


def test_there_is_a_bound_on_what_is_kept(app, monkeypatch):
    monkeypatch.setattr(cards, "_MOST_KEPT", 10)
    for number in range(40):
        cards._keep(number, "x")
    assert len(cards._kept) <= 10
    assert 39 in cards._kept


def test_a_cover_says_why_and_stays_lifted_until_sign_out(client, browser, session, sign_in):
    case = make_case(session, is_sensitive=True, sensitive_reason="operation")
    reader = sign_in("clinician")
    card = only_card(client)
    assert "it shows an open operation" in card.select_one(".covered").get_text()
    assert not card.select_one("img")
    assert not card.has_attr("data-glimpse")
    shown = fragment(client, f"/c/{case.public_id}/uncover", method="POST")
    assert shown.select_one("img")["src"].startswith("/media/")
    assert only_card(client).select_one("img")
    sign_in(reader, elsewhere := browser())
    assert only_card(elsewhere).select_one(".covered")
    client.post("/logout")
    client.forget_token()
    sign_in(reader)
    assert only_card(client).select_one(".covered")


def test_a_cover_without_a_reason_is_a_cover(client, session, sign_in):
    make_case(session, is_sensitive=True)
    sign_in("clinician")
    assert "may disturb" in only_card(client).select_one(".covered").get_text()


def test_without_script_a_covered_case_opens(client, session, sign_in):
    case = make_case(session, is_sensitive=True, sensitive_reason="wound")
    sign_in("clinician")
    assert client.post(f"/c/{case.public_id}/uncover").headers["Location"] == f"/c/{case.public_id}"
    assert only_card(client).select_one("img")


def test_a_sign_in_remembers_only_so_many_lifted_covers(client, session, sign_in):
    made = [make_case(session, is_sensitive=True) for _ in range(42)]
    sign_in("clinician")
    for case in made:
        assert client.post(f"/c/{case.public_id}/uncover").status_code == 303
    with client.session_transaction() as kept:
        assert kept["shown"] == [case.public_id for case in made[2:]]


def test_a_series_gives_a_few_frames(client, session, sign_in):
    case = make_case(session, pictures=0)
    instance = make_picture(session, case, modality="CT", frames=60)
    sign_in("clinician")
    said = client.get(f"/c/{case.public_id}/glimpse.json")
    assert said.headers["Cache-Control"] == "no-store"
    assert said.json["kind"] == "frames"
    sources = [one["src"] for one in said.json["pictures"]]
    assert 3 <= len(sources) <= 12
    assert all(source.startswith(f"/media/{instance.media_name}/f") for source in sources)
    assert sources == sorted(sources, key=lambda source: int(source.rpartition("/f")[2]))


def test_photographs_come_one_of_each_the_cover_first(client, session, sign_in):
    case = make_case(session, pictures=0)
    made = [make_picture(session, case, modality="XC") for _ in range(3)]
    case.frame_count = 3
    sign_in("clinician")
    session.commit()
    said = client.get(f"/c/{case.public_id}/glimpse.json").json
    assert said["kind"] == "photos"
    names = [one["src"].split("/")[2] for one in said["pictures"]]
    assert sorted(names) == sorted(instance.media_name for instance in made)
    assert names[0] == case.cover["name"]
    reel = only_card(client).select_one(".reel")
    assert len(reel.select("i")) == 3
    assert [button["aria-label"] for button in reel.select("button")] == ["Previous photograph", "Next photograph"]


def test_a_glimpse_has_nothing_that_is_hidden(client, session, sign_in):
    case = make_case(session, pictures=0)
    shown, hidden = (make_picture(session, case, modality="XC") for _ in range(2))
    hidden.state = InstanceState.HIDDEN
    policy.rebuild(session, [case.id])
    session.commit()
    sign_in("clinician")
    text = client.get(f"/c/{case.public_id}/glimpse.json").text
    assert shown.media_name in text
    assert hidden.media_name not in text


@pytest.mark.parametrize(("name", "status"), [("ada", 200), ("cleo", 404), ("pat", 404)])
def test_a_glimpse_is_for_readers_of_the_case(client, session, sign_in, name, status):
    scene = make_scene(session)
    case = make_case(session, scene.people.ada, choice="nobody")
    sign_in(getattr(scene.people, name))
    assert client.get(f"/c/{case.public_id}/glimpse.json").status_code == status
    assert client.post(f"/c/{case.public_id}/uncover").status_code == (303 if status == 200 else status)


def test_a_draft_has_no_glimpse(client, session, sign_in):
    ada = make_user(session, "Ada Owens")
    draft = make_draft(session, ada)
    sign_in(ada)
    assert client.get(f"/c/{draft.public_id}/glimpse.json").status_code == 404


def test_so_many_pages_at_once_are_the_pages_one_by_one(client, session, sign_in):
    author = make_user(session, "Ada Owens")
    for number in range(90):
        make_case(session, author, title=f"Case {number}", pictures=0)
    sign_in("clinician")
    for url in ("/?pages=2",):
        soup = page(client, url)
        assert [one.get_text() for one in soup.select(".card-title")] == [f"Case {n}" for n in range(89, 9, -1)]
        more = soup.select_one("#more")
        assert "page=3" in more["hx-get"]
        rest = fragment(client, more["hx-get"])
        assert [one.get_text() for one in rest.select(".card-title")] == [f"Case {n}" for n in range(9, -1, -1)]
    assert len(page(client, "/?pages=99999").select(".card")) == 90
    assert len(page(client, "/?pages=x").select(".card")) == 40
