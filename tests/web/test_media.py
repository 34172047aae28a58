"""Pictures: the gate before the browser's copy, the copy before the bytes, and one answer for whatever is not there."""

from hashlib import sha256

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from pinboard import policy
from pinboard.clock import now
from pinboard.custody import FramePack, Rendition
from pinboard.ids import public_id
from pinboard.models import CaseState, Instance, InstanceState, MediaFile
from pinboard.web import media
from tests.factories import add, make_picture
from tests.people import make_scene

FRAMES = (b"first frame", b"second", b"the third frame")


def store(session, stores, instance):
    """Put bytes behind the rows of a picture, and a pack of frames beside them."""
    rows = session.scalars(select(MediaFile).where(MediaFile.instance_id == instance.id)).all()
    receipt_id = rows[0].receipt_id
    for row in rows:
        data = f"picture {row.variant}".encode()
        thing = Rendition(public_id(), row.variant, "image/webp", row.width, row.height, data)
        stored = stores.media.put(thing, receipt_id)
        row.object_name, row.sha256, row.size = stored.object_name, stored.sha256, stored.size
    starts = [sum(map(len, FRAMES[:place])) for place in range(len(FRAMES))]
    index = [[start, len(frame)] for start, frame in zip(starts, FRAMES, strict=True)]
    pack = FramePack(public_id(), "previews", tuple(map(tuple, index)), b"".join(FRAMES))
    stored = stores.media.put(pack, receipt_id)
    add(
        session,
        MediaFile(
            object_name=stored.object_name, media_name=instance.media_name, variant="previews",
            case_id=instance.case_id, instance_id=instance.id, receipt_id=receipt_id,
            content_type="image/jpeg", width=1, height=1, size=stored.size, sha256=stored.sha256, index=index,
        ),
    )  # fmt: skip


@pytest.fixture
def scene(session, stores):
    made = make_scene(session)
    store(session, stores, picture_of(session, made))
    session.commit()
    return made


def picture_of(session, scene):
    return session.scalars(select(Instance).where(Instance.case_id == scene.case.id)).first()


def address(session, scene, variant="w474"):
    return f"/media/{picture_of(session, scene).media_name}/{variant}"


def test_a_reader_gets_the_bytes_and_may_keep_them_only_if_it_asks_again(client, session, scene, sign_in):
    sign_in(scene.people.cleo)
    answer = client.get(address(session, scene))
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"picture w474", "image/webp")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"] == f'"{sha256(b"picture w474").hexdigest()}"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_frame_is_cut_out_of_its_pack(client, session, scene, sign_in):
    sign_in(scene.people.cleo)
    answers = [client.get(address(session, scene, f"f{place}")) for place in range(3)]
    assert [answer.data for answer in answers] == list(FRAMES)
    assert {answer.mimetype for answer in answers} == {"image/jpeg"}
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert client.get(address(session, scene, "f3")).status_code == 404


def test_an_unchanged_picture_is_not_sent_again(client, session, scene, sign_in):
    sign_in(scene.people.cleo)
    tag = client.get(address(session, scene)).headers["ETag"]
    again = client.get(address(session, scene), headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_gate_stands_before_the_copy(client, session, scene, sign_in):
    sign_in(scene.people.cleo)
    tag = client.get(address(session, scene)).headers["ETag"]
    sign_in(scene.people.dee)
    assert client.get(address(session, scene), headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ada", 200), ("ben", 200), ("cleo", 200), ("tom", 200), ("pat", 200),
        ("dee", 404), ("pia", 404), ("oz", 404), ("rex", 404), ("nobody", 404),
    ],
)  # fmt: skip
def test_each_of_the_cast(client, session, scene, sign_in, name, status):
    if name != "nobody":
        sign_in(getattr(scene.people, name))
    for method in ("GET", "HEAD"):
        assert client.open(address(session, scene), method=method).status_code == status


@pytest.mark.parametrize("state", [CaseState.HIDDEN, CaseState.WITHDRAWN])
def test_a_picture_goes_with_its_case(client, session, scene, sign_in, state):
    scene.case.state = state
    policy.rebuild(session, [scene.case.id])
    session.commit()
    for name, status in (("cleo", 404), ("ada", 200), ("pat", 404 if state is CaseState.HIDDEN else 200)):
        sign_in(getattr(scene.people, name))
        assert client.get(address(session, scene)).status_code == status, name


def test_a_removed_picture_is_gone_for_its_author_too(client, session, scene, sign_in):
    picture_of(session, scene).state = InstanceState.REMOVED
    policy.rebuild(session, [scene.case.id])
    session.commit()
    sign_in(scene.people.ada)
    assert client.get(address(session, scene)).status_code == 404


def test_the_subject_gets_what_was_released_and_no_other_picture_of_the_case(client, session, stores, scene, sign_in):
    second = make_picture(session, scene.case)
    store(session, stores, second)
    sign_in(scene.people.pat)
    assert client.get(f"/media/{second.media_name}/w474").status_code == 404
    sign_in(scene.people.cleo)
    assert client.get(f"/media/{second.media_name}/w474").status_code == 200


def test_a_revoked_release_closes_the_picture(client, session, scene, sign_in):
    scene.release.revoked_at = now()
    policy.rebuild(session, [scene.case.id])
    session.commit()
    sign_in(scene.people.pat)
    assert client.get(address(session, scene)).status_code == 404


def test_whoever_holds_a_live_link_gets_it(app, session, scene):
    guest = policy.reader_for_share(session, scene.share)
    name = picture_of(session, scene).media_name
    with app.test_request_context("/"):
        assert media.serve(name, "w474", [policy.NOBODY, guest]).data == b"picture w474"
        with pytest.raises(NotFound):
            media.serve(name, "w474", [policy.NOBODY, policy.SHUT_OUT])


@pytest.mark.parametrize(
    "path",
    [
        *("{name}/" + variant for variant in ("w1", "frames", "previews", "f-1", "f01", "f9999999", "W474", "w474/..")),
        "../x/w474",
        "x/w474",
    ],
)
def test_nothing_else_is_an_address(client, session, scene, sign_in, path):
    sign_in(scene.people.ada)
    name = picture_of(session, scene).media_name
    assert client.get(f"/media/{path.format(name=name)}").status_code == 404


def test_a_row_without_its_bytes_is_not_there(client, session, stores, scene, sign_in):
    sign_in(scene.people.ada)
    rows = session.scalars(select(MediaFile.object_name)).all()
    stores.media.delete(rows)
    assert client.get(address(session, scene)).status_code == 404
