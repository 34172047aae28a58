"""A transaction that changes who may see a case cannot end without deriving its audience."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, update

from pinboard import policy
from pinboard.clock import now
from pinboard.ids import public_id
from pinboard.models import (
    Attestation,
    AttestState,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    ClinicSetting,
    Consent,
    ConsentLevel,
    Grant,
    Instance,
    InstanceState,
    Release,
    Share,
    Source,
)
from tests.factories import (
    make_attestation,
    make_case,
    make_draft,
    make_picture,
    make_release,
    make_share,
    make_subject,
    make_user,
)


@pytest.fixture
def case(session):
    made = make_case(session, subject_id=make_subject(session).id, level=ConsentLevel.OUTSIDE)
    session.commit()
    return made


def _grant(session, case):
    session.add(Grant(case_id=case.id, principal="u:1", source=Source.NAMED, at=now()))


def _hide(_session, case):
    case.go(CaseState.HIDDEN)


def _withdraw_consent(session, case):
    session.query(Consent).filter_by(case_id=case.id).one().withdrawn_at = now()


def _revoke_release(session, case):
    make_release(session, case).revoked_at = now()


def _shorten_share(session, case):
    make_share(session, case=case).expires_at = now() + timedelta(hours=1)


def _name_delegate(session, case):
    user = make_user(session)
    session.add(CaseRole(case_id=case.id, user_id=user.id, role=CaseVerb.DELEGATE, given_at=now()))


def _ask_for_a_look(session, case):
    at, images = now(), policy.images_sha256(session, case)
    wish = Attestation(public_id=public_id(), case_id=case.id, asked_by_id=case.author_id, asked_at=at)
    wish.images_sha256 = images
    session.add(wish)


def _attest(session, case):
    make_attestation(session, case, state=AttestState.WAITING).state = AttestState.ATTESTED


def _hide_an_image(session, case):
    session.query(Instance).filter_by(case_id=case.id).one().state = InstanceState.HIDDEN


def _change_an_image(session, case):
    session.query(Instance).filter_by(case_id=case.id).one().media_name = public_id()


def _call_an_image_risky(session, case):
    session.query(Instance).filter_by(case_id=case.id).one().needs_attest = True


def _bulk_images(session, case):
    session.execute(update(Instance).where(Instance.case_id == case.id).values(media_name=None))


def _open_the_gate(session, _case):
    session.add(ClinicSetting(name="release_gate", value=False, changed_at=now()))


def _bulk_delete(session, case):
    session.execute(delete(Grant).where(Grant.case_id == case.id))


def _bulk_state(session, case):
    session.execute(update(Case).where(Case.id == case.id).values(state=CaseState.HIDDEN))


def _bulk_state_by_key(session, case):
    session.execute(update(Case), [{"id": case.id, "state": CaseState.HIDDEN}])


def _bulk_insert(session, case):
    row = {"case_id": case.id, "principal": "u:1", "source": Source.NAMED, "at": now()}
    session.execute(insert(Grant), [row])


CHANGES = [
    _grant,
    _hide,
    _withdraw_consent,
    _revoke_release,
    _shorten_share,
    _name_delegate,
    _ask_for_a_look,
    _attest,
    _hide_an_image,
    _change_an_image,
    _call_an_image_risky,
    _bulk_images,
    _open_the_gate,
    _bulk_delete,
    _bulk_state,
    _bulk_state_by_key,
    _bulk_insert,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_without_rebuild_is_refused(session, case, change):
    change(session, case)
    with pytest.raises(policy.AudienceStale):
        session.commit()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_with_rebuild_is_committed(session, case, change):
    change(session, case)
    policy.rebuild(session, [case.id])
    session.commit()


def test_a_change_after_the_rebuild_is_refused_again(session, case):
    policy.rebuild(session, [case.id])
    _grant(session, case)
    with pytest.raises(policy.AudienceStale):
        session.commit()


def test_a_rebuild_of_another_case_does_not_count(session, case):
    other = make_case(session)
    _grant(session, case)
    policy.rebuild(session, [other.id])
    with pytest.raises(policy.AudienceStale):
        session.commit()


def test_a_rebuild_that_a_savepoint_took_back_does_not_count(session, case):
    _grant(session, case)
    session.flush()
    savepoint = session.begin_nested()
    policy.rebuild(session, [case.id])
    savepoint.rollback()
    with pytest.raises(policy.AudienceStale):
        session.commit()


def test_a_savepoint_may_end_before_the_rebuild(session, case):
    with session.begin_nested():
        _grant(session, case)
    policy.rebuild(session, [case.id])
    session.commit()


def test_what_was_rolled_back_is_forgotten(session, case):
    _grant(session, case)
    session.flush()
    session.rollback()
    session.commit()


def test_what_was_closed_over_is_forgotten(session, case):
    _grant(session, case)
    session.flush()
    session.close()
    session.commit()


def test_words_counts_and_openings_change_freely(session, case):
    share = make_share(session, case=case)
    release = make_release(session, case)
    session.commit()
    case.title, case.comment_count = "Another question", 3
    share.open_count, share.label = 1, "Dr Second"
    release.caption = "Plain words"
    session.execute(update(Case).where(Case.id == case.id).values(comment_count=Case.comment_count + 1))
    draft = make_draft(session)
    image = make_picture(session, draft, state=InstanceState.DRAFT)
    session.commit()
    image.needs_attest, image.dhash = True, "0" * 16
    session.query(Instance).filter_by(case_id=case.id).one().dhash = "f" * 16
    session.execute(update(Instance).where(Instance.case_id == case.id).values(blob=None))
    session.add(ClinicSetting(name="vault_days", value=3, changed_at=now()))
    session.commit()
    session.delete(image)
    session.commit()


def test_every_input_of_the_derivation_is_watched():
    from pinboard.policy.guard import _INPUTS

    expected = {Attestation, Case, CaseRole, ClinicSetting, Consent, Grant, Instance, Release, Share}
    assert set(_INPUTS) == expected
    for kind, names in _INPUTS.items():
        assert names <= set(kind.__mapper__.column_attrs.keys())
