"""Finds what numbers and addresses reach a person: telephone, e-mail, links, record and accession numbers.

Codes, measurements, doses, counts and literature pass; where a number could be either, it is found, because a person
can say in one tick that it identifies nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pinboard.deid.spans import Finding, before_unit

_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}(?:@| ?(?:\(at\)|\[at\]) ?)[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]{3,400}", re.IGNORECASE)
_LITERATURE: Final = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:doi\.org|nih\.gov|radiopaedia\.org|who\.int|cochranelibrary\.com|awmf\.org|nice\.org\.uk|"
    r"europepmc\.org|clinicaltrials\.gov|arxiv\.org|radiologyassistant\.nl|wikipedia\.org|dermnetnz\.org|acr\.org|"
    r"rsna\.org|nejm\.org|thelancet\.com|bmj\.com|jamanetwork\.com|nature\.com|orpha\.net|omim\.org)(?:[/?#:]|$)",
    re.IGNORECASE,
)

# A code of a system, with the system named before it; its digits name a thing and not a person.
_CODE: Final = re.compile(
    r"\b(?:snomed(?:[\s-]?ct)?|sctid|loinc|icd(?:-?(?:9|10|11|o))?(?:-?(?:cm|gm|pcs|3))?|cpt|hcpcs|ops|ebm|goä|atc|mesh|umls|"
    r"radlex|rid|hgnc|omim|mim|orpha(?:net|code)?|entrez|uniprot|ncbi|refseq|dbsnp|clinvar|pmid|pmcid|pmc|doi|arxiv|nct|"
    r"isrctn|eudract|drks|chictr|cas|ensg|enst|nm_|np_|nc_|lrg_|rs|hp|mondo|fda|k|din|iso|iec|en|dicom|ps3|awmf|issn|isbn|rev|"
    r"version|release|build|grant)"
    r"(?:[\s-]?(?:codes?|no\.?|nr\.?|id|number))?[\s:#=.]{0,3}(?:[A-Z]{0,6}[\s_:-]?\d[\w./:()-]*)",
    re.IGNORECASE,
)
_DOI: Final = re.compile(r"\b10\.\d{4,9}/\S+")
_LABEL: Final = re.compile(
    r"\b(?:mrn|m\.r\.n\.|pid|pat(?:ient(?:en)?)?\.?[\s-]?(?:id|nr|no|nummer|number|num)|(?:hospital|record|chart|file|insurance|"
    r"accession|account|admission|visit|encounter|order|social\ssecurity|nhs|medicare|medicaid|passport|id|personal|ref|"
    r"reference|health\scard)[\s-]?(?:numbers?|nos?|nr|id|\#)|medical\srecord(?:[\s-](?:number|no))?|acc(?:ession)?|ssn|"
    r"fall(?:nummer|[\s-]?nr)|aufnahme(?:nummer|[\s-]?nr)|auftrags?(?:nummer|[\s-]?nr)|akten(?:zeichen|nummer)|"
    r"versicherten(?:nummer|[\s-]?nr)|kv-?nr|ahv(?:-?nr)?|nhc|n\.?º?\s?(?:de\s)?historia(?:\scl[ií]nica)?|"
    r"n[úu]mero\sde\s(?:historia(?:\scl[ií]nica)?|afiliaci[óo]n|episodio|paciente)|historia(?:\scl[ií]nica)?\s(?:n[úu]mero|n[.º°]+)|"
    r"dni|nie|nss|curp|cip|id)\b\.?[\s:#=.º°]{0,4}(?P<number>[A-Z]{0,4}[\s-]?\d[\dA-Z]*(?:[-./ ]\d[\dA-Z]*){0,5})",
    re.IGNORECASE,
)
_FEWEST_LABELLED, _FEWEST_GROUPED, _FEWEST_OF_UID = 4, 7, 12
_FEWEST_OF_PHONE, _MOST_OF_PHONE = 7, 15
_DECIMAL: Final = re.compile(r"\d+[.,]\d+")
_SOLID: Final = re.compile(r"(?<![\w.,])(?<![×x*^/+-])([A-Z]{0,4})(\d{6,40})([A-Z]?)(?![\w])(?!\.\d)", re.IGNORECASE)
_GROUPED: Final = re.compile(r"(?<![\w.,/-])[A-Z]{0,4}\d{1,12}(?:[-–/.]\d{1,12}){1,8}[A-Z]?(?![\w%])", re.IGNORECASE)
_INSURANCE: Final = re.compile(
    r"(?<![\w.,/-])(?:\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{4} \d{4} \d{4}(?: \d{4})?)(?!\w|[.,]\d)"
)
_UID: Final = re.compile(r"(?<![\w.])[0-2](?:\.\d{1,39}){5,30}(?![\w.]\d)")
_DICOM_UID: Final = re.compile(r"(?<![\w.])1\.2\.840\.10008(?:\.\d{1,5}){1,12}")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+")

_PHONE: Final = re.compile(r"(?<![\w.,/-])(?:\+|00|\(?0?\d)(?:[\d()./\-–]|[ \u00a0](?! )){5,24}\d(?![\w%])")
_CALL: Final = re.compile(
    r"\b(?:tel(?:efon|efono|ephone|éfono)?|phone|mobile|mobil|handy|cell|call(?:ed)?(?:\sme)?(?:\son|\sat)?|ring|fax|pager|bleep|"
    r"whatsapp|rückruf|anruf|erreichbar(?:\sunter)?|unter|m[óo]vil|llamar(?:\sal)?|tfno|tlf|ext)[\s.:]{0,3}(?:nr\.?\s?|no\.?\s?)?$",
    re.IGNORECASE,
)
_AMERICAN: Final = re.compile(r"(?:\+?1[\s.-]?)?(?:\([2-9]\d\d\)\s?|[2-9]\d\d[\s.-])\d{3}[\s.-]\d{4}")
_TRUNK_REGIONS: Final = ("DE", "GB", "FR", "IT", "CH", "AT", "NL", "BE")
_OPEN_REGIONS: Final = ("ES", "US", "MX", "AR", "CL", "CO", "PT", "PL")


def masked(text: str) -> str:
    """Blank out codes, literature and DICOM's own UIDs, letter for letter, so that what is left stays where it was."""
    for pattern in (_DOI, _CODE, _DICOM_UID):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return _LINK.sub(lambda match: " " * len(match[0]) if _LITERATURE.match(match[0]) else match[0], text)


def addresses(text: str) -> Iterator[Finding]:
    """Give e-mail addresses and links that lead to no literature."""
    for match in _EMAIL.finditer(text):
        yield Finding(match.start(), match.end(), "email")
    for match in _LINK.finditer(text):
        if not _LITERATURE.match(match[0]):
            yield Finding(match.start(), match.start() + len(match[0].rstrip(".,;:)")), "link")


def numbers(text: str) -> Iterator[Finding]:
    """Give numbers of records, accessions, insurances and telephones, in a masked text."""
    known = list(_labelled(text))
    yield from known
    # What says of itself that it is a record number is no telephone number, too.
    for finding in known:
        text = text[: finding.start] + " " * (finding.end - finding.start) + text[finding.end :]
    yield from _phones(text)
    for match in _SOLID.finditer(text):
        if not _is_count(text, match[2], match.end(), prefix=match[1]):
            yield Finding(match.start(), match.end(), "number")
    for match in _GROUPED.finditer(text):
        if _is_grouped_number(text, match):
            yield Finding(match.start(), match.end(), "number")
    for match in _UID.finditer(text):
        if _digits(match[0]) >= _FEWEST_OF_UID:
            yield Finding(match.start(), match.end(), "number")


def _labelled(text: str) -> Iterator[Finding]:
    for match in _LABEL.finditer(text):
        if _digits(match["number"]) >= _FEWEST_LABELLED:
            yield Finding(match.start("number"), match.end("number"), "number")
    for match in _INSURANCE.finditer(text):
        yield Finding(match.start(), match.end(), "number")


def _phones(text: str) -> Iterator[Finding]:
    """Give telephone numbers: with a country’s code, with words before them, or valid somewhere we expect them from."""
    for match in _PHONE.finditer(text):
        shown = match[0].strip()
        is_long = _FEWEST_OF_PHONE <= _digits(shown) <= _MOST_OF_PHONE
        if is_long and not _DECIMAL.fullmatch(shown) and _is_phone(text, shown, match.start()):
            yield Finding(match.start(), match.start() + len(shown), "phone")


def _is_phone(text: str, shown: str, start: int) -> bool:
    if _AMERICAN.fullmatch(shown) or _CALL.search(text[max(0, start - 40) : start]):
        return True
    if before_unit(text, start + len(shown)) or _THOUSANDS.fullmatch(shown):
        return False
    if shown.startswith(("+", "00")):
        return _is_valid(re.sub(r"^00", "+", shown), (None,))
    if shown.startswith(("0", "(0")):
        return _is_valid(shown, _TRUNK_REGIONS)
    # Without anything before it, only groups as they are written in Spain or America; a solid run is found as a number.
    return shown.count(" ") >= 2 and not set(shown) & set("./-–") and _is_valid(shown, _OPEN_REGIONS)


def _is_valid(shown: str, regions: tuple[str | None, ...]) -> bool:
    import phonenumbers

    for region in regions:
        try:
            number = phonenumbers.parse(shown, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or (region is None and phonenumbers.is_possible_number(number)):
            return True
    return False


def _is_count(text: str, digits: str, end: int, *, prefix: str) -> bool:
    """Tell a round number or a measurement from one that names somebody."""
    if prefix:
        return False
    return digits.endswith("0000") or before_unit(text, end) or (len(digits) == 6 and digits.endswith("000"))


def _is_grouped_number(text: str, match: re.Match[str]) -> bool:
    """Tell “12-345-678” from a range, a size, a ratio or thousands."""
    groups = re.findall(r"\d+", match[0])
    if sum(map(len, groups)) < _FEWEST_GROUPED or before_unit(text, match.end()) or _THOUSANDS.fullmatch(match[0]):
        return False
    if len(groups) == 2:
        is_decimal = "." in match[0] and not match[0][0].isalpha()
        return not is_decimal and max(map(len, groups)) >= 5
    return len(set(re.findall(r"[-–/.]", match[0]))) <= 2 and max(map(len, groups)) >= 3


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)
