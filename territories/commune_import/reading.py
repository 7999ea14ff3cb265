"""The table of a commune file: which sheet, which line is its header."""

from dataclasses import dataclass

from cpts_portal.core.sheets import SAMPLE_LINES, Rows, Sheet, Unreadable, first_readable
from territories.commune_import.layouts import Header, expected_columns, recognise

__all__ = ["CommuneLines", "Unreadable", "read_table"]
HEADER_WITHIN = SAMPLE_LINES


@dataclass(frozen=True)
class CommuneLines:
    """A recognised table: `rows` gives each line number (as a text editor or a spreadsheet shows it) and its cells."""

    header: Header
    header_line: int
    rows: Rows
    remarks: tuple[str, ...] = ()


def read_table(content: bytes) -> CommuneLines:
    """Find out the format, the encoding, the separator and the header. Raises `Unreadable`."""
    return first_readable(
        content,
        _find_header,
        empty="Le fichier est vide : choisissez le fichier des communes, avec sa ligne d’en-tête.",
    )


def _find_header(sheet: Sheet) -> CommuneLines:
    """The header is the first recognised line; a title or empty lines may stand above it."""
    richest: list[str] = []
    for line, cells in sheet.rows:
        header = recognise(cells)
        if header is not None:
            return _table(header, line, sheet.rows, sheet.remarks)
        richest = max(richest, cells, key=lambda row: sum(1 for cell in row if cell.strip()))
        if line >= HEADER_WITHIN:
            break
    raise Unreadable(f"L’en-tête du fichier n’est pas reconnu. {expected_columns(richest)}")


def _table(header: Header, line: int, rows: Rows, remarks: tuple[str, ...]) -> CommuneLines:
    first = next(((number, row) for number, row in rows if any(cell.strip() for cell in row)), None)
    if first is None:
        raise Unreadable(
            "Le fichier ne contient que sa ligne d’en-tête, sans aucune commune : vérifiez qu’il est complet."
        )
    return CommuneLines(header, line, _chained(first, rows), remarks)


def _chained(first: tuple[int, list[str]], rows: Rows) -> Rows:
    yield first
    yield from rows
