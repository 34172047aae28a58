"""A boundary that never lies: what is shown as painted is what publishing stores, and what the receipt says."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from pinboard.deid.rectangles import grow
from pinboard.intake import publish
from pinboard.models import Case, CaseState, Instance, MediaFile, Receipt, Series
from tests.drafts.conftest import soup
from tests.drafts.test_publish import FORM

AREAS = [[None, 5, 3, 120, 17], [4, 200, 100, 260, 150, "blur"], [None, 290, 200, 320, 240, "blur"]]
ROWS, COLUMNS, FRAMES = 240, 320, 30
FEW = 4
"""Steps of 255 by which two JPEGs of one picture may differ; most often none."""


def picture(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def grown(area):
    frame, *corners = area[:5]
    return [frame, *grow(tuple(corners), rows=ROWS, columns=COLUMNS), *area[5:]]


@pytest.fixture
def shown(author, files):
    """Give an image with areas, and each of its frames as the review page shows it painted."""
    image = author.add(files.cine)
    author.client.post(author.url(image, "boxes"), {"boxes": json.dumps(AREAS)})
    frames = [author.client.get(author.url(image, f"preview?painted=1&frame={one}")) for one in range(FRAMES)]
    assert {answer.status_code for answer in frames} == {200}
    assert {answer.headers["Cache-Control"] for answer in frames} == {"no-store"}
    return image, [picture(answer.data) for answer in frames]


def test_the_outlines_are_what_is_painted(author, shown):
    image, _frames = shown
    for frame in (0, 4):
        page = soup(author.client.get(author.url(step=f"review?image={image}&frame={frame}")))
        rects = page.select("[data-sheet] svg .redactor-painted")
        drawn = [[int(rect[name]) for name in ("x", "y", "width", "height")] for rect in rects]
        wanted = [grown(area)[1:5] for area in AREAS if area[0] in {None, frame}]
        assert drawn == [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in wanted]


def test_what_is_shown_as_painted_differs_from_the_picture_in_the_outlines_alone(author, shown):
    image, frames = shown
    for index in (0, 4, 29):
        plain = picture(author.client.get(author.url(image, f"preview?frame={index}")).data)
        outside = np.ones((ROWS, COLUMNS), bool)
        for area in AREAS:
            frame, x0, y0, x1, y1 = grown(area)[:5]
            if frame in {None, index}:
                # A JPEG's square of 16 that lies across an outline carries something over it.
                outside[max(y0 // 16 * 16, 0) : -(-y1 // 16) * 16, x0 // 16 * 16 : -(-x1 // 16) * 16] = False
        assert np.abs(plain - frames[index])[outside].max() <= FEW
        _frame, x0, y0, x1, y1 = grown(AREAS[0])
        assert frames[index][y0 + 8 : y1 - 8, x0 + 8 : x1 - 8].max() <= FEW
        assert np.abs(plain - frames[index])[~outside].max() > 40


def test_what_was_shown_as_painted_is_what_is_published(author, shown, session, stores):
    image, frames = shown
    author.client.post(author.url(image, "confirm"), {"boxes": json.dumps(AREAS), "doubt": "waiting"})
    session.expire_all()
    case = session.scalars(select(Case).where(Case.public_id == author.draft)).one()
    series = session.scalars(select(Series).where(Series.case_id == case.id)).one()
    form = FORM | {f"alt-{series.public_id}": "A grey picture"}
    assert author.client.post(author.url(step="publish"), form).status_code == 303
    publish.run(stores, case.id)
    session.expire_all()
    assert case.state is CaseState.PUBLISHED, case.publish_error
    instance = session.scalars(select(Instance).where(Instance.public_id == image)).one()
    receipt = session.scalars(select(Receipt).where(Receipt.instance_id == instance.id)).one()
    assert sorted(receipt.boxes, key=str) == sorted(map(grown, AREAS), key=str)
    row = session.scalars(
        select(MediaFile).where(MediaFile.instance_id == instance.id, MediaFile.variant == "previews")
    ).one()
    pack = stores.media.read(row.object_name)
    for (offset, length), seen in zip(row.index, frames, strict=True):
        assert np.abs(picture(pack[offset : offset + length]) - seen).max() <= FEW
