"""Makes rows for tests: plain functions, every argument with a default, flushed and never committed."""

from datetime import timedelta
from hashlib import sha256
from itertools import count

from sqlalchemy import func, select

from pinboard import clock, policy
from pinboard.ids import public_id, token
from pinboard.models import (
    LATEST,
    AccountState,
    Attestation,
    AttestState,
    Board,
    BoardKind,
    BoardRole,
    BoardSection,
    BoardVerb,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    Comment,
    Connection,
    Consent,
    ConsentKind,
    ConsentLevel,
    Group,
    GroupMember,
    Instance,
    InstanceState,
    Mark,
    MarkKind,
    MediaFile,
    Pin,
    PublicSample,
    Receipt,
    Release,
    Role,
    SavedSearch,
    Series,
    Share,
    ShareKind,
    Source,
    Study,
    Subject,
    User,
)

_numbers = count(1)
WIDTHS = (236, 474, 736, 1200)


def add(session, row):
    session.add(row)
    session.flush()
    return row


def make_user(session, name="Sam Field", role=Role.CLINICIAN, *, verified=True, **given):
    number = next(_numbers)
    given.setdefault("login", f"member{number}")
    given.setdefault("state", AccountState.ACTIVE)
    known = verified and role in {Role.CLINICIAN, Role.TRAINEE}
    return add(
        session,
        User(
            public_id=public_id(),
            name=name,
            role=role,
            created_at=clock.now(),
            verified_at=clock.now() if known else None,
            **given,
        ),
    )


def make_subject(session, **given):
    given.setdefault("chart_code", f"P-TEST-{next(_numbers):04d}")
    return add(session, Subject(public_id=public_id(), key_id="k1", created_at=clock.now(), **given))


def make_group(session, *members, name=None, made_by=None):
    maker = made_by.id if made_by else None
    name = name or f"Group {next(_numbers)}"
    group = add(session, Group(public_id=public_id(), name=name, created_at=clock.now(), created_by_id=maker))
    for user in members:
        add(session, GroupMember(group_id=group.id, user_id=user.id, added_at=clock.now()))
    return group


def connect(session, asker, asked, *, accepted=True):
    at = clock.now()
    return add(
        session, Connection(asker_id=asker.id, asked_id=asked.id, asked_at=at, accepted_at=at if accepted else None)
    )


def make_board(session, owner=None, kind=BoardKind.PERSONAL, *, readers=(), editors=(), **given):
    number = next(_numbers)
    given.setdefault("title", f"Board {number}")
    given.setdefault("slug", f"board-{number}")
    board = add(
        session,
        Board(public_id=public_id(), kind=kind, owner_id=owner.id if owner else None, created_at=clock.now(), **given),
    )
    for users, role in ((readers, BoardVerb.READER), (editors, BoardVerb.EDITOR)):
        for user in users:
            add(session, BoardRole(board_id=board.id, user_id=user.id, role=role, given_at=clock.now()))
    return board


def make_draft(session, author=None, **given):
    """Make a case without pictures that only its author reaches."""
    author = author or make_user(session)
    given.setdefault("title", "Is this shadow old?")
    given.setdefault("expires_at", clock.now() + timedelta(days=7))
    case = add(
        session,
        Case(public_id=public_id(), author_id=author.id, created_at=clock.now(), updated_at=clock.now(), **given),
    )
    add(session, CaseRole(case_id=case.id, user_id=author.id, role=CaseVerb.AUTHOR, given_at=clock.now()))
    return case


def make_case(session, author=None, *, pictures=1, level=ConsentLevel.CLINIC, choice="clinic", **given):
    """Make a published case with consent, readers and pictures whose rows are there and whose bytes are not."""
    author = author or make_user(session)
    case = make_draft(session, author, **given)
    if level is not None:
        make_consent(session, case, level, rebuild=False)
    for _ in range(pictures):
        make_picture(session, case)
    case.state, case.seq, case.published_at = CaseState.PUBLISHED, policy.publish_order(session), clock.now()
    case.expires_at = None
    session.flush()
    if choice == "clinic":
        policy.grant(session, case, policy.CLINICIANS, Source.CLINIC, by=author.id)
        policy.grant(session, case, policy.TRAINEES, Source.TRAINEES, by=author.id)
    else:
        policy.rebuild(session, [case.id])
    return case


def make_consent(session, case, level=ConsentLevel.CLINIC, *, rebuild=True, **given):
    given.setdefault("kind", ConsentKind.PAPER)
    given.setdefault("taken_at", clock.now() - timedelta(days=1))
    given.setdefault("valid_until", LATEST)
    consent = add(
        session,
        Consent(case_id=case.id, level=level, taken_by_id=case.author_id, created_at=clock.now(), **given),
    )
    if rebuild:
        policy.rebuild(session, [case.id])
    return consent


def make_picture(session, case, *, modality="CT", frames=1, width=512, height=512, **given):
    """Make study, series, instance, receipt and media rows of one picture; it becomes the cover of the first."""
    study = add(session, Study(case_id=case.id, uid=f"2.25.{next(_numbers)}", key_id="k1"))
    series = add(
        session,
        Series(
            public_id=public_id(), study_id=study.id, case_id=case.id, uid=f"2.25.{next(_numbers)}", modality=modality,
            key_id="k1", alt_text="A grey picture", is_recognizable=False,
        ),
    )  # fmt: skip
    name = public_id()
    given.setdefault("state", InstanceState.PUBLISHED)
    given.setdefault("is_photo", modality in {"XC", "DMS", "ES", "OT"})
    given.setdefault("needs_attest", False)
    instance = add(
        session,
        Instance(
            public_id=public_id(), case_id=case.id, series_id=series.id, uid=f"2.25.{next(_numbers)}", rows=height,
            columns=width, frame_count=frames, header={"Modality": modality}, media_name=name, dtype="<u2",
            created_at=clock.now(), **given,
        ),
    )  # fmt: skip
    series.key_instance_id = instance.id
    make_media(session, case, instance)
    if case.cover is None:
        case.cover = {
            "name": name, "width": width, "height": height, "tone": 3, "alt": series.alt_text,
            "sizes": [[f"w{size}", size, size * height // width] for size in WIDTHS], "is_photo": instance.is_photo,
        }  # fmt: skip
        case.modality = modality
    case.frame_count += frames
    session.flush()
    if case.seq is not None:
        policy.void_attestations(session, case)
    return instance


def make_saved_search(session, by=None, *, name="Chests", query="modality:ct", seen_seq=0):
    """Keep a search for a member."""
    by_id = (by or make_user(session)).id
    return add(
        session,
        SavedSearch(
            public_id=public_id(), user_id=by_id, name=name, query=query, seen_seq=seen_seq, created_at=clock.now()
        ),
    )  # fmt: skip


def make_sample(session, case=None, *, by=None, title="A shadow for everybody", **given):
    """Offer a case to visitors, and pick it where an administrator is given."""
    case = case or make_case(session, level=ConsentLevel.PUBLIC, choice="nobody")
    policy.offer_public(session, case, is_offered=True)
    picked = {"picked_by_id": by.id, "picked_at": clock.now()} if by else {}
    add(
        session,
        PublicSample(
            case_id=case.id, title=title, offered_by_id=case.author_id, offered_at=clock.now(), **picked, **given
        ),
    )  # fmt: skip
    if by:
        policy.pick_public(session, case, by)
    return case


def make_attestation(session, case, by=None, *, state=AttestState.ATTESTED, **given):
    """Write down that somebody looked at the images of a case, or, with another state, that its author waits."""
    looked = state in {AttestState.ATTESTED, AttestState.RETURNED}
    given.setdefault("images_sha256", policy.images_sha256(session, case))
    made = add(
        session,
        Attestation(
            public_id=public_id(), case_id=case.id, state=state, asked_by_id=case.author_id, asked_at=clock.now(),
            by_id=(by or make_user(session)).id if looked else None, at=clock.now() if looked else None, **given,
        ),
    )  # fmt: skip
    policy.rebuild(session, [case.id])
    return made


def make_media(session, case, instance):
    at, by = clock.now(), case.author_id
    receipt = add(
        session,
        Receipt(
            public_id=public_id(), case_id=case.id, instance_id=instance.id, profile_version="test", codes=[],
            counts={}, boxes=[], confirmed_by_id=by, confirmed_at=at, hashes={}, created_at=at,
        ),
    )  # fmt: skip
    for variant, size in ((f"w{width}", width) for width in WIDTHS):
        add(
            session,
            MediaFile(
                object_name=public_id(), media_name=instance.media_name, variant=variant, case_id=case.id,
                instance_id=instance.id, receipt_id=receipt.id, content_type="image/webp", width=size,
                height=size * instance.rows // instance.columns, size=1, sha256=sha256(b"").hexdigest(),
            ),
        )  # fmt: skip
    return receipt


def make_pin(session, case, board, by=None, **given):
    by_id = by.id if by else case.author_id
    if "position" not in given:
        highest = session.scalar(select(func.max(Pin.position)).where(Pin.board_id == board.id))
        given["position"] = (highest or 0) + 1
    return add(
        session, Pin(public_id=public_id(), board_id=board.id, case_id=case.id, by_id=by_id, at=clock.now(), **given)
    )


def make_section(session, board, title="Old films", position=None):
    """Add a section below those that are there."""
    if position is None:
        last = select(func.max(BoardSection.position)).where(BoardSection.board_id == board.id)
        position = (session.scalar(last) or 0) + 1
    return add(
        session,
        BoardSection(
            public_id=public_id(), board_id=board.id, title=title, position=position, created_at=clock.now()
        ),
    )  # fmt: skip


def make_comment(session, case, author=None, body="Compare with the older film.", **given):
    comment = add(
        session,
        Comment(
            public_id=public_id(),
            case_id=case.id,
            author_id=author.id if author else case.author_id,
            body=body,
            created_at=clock.now(),
            **given,
        ),
    )
    case.comment_count += 1
    session.flush()
    return comment


def make_mark(session, case, by=None, *, instance=None, letter="A", kind=MarkKind.ARROW, **given):
    """Draw on the first image of a case, or on the one that is given."""
    mine = select(Instance).where(Instance.case_id == case.id).order_by(Instance.id)
    instance = instance or session.scalars(mine).first()
    given.setdefault("points", [[10.0, 20.0]] if kind is MarkKind.TEXT else [[10.0, 20.0], [60.0, 80.0]])
    return add(
        session,
        Mark(
            public_id=public_id(), case_id=case.id, instance_id=instance.id, kind=kind, letter=letter,
            by_id=by.id if by else case.author_id, created_at=clock.now(), **given,
        ),
    )  # fmt: skip


def make_patient_board(session, subject, **given):
    given.setdefault("title", "Knee")
    return make_board(session, kind=BoardKind.PATIENT, subject_id=subject.id, **given)


def make_release(session, case, board=None, *, subject=None, **given):
    """Release a case's pictures to its subject, on a board of that person's."""
    if case.subject_id is None:
        case.subject_id = (subject or make_subject(session)).id
        session.flush()
    subject_id = subject.id if subject else case.subject_id
    if board is None:
        board = make_patient_board(session, session.get(Subject, subject_id))
    given.setdefault("not_before", clock.now() - timedelta(minutes=1))
    given.setdefault("caption", "Your lungs are clear.")
    given.setdefault("author_name", "Dr Field")
    if "instances" not in given:
        mine = select(Instance.id).where(Instance.case_id == case.id, Instance.state == InstanceState.PUBLISHED)
        given["instances"] = list(session.scalars(mine))
    release = add(
        session,
        Release(
            public_id=public_id(), case_id=case.id, subject_id=subject_id, board_id=board.id, by_id=case.author_id,
            at=clock.now(), **given,
        ),
    )  # fmt: skip
    policy.rebuild(session, [case.id])
    return release


def make_share(session, *, case=None, board=None, kind=ShareKind.COLLEAGUE, by=None, secret=None, **given):
    """Make a link to a case or a patient's board; its secret is in `share.secret` for as long as the object lives."""
    secret = secret or token()
    by_id = by.id if by else case.author_id
    given.setdefault("label", "Dr Elsewhere")
    given.setdefault("expires_at", clock.now() + timedelta(days=14))
    if kind is ShareKind.SUBJECT:
        given.setdefault("subject_id", board.subject_id if board else case.subject_id)
    share = add(
        session,
        Share(
            public_id=public_id(), kind=kind, case_id=case.id if case else None, board_id=board.id if board else None,
            token_hash=sha256(secret.encode()).hexdigest(), created_by_id=by_id,
            created_at=clock.now() - timedelta(minutes=1), **given,
        ),
    )  # fmt: skip
    share.secret = secret
    if case is not None:
        policy.rebuild(session, [case.id])
    return share
