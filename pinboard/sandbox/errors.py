"""What can become of a job, in codes and type names only: a message could hold a value of the file."""

from __future__ import annotations

from typing import Literal

Reason = Literal["memory", "time", "crash", "error"]


class ChildRefused(Exception):  # noqa: N818 - a refusal is an answer about a file, not a fault
    """The child read the file and will not take it; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChildFailed(Exception):  # noqa: N818 - as above
    """The child could not finish; `detail` is at most an exception's type and the line of ours it left."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


class Busy(Exception):  # noqa: N818 - as above
    """Every place is taken; the reader may try again after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("busy")
        self.retry_after = retry_after
