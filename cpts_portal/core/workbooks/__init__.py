"""The sheets of a workbook as text: XLSX, XLS (97-2003) and ODS, read by calamine once they are known to be bearable.

openpyxl reads the same twenty times slower; it stays for writing. What a cell says does not depend on who reads it:
whole numbers without decimals, dates as 2026-01-31, text as it was typed (« 01001 »), what a formula last gave.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from cpts_portal.core.unreadable import Unreadable
from cpts_portal.core.workbooks import archives, compound, extents, open_documents
from cpts_portal.core.workbooks.extents import Errors

ZIP = b"PK\x03\x04"
EMPTY_BOOK = "Ce classeur ne contient aucune feuille de calcul."
BINARY = "Ce classeur est dans un format peu courant (.xlsb) : enregistrez-le en .xlsx ou en CSV, puis recommencez."
LARGEST_INDEX = 4 * 1024 * 1024
_BINARY_BOOK, _BOOK, _RELATIONS = "xl/workbook.bin", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet, its rows read when they are asked for."""

    name: str
    sheet: Any
    errors: Errors

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its number as the spreadsheet shows it, empty ones included."""
        left = [""] * (self.sheet.start or (0, 0))[1]
        errors: dict[int, dict[int, str]] = {}
        for (row, column), text in self.errors.items():
            errors.setdefault(row, {})[column] = text
        for place, values in enumerate(self.sheet.iter_rows()):
            cells = left + [_text(value) for value in values]
            for column, text in errors.get(place, {}).items():
                if column < len(cells) and not cells[column]:
                    cells[column] = text
            yield place + 1, cells


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP, compound.SIGNATURE))


def sheets_of(content: bytes) -> Iterator[WorkbookSheet]:
    """The sheets with cells of a workbook, in its order, each opened when its turn comes. Raises `Unreadable`."""
    errors = _measured(content)
    with _broken_parts_refused():
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        kinds = [(place, each) for place, each in enumerate(book.sheets_metadata)]
    for place, each in kinds:
        if each.typ == SheetTypeEnum.WorkSheet:
            with _broken_parts_refused():
                sheet = book.get_sheet_by_index(place)
            yield WorkbookSheet(each.name, sheet, errors[place] if place < len(errors) else {})


def _measured(content: bytes) -> list[Errors]:
    """The cells in error, sheet by sheet, once the workbook is known to be bearable."""
    if content.startswith(compound.SIGNATURE):
        return compound.errors_of_records(content)
    parts = archives.parts_of(content)
    by_name = {part.name.lower().replace("\\", "/"): part for part in parts}
    if _BINARY_BOOK in by_name:
        raise Unreadable(BINARY)
    if (_BOOK in by_name) == (open_documents.CONTENT in by_name):
        raise Unreadable(archives.NOT_A_WORKBOOK)
    errors = extents.errors_of_sheets(parts)
    if open_documents.CONTENT in by_name:
        return open_documents.errors_of_tables(by_name[open_documents.CONTENT])
    return _by_sheet(by_name, errors) if any(errors.values()) else []


def _by_sheet(parts: dict[str, archives.Part], errors: dict[str, Errors]) -> list[Errors]:
    """The cells in error of each sheet, in the order of the workbook, which says in two parts where its sheets are."""
    if _RELATIONS not in parts:
        return []
    try:
        relations = ElementTree.fromstring(_plain_xml(parts[_RELATIONS]))  # noqa: S314 (plain)
        book = ElementTree.fromstring(_plain_xml(parts[_BOOK]))  # noqa: S314 (plain)
    except ElementTree.ParseError as error:
        raise Unreadable(archives.DAMAGED) from error
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    places = [targets.get(each.get(_RELATION_ID), "") for each in book.iter() if each.tag.rpartition("}")[2] == "sheet"]
    return [errors.get(place[1:] if place.startswith("/") else f"xl/{place}", {}) for place in places]


def _plain_xml(part: archives.Part) -> bytes:
    """Small and without any entity of its own, which no spreadsheet writes and which could be made to swell."""
    text = b"".join(part.pieces()) if part.entry.file_size < LARGEST_INDEX else b""
    if not text or any(sign in text for sign in (b"<!DOCTYPE", b"<!ENTITY", b"\x00")):
        raise Unreadable(archives.DAMAGED)
    return text


@contextmanager
def _broken_parts_refused() -> Iterator[None]:
    """A part that calamine cannot read, or that makes it panic, gives one sentence."""
    try:
        yield
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(archives.DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of its native code: not an `Exception`, and in no module
            raise
        raise Unreadable(archives.DAMAGED) from error


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)
