"""“Who can see this, and why”: every reason is on the page, and whoever it names as seeing the case sees it."""

import pytest
from sqlalchemy import select

from pinboard import policy
from pinboard.models import AccountState, CaseRole, CaseState, CaseVerb, Consent, ConsentLevel, ShareKind, Source
from tests.factories import add, make_group, make_share
from tests.html import page
from tests.upkeep.conftest import text_of


def disable(session, scene, name):
    getattr(scene.people, name).state = AccountState.DISABLED


def overdue(session, scene, name):
    getattr(scene.people, name).recheck_at = getattr(scene.people, name).verified_at


def take_clinic(session, scene, _name):
    policy.revoke(session, scene.case, source=Source.CLINIC)
    policy.revoke(session, scene.case, source=Source.TRAINEES)


def go(state):
    def act(session, scene, _name):
        scene.case.go(state)

    return act


def end_consents(session, scene, _name):
    for consent in session.scalars(select(Consent).where(Consent.case_id == scene.case.id)):
        consent.level = ConsentLevel.CARE


def end_link(session, scene, _name):
    scene.share.expires_at = scene.share.created_at


HAPPENED = {
    "nothing": [],
    "only named people": [take_clinic],
    "a named person left": [take_clinic, (disable, "cleo")],
    "a named person was not checked again": [take_clinic, (overdue, "cleo")],
    "the author left": [(disable, "ada")],
    "the consent reaches the circle of care": [end_consents],
    "hidden": [go(CaseState.HIDDEN)],
    "withdrawn": [go(CaseState.WITHDRAWN)],
    "the link ended": [end_link],
}


@pytest.mark.parametrize("happened", HAPPENED)
def test_whoever_the_page_names_as_seeing_it_sees_it_and_nobody_else(browser, session, scene, url, sign_in, happened):
    people, case = scene.people, scene.case
    policy.grant(session, case, policy.member(people.cleo.id), Source.NAMED, by=people.ada.id, source_id=people.cleo.id)
    group = make_group(session, people.tom)
    policy.grant(session, case, policy.in_group(group.id), Source.GROUP, by=people.ada.id, source_id=group.id)
    policy.grant(
        session, case, policy.on_board(scene.board.id), Source.BOARD, by=people.ada.id, source_id=scene.board.id
    )
    links = [scene.share, make_share(session, case=case, kind=ShareKind.SUBJECT, by=people.ada)]
    add(
        session, CaseRole(case_id=case.id, user_id=people.oz.id, role=CaseVerb.DELEGATE, given_at=case.created_at)
    )  # at the desk, so that it gives nothing to see
    for one in HAPPENED[happened]:
        act, name = one if isinstance(one, tuple) else (one, "")
        act(session, scene, name)
    policy.rebuild(session, [case.id])
    session.commit()
    said = {why.principal for why in policy.audience_of(session, case) if why.holds}
    for name in ("ada", "ben", "cleo", "tom", "dee", "pia", "oz", "rex"):
        reader = policy.reader_for(session, getattr(people, name))
        visitor = browser()
        sign_in(getattr(people, name), visitor)
        sees = visitor.get("/").status_code == 200 and "Okapiword" in visitor.get("/").text
        assert bool(said & set(reader.principals)) is sees, name
    named = {principal for principal in said if principal.startswith("u:")}
    readers = {f"u:{getattr(people, name).id}": getattr(people, name) for name in ("ada", "ben", "cleo", "oz")}
    for principal in named:
        assert principal in policy.reader_for(session, readers[principal]).principals, principal
    for share in links:
        shown = browser().get(f"/s/{share.secret}")
        assert (policy.holder(share.id) in said) is (shown.status_code == 200 and "<img" in shown.text)
    patient = browser()
    sign_in(people.pat, patient)
    released = policy.released_on(scene.release.board_id) in said
    assert released is (patient.get(f"/my/c/{case.public_id}").status_code == 200)


def test_the_page_lists_every_reason(session, scene, url, ada):
    people, case = scene.people, scene.case
    policy.grant(session, case, policy.member(people.cleo.id), Source.NAMED, by=people.ada.id, source_id=people.cleo.id)
    session.commit()
    lines = [text_of(line) for line in page(ada, f"{url}/audience").main.select("ul.rows")[0].select("li")]
    reasons = policy.audience_of(session, case)
    assert len(lines) == len(reasons) == 6
    for line, why in zip(lines, reasons, strict=True):
        assert why.name in line
        assert ("sees it now" in line) is why.holds
    assert any("Cleo Marsh , named by the author" in line for line in lines)


def test_a_colleague_is_told_why_and_reads_no_board_that_is_not_theirs(client, session, scene, url, sign_in, ada):
    policy.grant(session, scene.case, policy.on_board(scene.board.id), Source.BOARD, by=None, source_id=scene.board.id)
    session.commit()
    assert "Chest" in text_of(page(ada, f"{url}/audience").main)
    for name, is_theirs in (("ben", True), ("cleo", False)):
        sign_in(getattr(scene.people, name))
        soup = page(client, f"{url}/audience")
        assert "readers of the board" in text_of(soup.main)
        assert ("Chest" in text_of(soup.main)) is is_theirs
        assert "Consent" not in text_of(soup.main)
        assert not soup.select("form[action$='/consent/withdraw']")
    sign_in(scene.people.tom)
    assert client.get(f"{url}/audience").status_code == 404
