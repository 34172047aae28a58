"""Who may see what: the one gate, for one object and for lists. The rules are told in docs/architecture.md, §4."""

from pinboard.policy.attesting import set_release_gate, void_attestations
from pinboard.policy.carrying import case_to_carry, may_carry
from pinboard.policy.choice import Preview, apply_choice, fits, is_made, pick_public, preview_readers, sources_of
from pinboard.policy.derive import drifted, rebuild
from pinboard.policy.faces import FOR_EVERYBODY, within
from pinboard.policy.gate import RULES, NotFound, Rule, board_for, case_for, may, may_board
from pinboard.policy.guard import AudienceStale, stale_cases
from pinboard.policy.leaving import images_sha256, is_gate_on, may_leave
from pinboard.policy.levels import LEVEL_NEEDED, allows, describe_levels
from pinboard.policy.lists import PAGE, Place, count_visible, feed, newest, visible
from pinboard.policy.readers import (
    CLINICIANS,
    MAX_PRINCIPALS,
    NOBODY,
    PUBLIC,
    SHUT_OUT,
    TRAINEES,
    Reader,
    Register,
    holder,
    in_group,
    is_alive,
    is_verified,
    member,
    on_board,
    reader_for,
    reader_for_share,
    released_on,
)
from pinboard.policy.reasons import ALWAYS, Window, grant, publish_order, revoke
from pinboard.policy.why import Why, audience_of

__all__ = [
    "ALWAYS",
    "CLINICIANS",
    "FOR_EVERYBODY",
    "LEVEL_NEEDED",
    "MAX_PRINCIPALS",
    "NOBODY",
    "PAGE",
    "PUBLIC",
    "RULES",
    "SHUT_OUT",
    "TRAINEES",
    "AudienceStale",
    "NotFound",
    "Place",
    "Preview",
    "Reader",
    "Register",
    "Rule",
    "Why",
    "Window",
    "allows",
    "apply_choice",
    "audience_of",
    "board_for",
    "case_for",
    "case_to_carry",
    "count_visible",
    "describe_levels",
    "drifted",
    "feed",
    "fits",
    "grant",
    "holder",
    "images_sha256",
    "in_group",
    "is_alive",
    "is_gate_on",
    "is_made",
    "is_verified",
    "may",
    "may_board",
    "may_carry",
    "may_leave",
    "member",
    "newest",
    "on_board",
    "pick_public",
    "preview_readers",
    "publish_order",
    "reader_for",
    "reader_for_share",
    "rebuild",
    "released_on",
    "revoke",
    "set_release_gate",
    "sources_of",
    "stale_cases",
    "visible",
    "void_attestations",
    "within",
]
