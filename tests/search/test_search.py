"""Search finds words and filters in the cases one may see, alike on both databases, and betrays nothing of others."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from pinboard.models import BoardKind, Resolution
from pinboard.search import queries, synonyms
from pinboard.search.grammar import read
from pinboard.search.marks import Marker
from pinboard.search.queries import PAGE
from tests.factories import make_board, make_case, make_group, make_pin, make_user
from tests.html import fragment, page
from tests.people import make_scene

KNEE, CHEST = "72696002", "816094009"
CORPUS = {
    "ggo": {"title": "Ground-glass opacity in a smoker", "findings": "Vidrio deslustrado bilateral", "tags": ["lung"]},
    "fx": {
        "title": "Fx of the left knee",
        "body_part": KNEE,
        "sex": "F",
        "age_band": "40–49",
        "tags": ["rib fracture"],
    },
    "mi": {"title": "Old myocardial infarction", "question": "Pain in the chest", "resolution": Resolution.SOLVED},
    "es": {"title": "Radiografía de tórax normal", "history": "Niña con disnea", "outcome": "Asma", "sex": "F"},
    "glass": {"title": "Glass on the ground", "question": "Foreign body?", "sex": "M", "age_band": "1–4"},
    "thorax": {"title": "Opacities, fractures and pneumonia", "findings": "Pneumothorax", "sex": "M"},
}
MODALITIES = {"ggo": "CT", "fx": "DX", "mi": "MR", "es": "CR", "glass": "XC", "thorax": "CT"}
QUESTIONS = {
    "ground": "glass ggo", '"ground glass"': "ggo", "ground glass": "glass ggo", "GGO": "ggo", "radiografias": "es fx",
    "torax": "es", "TÓRAX": "es", "nina": "es", "dyspnoea": "es", "SOB": "es", "fracture": "thorax fx",
    "fractures": "thorax fx", "fractura": "thorax fx", "opaci": "thorax ggo", "pneumo": "thorax", "lass": "",
    "MI": "mi", "heart attack": "mi", "attack": "", "infarto": "mi", "CXR": "es", "modality:CT": "thorax ggo",
    "modality:x-ray": "es fx", "modality:MRI": "mi", "is:solved": "mi", "is:unsolved sex:f": "es fx",
    "-sex:f -sex:m": "mi ggo", "sex:m -pneumothorax": "glass", "body:knee": "fx", "left body:knee": "fx",
    "age:43": "fx", "age:1-4": "glass", "tag:rib-fracture": "fx", 'tag:"Rib Fracture"': "fx", "has:outcome": "es",
    "-modality:CT glass": "glass", "by:ada-owens pneumonia": "thorax", "owens pneumonia": "thorax", "zzz": "",
    '-"ground glass" glass': "glass", "glass zzz": "", '"smoker vidrio"': "", "knee": "fx", "by:ben-shah": "",
    '"glass on"': "glass",
}  # fmt: skip


@pytest.fixture
def corpus(session, sign_in):
    ada = make_user(session, "Ada Owens", login="ada")
    ben = make_user(session, "Ben Shah", login="ben")
    made = {}
    for name, fields in CORPUS.items():
        made[name] = make_case(session, ada, pictures=0, modality=MODALITIES[name], **fields)
    sign_in(ben)
    return made


def titles(soup):
    return [" ".join(node.get_text().split()) for node in soup.select(".hits h2")]


def test_both_databases_answer_the_same_questions_the_same_way(client, corpus):
    wrong = {}
    names = {case.title: name for name, case in corpus.items()}
    for question, expected in QUESTIONS.items():
        answer = client.get("/search", query_string={"q": question})
        assert answer.status_code == 200
        found = " ".join(names[title] for title in titles(BeautifulSoup(answer.text, "html.parser")))
        if found != expected:
            wrong[question] = (found, expected)
    assert wrong == {}


@pytest.mark.parametrize("first", [queries.LOOKED_AT_FIRST, 2], ids=["looks at each", "walks along all"])
def test_all_plans_give_the_same(client, corpus, monkeypatch, first):
    monkeypatch.setattr(queries, "FEW", -1)
    monkeypatch.setattr(queries, "LOOKED_AT_FIRST", first)
    test_both_databases_answer_the_same_questions_the_same_way(client, corpus)


def test_what_was_found_is_marked(client, corpus):
    soup = page(client, "/search?q=opaci")
    assert {node.get_text() for node in soup.select("mark")} == {"Opacities", "opacity"}
    assert {node.get_text() for node in page(client, "/search?q=GGO").select("mark")} >= {"Ground-glass opacity"}
    assert titles(fragment(client, "/search/results?q=opaci")) == titles(soup)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("modality:QQ glass", "“modality:QQ” is not understood. After “modality:” comes a kind of image"),
        ("colour:red glass", "“colour:” is not one of the filters. They are modality, is,"),
        ("by:nobody-here glass", "“by:nobody-here” is not understood. After “by:” comes a member’s name"),
        ("board:secret glass", "“board:secret” is not understood."),
        ("is: glass", "“is:” is not understood. After “is:” comes unsolved, solved or teaching"),
    ],
)
def test_a_bad_filter_is_named_and_the_rest_still_finds(client, session, corpus, question, sentence):
    make_board(session, make_user(session), slug="secret", title="Hidden board")
    session.commit()
    soup = page(client, f"/search?q={question}")
    assert sentence in " ".join(soup.select_one(".banner.warning").get_text().split())
    assert "Glass on the ground" in titles(soup)
    assert "Hidden board" not in soup.get_text()


def test_chips_mirror_the_filters_and_take_them_away(client, corpus):
    soup = page(client, "/search?q=glass+modality:ct+-sex:m")
    chips = {" ".join(chip.get_text().split()): chip["href"] for chip in soup.select(".chip.selected")}
    assert list(chips) == ["Modality: CT ×", "Not Sex: Male ×"]
    assert titles(page(client, chips["Modality: CT ×"])) == ["Ground-glass opacity in a smoker"]
    offered = {chip.get_text(): chip["href"] for chip in soup.select(".search-filters .chip")}
    assert "CT" not in offered
    assert titles(page(client, offered["Unsolved"])) == ["Ground-glass opacity in a smoker"]


def test_boards_and_specialties_are_filters(client, session, corpus):
    heart = make_board(session, kind=BoardKind.SPECIALTY, slug="hearts", title="Hearts")
    make_pin(session, corpus["mi"], heart)
    session.commit()
    for question in ("board:hearts", "specialty:hearts", "specialty:hearts infarction"):
        assert titles(page(client, f"/search?q={question}")) == ["Old myocardial infarction"]
    assert titles(page(client, "/search?q=-board:hearts+chest")) == []


def test_a_case_that_one_may_not_see_is_like_one_that_is_not_there(client, session, sign_in, monkeypatch):
    board = make_board(session, make_user(session), slug="walled", title="Walled off")
    case = make_case(session, title="Zebraword", choice="nobody", tags=["stripy"], body_part=KNEE)
    make_pin(session, case, board)
    sign_in("clinician")
    for _ in range(4):
        make_case(session, title="For everybody")
    session.commit()
    for few, first in ((queries.FEW, queries.LOOKED_AT_FIRST), (-1, queries.LOOKED_AT_FIRST), (-1, 3)):
        monkeypatch.setattr(queries, "FEW", few)
        monkeypatch.setattr(queries, "LOOKED_AT_FIRST", first)
        for question in ("Zebraword", "zebra", "tag:stripy", "body:knee", "board:walled", "-zzz"):
            soup = page(client, f"/search?q={question}")
            assert titles(soup) == (["For everybody"] * 4 if question == "-zzz" else [])
            assert soup.select_one("#more a") is None
            assert "1" not in " ".join(node.get_text() for node in soup.select("#results .meta"))


def test_each_finds_what_is_theirs(client, session, sign_in):
    scene = make_scene(session, title="Quokka")
    for name, count in (("ada", 1), ("ben", 1), ("tom", 1)):
        sign_in(getattr(scene.people, name))
        assert len(titles(page(client, "/search?q=quokka"))) == count
    for name in ("dee", "pat", "oz"):
        sign_in(getattr(scene.people, name))
        assert client.get("/search?q=quokka").status_code == 404


@pytest.mark.parametrize(
    "text", ['"', "*", "a OR b", "NEAR(", "'; DROP TABLE case_;--", "%", "\\", "(", "é", "\x00z", "-", "z " * 400, '-"']
)
def test_nothing_of_a_query_language_gets_through(client, session, sign_in, text):
    make_case(session)
    sign_in("clinician")
    assert client.get("/search", query_string={"q": text}).status_code == 200


@pytest.mark.parametrize("few", [2000, -1])
def test_more_than_a_page(client, session, sign_in, monkeypatch, few):
    monkeypatch.setattr(queries, "FEW", few)
    ada = make_user(session, "Ada Owens")
    for number in range(PAGE + 1):
        make_case(session, ada, pictures=0, title=f"Wombat {number}")
    sign_in("clinician")
    more = page(client, "/search?q=wombat").select_one("#more a")
    assert [node.get_text() for node in fragment(client, more["hx-get"]).select("h2")] == ["Wombat 0"]
    assert titles(page(client, more["href"])) == ["Wombat 0"]


@pytest.mark.parametrize(("hidden", "looked_at"), [(0, 3), (9, 4)], ids=["walks along all", "looks at each"])
def test_a_search_that_stops_at_its_bound_says_so_and_goes_on(client, session, sign_in, monkeypatch, hidden, looked_at):
    for name, bound in (("FEW", -1), ("MOST_LOOKED_AT", 2), ("LOOKED_AT_FIRST", 2), ("MOST_WALKED", 3)):
        monkeypatch.setattr(queries, name, bound)
    ada = make_user(session, "Ada Owens")
    make_case(session, ada, pictures=0, title="Oldest wombat")
    for number in range(8):
        make_case(session, ada, pictures=0, title=f"Koala {number}")
        for _ in range(hidden):
            make_case(session, ada, pictures=0, title="Hidden wombat", choice="nobody")
    sign_in("clinician")
    soup = page(client, "/search?q=wombat")
    assert titles(soup) == []
    assert f"The newest {looked_at} cases that you may see were looked through so far." in soup.get_text()
    steps = 0
    while not titles(soup):
        further = soup.select_one("#more a")
        assert further.get_text() == "Look further"
        soup, steps = page(client, further["href"]), steps + 1
    assert titles(soup) == ["Oldest wombat"]
    assert 1 <= steps <= 4


def test_a_search_takes_five_statements_at_most(client, engine, session, corpus):
    sent = []
    note = lambda _connection, _cursor, statement, *_rest: sent.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    try:
        page(client, "/search?q=glass+modality:ct+MI")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    asked = [one for one in sent if "SELECT" in one and "clinic_setting" not in one]
    assert 0 < len(asked) <= 5, "\n".join(asked)


def test_a_group_and_its_reader_find_by_their_own_audience(client, session, sign_in):
    gus = make_user(session)
    make_group(session, gus)
    make_case(session, title="Numbat", choice="nobody")
    sign_in(gus)
    assert titles(page(client, "/search?q=numbat")) == []


def test_an_empty_box_asks_nothing(client, sign_in):
    sign_in("clinician")
    soup = page(client, "/search")
    assert titles(soup) == []
    assert "No match" not in soup.get_text()


def test_marks_cut_a_text_without_losing_a_letter():
    marker = Marker(frozenset({"knee"}), (("ground", "glass"),))
    assert marker.mark("Knee, knees") == [("Knee", True), (", ", False), ("knees", True)]
    assert marker.mark("Ground-glass on ground") == [("Ground-glass", True), (" on ground", False)]


def test_a_snippet_shows_the_surroundings_of_the_first_hit():
    marker = Marker(frozenset({"wombat"}), ())
    pieces = marker.snippet(("", "x " * 200 + "wombat" + " y" * 200))
    assert ("wombat", True) in pieces
    assert sum(len(text) for text, _is_hit in pieces) < 180
    assert marker.snippet(("nothing",)) == []


def test_a_question_is_written_as_it_was_read():
    query = read('CT modality:ct  "ground glass" -tag:"rib fracture" age:7')
    assert str(query) == 'CT modality:ct "ground glass" -tag:rib-fracture age:5-9'
    assert str(read(str(query))) == str(query)


def test_the_synonyms_are_many_and_each_term_knows_the_others():
    assert len(synonyms.groups()) >= 150
    for group in synonyms.groups():
        assert len(group) >= 2, group
        assert all(0 < len(term) <= synonyms.LONGEST for term in group), group
        for term in group:
            assert set(group) - {term} <= set(synonyms.others(term))
    for short, long in {
        "fx": "fracture",
        "cxr": "chest x ray",
        "sob": "dyspnea",
        "ca": "cancer",
        "met": "metastasis",
    }.items():
        assert tuple(long.split()) in synonyms.others((short,))
    assert synonyms.others(("quokka",)) == ()


class TestTheSheetOfFilters:
    """What a telephone opens instead of the links."""

    def chosen(self, soup):
        inputs = {one["name"]: one["value"] for one in soup.find_all("input", checked=True)}
        return inputs | {one.find_parent("select")["name"]: one["value"] for one in soup.select("option[selected]")}

    def test_it_shows_what_is_in_force_and_keeps_the_rest_of_the_question(self, client, corpus):
        soup = page(client, "/search/filters?q=shadow modality:ct -is:solved age:44 colour:red")
        assert self.chosen(soup) == {"is": "", "modality": "ct", "sex": "", "age": "40-49", "has": ""}
        assert soup.select_one("input[type=hidden][name=q]")["value"] == "shadow -is:solved"

    def test_what_it_sends_is_the_question_with_its_filters(self, client, corpus):
        answer = client.get("/search?q=opacity&is=&modality=ct&sex=&age=&has=")
        soup = page(client, answer.location)
        assert soup.find("input", id="q")["value"] == "opacity modality:ct"
        assert titles(soup) == titles(page(client, "/search?q=opacity modality:ct")) != []
        opener = soup.select_one("a.to-filters")
        assert opener["href"] == "/search/filters?q=opacity%20modality%3Act"
        assert opener.get_text(" ", strip=True) == "Filters 1"

    def test_a_second_filter_of_a_kind_stays_in_the_question(self, client, corpus):
        soup = page(client, "/search/filters?q=tag:lung modality:ct modality:us")
        assert self.chosen(soup)["modality"] == "ct"
        assert soup.select_one("input[type=hidden][name=q]")["value"] == "tag:lung modality:ultrasound"

    def test_a_value_that_is_none_is_named_and_not_passed_over(self, client, corpus):
        assert "is not understood" in page(client, client.get("/search?q=opacity&sex=purple").location).get_text()

    def test_a_question_stays_within_its_length(self, client, corpus):
        soup = page(client, client.get(f"/search?q={'x' * 399}&modality=ct").location)
        assert len(soup.find("input", id="q")["value"]) <= 400
