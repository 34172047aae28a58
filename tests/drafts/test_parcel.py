"""Many small files in one body: each row fares as if its file had come alone, and a broken body leaves nothing."""

import struct

import pytest
from sqlalchemy import delete

from pinboard.ids import public_id
from pinboard.models import Instance, Upload, UploadState
from tests.drafts.conftest import ROW, photo, put_url, sealed, soup, wheel


def slots(author, count):
    answer = author.slot(slot=[public_id() for _number in range(count)])
    assert answer.status_code == 201, answer.text
    return [row["data-put"].rsplit("/", 1)[1] for row in soup(answer).select("li")]


def parcel(names, files):
    pieces = zip(names, files, strict=True)
    return b"".join(name.encode() + struct.pack(">I", len(data)) + data for name, data in pieces)


def put(author, body):
    headers = {"X-CSRFToken": author.client.csrf(), **ROW}
    return author.client.put("/uploads", data=body, headers=headers, content_type="application/octet-stream")


def test_each_file_of_a_parcel_has_its_row(author, session, stores):
    data = [wheel("CT_small.dcm"), b"only words\n" * 50, photo(), wheel("MR_small.dcm", patient="9911")]
    names = slots(author, len(data))
    answer = put(author, parcel(names, data))
    assert answer.status_code == 200, answer.text
    rows = soup(answer).select("li")
    assert [row["id"] for row in rows] == [f"upload-{name}" for name in names]
    assert [row["data-state"] for row in rows] == ["received", "refused", "received", "refused"]
    assert [row["data-refusal"] for row in rows] == ["", "not-an-image", "", "other-subject"]
    assert [row.has_attr("data-person") for row in rows] == [False, False, False, True]
    assert session.query(Instance).count() == 2


def test_a_parcel_sent_again_is_answered_and_filed_once(author, session):
    names = slots(author, 2)
    body = parcel(names, [wheel("CT_small.dcm"), photo()])
    assert put(author, body).status_code == put(author, body).status_code == 200
    assert session.query(Instance).count() == 2


@pytest.mark.parametrize(
    "spoil",
    [lambda body: b"", lambda body: body[:-1], lambda body: body[:29], lambda body: b"../" + body[3:], lambda b: b + b],
    ids=["empty", "cut", "half a head", "a path for a slot", "twice"],
)
def test_a_broken_parcel_is_turned_away_whole(author, session, stores, spoil):
    body = parcel(slots(author, 1), [wheel("CT_small.dcm")])
    assert put(author, spoil(body)).status_code == 400
    session.expire_all()
    assert session.query(Upload.state).one() == (UploadState.WAITING,)
    assert sealed(stores) == []


def test_a_parcel_is_bounded(author):
    names = slots(author, 2)
    assert put(author, parcel(names, [bytes(5 << 20), bytes(5 << 20)])).status_code == 413
    assert author.slot(slot=[public_id() for _number in range(33)]).status_code == 400


def test_slots_are_opened_once_however_often_they_are_asked_for(author, other, session):
    names = [public_id() for _number in range(3)]
    first, again = author.slot(slot=names), author.slot(slot=names)
    assert [row["id"] for row in soup(first).select("li")] == [row["id"] for row in soup(again).select("li")]
    assert session.query(Upload.number).order_by(Upload.number).all() == [(1,), (2,), (3,)]
    assert author.slot(slot="../../etc/passwd").status_code == 400
    assert other.slot(slot=names[:1]).status_code == 409
    author.draft = ""
    assert author.slot(slot=names[:1]).status_code == 409
    assert session.query(Upload).count() == 3


def test_nobody_fills_the_slot_of_another(author, other, session):
    mine, theirs = slots(author, 1), put_url(other.slot()).rsplit("/", 1)[1]
    data = wheel("CT_small.dcm")
    assert put(other, parcel(mine, [data])).status_code == 404
    assert session.query(Instance).count() == 0
    answer = put(author, parcel([*mine, theirs], [data, data]))
    assert [row["id"] for row in soup(answer).select("li")] == [f"upload-{mine[0]}"]
    assert session.query(Instance).count() == 1


def test_a_row_removed_while_its_parcel_is_read_takes_no_neighbour_along(author, session, stores, monkeypatch):
    names = slots(author, 2)
    run = type(stores.pool).run

    def removed(pool, job, *args, **more):
        if job == "scrub_each":
            with stores.writing() as own:
                own.execute(delete(Upload).where(Upload.public_id == names[0]))
        return run(pool, job, *args, **more)

    monkeypatch.setattr(type(stores.pool), "run", removed)
    one, two = wheel("CT_small.dcm"), wheel("MR_small.dcm")
    answer = put(author, parcel(names, [one, two]))
    assert [row["id"] for row in soup(answer).select("li")] == [f"upload-{names[1]}"]
    session.expire_all()
    assert len(sealed(stores)) == 2 * session.query(Instance).count() == 2


def test_slots_of_two_drafts_do_not_share_a_parcel(author, session):
    first = slots(author, 1)
    author.draft = ""
    second = slots(author, 1)
    data = wheel("CT_small.dcm")
    assert put(author, parcel([*first, *second], [data, data])).status_code == 409
    assert session.query(Instance).count() == 0
