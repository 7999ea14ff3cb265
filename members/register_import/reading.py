"""The table of a coordinator's spreadsheet: where its header is, what each column is called, its lines.

Any column names are accepted. Titles and empty lines may stand above the header; the header itself may take two lines
(« Coordonnées » over « Mail », « Téléphone »), which are joined.
"""

import gzip
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from cpts_portal.core.sheets import Sheet, Unreadable, first_readable, tidy
from cpts_portal.core.text import fold

HEADER_WITHIN = 25
MOST_ROWS = 100_000
MOST_COLUMNS = 120
LINE_HEADER, REASON_HEADER = "Ligne du fichier (ne pas modifier)", "Motif du refus"
_DATA = re.compile(r"[@]|\d{4,}|^\d+([.,/]\d+)*$")
Line = tuple[int, list[str]]
Knows = Callable[[str], bool]


@dataclass(frozen=True)
class Table:
    """The lines of a file under their headers; `groups` are the headers above them, when there are two lines."""

    headers: tuple[str, ...]
    rows: list[Line]
    groups: tuple[str, ...] = ()
    header_line: int = 1
    remarks: tuple[str, ...] = field(default=())

    def label(self, column: int) -> str:
        return column_label(self, column)

    def packed(self) -> bytes:
        """What is kept beside the file, so that a workbook is opened once."""
        kept = [self.headers, self.groups, self.header_line, self.remarks, self.rows]
        return gzip.compress(json.dumps(kept, ensure_ascii=False).encode(), compresslevel=1)

    @classmethod
    def unpacked(cls, content: bytes) -> "Table":
        headers, groups, line, remarks, rows = json.loads(gzip.decompress(content))
        return cls(tuple(headers), [(n, cells) for n, cells in rows], tuple(groups), line, tuple(remarks))


def column_label(table: Table, column: int) -> str:
    """« Cotisation 2026 – Montant », « Mail », « Colonne D » when it has no title."""
    group, header = table.groups[column] if table.groups else "", table.headers[column]
    if group and header and fold(group) != fold(header):
        return f"{group} – {header}"
    return header or group or f"Colonne {letters(column)}"


def letters(column: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA, as spreadsheets name their columns."""
    found, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        found = chr(65 + rest) + found
    return found


def read_table(content: bytes, knows: Knows) -> Table:
    """`knows` says whether a title is one the portal recognises. Raises `Unreadable`."""
    return first_readable(
        content,
        lambda sheet: _read_sheet(sheet, knows),
        empty="Le fichier est vide : choisissez le tableur de vos adhérents, avec sa ligne d’en-tête.",
    )


def _read_sheet(sheet: Sheet, knows: Knows) -> Table:
    head = list(islice(((line, [tidy(cell) for cell in cells]) for line, cells in sheet.rows), HEADER_WITHIN))
    found = [place for place, (_line, cells) in enumerate(head) if _may_be_header(cells)]
    if not found:
        raise Unreadable(
            "Aucune ligne d’en-tête n’est reconnue : la première ligne du tableau doit donner le titre des colonnes, "
            "par exemple « Nom », « Prénom », « Profession »."
        )
    best = max(found, key=lambda place: (_score(head[place][1], knows), -place))
    first, last = _header_lines(head, best, knows)
    groups, headers = _titles(head, first, last)
    rows = _data_rows([*head[last + 1 :]], sheet, headers, groups)
    if not rows:
        raise Unreadable("Le fichier ne contient que sa ligne d’en-tête, sans aucun adhérent.")
    return Table(tuple(headers), rows, tuple(groups), head[last][0], sheet.remarks)


def _may_be_header(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and not any("@" in cell for cell in filled) and sum(map(_is_data, filled)) * 3 <= len(filled)


def _is_data(cell: str) -> bool:
    return bool(_DATA.search(cell)) and not re.fullmatch(r"(19|20)\d\d|.*\D(19|20)\d\d\D*", cell)


def _score(cells: Sequence[str], knows: Knows) -> tuple[int, int]:
    return sum(1 for cell in cells if cell and knows(cell)), sum(1 for cell in cells if cell)


def _header_lines(head: list[Line], best: int, knows: Knows) -> tuple[int, int]:
    """One line, or two when the neighbour is a header as well: groups above, or details below."""

    def is_part(place: int) -> bool:
        if not 0 <= place < len(head) or not _may_be_header(head[place][1]):
            return False
        cells = [cell for cell in head[place][1] if cell]
        return not any(_is_data(cell) for cell in cells) and len({fold(cell) for cell in cells}) >= 2

    below = head[best + 1][1] if best + 1 < len(head) else []
    if is_part(best + 1) and _score(below, knows)[0] >= 2:
        return best, best + 1
    if is_part(best - 1) and len([cell for cell in head[best - 1][1] if cell]) < len(
        [cell for cell in head[best][1] if cell]
    ):
        return best - 1, best
    return best, best


def _titles(head: list[Line], first: int, last: int) -> tuple[list[str], list[str]]:
    """The groups (each title of the upper line runs until the next one) and the titles under them."""
    width = min(MOST_COLUMNS, max(len(cells) for _line, cells in head))
    lower = _padded(head[last][1], width)
    if first == last:
        return [], lower
    groups, current = [], ""
    upper = _padded(head[first][1], width)
    for title, under in zip(upper, lower, strict=True):
        current = title or (current if under else "")
        groups.append(current)
    return groups, lower


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _data_rows(begun: list[Line], sheet: Sheet, headers: list[str], groups: list[str]) -> list[Line]:
    """Lines with something in them; the header printed again on each page is left out."""
    width = max((place + 1 for place, title in enumerate(headers) if title), default=0)
    width = max(width, max((place + 1 for place, title in enumerate(groups) if title), default=0))
    rows: list[Line] = []
    for line, cells in [*begun, *sheet.rows]:
        kept = _padded(cells, len(headers))
        if not any(cell.strip() for cell in kept) or [tidy(cell) for cell in kept[:width]] == headers[:width]:
            continue
        rows.append((line, kept))
        if len(rows) > MOST_ROWS:
            raise Unreadable("Le fichier dépasse 100 000 lignes : déposez-le en plusieurs fois.")
    return rows
