"""One clinic with everything in it, made through the services: what the browser looks at page by page.

The demo board, cases of Ada with real samples, colleagues who answer, a patient with a release, links with and without
PIN, drafts in every state, and words that are longer than anybody would wish.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from pinboard import clock, policy
from pinboard.attest import service as looks
from pinboard.boards import service as boards
from pinboard.cases import service as cases
from pinboard.comments import service as comments
from pinboard.identity import links, members, sessions
from pinboard.ids import public_id
from pinboard.intake import demo, drafts, mend, receive, revise
from pinboard.intake.flag import raise_flag
from pinboard.marks import service as marks
from pinboard.models import (
    AccountState,
    Board,
    Case,
    CaseState,
    ConsentLevel,
    Flag,
    FlagKind,
    LinkPurpose,
    MarkKind,
    Proof,
    Resolution,
    Role,
    Series,
    ShareKind,
    Subject,
    User,
)
from pinboard.models import Session as SignIn
from pinboard.patients import service as patients
from pinboard.proof import runs
from pinboard.proof.prove import prove
from pinboard.proof.violations import Violation
from pinboard.shares import service as shares
from tests.e2e import visitors, walls
from tests.e2e.maker import Maker, Scene, begun

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

PASSWORD = "four quiet herons fly"
ANSWER = (
    "Step to frame 40: the lateral wall hardly thickens, see [A]. I would not wait. Is there an ECG with the same hour?"
)
ARROW = marks.Drawn(MarkKind.ARROW, 39, [[330.0, 260.0], [420.0, 190.0]])
WORDS_ON_IT = marks.Drawn(MarkKind.TEXT, 39, [[180.0, 120.0]], "Left ventricle")
LABELS = {
    "subject": "Printed at the desk",
    "open": "Cardiology at the university hospital",
    "locked": "Second opinion, by telephone",
    "dead": "Sent to the wrong address",
}
CINE = "ultrasound/echo-cine-65f-jpeg-burned-in.dcm"
SLICES = [f"ct-series/pancreas-ct/1-0{number}.dcm" for number in range(44, 63, 6)]
WORDS = {
    "title": "Is this wall motion abnormality new, and would you wait for the second troponin?",
    "question": "Lateral wall, seen best in the second half of the loop.\nWould you ask for a two-chamber view first?",
    "history": "Two hours of pressure on the chest, none now. No earlier echo for comparison.",
    "findings": "Reduced excursion of the lateral wall. No effusion. The abdomen was imaged for another reason.",
    "differential": [
        {"diagnosis": "Ischaemia of the circumflex territory", "certainty": "almost certain"},
        {"diagnosis": "Myocarditis", "certainty": "possible"},
    ],
    "tags": ["echocardiography", "chest pain", "second opinion"],
    "age_band": "60–69",
    "sex": "F",
    "body_part": "80891009",
}
QUESTION = {"question": "Would you biopsy it now?", "findings": "Oval, 14 mm, with a level inside that moves."}
LONG = {
    "title": "Pseudopseudohypoparathyroidism with pneumonoultramicroscopicsilicovolcanoconiosis: which of the two "
    "explains the calcified plaques, the short fourth metacarpal and the cough that nobody can stop?",
    "question": "Otorhinolaryngologisch-dermatologischkonsiliarischeZweitmeinungsanforderung " * 3,
    "tags": ["electroencephalographically", "x" * 38],
}


def build(data: Path) -> Scene:
    """Make the whole clinic in a data folder that no server uses yet."""
    with begun(data) as maker:
        _people(maker)
        demo.load_demo(maker.stores)
        _published(maker)
        _others(maker)
        _reported(maker)
        _waiting(maker)
        _drafts(maker)
        _proofs(maker)
        walls.lay_out(maker)
        visitors.open_to_visitors(maker)
        visitors.fill_trash(maker)
        _sign_in(maker)
        return maker.scene


def _people(maker: Maker) -> None:
    known = [
        ("ada", "Dr Ada Rao", Role.CLINICIAN, {"is_admin": True, "verification": "Licence seen"}),
        ("ben", "Dr Ben Okafor", Role.CLINICIAN, {"verification": "Licence seen"}),
        ("tom", "Tom Young", Role.TRAINEE, {"verification": "Second year, signed by Dr Rao"}),
        ("dee", "Dee Frost", Role.DESK, {}),
        ("pia", "Dr Pia Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh", Role.CLINICIAN, {}),
        ("rex", "Rex Gone", Role.CLINICIAN, {"verification": "Left in spring"}),
    ]
    with maker.stores.writing() as session:
        for login, name, role, more in known:
            maker.people[login] = members.add(session, members.NewMember(login, name, role, PASSWORD, **more))
        maker.people["rex"].state = AccountState.DISABLED
        maker.people["ada"].specialty = "309964003"
        maker.people["ben"].about = "Echo on Tuesdays and Thursdays. Ask about valves."
        ada = maker.people["ada"]
        board = boards.create(session, title="Monday round", description="What we talk about at eight.", by=ada.id)
        boards.add_person(session, board, "ben", "editor", by=ada.id)
        boards.add_person(session, board, "tom", "reader", by=ada.id)
        empty = boards.create(session, title="Teaching for the next intake", by=ada.id)
        maker.scene.names |= {"board": board.slug, "empty_board": empty.slug, "ben": maker.people["ben"].public_id}
        link, joined = links.issue(
            session, LinkPurpose.INVITATION, role=Role.CLINICIAN, created_by_id=ada.id, name="Dr Sam Lindqvist"
        )
        links.issue(session, LinkPurpose.INVITATION, role=Role.TRAINEE, created_by_id=ada.id)
        reset = links.reset_password(session, maker.people["tom"], by_id=ada.id)
        maker.scene.names |= {"invited": joined, "reset": reset, "invitation": link.public_id}


def _proofs(maker: Maker) -> None:
    """Leave a proof that found something long ago, and one of today."""
    at = clock.now() - timedelta(days=40)
    found = [Violation("consent-expired", f"case {public_id()}"), Violation("object-unknown", f"object {public_id()}")]
    old = Proof(public_id=public_id(), by_id=maker.people["ada"].id, started_at=at, finished_at=at, total=9, checked=9)
    old.violations = [one.as_json() for one in found]
    with maker.stores.writing() as session:
        session.add(old)
    maker.scene.names["proof"] = old.public_id
    proved = prove(maker.stores)
    assert proved.violations == (), proved.violations
    runs.keep_new(maker.stores, proved, started_at=clock.now())


def _published(maker: Maker) -> None:
    """Publish the case that everything else is about."""
    case = maker.draft(CINE, *SLICES, "photos/fundus-retina.jpg", patient="MRN-90210")
    maker.look(case, (0.62, 0.02, 0.98, 0.12))
    maker.write(case, level=ConsentLevel.OUTSIDE, **WORDS)
    case = maker.publish(case)
    names = maker.scene.names
    ada, ben, tom = (maker.people[login].id for login in ("ada", "ben", "tom"))
    with maker.stores.writing() as session:
        row = session.get_one(Case, case.id)
        images = maker.images(session, row)
        names |= {"image": images[-1].public_id, "media": images[0].media_name or ""}
        for by, shape in ((ben, ARROW), (tom, WORDS_ON_IT)):
            drawn = marks.draw(session, row, images[0], shape, by=by)
        names["mark"] = drawn.public_id
        asked = comments.create(session, row, by=ben, body=ANSWER)
        comments.create(session, row, by=ada, parent=asked, body="There is, without ST elevation.")
        comments.create(session, row, by=tom, body="Could the foreshortened apex explain it?\n\nI may well be wrong.")
        own = comments.create(session, row, by=ada, body="Good point, the next loop will be from one space lower.")
        gone = comments.create(session, row, by=tom, body="Never mind.")
        comments.delete(session, row, gone, by=tom)
        names |= {"case": row.public_id, "comment": own.public_id, "said": asked.public_id}
        boards.pin(session, _board(session, names["board"]), row, by=ada)
    _released(maker, case)


def _board(session: Session, slug: str):

    return session.scalars(select(Board).where(Board.slug == slug)).one()


def _released(maker: Maker, case: Case) -> None:
    """Release it to its subject and make links of every kind."""
    names, key = maker.scene.names, maker.stores.keys.subkey("slip")
    with maker.stores.writing() as session:
        row, ada = session.get_one(Case, case.id), maker.people["ada"]
        subject = session.get_one(Subject, row.subject_id)
        maker.people["pat"] = members.add(
            session, members.NewMember("pat", subject.chart_code, Role.PATIENT, PASSWORD, subject_id=subject.id)
        )
        images = tuple(one.id for one in maker.images(session, row)[:3])
        shown = patients.Terms(
            caption="This is your heart as we saw it with ultrasound.\n\nWe will talk about it on Thursday.",
            author_name="Dr Rao", shows_date=True, instances=images, not_before=clock.now() - timedelta(minutes=1),
        )  # fmt: skip
        patients.release(session, row, subject, shown, by=ada)
        wish = looks.ask(session, row, ada)
        looks.attest(session, wish, policy.images_sha256(session, row), maker.people["ben"])
        names["patient_board"] = patients.board_of(session, subject).slug
        for name, kind, pin in (
            ("subject", ShareKind.SUBJECT, False), ("open", ShareKind.COLLEAGUE, False),
            ("locked", ShareKind.COLLEAGUE, True), ("dead", ShareKind.COLLEAGUE, False),
        ):  # fmt: skip
            terms = shares.Terms(kind, LABELS[name], 14, pin, allows_download=True)
            made = shares.make(session, row, terms, by=ada, slip_key=key)
            names |= {f"share_{name}": made.share.public_id, f"link_{name}": made.path}
            if name == "dead":
                shares.revoke(session, made.share, by=ada)


def _others(maker: Maker) -> None:
    """Publish cases of other shapes: solved, without a word too many, with words that never end, corrected."""
    photo = maker.draft("photos/jolla-phone-exif.jpg", patient="", author="ben")
    maker.look(photo)
    maker.write(photo, title="What is this?", tags=["dermatology"])
    maker.publish(photo)
    tall = maker.draft("xray-mammo/mammo-mlo-12bit-jpeg-lossless.dcm", patient="MRN-2", author="ben")
    maker.look(tall)
    maker.write(tall, **LONG)
    long = maker.publish(tall)
    solved = maker.draft("xray-mammo/shoulder-rf.dcm", patient="MRN-3")
    maker.look(solved)
    maker.write(solved, title="Fracture, or the line of growth?", question="She limps since Sunday.")
    done = maker.publish(solved)
    with maker.stores.writing() as session:
        row, ada = session.get_one(Case, done.id), maker.people["ada"]
        cases.solve(session, row, resolution=Resolution.SOLVED, outcome="No fracture on MR. She runs again.", by=ada.id)
        revise.edit_words(session, row, {"title": "Fracture, or the line of growth of a child?"}, ada)
        comments.create(session, session.get_one(Case, long.id), by=ada.id, body="w" * 400)
        board = _board(session, maker.scene.names["board"])
        for one in (row, session.get_one(Case, long.id), session.get_one(Case, photo.id)):
            boards.pin(session, board, one, by=ada.id)
        maker.scene.names |= {"solved": row.public_id, "long": long.public_id, "photo": photo.public_id}


def _waiting(maker: Maker) -> None:
    """Leave one case that waits for a second look before it leaves the clinic, and one that came back."""
    echo, skin = "ultrasound/breast-test-patient-burned-in-dob.dcm", "photos/fundus-retina.jpg"
    for name, files in (("waiting", (echo, skin)), ("returned", (skin,))):
        case = maker.draft(*files, patient="", author="ben")
        maker.look(case, (0.02, 0.01, 0.6, 0.12))
        maker.write(case, level=ConsentLevel.OUTSIDE, title="Cyst with debris, or solid after all?", **QUESTION)
        done = maker.publish(case)
        with maker.stores.writing() as session:
            row = session.get_one(Case, done.id)
            wish = looks.ask(session, row, maker.people["ben"])
            if name == "returned":
                looks.give_back(session, wish, "A name band is at the lower edge of image 2.", maker.people["ada"])
            maker.scene.names |= {name: row.public_id, f"wish_{name}": wish.public_id}


def _reported(maker: Maker) -> None:
    """Leave one case that a reader reported, with one of its images laid open to be redacted again."""
    case = maker.draft("xray-mammo/shoulder-rf.dcm", "photos/fundus-retina.jpg", patient="MRN-6", author="ben")
    maker.look(case, (0.05, 0.03, 0.4, 0.1))
    maker.write(case, title="Is this the old fracture, or a new one beside it?", question="He fell again on Friday.")
    done = maker.publish(case)
    with maker.stores.writing() as session:
        row = session.get_one(Case, done.id)
        raise_flag(session, row, FlagKind.NAME, by=maker.people["tom"])
        image = maker.images(session, row)[0]
        maker.scene.names |= {"flagged": row.public_id, "mended": image.public_id}
        maker.scene.names["flag"] = session.scalars(select(Flag.public_id)).one()
    mend.open_image(maker.stores, image.id, maker.people["ada"])


def _drafts(maker: Maker) -> None:
    """Leave one draft under review, one ready to publish, one without images and one on its way."""
    under = maker.draft(
        "ultrasound/breast-test-patient-burned-in-dob.dcm", CINE, "photos/fundus-retina.jpg", patient="MRN-4"
    )
    maker.look(under, (0.02, 0.01, 0.4, 0.1), (0.6, 0.02, 0.9, 0.08), images=1)
    ready = maker.draft("xray-mammo/chest-pa-cr-mono1-jpeg-baseline.dcm", patient="MRN-5")
    maker.look(ready)
    maker.write(ready, title="Would you repeat this film in six weeks?", question="Right lower zone.")
    going = maker.draft("photos/fundus-retina.jpg", patient="")
    spare = maker.draft("photos/fundus-retina.jpg", patient="")
    with maker.stores.writing() as session:
        row = session.get_one(Case, going.id)
        row.title, row.publish_progress = "On its way", 40
        row.go(CaseState.PUBLISHING)
        row.lease_id, row.lease_until = public_id(), clock.now() + timedelta(hours=1)
        policy.rebuild(session, [row.id])
        bare = drafts.new_draft(session, maker.people["ada"])
        images = maker.images(session, under)
        upload = session.scalars(select(receive.Upload).where(receive.Upload.case_id == under.id)).first()
        maker.scene.names |= {
            "draft": under.public_id, "ready": ready.public_id, "going": going.public_id, "bare": bare.public_id,
            "spare": spare.public_id,
            "draft_image": images[0].public_id, "draft_cine": images[1].public_id,
            "draft_series": session.get_one(Series, images[1].series_id).public_id, "upload": upload.public_id,
        }  # fmt: skip


def _sign_in(maker: Maker) -> None:
    with maker.stores.writing() as session:
        for login, user in maker.people.items():
            maker.scene.secrets[login] = sessions.start(session, session.get_one(User, user.id), agent="Firefox Linux")
        locked = sessions.start(session, session.get_one(User, maker.people["ben"].id), agent="Firefox Linux")
        row = session.scalars(select(SignIn).where(SignIn.token_hash == links.hash_of(locked))).one()
        row.locked_at = clock.now()
        maker.scene.secrets["locked"] = locked
