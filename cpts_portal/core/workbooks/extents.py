"""How far the cells of an XLSX sheet reach, and how much text they hold, read from the tags of its parts.

The reader of workbooks allocates the whole rectangle from the first cell to the last one, and one text per cell: a
workbook of 5 kB with something in A1 and in XFD1048576 would take hundreds of gigabytes. `<dimension>` says nothing
reliable, so the references of the cells are read themselves, before the workbook is opened.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from cpts_portal.core.unreadable import Unreadable
from cpts_portal.core.workbooks.archives import DAMAGED, LARGEST_INFLATED, Part

MOST_CELLS = 5_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_TAG = 4 * 1024 * 1024
TOO_WIDE = (
    "Ce classeur s’étend trop loin : sa dernière cellule remplie est bien au-delà du tableau. Effacez les lignes et "
    "les colonnes perdues autour du tableau, ou enregistrez la feuille en CSV, puis recommencez."
)
_ODD_CELL = (re.compile(rb"<c[\t\r\n/>]"), re.compile(rb":c[\s/>]"))  # literal beginnings: quick to look for
_PLAIN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_ROW_OR_CELL = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^<]*)(?=(<?/?))")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_ADDRESS = re.compile(rb"([A-Za-z]{0,3})([0-9]{1,7})")
_EMPTY_CELL = re.compile(rb'(?:\s+[\w:.-]+="[^"<>]*")*\s*/?>\s*')
_TEXT, _PREFIXED_TEXT = re.compile(rb"<si[\s/>]"), re.compile(rb":si[\s/>]")
_NUMBER = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^<>]*)?>\s*([0-9]{1,9})\s*<")
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]*")? t="e"[^<>]*>(?:<f[^<]*(?:/>|</f>))?<v>(#[^<]{1,20})</v>'
)
Errors = dict[tuple[int, int], str]


@dataclass
class Extent:
    """What one part of a workbook makes the reader allocate. `errors`: « #N/A » by (row, column) from 0."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    errors: Errors = field(default_factory=dict)

    @property
    def is_bearable(self) -> bool:
        area = self.rows * self.columns
        return area <= MOST_CELLS and self.cells <= MOST_CELLS and self.rows <= LAST_ROW and self.columns <= LAST_COLUMN

    def reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def errors_of_sheets(parts: list[Part]) -> dict[str, Errors]:
    """Measure every part, whatever its name, since a sheet may bear any; the cells in error, by part.

    Raises `Unreadable` when reading the workbook would take more memory than a spreadsheet of people needs.
    """
    cells, longest, errors = 0, 0, {}
    for part in parts:
        extent, text = _measured(part)
        if not extent.is_bearable:
            extent = _filled(part)
            if not extent.is_bearable:
                raise Unreadable(TOO_WIDE)
        cells, longest, errors[part.name] = cells + extent.cells, max(longest, text), extent.errors
    if cells > MOST_CELLS or (cells * longest > LARGEST_INFLATED and _text_repeated(parts) > LARGEST_INFLATED):
        raise Unreadable(TOO_WIDE)
    return errors


def _measured(part: Part) -> tuple[Extent, int]:
    """The extent at its largest (empty cells counted) and the longest shared text; one quick pass."""
    extent, texts = Extent(), _Texts()
    for text in whole_tags(part.pieces()):
        texts.see(text)
        _see_cells(text, extent)
    texts.end()
    return extent, texts.longest


def _see_cells(text: bytes, extent: Extent) -> None:
    count = text.count(b"<c ")
    extent.cells += count
    addresses = _PLAIN.findall(text) if count else []
    if len(addresses) != count or any(odd.search(text) for odd in _ODD_CELL):
        extent.reach(LAST_ROW, LAST_COLUMN)  # written another way: to be measured tag by tag
        return
    if count:
        names, rows = map(set, zip(*addresses, strict=True))
        extent.reach(max(map(int, rows)), max(map(column_number, names)))
    if b't="e"' in text:
        extent.errors |= {
            (int(row) - 1, column_number(name) - 1): value.decode() for name, row, value in _ERROR.findall(text)
        }


def _filled(part: Part) -> Extent:
    """The extent of the cells that hold something, tag by tag, for the sheets that the quick pass cannot judge."""
    extent, row, column = Extent(), 0, 0
    for text in whole_tags(part.pieces()):
        for tag, attributes, follows in _ROW_OR_CELL.findall(text):
            reference = _REFERENCE.search(attributes)
            if tag == b"row":
                row, column = (_address(reference[1])[0] if reference else row + 1), 0
                continue
            cell_row, column = _address(reference[1]) if reference else (row, column + 1)
            if _EMPTY_CELL.fullmatch(attributes) and (attributes.rstrip().endswith(b"/>") or follows == b"</"):
                continue
            extent.cells += 1
            extent.reach(max(cell_row, 1), max(column, 1))
    return extent


def _address(reference: bytes) -> tuple[int, int]:
    """« B12 » -> (12, 2); « 12 », of a row -> (12, 0)."""
    found = _ADDRESS.fullmatch(reference.strip())
    if found is None:
        raise Unreadable(DAMAGED)
    return int(found[2]), column_number(found[1].upper())


def column_number(letters: bytes) -> int:
    """A -> 1, Z -> 26, XFD -> 16 384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def whole_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same text cut before a cell or a text rather than anywhere: no tag is seen in two halves."""
    left = b""
    for piece in pieces:
        text = left + piece
        cut = max(text.rfind(b"<c "), text.rfind(b"<row "), text.rfind(b"<table:table-"))
        cut = cut if cut > 0 else text.rfind(b"<")
        if cut < 0:
            cut = len(text)  # no tag begins here
        if cut > 0:
            yield text[:cut]
        elif len(text) > LONGEST_TAG:
            raise Unreadable(DAMAGED)
        left = text[cut:]
    if left:
        yield left


class _Texts:
    """The lengths of the shared texts, from where one begins to where the next one does."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self._since: int | None = None

    @property
    def longest(self) -> int:
        return max(self.lengths, default=0)

    def see(self, text: bytes) -> None:
        begins = [found.start() for found in (_PREFIXED_TEXT if b":si" in text else _TEXT).finditer(text)]
        if not begins:
            self._since = None if self._since is None else self._since + len(text)
            return
        if self._since is not None:
            self.lengths.append(self._since + begins[0])
        self.lengths += [after - before for before, after in pairwise(begins)]
        self._since = len(text) - begins[-1]

    def end(self) -> None:
        if self._since is not None:
            self.lengths.append(self._since)
            self._since = None


def _text_repeated(parts: list[Part]) -> int:
    """How much text the cells hold once each has its own: every number of a cell taken as that of a shared text."""
    texts = _Texts()
    for part in parts:
        for text in whole_tags(part.pieces()):
            texts.see(text)
        texts.end()
    lengths, total = texts.lengths, 0
    for part in parts:
        for text in whole_tags(part.pieces()):
            numbers = (int(number) for number in _NUMBER.findall(text))
            total += sum(lengths[number] for number in numbers if number < len(lengths))
    return total
