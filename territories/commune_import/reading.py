"""From the bytes of a file to its header and rows of text, whatever spreadsheet it comes from."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from territories.commune_import.layouts import Header, expected_columns, recognise

Rows = Iterable[tuple[int, list[str]]]
SEPARATORS = (";", ",", "\t", "|")
HEADER_WITHIN = 10
LARGEST_SHEET = 400 * 1024 * 1024
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
# « Ã » followed by what Windows-1252 shows for the second byte of an accented letter.
_MANGLED = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5|\xc6|\xcb|\xe2)")


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says what to do, in French."""


@dataclass(frozen=True)
class Table:
    """A recognised table: `rows` gives each line number (as a text editor or a spreadsheet shows it) and its cells."""

    header: Header
    header_line: int
    rows: Rows
    remarks: tuple[str, ...] = ()


def read_table(content: bytes) -> Table:
    """Find out the format, the encoding, the separator and the header. Raises `Unreadable`."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("Le fichier est vide : choisissez le fichier des communes, avec sa ligne d’en-tête.")
    if content.startswith(_ZIP):
        return _read_workbook(content)
    if content.startswith(_OLE):
        raise Unreadable(
            "C’est un classeur Excel 97-2003 (.xls) : enregistrez-le en .xlsx ou en CSV, puis recommencez."
        )
    if content.startswith(_PDF):
        raise Unreadable("C’est un document PDF : il faut un fichier CSV ou un classeur Excel (.xlsx).")
    plain, encoding, remarks = _decode(content)
    return _find_header(_csv_rows(plain, encoding), remarks)


def _decode(content: bytes) -> tuple[bytes, str, tuple[str, ...]]:
    """UTF-8 (with or without BOM), else Windows-1252; UTF-16 when its BOM says so (« Texte Unicode » of Excel).

    Returns the bytes and their encoding: the text itself is then read as a stream.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content, "utf-16", ()
    if b"\x00" in content:
        raise Unreadable("Ce n’est pas un fichier texte : il faut un fichier CSV ou un classeur Excel (.xlsx).")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content, "cp1252", ("Le fichier est lu en Windows-1252 (accents d’Excel).",)
    return _unmangled(content)


def _unmangled(content: bytes) -> tuple[bytes, str, tuple[str, ...]]:
    """« LibellÃ© »: UTF-8 once read as Windows-1252 and saved again; undone when the whole text allows it."""
    if _MANGLED.search(content):
        try:
            repaired = content.decode("utf-8-sig").encode("cp1252")
            repaired.decode("utf-8")
            return repaired, "utf-8-sig", ("Les accents abîmés (« Ã© ») sont remis : « é ».",)
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return content, "utf-8-sig", ()


def _csv_rows(content: bytes, encoding: str) -> Iterator[tuple[int, list[str]]]:
    def text() -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")

    sample = text().read(20_000).splitlines()[:HEADER_WITHIN]
    separator = max(SEPARATORS, key=lambda sign: max((_count(line, sign) for line in sample), default=0))
    reader = csv.reader(text(), delimiter=separator)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise Unreadable(
            f"Ligne {reader.line_num} : le fichier ne se découpe plus en colonnes (guillemets mal fermés ?)."
        ) from error


def _count(line: str, sign: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(sign)


def _find_header(rows: Iterator[tuple[int, list[str]]], remarks: tuple[str, ...] = ()) -> Table:
    """The header is the first recognised line; a title or empty lines may stand above it."""
    richest: list[str] = []
    for line, cells in rows:
        header = recognise(cells)
        if header is not None:
            return _table(header, line, rows, remarks)
        richest = max(richest, cells, key=lambda row: sum(1 for cell in row if cell.strip()))
        if line >= HEADER_WITHIN:
            break
    raise Unreadable(f"L’en-tête du fichier n’est pas reconnu. {expected_columns(richest)}")


def _table(header: Header, line: int, rows: Iterator[tuple[int, list[str]]], remarks: tuple[str, ...]) -> Table:
    first = next(((number, row) for number, row in rows if any(cell.strip() for cell in row)), None)
    if first is None:
        raise Unreadable(
            "Le fichier ne contient que sa ligne d’en-tête, sans aucune commune : vérifiez qu’il est complet."
        )
    return Table(header, line, _chained(first, rows), remarks)


def _chained(first: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rows


def _read_workbook(content: bytes) -> Table:
    """An Excel workbook, even renamed .csv: its first sheet whose header is recognised."""
    try:
        size = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
        if size > LARGEST_SHEET:
            raise Unreadable("Ce classeur est trop volumineux une fois décompressé : enregistrez-le en CSV.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles openpyxl does not know
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, InvalidFileException, ValueError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            "Ce fichier compressé n’est pas un classeur Excel (.xlsx) : décompressez-le et choisissez le CSV."
        ) from error
    refusal: Unreadable | None = None
    for sheet in book.worksheets:
        try:
            return _find_header(_sheet_rows(sheet))
        except Unreadable as error:
            refusal = refusal or error
    raise refusal or Unreadable("Ce classeur ne contient aucune feuille de calcul.")


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield line, [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value)
