"""Who may see a case, said in the slowest and plainest way there is: no audience, no principals, only the rules."""

from hashlib import sha256

from pinboard.models import (
    AccountState,
    Attestation,
    AttestState,
    Board,
    BoardKind,
    BoardRole,
    Case,
    CaseRole,
    CaseState,
    CaseVerb,
    ClinicSetting,
    Consent,
    Grant,
    GroupMember,
    Instance,
    InstanceState,
    Release,
    Role,
    Share,
    ShareKind,
    Source,
    User,
)

FAR = {"care": 1, "clinic": 2, "outside": 3, "public": 4}
NEEDS = {
    Source.DELEGATE: 1, Source.NAMED: 1, Source.CONNECTION: 2, Source.GROUP: 2, Source.BOARD: 2, Source.CLINIC: 2,
    Source.TRAINEES: 2, Source.COLLEAGUE_SHARE: 3, Source.PUBLIC: 4,
}  # fmt: skip


class Reference:
    def __init__(self, session, at):
        self.at = at
        kinds = (Attestation, BoardRole, CaseRole, ClinicSetting, Consent, Grant, GroupMember, Instance, Release, Share)
        kinds = (*kinds, Board, User)
        self.rows = {kind: session.query(kind).all() for kind in kinds}

    def all(self, kind, /, **wanted):
        return [row for row in self.rows[kind] if all(getattr(row, key) == value for key, value in wanted.items())]

    def consented(self, case, source):
        return any(
            FAR[c.level] >= NEEDS[source] and c.taken_at <= self.at < c.valid_until and c.withdrawn_at is None
            for c in self.all(Consent, case_id=case.id)
        )

    def may_leave(self, case):
        shown = self.all(Instance, case_id=case.id, state=InstanceState.PUBLISHED)
        names = " ".join(sorted(one.media_name for one in shown if one.media_name)).encode()
        looked_at = self.all(Attestation, case_id=case.id, state=AttestState.ATTESTED)
        is_off = any(setting.value is False for setting in self.all(ClinicSetting, name="release_gate"))
        is_harmless = not any(one.needs_attest for one in shown)
        return is_off or is_harmless or any(one.images_sha256 == sha256(names).hexdigest() for one in looked_at)

    def reaches(self, case, source):
        return self.consented(case, source) and (NEEDS[source] < FAR["outside"] or self.may_leave(case))

    def in_clinic(self, user: User, case: Case):
        if user.state != AccountState.ACTIVE or user.role not in {Role.CLINICIAN, Role.TRAINEE}:
            return False
        known = user.verified_at is not None and (user.recheck_at is None or user.recheck_at > self.at)
        if case.state != CaseState.PUBLISHED:
            return False
        if known and case.author_id == user.id:
            return True
        delegated = self.all(CaseRole, case_id=case.id, user_id=user.id, role=CaseVerb.DELEGATE)
        if known and delegated and self.consented(case, Source.DELEGATE):
            return True
        return any(
            g.not_before <= self.at < g.not_after and self.reaches(case, g.source) and self.meant(user, g, known=known)
            for g in self.all(Grant, case_id=case.id)
        )

    def meant(self, user, reason, *, known):
        kind, _, number = reason.principal.partition(":")
        if kind == "public" or not known:
            return kind == "public"
        if kind == "clinic":
            return number == user.role
        if kind == "u":
            return int(number) == user.id
        if kind == "g":
            return bool(self.all(GroupMember, group_id=int(number), user_id=user.id))
        board = self.all(Board, id=int(number))[0]
        through = self.all(GroupMember, group_id=board.group_id, user_id=user.id) if board.group_id else []
        return bool(board.owner_id == user.id or through or self.all(BoardRole, board_id=board.id, user_id=user.id))

    def released(self, case, subject_id, board_id=None):
        return case.state in {CaseState.PUBLISHED, CaseState.WITHDRAWN} and any(
            r.revoked_at is None and r.not_before <= self.at and board_id in {None, r.board_id}
            for r in self.all(Release, case_id=case.id, subject_id=subject_id)
        )

    def as_subject(self, user, case):
        mine = self.all(Board, kind=BoardKind.PATIENT, subject_id=user.subject_id) if user.subject_id else []
        active = user.state == AccountState.ACTIVE
        return active and any(self.released(case, user.subject_id, board.id) for board in mine if not board.archived_at)

    def stands(self, share):
        maker = self.all(User, id=share.created_by_id)[0]
        able = maker.state == AccountState.ACTIVE
        if share.kind == ShareKind.COLLEAGUE:
            able = (
                able
                and maker.verified_at is not None
                and bool(self.all(CaseRole, case_id=share.case_id, user_id=maker.id))
            )
        elif maker.role != Role.PATIENT:
            able = True
        parent = not share.parent_id or self.stands(self.all(Share, id=share.parent_id)[0])
        return able and parent and share.revoked_at is None and share.expires_at > self.at

    def by_link(self, share, case):
        if not self.stands(share):
            return False
        if share.kind == ShareKind.COLLEAGUE:
            published = case.state == CaseState.PUBLISHED and case.id == share.case_id
            return published and self.reaches(case, Source.COLLEAGUE_SHARE)
        meant = case.id == share.case_id if share.board_id is None else True
        return meant and self.released(case, share.subject_id, share.board_id)
