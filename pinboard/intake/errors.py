"""What intake says no to: a stable code, a sentence for the person, and nothing that came from a file."""

from __future__ import annotations

from pinboard.imaging.errors import REFUSALS

SENTENCES: dict[str, str] = {
    "other-subject": "This file belongs to another patient than the images before it. One case is about one person: "
    "leave it out, or start another case for it.",
    "duplicate": "This image is in the case already.",
    "busy": "The server is busy with other images. It will be tried again in a moment.",
    "not-a-draft": "This case is no draft any more, so nothing can be added to it.",
    "consent-first": "This clinic asks about consent before images come in. Nothing was stored. Answer that first, "
    "then add the images.",
    "too-many": "A case holds at most 2,000 images. Leave out what the question does not need.",
    "too-large-file": "This file is larger than can be taken here.",
    "box-outside": "A box must lie inside the picture and have a width and a height.",
    "box-frame": "A box names a frame that this image does not have.",
    "box-fill": "An area is painted as a block or blurred, and in no other way.",
    "too-many-boxes": "An image takes at most 200 boxes, and 2,000 counted on each frame by itself.",
    "not-reviewed": "An image was changed after it was confirmed. Look at it and confirm it again.",
    "incomplete": "Something is missing before this case can be published.",
    "doubtful-words": "Some words might identify somebody. Change them, or say that they identify nobody.",
    "no-such-slice": "This series has no such slice. Count from 1, in the order of the page.",
    "no-such-frame": "This image has no such frame.",
    "last-image": "This is the only image of the case. Withdraw the case instead.",
    "too-late": "The thirty days in which a withdrawn case can come back are over.",
    "no-consent": "The consent for this case does not stand any more, so it cannot come back.",
    "mend-under-way": "This image is being prepared. Wait a moment, then look again.",
    "flagged": "A reader reported this case. It stays out of sight until a reviewer has decided.",
    "own-case": "You wrote this case, so another reviewer decides whether it is shown again.",
    "nothing-to-carry": "There are no files of these images to take along.",
    "stays-here": "From all slices of this series a face could be rebuilt. Only the patient can take them along.",
    "not-published": "Only a published case can be changed in this way.",
    "not-editable": "This part of a case cannot be changed.",
    "not-confirmed": "An image cannot be shown: its pixels were erased. Upload it again.",
    "photo-kind": "Choose one of the kinds of photo that are offered.",
    "slice-range": "Give a range of slices that this series has, such as from 1 to 40, and a step of 1 or more.",
    "head-slices": "At most 24 slices of a head or neck are shown, because a face can be rebuilt from more. Choose "
    "fewer, and keep the full set for the patient only.",
    "not-a-head": "Keeping slices for the patient only is meant for a head or neck. Show these slices, or leave "
    "them out.",
    "record-number": "A record number has between 1 and 64 letters and digits.",
    "publish-failed": "The images could not be prepared. The case is a draft again; try once more.",
    "publish-damaged": "An image could not be read when it was prepared. Remove it, or upload it again.",
    "publish-too-large": "An image needs more memory or time than it may take. Remove it, or export it smaller.",
    "publish-expired": "Publishing was interrupted. The case is a draft again; try once more.",
}


class IntakeError(Exception):
    """A step that cannot be taken now; `code` is stable, `sentence` is for the person who asked."""

    def __init__(self, code: str, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after

    @property
    def sentence(self) -> str:
        """Give the plain sentence."""
        return sentence_for(self.code)


class NotReviewed(IntakeError):  # noqa: N818 - the name ARCHITECTURE gives it
    """Pixels, boxes or profile are not those that somebody looked at and confirmed."""

    def __init__(self) -> None:
        super().__init__("not-reviewed")


def sentence_for(code: str | None) -> str:
    """Give the sentence of a refusal of a file or of a step."""
    known = SENTENCES.get(code or "") or REFUSALS.get(code or "")
    return known or REFUSALS["damaged"]
