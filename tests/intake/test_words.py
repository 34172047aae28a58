"""The hashes of a draft's identifiers, when they are made and when they die; what is doubted, approved and audited."""

import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pinboard import clock
from pinboard.intake import drafts, publish, scrubbing, sweep, withdraw, words
from pinboard.intake.errors import IntakeError
from pinboard.models import AuditEvent, Case, IdentifierHash, Series, WordApproval
from pinboard.sandbox import Answer
from tests.intake.files import ct, photo

NAMED = {"PatientName": "Zebraword^Quagga", "PatientID": "ZQ-7711", "AccessionNumber": "ACC77110"}


def rows(stores, model, case):
    with stores.reading() as session:
        return session.scalars(select(model).where(model.case_id == case.id)).all()


def doubts(stores, case, **texts):
    with stores.reading() as session:
        return words.doubts(session, stores.keys, session.get(Case, case.id), texts)


def phrases(stores, case, text):
    return [(one.kind, one.phrase) for one in doubts(stores, case, title=text)]


def approve(stores, case, by, **texts):
    with stores.writing() as session:
        fresh = session.get(Case, case.id)
        words.approve(session, fresh, words.doubts(session, stores.keys, fresh, texts), by)


@pytest.fixture
def draft(desk):
    case = desk.draft()
    assert desk.upload(case, ct(**NAMED)).refusal is None
    return case


def test_what_a_file_says_of_its_patient_is_doubted_when_it_is_typed(stores, draft):
    assert phrases(stores, draft, "Is zebraword’s nodule new?") == [("own", "zebraword’s")]
    assert phrases(stores, draft, "See zq 7711 and ACC-77110") == [("own", "zq 7711"), ("own", "ACC-77110")]
    assert phrases(stores, draft, "Is the nodule new?") == []


def test_only_hashes_are_kept_and_they_differ_from_draft_to_draft(stores, desk, draft):
    other = desk.draft()
    desk.upload(other, ct(**NAMED))
    first, second = ({one.digest for one in rows(stores, IdentifierHash, case)} for case in (draft, other))
    assert len(first) == len(second) > 3
    assert first.isdisjoint(second)
    assert phrases(stores, other, "zebraword") == [("own", "zebraword")]


def test_a_second_file_of_the_same_person_adds_only_what_is_new(stores, desk, draft):
    before = len(rows(stores, IdentifierHash, draft))
    assert desk.upload(draft, ct(**NAMED)).refusal is None
    assert len(rows(stores, IdentifierHash, draft)) == before
    assert desk.upload(draft, ct(**NAMED | {"AccessionNumber": "ACC99123"})).refusal is None
    assert len(rows(stores, IdentifierHash, draft)) == before + 1


def test_a_photo_brings_none(stores, desk):
    case = desk.draft()
    desk.upload(case, photo())
    assert rows(stores, IdentifierHash, case) == []


def test_a_typed_record_number_is_known_too(stores, desk):
    case = desk.draft()
    with stores.writing() as session:
        drafts.name_subject(session, stores, session.get(Case, case.id), "77123")
    assert phrases(stores, case, "chart 77123") == [("own", "77123")]


def test_hashes_made_under_an_older_key_still_speak(stores, draft, monkeypatch):
    monkeypatch.setattr(stores.keys, "_masters", stores.keys._masters | {"ffffffff-ffffff": bytes(32)})
    monkeypatch.setattr(stores.keys, "current_id", "ffffffff-ffffff")
    assert phrases(stores, draft, "zebraword") == [("own", "zebraword")]


def test_hashes_die_when_the_case_is_published(stores, desk, draft):
    desk.confirm(draft)
    desk.fill(draft)
    assert rows(stores, IdentifierHash, draft)
    assert desk.publish(draft).published_at
    assert rows(stores, IdentifierHash, draft) == []
    assert phrases(stores, draft, "zebraword") == []


def test_hashes_die_when_the_draft_is_thrown_away(stores, desk, draft):
    approve(stores, draft, desk.author, title="zebraword")
    with stores.writing() as session:
        drafts.discard(session, stores, session.get(Case, draft.id), desk.author)
    assert rows(stores, IdentifierHash, draft) == rows(stores, WordApproval, draft) == []


def test_hashes_die_when_the_draft_expires(stores, draft):
    with stores.writing() as session:
        session.execute(update(Case).where(Case.id == draft.id).values(expires_at=clock.now() - timedelta(seconds=1)))
    sweep.sweep(stores)
    assert rows(stores, IdentifierHash, draft) == []


def test_hashes_die_with_the_last_image(stores, desk, draft):
    desk.upload(draft, ct(**NAMED))
    for left in (1, 0):
        with stores.writing() as session:
            instance = desk.instances(draft)[0]
            drafts.remove_image(session, stores, session.merge(instance), desk.author)
        assert bool(rows(stores, IdentifierHash, draft)) is bool(left)


def test_what_a_child_gives_instead_of_hashes_is_not_kept():
    kept = scrubbing._words(Answer({"words": ["a" * 32, "Zebraword", 7, "A" * 32, "b" * 31, None]}, []))
    assert kept == ("a" * 32,)
    assert scrubbing._words(Answer({"words": "zebraword"}, [])) == ()
    assert scrubbing._words(Answer({}, [])) == ()


def test_nothing_doubtful_is_published_until_somebody_says_that_it_is_harmless(stores, desk, draft):
    desk.confirm(draft)
    desk.fill(draft, history="Seen with Dr Rao.")
    with stores.writing() as session, pytest.raises(IntakeError, match="doubtful-words"):
        publish.start(session, session.get(Case, draft.id), desk.author, keys=stores.keys)
    approve(stores, draft, desk.author, history="Seen with Dr Rao.")
    assert desk.publish(draft).published_at


@pytest.mark.parametrize(
    "field", ["title", "question", "history", "findings", "tags", "differential", "alt", "reason", "form_version"]
)
def test_every_word_that_readers_see_is_checked(stores, desk, draft, field):
    desk.confirm(draft)
    desk.fill(draft)
    with stores.writing() as session:
        case = session.get(Case, draft.id)
        if field == "alt":
            session.scalars(select(Series).where(Series.case_id == case.id)).one().alt_text = "Mr Kent"
        elif field in {"reason", "form_version"}:
            consent = words.select(words.Consent).where(words.Consent.case_id == case.id)
            setattr(session.scalars(consent).one(), field, "Mr Kent")
        else:
            listed = {"tags": ["Mr Kent"], "differential": [{"diagnosis": "Mr Kent", "certainty": "possible"}]}
            setattr(case, field, listed.get(field, "Mr Kent"))
    with stores.reading() as session:
        case = session.get(Case, draft.id)
        found = words.doubts(session, stores.keys, case, words.words_of(session, case))
    assert [one.phrase for one in found] == ["Mr Kent"]


def test_nobody_is_asked_twice_for_the_same_phrase_of_the_same_case(stores, desk, draft):
    approve(stores, draft, desk.author, history="Seen with Dr  Rao.")
    assert doubts(stores, draft, title="dr Rao, DR RAO and Dr Rao") == []
    assert phrases(stores, draft, "Dr Raoul") == [("name", "Dr Raoul")]
    assert phrases(stores, desk.draft(), "Dr Rao") == [("name", "Dr Rao")]


def test_what_was_approved_as_the_files_own_stays_approved_after_publishing(stores, desk, draft):
    text = "Seen by Dr Zebraword."
    assert phrases(stores, draft, text) == [("own", "Dr Zebraword")]
    approve(stores, draft, desk.author, title=text)
    desk.confirm(draft)
    desk.fill(draft, history=text)
    desk.publish(draft)
    assert phrases(stores, draft, text) == []


def test_a_name_that_was_harmless_is_asked_about_again_when_a_file_turns_out_to_hold_it(stores, desk):
    case = desk.draft()
    approve(stores, case, desk.author, title="Dr Zebraword")
    assert phrases(stores, case, "Dr Zebraword") == []
    desk.upload(case, ct(**NAMED))
    assert phrases(stores, case, "Dr Zebraword") == [("own", "Dr Zebraword")]


def test_the_audit_says_who_and_which_kinds_and_never_which_words(stores, desk, draft):
    approve(stores, draft, desk.author, title="Dr Rao and Dr Lee", history="on 3 March 1984 zebraword")
    with stores.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.case_id == draft.id, AuditEvent.verb == "words-approved")
        ).one()
        kept = session.scalars(select(WordApproval).where(WordApproval.case_id == draft.id)).all()
    assert event.actor_id == desk.author.id
    assert event.detail == {"kinds": {"date": 1, "name": 2, "own": 1}}
    assert sorted(one.kind for one in kept) == ["date", "name", "name", "own"]
    text = json.dumps([event.detail, [one.digest for one in kept]]).casefold()
    assert not [word for word in ("rao", "lee", "1984", "zebraword") if word in text]


def test_no_phrase_is_logged(stores, desk, caplog):
    caplog.set_level(logging.DEBUG)
    case = desk.draft()
    desk.upload(case, ct(**NAMED))
    approve(stores, case, desk.author, title="Dr Zebraword, 415-555-2671")
    assert "zebraword" not in caplog.text.casefold()
    assert "2671" not in caplog.text


def test_an_erased_case_forgets_what_was_approved(stores, desk, draft):
    approve(stores, draft, desk.author, history="Dr Rao")
    desk.confirm(draft)
    desk.fill(draft, history="Dr Rao")
    published = desk.publish(draft)
    assert rows(stores, WordApproval, draft)
    with stores.writing() as session:
        withdraw.erase(session, session.get(Case, published.id), desk.author)
    assert rows(stores, WordApproval, draft) == []


def test_a_doubt_shows_its_line_and_no_more_than_a_few_words_of_it(stores, draft):
    text = "Not this line.\n" + "word " * 40 + "thanks Dr Rao, " + "more " * 40 + "\nNor this."
    (one,) = doubts(stores, draft, history=text)
    assert text[one.start : one.end] == one.phrase == "Dr Rao"
    assert one.before.startswith("… ")
    assert one.before.endswith("thanks ")
    assert one.after.endswith(" …")
    assert len(one.before) + len(one.after) < 140
    assert "line" not in one.before + one.after


def test_a_phrase_that_stands_twice_is_asked_about_once(stores, draft):
    found = doubts(stores, draft, title="Dr Rao", history="Dr Rao and DR RAO. Dr Lee")
    assert [(one.field, one.phrase) for one in found] == [("title", "Dr Rao"), ("history", "Dr Lee")]
