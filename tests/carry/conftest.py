"""A published case of slices, a cine and a photo, in an application on real stores, and browsers of whoever asks."""

import io
from datetime import timedelta

import pydicom
import pytest
from sqlalchemy import select

from pinboard import clock, ids, policy
from pinboard.application import create_app
from pinboard.identity import sessions as sign_ins
from pinboard.models import (
    Board,
    BoardKind,
    Case,
    Consent,
    ConsentLevel,
    Instance,
    Release,
    Role,
    Share,
    ShareKind,
    Subject,
    User,
)
from pinboard.shares.service import hash_of
from tests.browser import Browser
from tests.intake.conftest import author, desk, make_author, stores
from tests.intake.files import ct, photo, wheel

__all__ = ["author", "desk", "stores"]

PATIENT = "MRN-CARRY-4711"
TRUE_DAY = "20240219"


def slices(count, *, step=3.0, part="CHEST", gone=(), **more):
    """Give the files of one CT series of a person, but for the slices that are gone."""
    study = more.pop("study", "1.2.3.4.5")
    common = {"StudyInstanceUID": study, "SeriesInstanceUID": f"{study}.1", "PatientID": PATIENT, "StudyDate": TRUE_DAY}
    common |= {
        "FrameOfReferenceUID": f"{study}.9",
        "BodyPartExamined": part,
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    }
    for number in range(1, count + 1):
        if number not in gone:
            yield ct(InstanceNumber=number, ImagePositionPatient=[0, 0, number * step], **common, **more)


def of_patient(data):
    """Let a file be of the same person, of the same day."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    dataset.PatientID, dataset.StudyDate = PATIENT, TRUE_DAY
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def case(stores, desk):
    """Give a case of seven slices of nine, an ultrasound cine and a photo, whose consent reaches outside."""
    files = [*slices(9, gone={4, 5}), of_patient(wheel("examples_ybr_color.dcm")), photo(size=(640, 480))]
    return published(stores, desk, *files)


def published(stores, desk, *files, level=ConsentLevel.OUTSIDE):
    made = desk.published(*files)
    with stores.writing() as session:
        session.scalars(select(Consent).where(Consent.case_id == made.id)).one().level = level
        row = session.get_one(Case, made.id)
        row.title, row.question, row.findings = "Is the nodule new?", "QUESTIONWORDS", "FINDINGWORDS"
        for one in session.scalars(select(Instance).where(Instance.case_id == made.id)):
            one.needs_attest = False
        session.flush()
        policy.rebuild(session, [made.id])
    return desk.fresh(made)


@pytest.fixture(scope="module")
def app(stores):
    made = create_app(stores.config, stores=stores)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    made.test_client_class = Browser
    return made


@pytest.fixture(scope="module")
def door(app, stores):
    """Sign somebody in to a browser of theirs."""

    def enter(user):
        there = app.test_client()
        if user is not None:
            with stores.writing() as session:
                there.set_cookie("pinboard", sign_ins.start(session, session.get_one(User, user.id)))
        return there

    return enter


@pytest.fixture(scope="module")
def ada(door, author):
    return door(author)


@pytest.fixture(scope="module")
def ben(door, stores):
    """Give the browser of another clinician, who reads what the clinic may read."""
    return door(make_author(stores, "Ben Okafor"))


def release(stores, case, author, instances=None):
    """Release images of a case to its subject; gives the patient's account."""
    with stores.writing() as session:
        subject = session.get_one(Subject, case.subject_id)
        mine = select(Instance.id).where(Instance.case_id == case.id).order_by(Instance.id)
        board = Board(
            public_id=ids.public_id(), slug=ids.public_id(), title="Knee", kind=BoardKind.PATIENT,
            subject_id=subject.id, created_at=clock.now(),
        )  # fmt: skip
        pat = User(
            public_id=ids.public_id(), login=ids.public_id(), name=subject.chart_code, role=Role.PATIENT,
            subject_id=subject.id, created_at=clock.now(),
        )  # fmt: skip
        session.add_all([board, pat])
        session.flush()
        session.add(
            Release(
                public_id=ids.public_id(), case_id=case.id, subject_id=subject.id, board_id=board.id, by_id=author.id,
                at=clock.now(), not_before=clock.now(), caption="Your lungs are clear.", author_name="Dr Ada Ashford",
                instances=list(instances if instances is not None else session.scalars(mine)),
            )
        )  # fmt: skip
        session.flush()
        policy.rebuild(session, [case.id])
    return pat


def link(stores, case, author, kind=ShareKind.COLLEAGUE, **given):
    """Make a link to a case; gives its path."""
    secret = ids.token()
    with stores.writing() as session:
        session.add(
            Share(
                public_id=ids.public_id(), kind=kind, case_id=case.id, token_hash=hash_of(secret), label="Dr Elsewhere",
                subject_id=case.subject_id if kind is ShareKind.SUBJECT else None, created_by_id=author.id,
                created_at=clock.now(), expires_at=clock.now() + timedelta(days=9), **given,
            )
        )  # fmt: skip
        session.flush()
        policy.rebuild(session, [case.id])
    return f"/s/{secret}"
