"""A frame as it is stored: the pack's own bytes, unpacked by the browser, or by the server where the browser cannot."""

import brotli
import numpy as np
import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.custody import FramePack
from pinboard.ids import public_id
from pinboard.imaging.frames import encode_frame
from pinboard.models import Instance, MediaFile
from tests.factories import add
from tests.people import make_scene

BR = {"Accept-Encoding": "gzip, br"}
PIXELS = [np.arange(12, dtype="<u2").reshape(3, 4) * 300 + number for number in range(2)]


@pytest.fixture
def scene(session, stores):
    made = make_scene(session)
    instance = session.scalars(select(Instance).where(Instance.case_id == made.case.id)).first()
    row = session.scalars(select(MediaFile).where(MediaFile.instance_id == instance.id)).first()
    packed = [encode_frame(pixels) for pixels in PIXELS]
    index = [[0, len(packed[0])], [len(packed[0]), len(packed[1])]]
    pack = FramePack(public_id(), "frames", tuple(map(tuple, index)), b"".join(packed))
    stored = stores.media.put(pack, row.receipt_id)
    add(
        session,
        MediaFile(
            object_name=stored.object_name, media_name=instance.media_name, variant="frames",
            case_id=instance.case_id, instance_id=instance.id, receipt_id=row.receipt_id,
            content_type="application/octet-stream", width=4, height=3, size=stored.size, sha256=stored.sha256,
            index=index,
        ),
    )  # fmt: skip
    session.commit()
    return made


def address(session, scene, variant):
    name = session.scalars(select(Instance.media_name).where(Instance.case_id == scene.case.id)).first()
    return f"/media/{name}/{variant}"


def undone(data):
    planes = np.frombuffer(data, np.uint8).reshape(2, -1)
    return np.cumsum(np.ascontiguousarray(planes.T).view("<u2").reshape(3, 4), axis=1, dtype="<u2")


@pytest.mark.parametrize("frame", [0, 1])
def test_a_browser_with_brotli_gets_the_bytes_of_the_pack(client, session, scene, sign_in, frame):
    sign_in(scene.people.ben)
    answer = client.get(address(session, scene, f"n{frame}"), headers=BR)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "br")
    assert answer.data == encode_frame(PIXELS[frame])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert np.array_equal(undone(brotli.decompress(answer.data)), PIXELS[frame])


def test_a_browser_without_it_gets_them_unpacked(client, session, scene, sign_in):
    sign_in(scene.people.ben)
    packed, plain = (client.get(address(session, scene, "n1"), headers=headers) for headers in (BR, {}))
    assert "Content-Encoding" not in plain.headers
    assert np.array_equal(undone(plain.data), PIXELS[1])
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_a_frame_that_is_kept_is_asked_for_but_not_sent_again(client, session, scene, sign_in):
    sign_in(scene.people.ben)
    first = client.get(address(session, scene, "n0"), headers=BR)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(address(session, scene, "n0"), headers=BR | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("variant", ["n2", "n", "n-1", "n01", "n1000000", "N0"])
def test_a_frame_that_is_not_there(client, session, scene, sign_in, variant):
    sign_in(scene.people.ben)
    assert client.get(address(session, scene, variant), headers=BR).status_code == 404


@pytest.mark.parametrize("name", ["dee", "pia", "oz"])
def test_who_may_not_see_the_case_gets_no_frame(client, session, scene, sign_in, name):
    sign_in(getattr(scene.people, name))
    assert client.get(address(session, scene, "n0"), headers=BR).status_code == 404


def test_the_person_in_the_images_gets_the_frames_of_what_was_released(client, session, scene, sign_in):
    sign_in(scene.people.pat)
    assert client.get(address(session, scene, "n0"), headers=BR).status_code == 200
    scene.release.revoked_at = scene.release.at
    policy.rebuild(session, [scene.case.id])
    session.commit()
    assert client.get(address(session, scene, "n0"), headers=BR).status_code == 404


def test_a_pack_that_unpacks_to_more_than_a_frame_is_not_unpacked(client, session, stores, scene, sign_in):
    row = session.scalars(select(MediaFile).where(MediaFile.variant == "frames")).one()
    bomb = brotli.compress(bytes(50_000_000))
    stored = stores.media.put(FramePack(public_id(), "frames", ((0, len(bomb)),), bomb), row.receipt_id)
    row.object_name, row.index = stored.object_name, [[0, len(bomb)]]
    session.commit()
    sign_in(scene.people.ben)
    assert client.get(address(session, scene, "n0")).status_code == 404
