"""The only place where untrusted bytes are parsed: one confined child for each job, never this process."""

from pinboard.sandbox.answer import Answer
from pinboard.sandbox.confine import Confinement
from pinboard.sandbox.errors import Busy, ChildFailed, ChildRefused
from pinboard.sandbox.memfile import MemFile
from pinboard.sandbox.pools import Pool, close, confinement, pool

__all__ = [
    "Answer",
    "Busy",
    "ChildFailed",
    "ChildRefused",
    "Confinement",
    "MemFile",
    "Pool",
    "close",
    "confinement",
    "pool",
]
