"""Mandates as people write them: « Présidente », « trésorier adjoint », « CA », « référente prévention »."""

import re

from cpts_portal.core.sheets import BadCell, tidy
from cpts_portal.core.text import fold
from members.models import Mandate
from members.register_import.records import Office

_Office = Mandate.Office
# The first pattern found wins, so deputies come before those they assist.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"vice ?presiden\w*", _Office.VICE_PRESIDENT),
    (r"tresor\w* adjoint\w*|adjoint\w* au tresor\w*", _Office.DEPUTY_TREASURER),
    (r"secreta\w* (?:general\w* )?adjoint\w*", _Office.DEPUTY_SECRETARY),
    (r"presiden\w*", _Office.PRESIDENT),
    (r"tresor\w*", _Office.TREASURER),
    (r"secreta\w*", _Office.SECRETARY),
    (r"conseil d administration|administrat(?:eur|rice)s?|ca", _Office.BOARD_OF_DIRECTORS),
)
_COMPILED = tuple((re.compile(rf"(?:membre (?:du |de la )?)?(?:{pattern})"), office) for pattern, office in _PATTERNS)
_LEAD = re.compile(
    r"^(?:co-?)?(?:référent|referent|responsable|pilote)(?:\(?e\)?|·e)?s?(?:\s+(?:de |d’|d')?(?:la )?mission)?"
    r"(?:\s+(?:du|des|de la|de l’|de l'|de|d’|d'))?\s*(?:[:–-]\s*)?(.*)$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[;,/+]\s*|\s+et\s+(?=pr[ée]|vice|tr[ée]s|secr|admin|r[ée]f)", re.IGNORECASE)


def read_offices(text: str) -> tuple[tuple[Office, ...], str]:
    """One mandate or several in a cell. Raises `BadCell`."""
    return tuple(dict.fromkeys(_office(part) for part in _SPLIT.split(tidy(text)) if part)), ""


def _office(text: str) -> Office:
    plain = fold(text)
    found = next((str(office) for pattern, office in _COMPILED if pattern.fullmatch(plain)), "")
    if found:
        return Office(found)
    lead = _LEAD.match(text)
    if lead:
        return Office(str(_Office.MISSION_LEAD), lead[1].strip()[:120])
    names = ", ".join(str(label).lower() for label in _Office.labels)
    raise BadCell(f"mandat inconnu ; les mandats sont : {names}")
