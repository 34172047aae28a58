import pytest
from sqlalchemy import func, select

from pinboard.deid.pseudonym import chart_code
from pinboard.identity import links
from pinboard.models import AuditEvent, LinkPurpose, Role, SingleUseLink, Subject
from tests.factories import make_subject, make_user
from tests.html import checked, fragment, page

RECORD = "ZZ-4711-0815"


@pytest.fixture
def boss(sign_in):
    return sign_in("clinician", is_admin=True)


def invite(client, **data):
    return client.post("/admin/invitations", data)


def path_of(answer):
    assert answer.status_code == 200
    url = checked(answer).find("input", attrs={"name": "link"})["value"]
    assert '<svg class="qr"' in answer.text
    return url.removeprefix("http://127.0.0.1:8000")


def test_an_invitation_opens_for_the_role_it_was_made_for(client, boss, browser, session):
    path = path_of(invite(client, role="trainee", name="Tom Young", verification="badge"))
    joining = page(browser(), path)
    assert joining.find("input", attrs={"name": "name"})["value"] == "Tom Young"
    link = session.scalars(select(SingleUseLink)).one()
    assert (link.role, link.created_by_id, link.verification, link.grants_admin) == (
        Role.TRAINEE,
        boss.id,
        "badge",
        False,
    )
    assert session.scalars(select(AuditEvent.verb)).all() == ["invitation-made"]


def test_the_secret_is_nowhere_but_on_that_page(client, boss, session):
    secret = path_of(invite(client, role="desk")).rpartition("/")[2]
    assert secret not in client.get("/admin/invitations").text
    assert secret not in repr(session.execute(select(SingleUseLink.__table__)).all())
    assert secret not in repr(session.execute(select(AuditEvent.__table__)).all())


def test_a_patients_invitation_by_chart_code(client, boss, session):
    subject = make_subject(session, chart_code="P-0A1B-2C3D-4E5F")
    session.commit()
    path_of(invite(client, role="patient", chart_code="p-OA1b-2c3d-4e5f"))
    assert session.scalars(select(SingleUseLink)).one().subject_id == subject.id
    assert session.scalar(select(func.count()).select_from(Subject)) == 1


def test_a_patients_invitation_by_record_number_keeps_no_record_number(client, boss, session, stores):
    path_of(invite(client, role="patient", record=f" {RECORD.lower()} "))
    subject = session.scalars(select(Subject)).one()
    assert subject.chart_code == chart_code(stores.keys.deid, RECORD)
    everything = [repr(session.execute(select(table)).all()) for table in Subject.metadata.tables.values()]
    assert not any("4711" in rows for rows in everything)


def test_the_same_record_number_is_the_same_person(client, boss, session):
    for _ in range(2):
        path_of(invite(client, role="patient", record=RECORD))
    assert session.scalar(select(func.count()).select_from(Subject)) == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"role": "patient"}, "chart_code"),
        ({"role": "patient", "chart_code": "P-0000-0000-0000"}, "chart_code"),
        ({"role": "patient", "chart_code": "P-1", "record": "1"}, "chart_code"),
        ({"role": "patient", "record": "UNKNOWN"}, "record"),
        ({"role": "patient", "record": RECORD, "is_admin": "1"}, "is_admin"),
        ({"role": "clinician", "email": "not an address"}, "email"),
        ({"role": "clinician", "email": "taken@clinic.example"}, "email"),
        ({"role": "clinician", "name": "x" * 121}, "name"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(client, boss, session, data, field):
    make_user(session, email="taken@clinic.example")
    session.commit()
    answer = invite(client, **data)
    assert answer.status_code == 422
    assert checked(answer).find(attrs={"name": field, "aria-invalid": "true"})
    assert session.scalar(select(func.count()).select_from(SingleUseLink)) == 0
    assert RECORD not in answer.text


def test_a_role_that_is_none_is_refused(client, boss):
    assert invite(client, role="root").status_code == 422


def test_an_invitation_is_taken_back(client, boss, browser, session):
    path = path_of(invite(client, role="desk", name="Dee Frost"))
    link = session.scalars(select(SingleUseLink)).one()
    assert "Dee Frost" in page(client, "/admin/invitations").get_text()
    part = fragment(client, f"/admin/invitations/{link.public_id}/revoke", method="POST")
    assert "No invitation is open." in part.get_text()
    assert browser().get(path).status_code == 404
    assert client.post(f"/admin/invitations/{link.public_id}/revoke").status_code == 404


def test_a_reset_link_is_not_an_invitation(client, boss, session):
    links.reset_password(session, boss, by_id=None)
    session.commit()
    link = session.scalars(select(SingleUseLink).where(SingleUseLink.purpose == LinkPurpose.RESET)).one()
    assert client.post(f"/admin/invitations/{link.public_id}/revoke").status_code == 404


class TestMail:
    @pytest.fixture
    def sent(self, monkeypatch):
        taken = []
        monkeypatch.setattr("pinboard.web.mail._deliver", lambda _config, message: taken.append(message))
        return taken

    def test_nothing_is_mailed_without_a_server(self, client, boss, sent):
        path_of(invite(client, role="desk", email="dee@clinic.example"))
        assert sent == []

    def test_the_link_is_mailed_where_there_is_one(self, app, client, boss, sent):
        from dataclasses import replace

        app.config["PINBOARD"] = replace(
            app.config["PINBOARD"], smtp_url="smtp://mail.example", mail_from="p@c.example"
        )
        answer = invite(client, role="desk", email="dee@clinic.example", name="Dee")
        path = path_of(answer)
        assert [message["To"] for message in sent] == ["dee@clinic.example"]
        assert path in sent[0].get_content()
        assert "It was mailed, too." in answer.text

    def test_a_server_that_fails_costs_nothing_but_the_mail(self, app, client, boss, monkeypatch):
        from dataclasses import replace

        def fail(*_):
            raise OSError

        monkeypatch.setattr("pinboard.web.mail._deliver", fail)
        app.config["PINBOARD"] = replace(
            app.config["PINBOARD"], smtp_url="smtp://mail.example", mail_from="p@c.example"
        )
        answer = invite(client, role="desk", email="dee@clinic.example")
        path_of(answer)
        assert "It was mailed" not in answer.text
