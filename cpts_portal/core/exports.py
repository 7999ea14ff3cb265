"""Exports to CSV and XLSX as French spreadsheets open them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from tablib import Dataset

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets a leading apostrophe; the rest is left as it is."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def export_response(name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], file_format: str) -> HttpResponse:
    """A download of these rows. CSV: semicolons, UTF-8 with BOM and CRLF, which French Excel opens without asking."""
    data = Dataset(headers=list(headers), title=name[:31])
    for row in rows:
        data.append([harmless(value) for value in row])
    if file_format == "csv":
        content: str | bytes = "\ufeff" + data.export("csv", delimiter=";")
    else:
        content = data.export("xlsx")
    response = HttpResponse(content, content_type=FORMATS[file_format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response
