"""How far the tables of an OpenDocument spreadsheet reach, once its repeated rows and cells are counted.

« The same row, a million times » is one tag of the file and a million rows of the reader: repetitions are multiplied
here, before the file is opened. Empty rows and cells that follow the last filled one, which every spreadsheet
writes down to the end of the sheet, are not allocated and not counted.
"""

import re
from collections.abc import Iterator

from cpts_portal.core.unreadable import Unreadable
from cpts_portal.core.workbooks.archives import DAMAGED, LARGEST_INFLATED, Part
from cpts_portal.core.workbooks.extents import MOST_CELLS, TOO_WIDE, Errors, Extent, whole_tags

CONTENT = "content.xml"
_KIND = rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])"
_BEGUN, _TAG = re.compile(_KIND), re.compile(_KIND + rb"""((?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>""")
_REPEATED = re.compile(rb"""table:number-(?:rows|columns)-repeated\s*=\s*["']\s*([0-9]{1,18})\s*["']""")
_ERROR = re.compile(rb"""calcext:value-type\s*=\s*["']error["']""")
_WORDS = re.compile(rb"<[^>]*>")


class _Table:
    """One table while its rows pass: what they reach, how much text they repeat."""

    def __init__(self) -> None:
        self.extent, self.text = Extent(), 0
        self._row, self._rows, self._column, self._filled, self._row_text = 0, 0, 0, 0, 0

    def begin_row(self, repeated: int) -> None:
        self.end_row()
        self._rows = repeated

    def cell(self, repeated: int, inside: bytes, attributes: bytes) -> None:
        first, self._column = self._column, self._column + repeated
        if not inside.strip() and b"office:value" not in attributes:
            return
        self._filled = self._column
        self._row_text += repeated * (len(inside) + len(attributes))
        if _ERROR.search(attributes):
            self.extent.errors[self._row, first] = _WORDS.sub(b"", inside).decode("utf-8", "replace").strip()

    def end_row(self) -> None:
        first, self._row = self._row, self._row + self._rows
        if self._filled:
            self.extent.reach(first + self._rows, self._filled)
            self.extent.cells += self._rows * self._filled
            self.text += self._rows * self._row_text
        self._rows, self._column, self._filled, self._row_text = 0, 0, 0, 0


def errors_of_tables(part: Part) -> list[Errors]:
    """Measure the tables of a document; the cells in error, table by table. Raises `Unreadable` past what is bearable.

    The reader opens every table at once: they count together.
    """
    tables: list[_Table] = []
    for kind, attributes, inside in _tags(part):
        if kind == b"table":
            tables.append(_Table())
            continue
        if not tables:
            continue
        if kind == b"table-row":
            tables[-1].begin_row(_repeated(attributes))
        else:
            tables[-1].cell(_repeated(attributes), inside, attributes)
    for table in tables:
        table.end_row()
    _refuse_oversized(tables)
    return [table.extent.errors for table in tables]


def _repeated(attributes: bytes) -> int:
    times = _REPEATED.search(attributes)
    if times is None and b"-repeated" in attributes:
        raise Unreadable(DAMAGED)
    return int(times[1]) if times else 1


def _refuse_oversized(tables: list[_Table]) -> None:
    area = sum(table.extent.rows * table.extent.columns for table in tables)
    text = sum(table.text for table in tables)
    if area > MOST_CELLS or text > LARGEST_INFLATED or not all(table.extent.is_bearable for table in tables):
        raise Unreadable(TOO_WIDE)


def _tags(part: Part) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each table, row or cell with its attributes and what stands before the next one."""
    for text in whole_tags(part.pieces()):
        tags = list(_TAG.finditer(text))
        if len(tags) != len(_BEGUN.findall(text)):
            raise Unreadable(DAMAGED)
        for place, tag in enumerate(tags):
            ends = tags[place + 1].start() if place + 1 < len(tags) else len(text)
            inside = b"" if tag[2].endswith(b"/") else text[tag.end() : ends].partition(b"</table:")[0]
            yield tag[1], tag[2], inside
