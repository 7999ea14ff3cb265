"""From the bytes of a file to its sheets of text, whatever spreadsheet it comes from: CSV of any kind, XLSX, XLS, ODS.

What the columns mean is the business of each importer; here are only the encoding, the separator, and the mistakes
that spreadsheets make (`workbooks` reads the binary ones).
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cpts_portal.core.unreadable import BadCell, Unreadable
from cpts_portal.core.workbooks import EMPTY_BOOK, is_workbook, sheets_of

__all__ = ["BadCell", "Rows", "Sheet", "Unreadable", "first_readable", "is_exponent", "tidy"]
Rows = Iterator[tuple[int, list[str]]]
Found = TypeVar("Found")
SEPARATORS = (";", ",", "\t", "|")
SAMPLE_LINES = 10
_PDF = b"%PDF"
# « Ã » followed by what Windows-1252 shows for the second byte of an accented letter.
_MANGLED = re.compile(rb"\xc3\x83(?:\xc2[\x80-\xbf]|\xc5|\xc6|\xcb|\xe2)")
_EXPONENT = re.compile(r"\d+([.,]\d+)?E[+-]?\d+", re.IGNORECASE)

EXPONENT = (
    "nombre en notation scientifique, écrit par un tableur : les chiffres d’origine sont perdus. "
    "Mettez la colonne au format texte et recopiez la valeur"
)


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
    if is_workbook(content):
        return _read_workbook(content, read)
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
    """A workbook, even renamed .csv: its first sheet that is accepted."""
    refusal: Unreadable | None = None
    for sheet in sheets_of(content):
        try:
            return read(Sheet(sheet.rows()))
        except Unreadable as error:
            refusal = refusal or error
    raise refusal or Unreadable(EMPTY_BOOK)


def tidy(text: str) -> str:
    """Without quotes put by spreadsheets, and every kind of space (no-break, narrow, thin) as a plain one."""
    plain = " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())
    return plain.removeprefix("'").strip()


def is_exponent(text: str) -> bool:
    """« 1,00011E+10 »: a spreadsheet has lost the digits."""
    return bool(_EXPONENT.fullmatch(text.replace(" ", "")))
