"""Codes of communes out of a small CSV or Excel file, whatever its columns: a territory kept in a spreadsheet.

The file of communes of the importer has its own strict reading (`commune_import.reading`); here only one column
matters, found by its header or, without one, because it is the one that holds codes.
"""

import csv
import io
import re
from itertools import islice

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import fold
from cpts_portal.core.unreadable import Unreadable
from cpts_portal.core.workbooks import is_workbook, sheets_of

CODE_HEADERS = frozenset(
    [
        "code",
        "codes",
        "com",
        "insee",
        "code insee",
        "code commune",
        "codgeo",
        "depcom",
        "code insee commune",
        "code insee de la commune",
        "code geographique",
        "code commune insee",
    ]
)
_CODE_LIKE = re.compile(r"(\d{4,5}|2[AaBb]\d{3})")
_HEADER_WITHIN = 10
_PDF = b"%PDF"
MOST_ROWS = 20_000


class UnreadableList(NotPossible):
    """The file holds no list of codes; the message says what to do, in French."""


def codes_in_file(content: bytes) -> list[str]:
    """The codes, as written in the file (« 1001 » stays so: see `codes.read_codes`). Raises `UnreadableList`."""
    if content.startswith(_PDF):
        raise UnreadableList("C’est un document PDF : il faut un fichier CSV ou un classeur Excel (.xlsx).")
    rows = _workbook_rows(content) if is_workbook(content) else _text_rows(content)
    rows = [row for row in rows if any(row)]
    if not rows:
        raise UnreadableList("Le fichier est vide : il faut une colonne de codes INSEE.")
    column, first = _code_column(rows)
    return [row[column] for row in rows[first:] if column < len(row) and row[column]]


def _text_rows(content: bytes) -> list[list[str]]:
    if b"\x00" in content:
        raise UnreadableList("Ce n’est pas un fichier texte : il faut un fichier CSV ou un classeur Excel (.xlsx).")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    separator = max(";,\t|", key=text[:20_000].count)
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as error:
        raise UnreadableList("Le fichier ne se découpe pas en colonnes : guillemets mal fermés ?") from error


def _workbook_rows(content: bytes) -> list[list[str]]:
    try:
        sheet = next(sheets_of(content), None)
    except Unreadable as error:
        raise UnreadableList(str(error)) from error
    rows = islice(sheet.rows(), MOST_ROWS) if sheet else ()
    return [[cell.strip() for cell in cells] for _line, cells in rows]


def _code_column(rows: list[list[str]]) -> tuple[int, int]:
    """The column of the codes and the line where they start."""
    for line, row in enumerate(rows[:_HEADER_WITHIN]):
        for column, cell in enumerate(row):
            if fold(cell) in CODE_HEADERS:
                return column, line + 1
    width = max(len(row) for row in rows)
    likely = [
        sum(1 for row in rows if column < len(row) and _CODE_LIKE.fullmatch(row[column])) for column in range(width)
    ]
    best = likely.index(max(likely))
    if not likely[best]:
        raise UnreadableList("Aucune colonne de codes INSEE dans ce fichier : ils comptent 5 caractères, comme 22093.")
    first = next(line for line, row in enumerate(rows) if best < len(row) and _CODE_LIKE.fullmatch(row[best]))
    return best, first
