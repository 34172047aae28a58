"""Which DICOM objects are pictures for a case, derived from pydicom's dictionary of SOP classes."""

from __future__ import annotations

import re

from pydicom._uid_dict import UID_dictionary

# Names of storage classes that hold pixels; the dictionary has no flag for it.
_PICTURE = re.compile(r"Image Storage|Parametric Map Storage|Tomography Image|B-scan Volume Analysis|Map Storage")
# Objects with pixels that are no pictures for a case: plans, raw security scans, video, hardcopy, value mappings.
_OTHER = re.compile(r"^(Enhanced )?(Continuous )?RT |Enhanced (Continuous )?RT|DICOS|Video|Hardcopy|Real World|Eddy")


def _picture_classes() -> frozenset[str]:
    return frozenset(
        uid
        for uid, (name, kind, *_) in UID_dictionary.items()
        if kind == "SOP Class" and _PICTURE.search(name) and not _OTHER.search(name)
    )


PICTURES = _picture_classes()
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
TRACINGS = frozenset(f"1.2.840.10008.5.1.4.1.1.9.1.{end}" for end in range(1, 5))
"""Electrocardiograms: of twelve leads, general, ambulatory, and general with 32 bits."""
DOCUMENTS = TRACINGS | {ENCAPSULATED_PDF}
"""What has no pixels of its own, but pages or sheets that become pictures."""
