"""Why the picture of a case may be covered on a wall: a closed list, so that a cover says no more than it has to."""

from __future__ import annotations

from pinboard.web.text import _

SENSITIVE = {
    "wound": _("an open wound or much blood"),
    "operation": _("an open operation"),
    "intimate": _("an intimate part of the body"),
    "malformation": _("a severe malformation or disfigurement"),
    "death": _("a person who died"),
    "other": _("something that may disturb"),
}
"""Why a picture is covered, as the end of the sentence on its cover."""
