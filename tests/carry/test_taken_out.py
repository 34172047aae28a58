"""A slice that only the person in the images sees is taken out after publishing like any other, and a copy says so."""

import io
import zipfile

import pytest
from sqlalchemy import select, update

from pinboard import policy
from pinboard.models import Instance, InstanceState, Release
from tests.carry.conftest import published, release, slices
from tests.html import checked, page

REASON = {"reason": "It belongs to somebody else."}


@pytest.fixture
def case(stores, desk, request):
    """Give a case whose first slice is for its readers, and four more for the person in it."""
    made = published(stores, desk, *slices(5, study=f"1.2.3.4.95.{abs(hash(request.node.name)) % 10**6}"))
    with stores.writing() as session:
        rest = (Instance.case_id == made.id, Instance.number > 1)
        session.execute(update(Instance).where(*rest).values(is_subject_only=True))
        policy.rebuild(session, [made.id])
    return made


@pytest.fixture
def pat(stores, case, author, door):
    return door(release(stores, case, author))


def numbered(stores, case):
    with stores.reading() as session:
        return {one.number: one for one in session.scalars(select(Instance).where(Instance.case_id == case.id))}


def readme(browser, path):
    answer = browser.get(f"{path}/download/images.zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as opened:
        return opened.read("README.TXT").decode(), sum(name.startswith("DICOM/") for name in opened.namelist())


@pytest.mark.parametrize("number", [3, 5])
def test_its_author_takes_it_out_by_its_number(stores, case, ada, pat, number):
    url, own = f"/c/{case.public_id}", f"/my/c/{case.public_id}"
    one = numbered(stores, case)[number]
    link = page(ada, f"{url}/edit").select_one(f"a[href='{url}/images/{one.public_id}/remove']")
    assert link.get_text() == f"Remove {number}"
    asked = page(ada, link["href"])
    assert f"Slice {number}, which nobody but the patient sees." in asked.get_text()
    assert not asked.select(f"img[src*='{one.media_name}']")
    picture = f"/media/{one.media_name}/w236"
    assert (pat.get(picture).status_code, ada.get(picture).status_code) == (200, 404)

    assert ada.post(link["href"], REASON).status_code == 303
    assert numbered(stores, case)[number].state is InstanceState.REMOVED
    assert pat.get(picture).status_code == 404
    shown = page(pat, own)
    assert one.media_name not in str(shown)
    assert all(other.media_name in str(shown) for at, other in numbered(stores, case).items() if at != number)
    words, count = readme(pat, own)
    assert "of the slices 1 to 5, 4 are here and 1 is missing" in words
    assert count == 4
    with stores.reading() as session:
        (given,) = session.scalars(select(Release).where(Release.case_id == case.id))
        assert one.id not in given.instances
        assert given.revoked_at is None


def test_what_its_readers_see_is_untouched(stores, case, ada, ben, pat):
    url = f"/c/{case.public_id}"
    before = page(ben, url).select_one("series-viewer")
    assert ada.post(f"{url}/images/{numbered(stores, case)[2].public_id}/remove", REASON).status_code == 303
    assert str(page(ben, url).select_one("series-viewer")) == str(before)
    with stores.reading() as session:
        assert session.get(type(case), case.id).cover["name"] == numbered(stores, case)[1].media_name


def test_nobody_else_takes_it_out(stores, case, ben, pat):
    one = numbered(stores, case)[2]
    address = f"/c/{case.public_id}/images/{one.public_id}/remove"
    assert {who.get(address).status_code for who in (ben, pat)} == {404}
    assert {who.post(address, REASON).status_code for who in (ben, pat)} == {404}
    assert numbered(stores, case)[2].state is InstanceState.PUBLISHED


def test_what_its_readers_see_cannot_go_as_the_last_of_it(stores, case, ada):
    answer = ada.post(f"/c/{case.public_id}/images/{numbered(stores, case)[1].public_id}/remove", REASON)
    assert answer.status_code == 409
    assert "This is the only image of the case." in checked(answer).get_text()
    assert numbered(stores, case)[1].state is InstanceState.PUBLISHED
