"""Every table; importing this package registers all of them with the metadata."""

from pinboard.models.area import DrawnBox, Fill, RememberedBox, Suggestion, SuggestionKind
from pinboard.models.audit import AuditEvent
from pinboard.models.base import EARLIEST, LATEST, Base, UtcDateTime
from pinboard.models.board import (
    Board,
    BoardKind,
    BoardOrder,
    BoardRole,
    BoardSection,
    BoardVerb,
    BoardVisit,
    Pin,
    Release,
)
from pinboard.models.case import (
    TRANSITIONS,
    Case,
    CaseChange,
    CaseRole,
    CaseState,
    CaseVerb,
    InvalidTransition,
    Resolution,
)
from pinboard.models.clinic import ClinicSetting, Counter
from pinboard.models.comment import Comment, Visibility
from pinboard.models.discover import PublicSample
from pinboard.models.grant import Audience, Consent, ConsentKind, ConsentLevel, Grant, Source
from pinboard.models.image import (
    Confirmation,
    Instance,
    InstanceKind,
    InstanceState,
    MediaFile,
    MediaIntent,
    Receipt,
    ScanState,
    Series,
    Study,
    Upload,
    UploadState,
)
from pinboard.models.inbox import InboxItem
from pinboard.models.indexing import catch_up
from pinboard.models.job import DoomedMedia, Job, JobState
from pinboard.models.mark import CommentMark, Mark, MarkKind
from pinboard.models.proof import (
    Attestation,
    AttestState,
    Flag,
    FlagKind,
    FlagState,
    IdentifierHash,
    Proof,
    WordApproval,
)
from pinboard.models.saved_search import SavedSearch
from pinboard.models.share import Opening, OpeningBatch, Share, ShareKind, ShareUnlock
from pinboard.models.subject import Subject
from pinboard.models.user import (
    Account,
    AccountState,
    Connection,
    Group,
    GroupMember,
    LinkPurpose,
    Role,
    Session,
    SingleUseLink,
    Throttle,
    User,
)

__all__ = [
    "EARLIEST",
    "LATEST",
    "TRANSITIONS",
    "Account",
    "AccountState",
    "AttestState",
    "Attestation",
    "Audience",
    "AuditEvent",
    "Base",
    "Board",
    "BoardKind",
    "BoardOrder",
    "BoardRole",
    "BoardSection",
    "BoardVerb",
    "BoardVisit",
    "Case",
    "CaseChange",
    "CaseRole",
    "CaseState",
    "CaseVerb",
    "ClinicSetting",
    "Comment",
    "CommentMark",
    "Confirmation",
    "Connection",
    "Consent",
    "ConsentKind",
    "ConsentLevel",
    "Counter",
    "DoomedMedia",
    "DrawnBox",
    "Fill",
    "Flag",
    "FlagKind",
    "FlagState",
    "Grant",
    "Group",
    "GroupMember",
    "IdentifierHash",
    "InboxItem",
    "Instance",
    "InstanceKind",
    "InstanceState",
    "InvalidTransition",
    "Job",
    "JobState",
    "LinkPurpose",
    "Mark",
    "MarkKind",
    "MediaFile",
    "MediaIntent",
    "Opening",
    "OpeningBatch",
    "Pin",
    "Proof",
    "PublicSample",
    "Receipt",
    "Release",
    "RememberedBox",
    "Resolution",
    "Role",
    "SavedSearch",
    "ScanState",
    "Series",
    "Session",
    "Share",
    "ShareKind",
    "ShareUnlock",
    "SingleUseLink",
    "Source",
    "Study",
    "Subject",
    "Suggestion",
    "SuggestionKind",
    "Throttle",
    "Upload",
    "UploadState",
    "User",
    "UtcDateTime",
    "Visibility",
    "WordApproval",
    "catch_up",
]

# Without this, SQLite gives the number of a deleted row to the next one, and what was granted to board 7 would reach
# the readers of another board.
for _table in Base.metadata.tables.values():
    if [column.name for column in _table.primary_key] == ["id"]:
        _table.dialect_options["sqlite"]["autoincrement"] = True
