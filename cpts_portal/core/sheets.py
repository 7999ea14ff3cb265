"""From the bytes of a file to its sheets of text, whatever spreadsheet it comes from: CSV of any kind, XLSX.

What the columns mean is the business of each importer; here are only the encoding, the separator, the cells of a
workbook, and the mistakes that spreadsheets make.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

Rows = Iterator[tuple[int, list[str]]]
Found = TypeVar("Found")
SEPARATORS = (";", ",", "\t", "|")
SAMPLE_LINES = 10
LARGEST_SHEET = 400 * 1024 * 1024
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
# « Ã » followed by what Windows-1252 shows for the second byte of an accented letter.
_MANGLED = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5|\xc6|\xcb|\xe2)")
_EXPONENT = re.compile(r"\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)

EXPONENT = (
    "nombre en notation scientifique, écrit par un tableur : les chiffres d’origine sont perdus. "
    "Mettez la colonne au format texte et recopiez la valeur"
)


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says what to do, in French."""


class BadCell(ValueError):
    """The cell cannot be read; the message is the reason, in French."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: each line number (as a text editor or a spreadsheet shows it) with its cells."""

    rows: Rows
    remarks: tuple[str, ...] = ()


def first_readable(content: bytes, read: Callable[[Sheet], Found], *, empty: str) -> Found:
    """What `read` makes of the first sheet it accepts (it raises `Unreadable` for the others).

    `empty`: the sentence for a file without anything in it.
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(empty)
    if content.startswith(_ZIP):
        return _read_workbook(content, read)
    if content.startswith(_OLE):
        raise Unreadable(
            "C’est un classeur Excel 97-2003 (.xls) : enregistrez-le en .xlsx ou en CSV, puis recommencez."
        )
    if content.startswith(_PDF):
        raise Unreadable("C’est un document PDF : il faut un fichier CSV ou un classeur Excel (.xlsx).")
    plain, encoding, remarks = _decode(content)
    return read(Sheet(_csv_rows(plain, encoding), remarks))


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


def _csv_rows(content: bytes, encoding: str) -> Rows:
    def text() -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="replace", newline="")

    sample = text().read(20_000).splitlines()[:SAMPLE_LINES]
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


def _read_workbook(content: bytes, read: Callable[[Sheet], Found]) -> Found:
    """An Excel workbook, even renamed .csv: its first sheet that is accepted."""
    book = _opened_workbook(content)
    refusal: Unreadable | None = None
    for sheet in book.worksheets:
        try:
            return read(Sheet(_sheet_rows(sheet)))
        except Unreadable as error:
            refusal = refusal or error
    raise refusal or Unreadable("Ce classeur ne contient aucune feuille de calcul.")


def _opened_workbook(content: bytes) -> Any:
    try:
        size = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
        if size > LARGEST_SHEET:
            raise Unreadable("Ce classeur est trop volumineux une fois décompressé : enregistrez-le en CSV.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles openpyxl does not know
            return load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, InvalidFileException, ValueError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            "Ce fichier compressé n’est pas un classeur Excel (.xlsx) : décompressez-le et choisissez le CSV."
        ) from error


def _sheet_rows(sheet: Any) -> Rows:
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


def tidy(text: str) -> str:
    """Without quotes put by spreadsheets, and every kind of space (no-break, narrow, thin) as a plain one."""
    plain = " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())
    return plain.removeprefix("'").strip()


def is_exponent(text: str) -> bool:
    """« 1,00011E+10 »: a spreadsheet has lost the digits."""
    return bool(_EXPONENT.fullmatch(text.replace(" ", "")))
