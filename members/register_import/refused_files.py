"""The file of refused lines: downloaded, corrected in a spreadsheet, dropped again on the same import."""

from collections.abc import Iterator

from cpts_portal.core.sheets import BadCell, Unreadable, tidy
from cpts_portal.core.text import fold
from members.register_import.cells import read_amount
from members.register_import.fields import is_known_title
from members.register_import.plan import Plan
from members.register_import.preparing import Corrections, corrected
from members.register_import.reading import LINE_HEADER, REASON_HEADER, Table, read_table


def refused_rows(table: Table, plan: Plan, corrections: Corrections) -> tuple[list[str], Iterator[list[str]]]:
    """The headers, then each refused line as it stands now with the reasons."""
    reasons: dict[int, list[str]] = {}
    for found in plan.refusals:
        reasons.setdefault(found.line, []).append(f"{found.column} : {found.reason}")
    headers = [LINE_HEADER, *(table.label(place) for place in range(len(table.headers))), REASON_HEADER]
    rows = (
        [str(line), *cells, " ; ".join(reasons[line])]
        for line, cells in corrected(table, corrections)
        if line in reasons
    )
    return headers, rows


def cells_corrected(content: bytes, table: Table, corrections: Corrections) -> dict[tuple[int, int], str]:
    """What changed in a file of refused lines given back: (line, column) -> text. Raises `Unreadable`.

    Lines are known by their number; the column of reasons is ignored, and so are lines that were not refused.
    """
    given = read_table(content, lambda title: is_known_title(title) or fold(title) == fold(LINE_HEADER))
    titles = [fold(given.label(place)) for place in range(len(given.headers))]
    if fold(LINE_HEADER) not in titles:
        raise Unreadable(
            f"La colonne « {LINE_HEADER} » manque : déposez ici le fichier des lignes refusées téléchargé sur cette "
            "page, corrigé."
        )
    at = titles.index(fold(LINE_HEADER))
    places = {
        titles.index(fold(table.label(c))): c for c in range(len(table.headers)) if fold(table.label(c)) in titles
    }
    present = dict(corrected(table, corrections))
    found = {}
    for _line, cells in given.rows:
        line = _line_number(cells[at])
        if line not in present:
            continue
        for place, column in places.items():
            text = tidy(cells[place])
            if text != tidy(present[line][column]):
                found[line, column] = text
    return found


def _line_number(text: str) -> int:
    try:
        return int(read_amount(text)[0] or 0)
    except BadCell:
        return 0
