import csv
import io

import pytest
from sqlalchemy import select

from pinboard import audit
from pinboard.clock import now
from pinboard.models import AuditEvent, ClinicSetting, ConsentLevel
from pinboard.models.clinic_settings import clinic as decisions
from tests.factories import make_case, make_picture, make_share
from tests.html import checked, fragment, page

GOOD = {
    "clinic_name": "Riverside",
    "language": "en",
    "session_idle_minutes": "15",
    "session_hours": "8",
    "vault_days": "3",
    "photo_side": "1600",
    "includes_trainees": "1",
    "release_gate": "1",
    "rare_fewer_than": "3",
    "rare_from_cases": "500",
}


@pytest.fixture
def boss(sign_in):
    return sign_in("clinician", is_admin=True, login="boss", name="Olga Ward")


def test_the_clinic_decides(client, boss, session):
    page(client, "/admin/settings")
    assert client.post("/admin/settings", {**GOOD, "includes_trainees": ""}).status_code == 303
    values = decisions(session)
    assert (values["rare_fewer_than"], values["rare_from_cases"]) == (3, 500)
    assert (values["clinic_name"], values["session_idle_minutes"], values["vault_days"]) == ("Riverside", 15, 3)
    assert values["includes_trainees"] is False
    assert "Riverside" in client.get("/people").text
    event = session.scalars(select(AuditEvent)).one()
    assert event.verb == "settings-changed"
    assert "Riverside" not in repr(event.detail)


def test_saving_what_stands_there_changes_nothing(client, boss, session):
    client.post("/admin/settings", GOOD)
    client.post("/admin/settings", GOOD)
    assert len(session.scalars(select(AuditEvent)).all()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"clinic_name": ""},
        {"language": "xx"},
        {"session_idle_minutes": "4"},
        {"session_hours": "25"},
        {"vault_days": "x"},
        {"photo_side": "99999"},
        {"vault_days": "9" * 400},
        {"rare_fewer_than": "1"},
        {"rare_from_cases": "49"},
        {"release_gate_reason": "", "release_gate": ""},
        {"release_gate_reason": "x" * 201},
    ],
)
def test_a_wrong_decision_is_refused_beside_its_field(client, boss, session, wrong):
    answer = client.post("/admin/settings", {**GOOD, **wrong})
    assert answer.status_code == 422
    assert checked(answer).find(attrs={"name": next(iter(wrong)), "aria-invalid": "true"})
    assert session.scalars(select(ClinicSetting)).all() == []


def test_the_gate_is_on_until_somebody_says_why_not(client, boss, session):
    soup = page(client, "/admin/settings")
    assert soup.find(attrs={"name": "release_gate"}).has_attr("checked")
    case = make_case(session, level=ConsentLevel.OUTSIDE)
    make_picture(session, case, needs_attest=True)
    link = make_share(session, case=case)
    session.commit()
    assert client.get(f"/s/{link.secret}").status_code == 404
    without = {**GOOD, "release_gate": "", "release_gate_reason": "One doctor works here"}
    assert client.post("/admin/settings", without).status_code == 303
    assert client.get(f"/s/{link.secret}").status_code == 200
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "release-gate-changed")).one()
    assert event.detail == {"is_on": False, "reason": "One doctor works here"}
    shown = page(client, "/admin/settings").find(attrs={"name": "release_gate_reason"})
    assert shown["value"] == "One doctor works here"
    assert client.post("/admin/settings", GOOD).status_code == 303
    assert client.get(f"/s/{link.secret}").status_code == 404
    assert decisions(session)["release_gate_reason"] == ""


def test_every_specialty_board_is_listed(client, boss):
    assert len(page(client, "/admin/boards").find("table").find_all("tr")) > 10


class TestAudit:
    @pytest.fixture
    def events(self, session, boss):
        for number in range(70):
            audit.record(
                session, actor=boss if number % 2 else None, verb=f"verb{number % 3}", detail={"count": number}
            )
        session.commit()

    def test_latest_first_and_on(self, client, events):
        first = page(client, "/admin/audit")
        rows = first.find("tbody").find_all("tr")
        assert len(rows) == 50
        assert "count: 69" in rows[0].get_text()
        rest = fragment(client, first.find("div", class_="stretch").find("a")["hx-get"])
        assert len(rest.find("tbody").find_all("tr")) == 20

    def test_filtered_by_verb_and_person(self, client, events):
        assert len(page(client, "/admin/audit?verb=verb1").find("tbody").find_all("tr")) == 23
        texts = [row.get_text() for row in page(client, "/admin/audit?actor=BOSS").find("tbody").find_all("tr")]
        assert len(texts) == 35
        assert all("Olga Ward" in text for text in texts)
        assert page(client, "/admin/audit?verb=%27;--").find("tbody").find_all("tr") == []

    def test_a_whole_chain_is_called_whole(self, client, events):
        assert "70 events, none altered" in fragment(client, "/admin/audit/verify", method="POST").get_text()
        page_text = client.post("/admin/audit/verify").text
        assert "The chain is whole" in page_text

    def test_an_event_that_was_put_in_is_found(self, client, events, session):
        made_up = AuditEvent(at=now(), verb="nothing", previous_hash="0" * 64, hash="1" * 64)
        session.add(made_up)
        session.commit()
        assert f"broken at event {made_up.id}" in fragment(client, "/admin/audit/verify", method="POST").get_text()

    def test_as_a_table(self, client, events, session):
        audit.record(session, actor=None, verb="=cmd()")
        session.commit()
        answer = client.get("/admin/audit.csv")
        assert answer.mimetype == "text/csv"
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert len(rows) == 71
        assert rows[0]["verb"] == "'=cmd()"
        assert {row["who"] for row in rows} == {"", "boss"}
        assert len(rows[5]["hash"]) == 64
