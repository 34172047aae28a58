"""What the pages of a draft call things: kinds of photo and consent, levels, certainties, days that are left."""

from __future__ import annotations

from datetime import datetime, timedelta

from pinboard import vocabulary
from pinboard.clock import now
from pinboard.intake.errors import sentence_for
from pinboard.web.covers import SENSITIVE
from pinboard.web.text import _, ngettext

PHOTO_KINDS = (
    ("XC", _("Clinical or dental photos")),
    ("DMS", _("Dermoscopy")),
    ("ES", _("Endoscopy")),
    ("OT", _("Something else")),
)
CONSENT_KINDS = (
    ("signed", _("Signed here"), _("A signed form, in writing or on a screen.")),
    ("paper", _("On paper"), _("The form is in the clinic’s chart, filed under the chart code.")),
    ("verbal", _("Spoken"), _("Said to you; note it in the chart as well.")),
    (
        "exemption",
        _("Not needed by policy"),
        _("The clinic’s policy exempts this; for the circle of care or the clinic."),
    ),
)
LEVELS = (
    ("care", _("Care"), _("You, people of the clinic whom you name, and delegates.")),
    ("clinic", _("The clinic"), _("Also its clinicians and trainees, its groups and boards.")),
    ("outside", _("Outside colleagues"), _("Also colleagues elsewhere, by a link that can be revoked.")),
    ("public", _("Public"), _("Also the public sample, for everyone on the internet.")),
)
CERTAINTIES = (
    ("possible", _("possible")),
    ("almost certain", _("almost certain")),
    ("certain", _("certain")),
)
SEXES = (("", _("Not given")), ("F", _("Female")), ("M", _("Male")), ("O", _("Other")))
PLANES = {
    "axial": _("Axial"),
    "sagittal": _("Sagittal"),
    "coronal": _("Coronal"),
    "oblique": _("Oblique"),
}
NOT_GIVEN = ("", _("Not given"))


def age_bands() -> list[tuple[str, str]]:
    """Give the bands to choose from."""
    return [NOT_GIVEN, *((band, _(band)) for band in vocabulary.AGE_BANDS)]


def sides() -> list[tuple[str, str]]:
    """Give the sides to choose from."""
    return [NOT_GIVEN, *((side.code, _(side.meaning)) for side in vocabulary.laterality())]


def covers() -> list[tuple[str, str]]:
    """Give the reasons to cover the picture on a wall."""
    return [("", _("Not covered")), *SENSITIVE.items()]


def refusal(code: str | None) -> str:
    """Give the sentence for a file or a step that was refused."""
    return _(sentence_for(code))


def kind_of(modality: str, frames: int) -> str:
    """Say what an image is: “Ultrasound, 30 frames”."""
    word = _(vocabulary.modality(modality))
    return word if frames == 1 else _("{kind}, {count} frames").format(kind=word, count=frames)


def series_label(modality: str, number: int | None) -> str:
    """Name a series as its device does: “CT, series 2”."""
    word = _(vocabulary.modality(modality)) or _("Images")
    return word if number is None else _("{kind}, series {number}").format(kind=word, number=number)


def count_images(count: int) -> str:
    """Say how many images there are."""
    return ngettext("{n} image", "{n} images", count).format(n=count)


def erased_in(at: datetime | None) -> str:
    """Say when a draft is erased."""
    if at is None:
        return ""
    left = at - now()
    if left <= timedelta(hours=1):
        return _("erased within the hour")
    if left < timedelta(days=1):
        return _("erased today")
    days = round(left / timedelta(days=1))
    return ngettext("erased in {n} day", "erased in {n} days", days).format(n=days)


def suggestion(modality: str, header: dict[str, object], body_part: str | None) -> str:
    """Give a first draft of an alternative text from what the header or the form says; nothing where neither does."""
    named = _(vocabulary.meaning(body_part)) or str(header.get("BodyPartExamined") or "").capitalize()
    if not named:
        return ""
    view = str(header.get("ViewPosition") or "")
    text = f"{_(vocabulary.modality(modality)) or _('Image')}: {named.lower()}"
    return _("{text}, {view} view").format(text=text, view=view) if view else text


def example(modality: str) -> str:
    """Show what such a text looks like, for an image of which nothing is known."""
    word = _(vocabulary.modality(modality)) or _("Image")
    return _("{kind} of the part you ask about, and what is to be seen there").format(kind=word)
