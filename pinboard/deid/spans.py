"""What a search of a text gives: where, and of which kind; and what stands beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("own", "name", "email", "phone", "date", "age", "number", "link")
"""What a finding can be, the most telling first; where two overlap, the earlier kind names the whole."""

# Without single letters that also say of whom: “12/03/84 M” is a birth date and a sex.
_UNIT: Final = re.compile(
    r"[\s\-]?(?:[µμunmck]m[²³23]?|[µμunmkc]?g|mg/\w+|[µμmdcn]l|hu|he|i?u|ie|ui|[mnpµμ]mol|mu|[kmg]?bq|m?ci|"
    r"[mcµμ]?gy|m?sv|kvp?|mas?|tesla|[kmg]?hz|mmhg|cmh2o|bpm|%|‰|°|/\s?[µμ]?l|/\s?mm|/\s?ml|/\s?min|x\s?10|"
    r"cells?|zellen|c[ée]lulas|copies|kopien|px|pixels?|voxels?|steps?|weeks?|wochen|semanas|days?|tage|d[ií]as|"
    r"months?|monate|meses|hours?|stunden|horas|min|sec|ms|kcal|kda|bp|kb|mb|gb|grad|degrees?|units?|einheiten|"
    r"patients?|patienten|pacientes|people|cases|f[äa]lle|euros?|usd|eur)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One phrase that might identify somebody."""

    start: int
    end: int
    kind: str


def before_unit(text: str, end: int) -> bool:
    """Tell whether a number is followed by what it measures or counts."""
    return _UNIT.match(text, end) is not None


def merged(found: list[Finding]) -> list[Finding]:
    """Join findings that overlap into one of the most telling kind."""
    joined: list[Finding] = []
    for finding in sorted(found):
        if joined and finding.start < joined[-1].end:
            last = joined[-1]
            kind = min(last.kind, finding.kind, key=KINDS.index)
            joined[-1] = Finding(last.start, max(last.end, finding.end), kind)
        else:
            joined.append(finding)
    return joined
