"""No list of patients comes into the portal: counts only (otherwise hosting rules for health data would apply).

A spreadsheet or a text whose columns look like such a list is refused with an explanation. The check reads headers and
the first lines; it cannot read a scan, and the upload page says so.
"""

import re

from cpts_portal.core.sheets import Sheet, Unreadable, first_readable
from cpts_portal.core.text import fold

LINES_READ = 30
SOCIAL_SECURITY = re.compile(
    r"\b[12]\s?\d{2}\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b"
)
NIR_WORDS = ("nir", "numero de securite sociale", "n secu", "num secu", "securite sociale", "numero secu")
BIRTH_WORDS = ("date de naissance", "ne le", "nee le", "naissance", "ddn")
NAME_WORDS = ("nom", "prenom", "patient", "patiente", "nom du patient", "nom patient", "identite")
CARE_WORDS = ("patient", "pathologie", "diagnostic", "ald", "traitement", "motif de consultation", "medecin traitant")

REFUSED = (
    "Ce fichier ressemble à une liste de patients ({reason}). Le portail ne reçoit aucune donnée de patient : "
    "comptez les lignes et saisissez le nombre, puis gardez la liste dans l’outil de la CPTS prévu pour cela."
)


def refusal(content: bytes, filename: str) -> str:
    """Why this file may not be kept; empty when nothing in it looks like a list of patients."""
    if not filename.lower().endswith((".csv", ".txt", ".tsv", ".xlsx")):
        return ""
    try:
        rows = first_readable(content, _first_rows, empty="")
    except Unreadable:
        return ""
    return next((REFUSED.format(reason=reason) for reason in reasons(rows)), "")


def _first_rows(sheet: Sheet) -> list[list[str]]:
    found = []
    for _line, cells in sheet.rows:
        found.append([cell for cell in cells if cell.strip()])
        if len(found) >= LINES_READ:
            break
    return found


def reasons(rows: list[list[str]]) -> list[str]:
    """What gives the list away, strongest sign first."""
    headers = {fold(cell) for row in rows[:3] for cell in row}
    found = []
    if any(SOCIAL_SECURITY.search(cell) for row in rows for cell in row):
        found.append("des numéros de sécurité sociale y figurent")
    if headers & set(NIR_WORDS):
        found.append("une colonne de numéros de sécurité sociale")
    named = bool(headers & set(NAME_WORDS))
    if named and headers & set(BIRTH_WORDS):
        found.append("des noms avec des dates de naissance")
    if named and any(word in header for header in headers for word in CARE_WORDS):
        found.append("des noms avec des informations de soins")
    return found
