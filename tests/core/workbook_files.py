"""Workbooks written by hand for the tests of their reading: as small or as odd as a test wants them."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OPEN = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def xlsx(sheet_data: str | bytes, *, shared: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A workbook of one sheet, whose `<sheetData>` holds this."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheet = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (
        _SPREADSHEET.encode(),
        sheet_data.encode() if isinstance(sheet_data, str) else sheet_data,
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Feuille" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": f'<sst xmlns="{_SPREADSHEET}">{shared}</sst>',
            **(more or {}),
        }
    )


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(*tables: str) -> bytes:
    """A document of these tables, each given by its rows."""
    body = "".join(f'<table:table table:name="T{place}">{rows}</table:table>' for place, rows in enumerate(tables))
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f'<office:document-content {_OPEN} xmlns:calcext="urn:x"><office:body>'
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_cell(text: str, kind: str = "string", value: str = "", repeated: int = 1) -> str:
    attribute = (
        f' office:{kind if kind != "float" else ""}{"-" if kind != "float" else ""}value="{value}"' if value else ""
    )
    return (
        f'<table:table-cell office:value-type="{kind}"{attribute} table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_nothing(repeated: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{repeated}"/>'


# --- Excel 97-2003 ----------------------------------------------------------------------------------------------------
def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls_number(row: int, column: int, value: float, look: int = 0) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, look, value))


def xls_text(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def xls_flag(row: int, column: int, value: int, *, error: bool = False) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, value, error))


def xls_failed_formula(row: int, column: int, error: int) -> bytes:
    return record(0x0006, struct.pack("<HHH", row, column, 0) + bytes([2, 0, error, 0, 0, 0, 255, 255]) + bytes(8))


def xls(*sheets: Iterable[bytes]) -> bytes:
    """A workbook of these sheets, each given by the records of its cells (`look` 1 shows a date)."""
    begin = record(0x0042, struct.pack("<H", 1200))
    for number_format in (0, 14):
        begin += record(0x00E0, struct.pack("<HHHHHHIIH", 0, number_format, 0, 0, 0, 0, 0, 0, 0))
    begin = _beginning(5) + begin
    size = len(begin) + len(sheets) * 14 + 4
    bodies = [_beginning(0x10) + b"".join(records) + record(0x000A) for records in sheets]
    for place, _body in enumerate(bodies):
        starts = size + sum(map(len, bodies[:place]))
        begin += record(0x0085, struct.pack("<IBBBB", starts, 0, 0, 2, 0) + f"F{place}".encode())
    return compound_file(b"Workbook", begin + record(0x000A) + b"".join(bodies))


def _beginning(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def compound_file(name: bytes, stream: bytes) -> bytes:
    """A compound file holding one stream, in sectors of 512 bytes."""
    count = -(-max(len(stream), 4096) // 512)
    stream = stream.ljust(count * 512, b"\0")
    tables = next(n for n in range(1, 100) if n * 128 >= count + 1 + n)
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE, *range(tables + 2, tables + 1 + count), 0xFFFFFFFE]
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))
    listing = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(name.decode(), 2, 0xFFFFFFFF, tables + 1, len(stream))
    return header + struct.pack(f"<{len(chain)}I", *chain) + listing.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
