"""How far the sheets of an Excel 97-2003 workbook (.xls) reach, read from its records.

Such a file is a small disk: sectors chained by a table, a directory, and the stream « Workbook » made of records. The
reader allocates the rectangle of every sheet when it opens the file; here the records of cells are walked first.
"""

import struct
from collections.abc import Iterator

from cpts_portal.core.unreadable import Unreadable
from cpts_portal.core.workbooks.archives import DAMAGED, PROTECTED
from cpts_portal.core.workbooks.extents import MOST_CELLS, TOO_WIDE, Errors, Extent

SIGNATURE = b"\xd0\xcf\x11\xe0"
TOO_OLD = "C’est un classeur Excel 97-2003 (.xls) : enregistrez-le en .xlsx ou en CSV, puis recommencez."
_LAST_SECTOR = 0xFFFFFFFA  # greater numbers are marks: end of chain, free, table
_HEADER = struct.Struct("<8s16x6xHH10xIIII4xIIII")
_ENTRY = struct.Struct("<64sHBB12x36xIQ")
_RECORD = struct.Struct("<HH")
_BEGINS, _ENDS = 0x0809, 0x000A
_BOUND_SHEET, _FILE_PASSWORD = 0x0085, 0x002F
_NUMBERS, _FORMULA, _BOOLEAN_OR_ERROR = 0x00BD, 0x0006, 0x0205
# Records of one cell: formula, label (three ways), number (two ways), boolean or error.
_CELLS = frozenset({_FORMULA, 0x0004, 0x0204, 0x00D6, 0x00FD, 0x0203, 0x027E, _BOOLEAN_OR_ERROR, 0x0406, 0x0206})
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def errors_of_records(content: bytes) -> list[Errors]:
    """Measure the sheets; the cells in error, sheet by sheet. Raises `Unreadable` past what is bearable."""
    try:
        sheets = _sheets(_Disk(content).workbook())
    except (struct.error, IndexError, KeyError) as error:
        raise Unreadable(TOO_OLD) from error
    area = sum(extent.rows * extent.columns for extent in sheets)
    if area > MOST_CELLS or not all(extent.is_bearable for extent in sheets):
        raise Unreadable(TOO_WIDE)
    return [extent.errors for extent in sheets]


class _Disk:
    """The streams of a compound file. A chain longer than the file holds sectors turns round: it is refused."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        _sign, shift, mini_shift, _fats, self.root, _, self.cutoff, self.mini_fat, _, difat, difats = _HEADER.unpack(
            content[: _HEADER.size]
        )
        if shift not in (9, 12) or mini_shift != 6:
            raise Unreadable(TOO_OLD)
        self.size = 1 << shift
        self.most = len(content) // self.size + 1
        numbers = [*struct.unpack_from("<109I", content, 76), *self._more_tables(difat, min(difats, self.most))]
        self.table = [each for sector in numbers if sector < _LAST_SECTOR for each in self._numbers(sector)]

    def workbook(self) -> bytes:
        """The stream of the workbook, under either of its names."""
        entries = list(self._entries())
        names = {name.lower(): (start, size) for name, _kind, start, size in entries}
        if "encryptedpackage" in names:
            raise Unreadable(PROTECTED)
        start, size = names["workbook"] if "workbook" in names else names["book"]
        if size >= self.cutoff:
            return self._stream(start)[:size]
        root_start = next(start for _name, kind, start, _size in entries if kind == 5)
        return self._mini_stream(start, self._stream(root_start))[:size]

    def _sector(self, number: int) -> bytes:
        begins = (number + 1) * self.size
        if begins >= len(self.content):
            raise IndexError(number)
        return self.content[begins : begins + self.size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self.size // 4}I", self._sector(sector).ljust(self.size, b"\xff"))

    def _more_tables(self, sector: int, count: int) -> Iterator[int]:
        for _ in range(count):
            if sector >= _LAST_SECTOR:
                return
            *numbers, sector = self._numbers(sector)
            yield from numbers

    def _chain(self, first: int, table: list[int], most: int) -> Iterator[int]:
        number, length = first, 0
        while number < _LAST_SECTOR:
            yield number
            number, length = table[number], length + 1
            if length > most:
                raise Unreadable(DAMAGED)

    def _stream(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(first, self.table, self.most))

    def _mini_stream(self, first: int, small: bytes) -> bytes:
        numbers = self._stream(self.mini_fat)
        table = list(struct.unpack(f"<{len(numbers) // 4}I", numbers))
        return b"".join(small[n * 64 : n * 64 + 64] for n in self._chain(first, table, len(small) // 64 + 1))

    def _entries(self) -> Iterator[tuple[str, int, int, int]]:
        listing = self._stream(self.root)
        for place in range(0, len(listing) - 127, 128):
            name, length, kind, _, start, size = _ENTRY.unpack_from(listing, place)
            yield name[: max(length - 2, 0)].decode("utf-16-le", "replace"), kind, start, size & 0xFFFFFFFF


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records from there to the end of their part; a chart inside a sheet has a beginning and an end of its own."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = _RECORD.unpack_from(stream, place)
        yield kind, stream[place + 4 : place + 4 + length]
        depth += (kind == _BEGINS) - (kind == _ENDS)
        if depth <= 0 and kind == _ENDS:
            return
        place += 4 + length


def _sheets(stream: bytes) -> list[Extent]:
    places: list[int] = []
    for kind, data in _records(stream, 0):
        if kind == _FILE_PASSWORD:
            raise Unreadable(PROTECTED)
        if kind == _BOUND_SHEET:
            places.append(struct.unpack_from("<I", data)[0])
    extents: list[Extent] = []
    for place in places:
        extents.append(_measured(stream, place))
        if sum(extent.cells for extent in extents) > MOST_CELLS:
            raise Unreadable(TOO_WIDE)
    return extents


def _measured(stream: bytes, place: int) -> Extent:
    """`cells` counts every record: sheets that share the same ones are walked as many times."""
    extent = Extent()
    for kind, data in _records(stream, place):
        extent.cells += 1
        if kind == _NUMBERS:
            row, _first = struct.unpack_from("<HH", data)
            extent.reach(row + 1, struct.unpack_from("<H", data, len(data) - 2)[0] + 1)
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            extent.reach(row + 1, column + 1)
            error = _error(kind, data)
            if error:
                extent.errors[row, column] = error
    return extent


def _error(kind: int, data: bytes) -> str:
    """The error a cell shows, whether typed or computed; empty when it shows something else."""
    if kind == _BOOLEAN_OR_ERROR and data[7]:
        return _ERRORS.get(data[6], "")
    if kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return _ERRORS.get(data[8], "")
    return ""
