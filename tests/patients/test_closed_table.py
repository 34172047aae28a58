"""The closed table: no word of the clinic's talk is in any byte that the person in the images can get.

Every address of the application is asked for as the patient, by the patient's link, and by one with a PIN before and
after it was given. What is shown instead is what was released: images, caption, the agreed name, the board's title.
"""

import pytest

from pinboard import policy
from pinboard.cases.queries import STATES
from pinboard.models import CaseState
from tests.canaries import AUTHOR, BOARD, CAPTION, COUNTED, DIGITS, Crawl, marks, plant
from tests.pictures import addresses


@pytest.fixture
def planted(session, stores):
    return plant(session, stores)


def crawl(app, session, planted, who, browser, sign_in):
    """Read everything as the account or as whoever holds a link of the subject."""
    if who == "account":
        sign_in(planted.scene.people.pat, browser)
        return Crawl(browser, session)
    link = planted.links["open" if who == "link" else "locked"]
    if who == "unlocked":
        assert browser.post(f"/s/{link.secret}/unlock", {"pin": DIGITS}).status_code == 303
    return Crawl(browser, session, link.secret)


def leaks(answers):
    return sorted({(method, path, word) for method, path, answer in answers for word in marks(answer)})


def words_of_state(answers):
    """Find the number of comments and the word for how the question ended on pages that speak of the case."""
    for _method, path, answer in answers:
        if answer.mimetype == "text/html" and not path.startswith("/help"):
            yield from (f"{path}: count" for _ in COUNTED.findall(answer.text))
            yield from (f"{path}: {word}" for word in STATES.values() if word in answer.text)


WHO = ["account", "link", "locked", "unlocked"]


@pytest.mark.parametrize(
    ("who", "state"),
    [*((who, CaseState.PUBLISHED) for who in WHO), ("account", CaseState.WITHDRAWN), ("unlocked", CaseState.WITHDRAWN)],
)
def test_no_word_of_the_clinic_reaches_the_subject(app, session, planted, browser, sign_in, who, state):
    if state is CaseState.WITHDRAWN:
        planted.scene.case.go(state)
        policy.rebuild(session, [planted.scene.case.id])
        session.commit()
    walked = crawl(app, session, planted, who, browser(), sign_in)
    answers = walked.run()
    assert len(answers) > 300
    assert leaks(answers) == []
    assert list(words_of_state(answers)) == []
    assert {answer.status_code for _, _, answer in answers if answer.status_code >= 500} == set()
    shown = [page.text for page in walked.pages("/my" if who == "account" else "/s/")]
    if who == "locked":
        assert not any(CAPTION in page for page in shown)
        return
    assert any(CAPTION in page and AUTHOR in page for page in shown)
    if who == "account":
        assert any(BOARD in page for page in shown)


@pytest.mark.parametrize("who", WHO)
def test_only_the_pictures_that_were_released_open(app, session, planted, browser, sign_in, who):
    visitor = browser()
    walked = crawl(app, session, planted, who, visitor, sign_in)
    prefix = "" if who == "account" else f"/s/{walked.words['token'][0]}"
    statuses = {visitor.get(f"{prefix}{url}").status_code for one in planted.given for url in addresses(one)}
    assert statuses == ({404} if who == "locked" else {200})
    for one in planted.closed:
        for url in addresses(one):
            assert visitor.get(f"{prefix}{url}").status_code == 404
            assert visitor.get(url).status_code == 404


def test_hidden_nothing_is_left_of_it(app, session, planted, browser, sign_in):
    planted.scene.case.go(CaseState.HIDDEN)
    policy.rebuild(session, [planted.scene.case.id])
    session.commit()
    for who in ("account", "link"):
        answers = crawl(app, session, planted, who, browser(), sign_in).run()
        assert leaks(answers) == []
        assert not any(word in answer.text for _, _, answer in answers for word in (CAPTION, AUTHOR))


def test_the_crawl_would_find_a_leak(app, session, planted, browser, sign_in):
    """The same crawl as a clinician finds most of the words, so that an empty find means something."""
    visitor = browser()
    sign_in(planted.scene.people.ada, visitor)
    answers = Crawl(visitor, session).run()
    found = {word for _, _, word in leaks(answers)}
    wanted = {
        "zqxjkvtitle",
        "zqxjkvquestion",
        "zqxjkvhistory",
        "zqxjkvfindings",
        "zqxjkvdiagnosis",
        "zqxjkvoutcome",
        "zqxjkvtag",
    }
    wanted |= {
        "zqxjkvcomment",
        "zqxjkvboard",
        "zqxjkvgroup",
        "zqxjkvnameben",
        "zqxjkvbefore",
        "zqxjkvremoved",
        "zqxjkvalt",
        "zqxjkvdraft",
    }
    wanted |= {"zqxjkvlabelopen", "zqxjkvlabelcolleague"}
    assert wanted - found == set()
    assert any("count" in line for line in words_of_state(answers))
    assert any("Teaching" in line for line in words_of_state(answers))
