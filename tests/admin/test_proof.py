"""An administrator proves the clinic from a page: starts, watches, reads the list, takes the line along."""

import re

import pytest
from sqlalchemy import select

from pinboard import clock, ids
from pinboard.models import AuditEvent, Job, JobState, Proof
from pinboard.proof import runs
from pinboard.proof.line import is_genuine, key_from
from tests.factories import make_case
from tests.html import fragment, page


@pytest.fixture
def boss(sign_in):
    return sign_in("clinician", is_admin=True, login="boss", name="Olga Ward")


def started(client, session):
    page(client, "/admin/proof")
    assert client.post("/admin/proof").status_code == 303
    return session.scalars(select(Proof)).one()


def finish(session, stores, proof):
    """Do the job, as a worker would."""
    runs.run(stores, proof.id)
    job = session.scalars(select(Job).where(Job.kind == "prove", Job.ref_id == proof.id)).one()
    job.state = JobState.DONE
    session.commit()
    session.refresh(proof)


def test_a_clean_clinic_gets_its_line_and_the_key_that_proves_it(client, boss, session, stores):
    proof = started(client, session)
    finish(session, stores, proof)
    shown = page(client, "/admin/proof")
    assert "Nothing violates the profile." in shown.text
    line, key = shown.find("textarea", attrs={"name": "line"}), shown.find("input", attrs={"name": "key"})
    assert is_genuine(line.text.strip(), key_from(key["value"]))
    file = client.get(f"/admin/proof/{proof.public_id}.txt")
    assert file.text.strip() == line.text.strip()
    assert re.search(r'attachment; filename="pinboard-proof-\d{4}-\d\d-\d\d\.txt"', file.headers["Content-Disposition"])
    assert "Nothing violates the profile." in page(client, f"/admin/proof/{proof.public_id}").text


def test_what_is_wrong_is_listed_by_code_and_there_is_no_line(client, boss, session, stores):
    case = make_case(session)
    session.commit()
    proof = started(client, session)
    finish(session, stores, proof)
    assert "violate the profile" in page(client, "/admin/proof").text
    table = page(client, f"/admin/proof/{proof.public_id}").find("table").text
    assert "object-missing" in table
    assert client.get(f"/admin/proof/{proof.public_id}.txt").status_code == 404
    assert case.title not in table


def test_progress_is_polled_until_it_is_done(client, boss, session, stores):
    proof = started(client, session)
    asking = fragment(client, "/admin/proof")
    assert asking.find(id="proof")["hx-trigger"] == "every 2s"
    proof.checked, proof.total = 3, 12
    session.commit()
    assert "Looked at 3 of 12" in fragment(client, "/admin/proof").text
    finish(session, stores, proof)
    assert "hx-trigger" not in fragment(client, "/admin/proof").find(id="proof").attrs


def test_one_at_a_time_and_each_is_on_record(client, boss, session, stores):
    started(client, session)
    assert client.post("/admin/proof").status_code == 303
    assert len(session.scalars(select(Proof)).all()) == 1
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.verb == "proof-asked")).all()) == 1


def test_a_walk_that_breaks_says_so_and_can_be_asked_for_again(client, boss, session, stores, monkeypatch):
    def broken(_stores, _watch):
        raise RuntimeError("a value that must not be kept")

    proof = started(client, session)
    monkeypatch.setattr(runs, "prove", broken)
    with pytest.raises(RuntimeError):
        runs.run(stores, proof.id)
    session.scalars(select(Job).where(Job.kind == "prove")).one().state = JobState.FAILED
    session.commit()
    session.refresh(proof)
    assert (proof.error, proof.finished_at) == ("RuntimeError", None)
    shown = page(client, "/admin/proof")
    assert "Did not finish" in shown.text
    assert shown.find("form", action="/admin/proof")


def test_an_unfinished_proof_has_no_page(client, boss, session):
    proof = Proof(public_id=ids.public_id(), started_at=clock.now(), violations=[])
    session.add(proof)
    session.commit()
    for path in (proof.public_id, f"{proof.public_id}.txt", ids.public_id()):
        assert client.get(f"/admin/proof/{path}").status_code == 404
