"""Every route × everybody of the cast: the answers are those of the matrix, and nothing is left out."""

import pytest

from tests.contracts.access_matrix import MATRIX, ORDER
from tests.people import EVERYBODY


def word(answer):
    """Say what an answer is, in the matrix's words."""
    if answer.status_code == 303:
        return "in" if answer.headers["Location"].split("?")[0] == "/login" else "go"
    return {401: "in", 403: "wait", 404: "--"}.get(answer.status_code, str(answer.status_code))


def test_everybody_is_asked():
    assert list(EVERYBODY) == ORDER
    assert len(EVERYBODY) == 11


def test_every_route_has_its_line(world):
    routes = {
        (rule.endpoint, method)
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    addresses = world.app.url_map.bind("localhost")
    lines = [(addresses.match(line.path.format(**world.names), line.method)[0], line.method) for line in MATRIX]
    assert len(routes) > 100
    assert sorted(routes - set(lines)) == [], "add a line to access_matrix.py"
    assert sorted(set(lines) - routes) == [], "take the line out of access_matrix.py"


@pytest.mark.parametrize("line", MATRIX, ids=str)
def test_everybody_is_answered_as_the_matrix_says(world, line):
    answers = {who: word(world.answer(who, line)) for who in EVERYBODY}
    assert answers == line.answers


@pytest.mark.parametrize("line", MATRIX, ids=str)
def test_a_fragment_is_kept_from_whoever_the_page_is_kept_from(world, line):
    shut_out = [who for who, answer in line.answers.items() if answer in {"--", "in", "wait"}]
    for who in shut_out:
        answer = world.answer(who, line, as_fragment=True)
        allowed = {401, 403, 404, 303} | ({200} if "HX-Redirect" in answer.headers else set())
        assert answer.status_code in allowed, who


@pytest.mark.parametrize("line", [line for line in MATRIX if line.method == "GET"], ids=str)
def test_head_is_answered_as_get(world, line):
    for who in ("ada", "nobody"):
        assert word(world.ask(who, "HEAD", line.path)) == line.answers[who], who
