"""The picture that stands for a series and its case: the slice that shows most, or the frame that somebody chose."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import delete, select

from pinboard.intake import covering, mend
from pinboard.intake.errors import IntakeError
from pinboard.models import (
    AuditEvent,
    Case,
    DoomedMedia,
    Instance,
    InstanceState,
    Job,
    MediaFile,
    MediaIntent,
    Receipt,
    Series,
)
from tests.intake.files import ct

SIZE = 128


def noise(part, seed):
    """Give a slice of which so much is body, 0 to 1, in HU + 1024."""
    pixels = np.zeros((SIZE, SIZE), np.int16)
    side = int(SIZE * part**0.5)
    pixels[:side, :side] = np.random.default_rng(seed).integers(900, 1200, (side, side))
    return pixels


def slices(parts, series="1.2.77", start=0, **more):
    return [
        ct(
            PixelData=noise(part, place).tobytes(), InstanceNumber=place + 1, SeriesInstanceUID=series,
            ImagePositionPatient=[0, 0, 5 * place], BodyPartExamined="CHEST", **more,
        )
        for place, part in enumerate(parts, start)
    ]  # fmt: skip


def cine(parts):
    frames = np.stack([noise(part, place) for place, part in enumerate(parts)])
    return ct(
        PixelData=frames.tobytes(), NumberOfFrames=len(parts), BodyPartExamined="CHEST", SeriesInstanceUID="1.2.78"
    )


def read(stores, case):
    """Give a case with what it shows: series and instances in order, small pictures by instance."""
    with stores.reading() as session:
        series = list(session.scalars(select(Series).where(Series.case_id == case.id).order_by(Series.position)))
        ordered = select(Instance).where(Instance.case_id == case.id).order_by(Instance.series_id, Instance.position)
        files = list(session.scalars(select(MediaFile).where(MediaFile.case_id == case.id)))
        return SimpleNamespace(
            case=session.get(Case, case.id), series=series, instances=list(session.scalars(ordered)), files=files
        )


def small(stores, found, instance):
    """Decode the smallest picture of an image."""
    file = next(one for one in found.files if one.instance_id == instance.id and one.variant == "w236")
    return np.asarray(Image.open(io.BytesIO(stores.media.read(file.object_name))).convert("L"), float)


def choose(stores, image, frame, by):
    with stores.writing() as session:
        covering.choose(session, session.get(Instance, image.id), frame, by=by)


def test_a_scout_never_stands_for_slices_and_stands_for_scouts(stores, desk):
    scout = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    mixed = read(stores, desk.published(*slices([0.3, 0.4, 0.3]), *slices([0.9, 0.9, 0.9], start=3, **scout)))
    kinds = {one.id: one.kind for one in mixed.instances}
    assert sorted(kinds.values()) == ["image"] * 3 + ["localizer"] * 3
    assert kinds[mixed.series[0].key_instance_id] == "image"
    alone = read(stores, desk.published(*slices([0.5, 0.9, 0.5], series="1.2.79", **scout)))
    assert alone.series[0].key_instance_id == next(one.id for one in alone.instances if one.number == 2)


def test_the_slice_of_the_middle_third_that_shows_most_becomes_the_cover(stores, desk):
    found = read(stores, desk.published(*slices([0.9, 0.9, 0.3, 0.5, 0.7, 0.4, 0.9, 0.95, 0.9])))
    (series,) = found.series
    assert (series.key_instance_id, series.key_frame) == (found.instances[4].id, 0)
    assert found.case.cover["name"] == found.instances[4].media_name


def test_of_a_cine_the_frame_that_shows_most_is_shown_small(stores, desk):
    found = read(stores, desk.published(cine([0.9, 0.2, 0.6, 0.3, 0.9])))
    assert found.series[0].key_frame == 2
    assert small(stores, found, found.instances[0])[:90, :90].mean() > 60
    assert found.instances[0].view["views"][0]["dtype"] == "<i2"


def test_another_slice_can_be_chosen_at_once(stores, desk):
    case = desk.published(*slices([0.5, 0.5, 0.5]))
    before = read(stores, case)
    choose(stores, before.instances[2], 0, desk.author)
    after = read(stores, case)
    assert after.case.cover["name"] == after.instances[2].media_name != before.case.cover["name"]
    assert after.series[0].key_instance_id == after.instances[2].id
    with stores.reading() as session:
        assert session.scalar(
            select(AuditEvent.id).where(AuditEvent.case_id == case.id, AuditEvent.verb == "key-image")
        )
        assert session.scalar(select(Job.id).where(Job.kind == "cover", Job.ref_id == after.series[0].id)) is None


def test_a_chosen_frame_of_a_cine_is_made_small_by_a_job(stores, desk):
    case = desk.published(cine([0.1, 0.2, 0.9, 0.2, 0.1]))
    before = read(stores, case)
    choose(stores, before.instances[0], 4, desk.author)
    with stores.reading() as session:
        assert session.scalar(select(Job.id).where(Job.kind == "cover", Job.ref_id == before.series[0].id))
    covering.run(stores, before.series[0].id)
    after = read(stores, case)
    assert after.series[0].key_frame == 4
    assert small(stores, after, after.instances[0]).mean() < small(stores, before, before.instances[0]).mean() / 2
    assert after.instances[0].media_name == before.instances[0].media_name
    assert after.case.cover["tone"] == after.instances[0].tone < before.instances[0].tone
    names = [{one.object_name for one in found.files} for found in (before, after)]
    with stores.reading() as session:
        assert names[0] - names[1] <= set(session.scalars(select(DoomedMedia.object_name)))
        assert not list(session.scalars(select(MediaIntent).where(MediaIntent.case_id == case.id)))
        receipt = session.scalars(select(Receipt).where(Receipt.case_id == case.id)).one()
        assert {one.receipt_id for one in after.files} == {receipt.id}
        assert {one.variant: one.sha256 for one in after.files}.items() <= receipt.hashes.items()


def test_a_choice_in_another_series_becomes_the_cover_and_stays_it(stores, desk):
    case = desk.published(*slices([0.5]), *slices([0.6, 0.7], series="1.2.79"))
    before = read(stores, case)
    other = next(one for one in before.instances if one.media_name != before.case.cover["name"])
    choose(stores, other, 0, desk.author)
    chosen = read(stores, case)
    assert chosen.case.cover["name"] == other.media_name
    third = next(one for one in chosen.instances if one.series_id != other.series_id or one.id != other.id)
    with stores.writing() as session:
        mend.hide_image(session, session.get(Instance, third.id), desk.author)
    assert read(stores, case).case.cover["name"] == other.media_name


@pytest.mark.parametrize("frame", [-1, 1])
def test_a_frame_that_is_not_there_cannot_be_chosen(stores, desk, frame):
    case = desk.published(*slices([0.5]))
    with pytest.raises(IntakeError, match="no-such-frame"):
        choose(stores, read(stores, case).instances[0], frame, desk.author)


def test_what_is_for_the_person_in_it_alone_or_out_of_sight_cannot_be_chosen(stores, desk):
    case = desk.published(*slices([0.5, 0.6]))
    first, second = read(stores, case).instances
    with stores.writing() as session:
        session.get(Instance, first.id).is_subject_only = True
        session.get(Instance, second.id).state = InstanceState.HIDDEN
        covering.policy.rebuild(session, [case.id])
    for image in (first, second):
        with pytest.raises(IntakeError, match="no-such-frame"):
            choose(stores, image, 0, desk.author)


def test_a_run_whose_names_were_taken_from_it_leaves_the_old_pictures(stores, desk, monkeypatch):
    case = desk.published(cine([0.1, 0.9, 0.2]))
    before = read(stores, case)
    choose(stores, before.instances[0], 0, desk.author)
    put = stores.media.put_many

    def lose(things, receipt_id):
        put(things, receipt_id)
        with stores.writing() as session:
            session.execute(delete(MediaIntent).where(MediaIntent.case_id == case.id))

    monkeypatch.setattr(type(stores.media), "put_many", lambda _self, *given: lose(*given))
    covering.run(stores, before.series[0].id)
    after = read(stores, case)
    assert {one.object_name for one in after.files} == {one.object_name for one in before.files}


def test_a_series_whose_image_is_gone_has_nothing_to_make(stores, desk):
    case = desk.published(cine([0.1, 0.9, 0.2]))
    before = read(stores, case)
    with stores.writing() as session:
        mend.hide_image(session, session.get(Instance, before.instances[0].id), desk.author)
    covering.run(stores, before.series[0].id)
    covering.run(stores, 10**9)
    assert {one.object_name for one in read(stores, case).files} == {one.object_name for one in before.files}
