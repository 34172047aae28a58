"""Every way in which what is stored can break what Pinboard promises, each with its code and its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SENTENCES: dict[str, str] = {
    "header": "Its header holds something that the profile does not allow, or lacks what it needs.",
    "header-other": "Its header names another image or another subject than its case does.",
    "profile-unknown": "Its receipt names a version of the profile that this Pinboard does not know.",
    "receipt-missing": "There is no receipt for it, so nobody can say what was removed and who looked at it.",
    "receipt-confirmer": "Whoever confirmed it according to its receipt has no account here.",
    "receipt-differs": "Its bytes are not those that its receipt was written for.",
    "pictures-missing": "A picture of it is missing: the frames, the previews, or every size for pages.",
    "object-missing": "A row names it, but it is not in the media store.",
    "object-changed": "Its bytes are not those that were stored: the size or the checksum differs.",
    "object-unknown": "It lies in the media store, but no row names it.",
    "object-foreign": "Files lie in the media store that Pinboard did not put there.",
    "metadata": "The picture carries more than pixels.",
    "frames-damaged": "Frames of it cannot be read back as what its row says they are.",
    "unpainted": "An area that its receipt calls painted shows something.",
    "vault": "Pixels that nobody reviewed, or their keys, are still in the vault though it is no draft any more.",
    "identifiers": "Keyed hashes of identifying words are kept though it is no draft any more.",
    "device": "A keyed hash of its device is kept though it is published.",
    "consent-missing": "It is published without any consent.",
    "consent-expired": "Its consent has expired and it is still published. Withdraw the case or record a new consent.",
    "audience": "The table of its readers is not what reasons, consent and state give.",
    "erased": "It was erased or removed, but something of it is still here.",
    "audit-chain": "The record of changes was altered from here on: a row was changed, taken out or put in.",
    "openings-chain": "The record of openings was altered from here on.",
}
"""Sentence by code. Codes are stable: scripts and the administrator's page name them. No sentence holds a value."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as promised, named by its public id."""

    code: str
    thing: str

    @property
    def sentence(self) -> str:
        """Say what is wrong with it."""
        return SENTENCES[self.code]

    def as_json(self) -> dict[str, str]:
        """Give the form in which it is kept."""
        return {"code": self.code, "thing": self.thing, "sentence": self.sentence}


Report = Callable[[str, str], None]
"""Takes the code and the thing of each violation as it is found."""
