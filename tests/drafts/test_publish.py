"""Publishing: guarded by what is missing, once however often it is asked for, and watched until the case is out."""

import pytest

from pinboard.intake import publish as publishing
from pinboard.models import Case, CaseState, Job, Pin, Series
from tests.drafts.conftest import soup

FORM = {
    "title": "Is this a dissection?",
    "consent_kind": "signed",
    "level": "clinic",
    "taken_on": "2026-11-20",
    "reach": "others",
    "audience": "clinic",
}


@pytest.fixture
def ready(author, files, session):
    """Give an author whose draft lacks nothing, and the form that publishes it."""
    image = author.add(files.ct)
    author.confirm(image)
    series = session.query(Series).one()
    author.form = FORM | {f"alt-{series.public_id}": "One slice of a chest CT."}
    author.image = image
    return author


def publish(author, **fields):
    return author.client.post(author.url(step="publish"), {**author.form, **fields})


def case_of(author, session):
    session.expire_all()
    return session.query(Case).filter_by(public_id=author.draft).one()


def test_a_complete_draft_goes_out(ready, session, stores):
    answer = publish(ready)
    assert answer.status_code == 303
    assert answer.headers["Location"] == ready.url(step="progress")
    case = case_of(ready, session)
    assert case.state is CaseState.PUBLISHING
    assert session.query(Job).filter_by(kind="publish", ref_id=case.id).count() == 1
    part = ready.client.fragment(ready.url(step="progress"))
    assert soup(part).select_one("#publishing")["hx-trigger"] == "every 1s"
    session.commit()
    publishing.run(stores, case.id)
    assert case_of(ready, session).state is CaseState.PUBLISHED
    done = ready.client.fragment(ready.url(step="progress"))
    assert done.headers["HX-Redirect"] == f"/c/{ready.draft}"
    assert ready.client.get(ready.url(step="progress")).headers["Location"] == f"/c/{ready.draft}"
    assert ready.client.get(ready.url()).headers["Location"] == f"/c/{ready.draft}"
    assert ready.client.get(ready.url(ready.image, "preview")).status_code == 404


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ("title", "Write the question in one sentence"),
        ("consent_kind", "Record the consent"),
        ("reach", "Choose who may see the case"),
    ],
)
def test_what_is_missing_stops_it_and_is_a_link(ready, session, without, words):
    answer = publish(ready, **{without: ""})
    assert answer.status_code == 409
    links = {link.get_text(): link["href"] for link in soup(answer).select("#draft-missing a")}
    assert any(words in text for text in links)
    assert all(href for href in links.values())
    assert case_of(ready, session).state is CaseState.DRAFT
    assert session.query(Job).filter_by(kind="publish").count() == 0


def test_an_image_that_nobody_confirmed_stops_it(ready, session, files):
    second = ready.add(files.cine)
    answer = publish(ready)
    assert answer.status_code == 409
    link = soup(answer).find("a", string="Look at Image 2 and confirm it.")
    assert link["href"] == f"{ready.url(step='review')}?image={second}"
    assert case_of(ready, session).state is CaseState.DRAFT


def test_a_wrong_field_stops_it(ready, session):
    assert publish(ready, title="x" * 201).status_code == 422
    assert case_of(ready, session).state is CaseState.DRAFT


def test_twice_is_once(ready, session, stores):
    publish(ready)
    again = publish(ready)
    assert again.status_code == 303
    assert again.headers["Location"] == ready.url(step="progress")
    assert session.query(Job).filter_by(kind="publish").count() == 1
    session.commit()
    publishing.run(stores, case_of(ready, session).id)
    late = publish(ready, title="Changed afterwards")
    assert late.headers["Location"] == f"/c/{ready.draft}"
    assert case_of(ready, session).title == FORM["title"]


def test_it_is_pinned_where_its_author_chose(ready, session, stores):
    page = soup(ready.client.get(ready.url()))
    board = page.select_one("input[name=board]")["value"]
    publish(ready, board=board)
    session.commit()
    publishing.run(stores, case_of(ready, session).id)
    assert session.query(Pin).count() == 1


def test_a_failure_says_what_to_do(ready, session, stores):
    publish(ready)
    case = case_of(ready, session)
    stores.vault.destroy(case.public_id)
    session.commit()
    with pytest.raises(Exception):  # noqa: B017, PT011 - the job's own reason is the vault's
        publishing.run(stores, case.id)
    part = ready.client.fragment(ready.url(step="progress"))
    assert soup(part).select_one("[role=alert]")
    assert soup(part).find("a", string="Back to the draft")
    assert "hx-trigger" not in part.text
    assert case_of(ready, session).state is CaseState.DRAFT


def test_nothing_is_added_while_it_goes_out(ready, session):
    publish(ready)
    assert ready.slot().status_code == 409
    assert ready.client.post(ready.url(step="autosave"), ready.form).status_code == 409
    assert ready.confirm(ready.image).status_code == 409
    assert ready.client.post(ready.url(step="discard")).status_code == 409
    assert case_of(ready, session).state is CaseState.PUBLISHING


def test_a_trainee_prepares_and_does_not_publish(client, sign_in, session, files):
    from tests.drafts.conftest import Author

    tom = Author(client, sign_in("trainee", name="Tom Young"))
    tom.add(files.ct)
    page = client.get(tom.url())
    assert "A verified clinician has to publish it" in page.text
    assert "formaction" not in page.text
    assert client.post(tom.url(step="publish"), FORM).status_code == 404
    assert case_of(tom, session).state is CaseState.DRAFT
