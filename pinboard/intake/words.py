"""Checks what somebody types about a case before it is kept, and remembers what identifies nobody.

A phrase that is doubted is kept from readers until it is changed, or until somebody says that it identifies nobody;
that word is audited by kind and remembered as a keyed hash, so that nobody is asked twice about the same case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pinboard import audit, clock
from pinboard.deid import identifiers
from pinboard.deid.freetext import Finding, findings
from pinboard.deid.spans import merged
from pinboard.deid.tokens import digest
from pinboard.models import Board, Case, Consent, IdentifierHash, Instance, InstanceState, Series, User, WordApproval
from pinboard.storage.keyfiles import KeyRing

MOST_HASHES = 10_000
"""Of one draft; beyond that its files name a crowd, and nobody's name would be left to write."""
_AROUND = 60
_UNSEEN = (InstanceState.LEFT_OUT, InstanceState.REMOVED)

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One phrase that might identify somebody, with what stands around it and its keyed hash."""

    field: str
    start: int
    end: int
    kind: str
    phrase: str
    digest: str
    before: str
    after: str


def doubts(session: Session, keys: KeyRing, case: Case | None, texts: Texts) -> list[Doubt]:
    """Give what is to be changed or approved, each phrase once, in the order of the fields."""
    known, approved = _hashes(session, case), _approved(session, case)
    marks = {key_id: keys.subkey("approved words", key_id) for key_id in keys.ids}
    found: dict[str, Doubt] = {}
    for field, text in texts.items():
        for one in _findings(keys, case, text, known) if text else ():
            spelt = _spelling(case, one.kind, text[one.start : one.end])
            # Before publishing, “Dr Rao” may have been known from a file; afterwards only its form speaks against it.
            passing = {spelt, _spelling(case, "own", text[one.start : one.end])}
            if not any(digest(mark, way) in approved for mark in marks.values() for way in passing):
                own = digest(marks[keys.current_id], spelt)
                found.setdefault(own, _doubt(field, text, one, own))
    return list(found.values())


def approve(
    session: Session, case: Case | None, approved: Collection[Doubt], by: User, *, board: Board | None = None
) -> None:
    """Remember that phrases identify nobody, and who said so; a phrase of no case is only audited."""
    if not approved:
        return
    known = _approved(session, case)
    for doubt in approved:
        if case is not None and doubt.digest not in known:
            known.add(doubt.digest)
            session.add(
                WordApproval(case_id=case.id, digest=doubt.digest, kind=doubt.kind, by_id=by.id, at=clock.now())
            )
    session.flush()
    kinds = dict(sorted(Counter(doubt.kind for doubt in approved).items()))
    audit.record(session, actor=by, verb="words-approved", case=case, board=board, detail={"kinds": kinds})


def words_of(session: Session, case: Case) -> dict[str, str]:
    """Give everything that is typed about a case and that its readers will see, by the name of its field."""
    consent = session.scalars(select(Consent).where(Consent.case_id == case.id).order_by(Consent.id)).all()
    used = select(Instance.series_id).where(Instance.case_id == case.id, Instance.state.not_in(_UNSEEN))
    series = session.scalars(select(Series).where(Series.id.in_(used)).order_by(Series.position, Series.id))
    return {
        **{name: getattr(case, name) for name in ("title", "question", "history", "findings", "outcome")},
        "differential": "\n".join(str(row.get("diagnosis", "")) for row in case.differential),
        "tags": ", ".join(map(str, case.tags)),
        **{f"alt-{one.public_id}": one.alt_text for one in series},
        "reason": "\n".join(one.reason for one in consent if one.reason),
        "form_version": "\n".join(one.form_version for one in consent if one.form_version),
    }


def word_key(keys: KeyRing, draft: str, key_id: str | None = None) -> bytes:
    """Give the key under which the identifiers of one draft are hashed; no two drafts share one."""
    return keys.subkey(f"identifiers of {draft}", key_id)


def keep_identifiers(session: Session, case: Case, digests: Iterable[str]) -> None:
    """Keep the hashes of a file's identifiers for as long as its case is a draft; the caller holds the case's row."""
    known = _hashes(session, case)
    fresh = [one for one in dict.fromkeys(digests) if one not in known][: max(0, MOST_HASHES - len(known))]
    session.add_all(IdentifierHash(case_id=case.id, digest=one) for one in fresh)
    session.flush()


def keep_record(session: Session, keys: KeyRing, case: Case, record: str) -> None:
    """Keep the hash of a record number that was typed to name the subject."""
    keep_identifiers(session, case, identifiers.of_record(record, word_key(keys, case.public_id)))


def forget_identifiers(session: Session, case: Case) -> None:
    """Destroy the hashes: at publish, when a draft is thrown away or expires, or when its last image goes."""
    session.execute(delete(IdentifierHash).where(IdentifierHash.case_id == case.id))


def forget_approvals(session: Session, case: Case) -> None:
    """Forget what was approved, together with the words themselves."""
    session.execute(delete(WordApproval).where(WordApproval.case_id == case.id))


def _findings(keys: KeyRing, case: Case | None, text: str, known: frozenset[str]) -> list[Finding]:
    """Look with the key of each of the clinic's masters that may have made hashes of this draft."""
    if case is None or not known:
        return findings(text)
    draft = case.public_id
    return merged([one for key_id in keys.ids for one in findings(text, known, word_key(keys, draft, key_id))])


def _doubt(field: str, text: str, one: Finding, spelt: str) -> Doubt:
    """Cut the phrase out of its line, with a few words on both sides."""
    first = text.rfind("\n", 0, one.start) + 1
    last = text.find("\n", one.end)
    before, after = text[first : one.start], text[one.end : last if last >= 0 else len(text)]
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] + " …"
    return Doubt(field, one.start, one.end, one.kind, text[one.start : one.end], spelt, before, after)


def _spelling(case: Case | None, kind: str, phrase: str) -> str:
    """Spell a phrase for one case and one kind, however its letters and blanks are written."""
    scope = case.public_id if case is not None else ""
    return "\n".join((scope, kind, " ".join(phrase.casefold().split())))


def _hashes(session: Session, case: Case | None) -> frozenset[str]:
    if case is None:
        return frozenset()
    return frozenset(session.scalars(select(IdentifierHash.digest).where(IdentifierHash.case_id == case.id)))


def _approved(session: Session, case: Case | None) -> set[str]:
    if case is None:
        return set()
    return set(session.scalars(select(WordApproval.digest).where(WordApproval.case_id == case.id)))
