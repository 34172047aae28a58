"""Who may carry what: beside every door that opens, the one that stays shut."""

import io
import zipfile

import pydicom
import pytest
from sqlalchemy import select, update

from pinboard import policy
from pinboard.ids import public_id
from pinboard.models import Case, Consent, ConsentLevel, Instance, Opening, Release, Share, ShareKind
from pinboard.web.openings import openings
from tests.carry.conftest import link, published, release, slices
from tests.intake.conftest import make_author


@pytest.fixture(scope="module")
def pat(stores, case, author, door):
    """Give the browser of the person in the images, to whom all but the first of them were released."""
    with stores.reading() as session:
        mine = list(session.scalars(select(Instance.id).where(Instance.case_id == case.id).order_by(Instance.id)))
    return door(release(stores, case, author, mine[1:]))


def archive(browser, path, series=None):
    answer = browser.get(f"{path}/download/images.zip" + (f"?series={series}" if series else ""))
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def uids(opened):
    names = [name for name in opened.namelist() if name.startswith("DICOM/")]
    return {pydicom.dcmread(io.BytesIO(opened.read(name))).SOPInstanceUID for name in names}


def of_case(stores, case, *clauses):
    with stores.reading() as session:
        return list(
            session.scalars(select(Instance).where(Instance.case_id == case.id, *clauses).order_by(Instance.id))
        )


def consent(stores, case, level):
    with stores.writing() as session:
        session.scalars(select(Consent).where(Consent.case_id == case.id)).one().level = level
        policy.rebuild(session, [case.id])


def test_the_subject_gets_what_was_released_and_no_more(stores, case, pat):
    with archive(pat, f"/my/c/{case.public_id}") as opened:
        assert uids(opened) == {one.uid for one in of_case(stores, case)[1:]}
        words = opened.read("INDEX.HTM").decode()
    assert "Your lungs are clear." in words
    assert "QUESTIONWORDS" not in words
    assert "FINDINGWORDS" not in words
    assert "Is the nodule new?" not in words


def test_the_subject_has_no_way_through_the_clinic_s_door(case, pat):
    assert pat.get(f"/c/{case.public_id}/download").status_code == 404
    assert pat.get(f"/c/{case.public_id}/download/images.zip").status_code == 404


def test_a_picture_that_was_not_released_is_not_given(stores, case, pat):
    first, second, *_rest = of_case(stores, case)
    assert pat.get(f"/my/c/{case.public_id}/download/{second.media_name}/f0.png").status_code == 200
    assert pat.get(f"/my/c/{case.public_id}/download/{first.media_name}/f0.png").status_code == 404


def test_a_withdrawn_case_is_still_its_subject_s(stores, case, pat, ada):
    with stores.writing() as session:
        session.get_one(Case, case.id).state = "withdrawn"
        policy.rebuild(session, [case.id])
    try:
        assert ada.get(f"/c/{case.public_id}/download").status_code == 404
        assert pat.get(f"/my/c/{case.public_id}/download").status_code == 200
    finally:
        with stores.writing() as session:
            session.get_one(Case, case.id).state = "published"
            policy.rebuild(session, [case.id])


def test_a_colleague_in_the_clinic_needs_consent_that_reaches_outside(stores, case, ben):
    assert ben.get(f"/c/{case.public_id}/download").status_code == 200
    consent(stores, case, ConsentLevel.CLINIC)
    try:
        assert ben.get(f"/c/{case.public_id}").status_code == 200
        for rest in ("", "/images.zip", "/progress"):
            assert ben.get(f"/c/{case.public_id}/download{rest}").status_code == 404
        assert "/download" not in ben.get(f"/c/{case.public_id}").text
    finally:
        consent(stores, case, ConsentLevel.OUTSIDE)
    assert f"/c/{case.public_id}/download" in ben.get(f"/c/{case.public_id}").text


def test_a_link_gives_files_only_where_its_maker_said_so(stores, case, author, app):
    guest = app.test_client()
    shut, opened = link(stores, case, author), link(stores, case, author, allows_download=True)
    assert guest.get(shut).status_code == 200
    assert "/download" not in guest.get(shut).text
    assert guest.get(f"{shut}/download").status_code == 404
    assert guest.get(f"{shut}/download/images.zip").status_code == 404
    assert f"{opened}/download" in guest.get(opened).text
    with archive(guest, opened) as found:
        assert uids(found) == {one.uid for one in of_case(stores, case)}
        assert "QUESTIONWORDS" in found.read("INDEX.HTM").decode()


def test_a_link_for_the_subject_gives_what_was_released(stores, case, author, app, pat):
    guest, path = app.test_client(), link(stores, case, author, ShareKind.SUBJECT)
    with archive(guest, path) as found:
        assert uids(found) == {one.uid for one in of_case(stores, case)[1:]}


def test_a_link_with_a_pin_gives_nothing_before_it(stores, case, author, app):
    path = link(stores, case, author, ShareKind.SUBJECT, code_hash="locked")
    guest = app.test_client()
    for rest in ("", "/images.zip", "/progress"):
        assert guest.get(f"{path}/download{rest}").status_code == 404


def test_a_dead_link_gives_nothing(stores, case, author, app):
    path = link(stores, case, author, allows_download=True)
    guest = app.test_client()
    assert guest.get(f"{path}/download").status_code == 200
    with stores.writing() as session:
        row = session.scalars(select(Share).order_by(Share.id.desc())).first()
        row.revoked_at = row.created_at
        session.flush()
        policy.rebuild(session, [case.id])
    assert guest.get(f"{path}/download").status_code == 404


def test_a_trainee_carries_nothing(stores, case, door):
    tom = door(make_author(stores, "Tom Young", role="trainee"))
    assert tom.get(f"/c/{case.public_id}").status_code == 200
    assert tom.get(f"/c/{case.public_id}/download").status_code == 404


# ---- faces ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def head(stores, desk):
    """Give a case of a head in six slices 3 mm apart."""
    return published(stores, desk, *slices(6, part="HEAD", study="1.2.3.4.77"))


@pytest.fixture(scope="module")
def head_of(stores, head, author, door):
    return door(release(stores, head, author))


def test_a_volume_of_a_head_stays_but_for_its_key_image(stores, head, ada):
    path = f"/c/{head.public_id}/download"
    page = ada.get(path).text
    assert "a face could be rebuilt" in page
    assert "images.zip" not in page
    assert ada.get(f"{path}/images.zip").status_code == 409
    refused = ada.get(f"{path}/images.zip?series=1")
    assert refused.status_code == 409
    assert "a face could be rebuilt" in refused.text
    given = [ada.get(f"{path}/{one.media_name}/f0.png").status_code for one in of_case(stores, head)]
    assert sorted(given) == [200, 404, 404, 404, 404, 404]
    assert "moving picture" not in page
    assert {ada.get(f"{path}/{one.media_name}/cine.webp").status_code for one in of_case(stores, head)} == {404}
    one_by_one = [ada.get(f"/c/{head.public_id}/images/{one.public_id}/dicom") for one in of_case(stores, head)]
    assert {answer.status_code for answer in one_by_one} == {409}


def test_the_person_takes_the_whole_head_along(stores, head, head_of):
    with archive(head_of, f"/my/c/{head.public_id}") as opened:
        assert len(uids(opened)) == 6
    first = of_case(stores, head)[0].media_name
    assert head_of.get(f"/my/c/{head.public_id}/download/{first}/cine.webp").status_code == 200


@pytest.mark.parametrize(("step", "is_given"), [(5.0, True), (4.9, False)])
def test_key_slices_far_apart_show_no_face(stores, desk, ada, step, is_given):
    study = f"1.2.3.4.78.{int(step * 10)}"
    case = published(stores, desk, *slices(3, part="HEAD", step=step, study=study))
    assert ada.get(f"/c/{case.public_id}/download/images.zip").status_code == (200 if is_given else 409)


def test_what_is_only_for_the_subject_is_in_nobody_else_s_copy(stores, desk, ada, author, door):
    case = published(stores, desk, *slices(4, study="1.2.3.4.79"))
    kept, *rest = of_case(stores, case)
    with stores.writing() as session:
        session.execute(update(Instance).where(Instance.id.in_([one.id for one in rest])).values(is_subject_only=True))
        policy.rebuild(session, [case.id])
    with archive(ada, f"/c/{case.public_id}") as opened:
        assert uids(opened) == {kept.uid}
    png = f"/c/{case.public_id}/download/{rest[0].media_name}/f0.png"
    assert ada.get(png).status_code == 404
    assert ada.get(f"/c/{case.public_id}/images/{rest[0].public_id}/dicom").status_code == 409
    assert ada.get(f"/c/{case.public_id}/images/{kept.public_id}/dicom").status_code == 200
    pat = door(release(stores, case, author))
    with archive(pat, f"/my/c/{case.public_id}") as opened:
        assert len(uids(opened)) == 4


# ---- while it streams, and afterwards -------------------------------------------------------------------------------


def test_each_time_is_noted_with_who_took_it(app, stores, case, ada, author):
    def noted():
        with app.app_context():
            openings().flush()
        with stores.reading() as session:
            taken = select(Opening).where(Opening.case_id == case.id, Opening.what == "download")
            return [one.user_id for one in session.scalars(taken)]

    before = len(noted())
    archive(ada, f"/c/{case.public_id}").close()
    archive(ada, f"/c/{case.public_id}", series=1).close()
    ada.head(f"/c/{case.public_id}/download/images.zip")
    ada.get(f"/c/{case.public_id}/download")
    assert noted()[before:] == [author.id, author.id]


def test_a_stream_ends_when_its_reader_may_no_longer(stores, case, ben, monkeypatch):
    """The rest of an archive does not leave after the consent was cut back; what came of it opens nowhere."""
    monkeypatch.setattr("pinboard.intake.copying._ASK_AGAIN", -1.0)
    answer = ben.get(f"/c/{case.public_id}/download/images.zip", buffered=False)
    parts = iter(answer.response)
    came = [next(parts)]
    consent(stores, case, ConsentLevel.CLINIC)
    try:
        with pytest.raises(Exception, match="not-published"):
            came.extend(parts)
    finally:
        consent(stores, case, ConsentLevel.OUTSIDE)
        answer.close()
    assert len(b"".join(came)) < answer.content_length
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(came)))


def test_so_many_at_once_and_no_more(case, ada, ben, monkeypatch):
    path = f"/c/{case.public_id}/download/images.zip"
    open_ones = [ada.get(path, buffered=False) for _one in range(3)]
    busy = ada.get(path)
    assert busy.status_code == 503
    assert int(busy.headers["Retry-After"]) > 0
    assert ben.head(path).status_code == 200
    monkeypatch.setattr("pinboard.carry.progress.AT_ONCE", 3)
    assert ben.head(path).status_code == 503
    for answer in open_ones:
        answer.close()
    assert ada.get(path).status_code == 200


def test_how_far_it_is_can_be_asked(case, ada, ben):
    ticket = public_id()
    ask = f"/c/{case.public_id}/download/progress?ticket={ticket}"
    assert ada.get(ask).json == {"state": "unknown"}
    whole = ada.get(f"/c/{case.public_id}/download/images.zip?ticket={ticket}").get_data()
    assert ada.get(ask).json == {"state": "done", "sent": len(whole), "total": len(whole)}
    broken = public_id()
    answer = ada.get(f"/c/{case.public_id}/download/images.zip?ticket={broken}", buffered=False)
    next(iter(answer.response))
    answer.close()
    assert ada.get(f"/c/{case.public_id}/download/progress?ticket={broken}").json["state"] == "broken"


def test_a_release_that_ended_gives_nothing(stores, head, head_of):
    assert head_of.get(f"/my/c/{head.public_id}/download").status_code == 200
    with stores.writing() as session:
        row = session.scalars(select(Release).where(Release.case_id == head.id)).one()
        row.revoked_at = row.at
        session.flush()
        policy.rebuild(session, [head.id])
    assert head_of.get(f"/my/c/{head.public_id}/download").status_code == 404
    assert head_of.get(f"/my/c/{head.public_id}/download/images.zip").status_code == 404
