"""Workbooks of any kind as text, and those that are made to exhaust whoever opens them."""

import io
import struct
import tracemalloc
import warnings
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

import pytest
from django.conf import settings
from openpyxl import Workbook, load_workbook

from cpts_portal.core.sheets import Unreadable, first_readable
from cpts_portal.core.workbooks import EMPTY_BOOK, archives, compound, extents, sheets_of
from tests.core import workbook_files as files
from tests.core.workbook_files import cell, ods, ods_cell, ods_nothing, ods_row, xls, xlsx

DEMO = settings.BASE_DIR / "members" / "data" / "registre_demo.xlsx"


def rows_of(content: bytes) -> list[list[str]]:
    return [cells for _line, cells in next(iter(sheets_of(content))).rows()]


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        first_readable(content, lambda sheet: list(sheet.rows), empty="vide")
    return str(refused.value)


def book_of(values: dict[str, Any], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    for reference, value in values.items():
        book.active[reference] = value
    for reference, number_format in (formats or {}).items():
        book.active[reference].number_format = number_format
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_by_openpyxl(content: bytes) -> list[list[str]]:
    """What the portal read until calamine did."""

    def text(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return value.isoformat()[:10] if isinstance(value, date) else str(value)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return [[text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without the empty cells after the last filled one, which the two readers do not give alike."""
    return [row[: max((place + 1 for place, text in enumerate(row) if text), default=0)] for row in rows]


MOMENT = datetime(2026, 1, 2, 9, 5)  # noqa: DTZ001 (a cell knows no time zone)
ODD = {
    "B3": "  01001 ", "C3": 1001, "D3": 1001.5, "E3": True, "F3": date(2026, 1, 2), "G3": MOMENT,
    "H3": time(9, 5), "I3": "=1+1", "J3": "a\nb", "K3": 0.1, "L3": 10100000001, "M3": "#N/A", "N3": "É œ € ’",
    "B5": "ligne 5", "O3": 0.5, "P3": 22100,
}  # fmt: skip


def test_the_cells_of_an_xlsx():
    rows = rows_of(book_of(ODD, {"O3": "0%", "P3": "00000"}))
    assert rows[0] == rows[1] == [""] * 16
    assert rows[2] == [
        "", "  01001 ", "1001", "1001.5", "True", "2026-01-02", "2026-01-02", "09:05:00", "", "a\nb", "0.1",
        "10100000001", "#N/A", "É œ € ’", "0.5", "22100",
    ]  # fmt: skip
    assert rows[4][1] == "ligne 5"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(book_of(ODD), id="odd cells"),
        pytest.param(book_of({"A1": "a", "A1000": "b", "Z3": 5}), id="holes"),
        pytest.param(
            book_of({"A1": 45000, "B1": 45000, "C1": 59, "D1": 0.25, "E1": 10},
                    {"A1": "dd/mm/yyyy", "B1": "mmm-yy", "C1": "dd/mm/yyyy", "D1": "hh:mm", "E1": '[Red]0.00 "j"'}),
            id="formats",
        ),
        pytest.param(DEMO.read_bytes(), id="the register of the demonstration"),
    ],
)  # fmt: skip
def test_both_readers_agree(content):
    assert trimmed(rows_of(content)) == trimmed(read_by_openpyxl(content))


def test_the_cached_value_of_a_formula_and_an_error_are_read():
    content = xlsx(
        '<row r="2"><c r="B2"><f>1+1</f><v>2</v></c><c r="C2" t="str"><f>A1</f><v>01001</v></c>'
        '<c r="D2" t="e"><f>NA()</f><v>#N/A</v></c><c r="E2" t="b"><v>1</v></c></row>'
    )
    assert rows_of(content) == [[""] * 5, ["", "2", "01001", "#N/A", "True"]]
    assert trimmed(rows_of(content)) == trimmed(read_by_openpyxl(content))


def test_the_first_sheet_that_is_accepted_is_read_hidden_or_not():
    book = Workbook()
    book.active["A1"] = "autre"
    book.create_chartsheet("Graphique")
    hidden = book.create_sheet("Cachée")
    hidden["A2"], hidden.sheet_state = "cherchée", "hidden"

    def read(sheet: Any) -> tuple[int, list[str]]:
        for line, cells in sheet.rows:
            if cells == ["cherchée"]:
                return line, cells
        raise Unreadable("pas ici")

    assert first_readable(_saved(book), read, empty="vide") == (2, ["cherchée"])


def test_the_cells_of_an_ods():
    content = ods(
        ods_row(
            ods_cell("01001"), ods_cell("5", "float", "5"), ods_cell("02/01/26", "date", "2026-01-02"),
            ods_cell("VRAI", "boolean", "true"), ods_nothing(2), ods_cell("é", repeated=2),
            '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error">'
            "<text:p>#N/A</text:p></table:table-cell>", ods_nothing(16_000),
        )
        + ods_row(ods_nothing(16_384), repeated=2)
        + ods_row(ods_cell("fin"), repeated=2)
        + ods_row(ods_nothing(16_384), repeated=1_048_571)
    )  # fmt: skip
    first, *others = rows_of(content)
    assert first == ["01001", "5", "2026-01-02", "True", "", "", "é", "é", "#N/A"]
    assert trimmed(others) == [[], [], ["fin"], ["fin"]]


def test_the_cells_of_an_xls():
    content = xls(
        [
            files.xls_text(1, 1, "01001 é"), files.xls_number(1, 2, 5), files.xls_number(1, 3, 1001.5),
            files.xls_number(1, 4, 45000, look=1), files.xls_flag(1, 5, 1), files.xls_flag(1, 6, 0x2A, error=True),
            files.xls_failed_formula(1, 7, 0x07),
        ],
        [files.xls_text(0, 0, "seconde feuille")],
    )  # fmt: skip
    assert trimmed(rows_of(content)) == [
        [], ["", "01001 é", "5", "1001.5", "2023-03-15", "True", "#N/A", "#DIV/0!"]
    ]  # fmt: skip
    assert [sheet.name for sheet in sheets_of(content)] == ["F0", "F1"]


# --- Made to exhaust ------------------------------------------------------------------------------------------------
FAR_APART = {
    "xlsx": xlsx(f'<row r="1">{cell("A1", "a")}</row><row r="1048576">{cell("XFD1048576", "b")}</row>'),
    "xlsx, other prefix": xlsx(
        '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:c r="A1"><x:v>1</x:v></x:c>'
        '<x:c s="0"\n r = \'XFD1048576\' ><x:v>2</x:v></x:c></x:row>'
    ),
    "xlsx, disguised as empty": xlsx('<row><c r="A1"><v>1</v></c><c s="/>" r="XFD1048576"><v>2</v></c></row>'),
    "xlsx, without references": xlsx(f'<row>{"<c><v>1</v></c>" * 9_000}</row><row r="9000"><c><v>1</v></c></row>'),
    "xlsx, another part": xlsx("", more={"xl/image1.png": f'<row>{cell("A1", "a")}{cell("XFD1048576", "b")}</row>'}),
    "ods, rows": ods(ods_row(ods_cell("a"), repeated=1_000_000) + ods_row(*[ods_cell("b")] * 20)),
    "ods, columns": ods(ods_row(ods_nothing(16_000), ods_cell("a")) + ods_row(repeated=9_000) + ods_row(ods_cell("b"))),
    "ods, several tables": ods(*[ods_row(ods_cell("a", repeated=1_000), repeated=1_000)] * 6),
    "ods, text": ods(ods_row(ods_cell("a" * 200), repeated=900_000) + ods_row(ods_cell("a" * 200), repeated=900_000)),
    "xls": xls([files.xls_number(0, 0, 1), files.xls_number(65_535, 255, 2)]),
    "xls, several sheets": xls(*[[files.xls_number(20_000, 100, 1)]] * 3),
}  # fmt: skip


@pytest.mark.parametrize("content", FAR_APART.values(), ids=FAR_APART)
def test_a_small_workbook_that_reaches_far_is_refused_before_anything_is_allocated(content):
    assert len(content) < 20_000
    tracemalloc.start()
    assert refusal(content) == extents.TOO_WIDE
    assert tracemalloc.get_traced_memory()[1] < 30 * 1024 * 1024
    tracemalloc.stop()


def test_cells_that_only_have_a_style_do_not_count():
    far = '<row r="1048576" s="1"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"></c></row>'
    assert rows_of(xlsx(f'<row r="1">{cell("A1", "a")}</row>{far}')) == [["a"]]


def test_a_sheet_whose_cells_have_no_reference_is_read():
    content = xlsx("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    assert trimmed(rows_of(content)) == [["1", "2"], ["3"]]


def test_a_long_text_shared_by_too_many_cells_is_refused():
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 20_001))
    long_text = f"<si><t>{'a' * 30_000}</t></si>"
    assert refusal(xlsx(cells, shared=long_text)) == extents.TOO_WIDE
    once = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + cells.replace("<v>0</v>", "<v>1</v>").partition("</row>")[2]
    )
    assert rows_of(xlsx(once, shared=f"{long_text}<si><t>b</t></si>"))[:2] == [["a" * 30_000], ["b"]]


def test_an_archive_that_lies_about_its_sizes_is_refused():
    content = xlsx(f'<row r="1">{cell("A1", "a")}</row>' + " " * 5_000_000)
    entry = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml")
    announced = struct.pack("<II", entry.compress_size, entry.file_size)
    assert content.count(announced) == 2
    assert refusal(content.replace(announced, struct.pack("<II", entry.compress_size, 100))) == archives.DAMAGED


def test_what_swells_too_much_is_refused():
    assert refusal(xlsx("", more={"xl/a.xml": b" " * (archives.RATIO_FROM + 1)})) == archives.TOO_LARGE
    assert refusal(xlsx("", more={f"p{n}": "" for n in range(archives.MOST_PARTS)})) == archives.TOO_LARGE


# --- Damaged, or something else -------------------------------------------------------------------------------------
def truncated(content: bytes, part: str) -> bytes:
    """The same archive with half of one part."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    texts = {name: archive.read(name) for name in archive.namelist()}
    return files.zipped({**texts, part: texts[part][: len(texts[part]) // 2]})


SIMPLE = xlsx(f'<row r="1">{cell("A1", "a")}</row>')
ERROR = xlsx('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')
SENTENCES = {
    "half an archive": (SIMPLE[: len(SIMPLE) // 2], archives.NOT_A_WORKBOOK),
    "only a signature": (b"PK\x03\x04rest", archives.NOT_A_WORKBOOK),
    "an archive of something else": (files.zipped({"communes.csv": "a;b"}), archives.NOT_A_WORKBOOK),
    "both kinds": (xlsx("", more={"content.xml": "<a/>"}), archives.NOT_A_WORKBOOK),
    "half a list of sheets": (truncated(SIMPLE, "xl/workbook.xml"), archives.DAMAGED),
    "half a list of sheets, with an error": (truncated(ERROR, "xl/workbook.xml"), archives.DAMAGED),
    "half a sheet": (truncated(SIMPLE, "xl/worksheets/sheet1.xml"), archives.DAMAGED),
    "half the content of a document": (truncated(ods(ods_row(ods_cell("a"))), "content.xml"), archives.DAMAGED),
    "no such cell": (xlsx('<row r="1"><c r="?"><v>1</v></c></row>'), archives.DAMAGED),
    "bad numbers of repetitions": (ods('<table:table-row table:number-rows-repeated="x"/>'), archives.DAMAGED),
    "an older spreadsheet, broken": (b"\xd0\xcf\x11\xe0rest", compound.TOO_OLD),
    "a text document": (files.compound_file(b"WordDocument", b""), compound.TOO_OLD),
    "a locked workbook": (files.compound_file(b"EncryptedPackage", b""), archives.PROTECTED),
    "a chart alone": (ods(), EMPTY_BOOK),
}  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_broken_workbook_gives_one_sentence(content, sentence):
    assert refusal(content) == sentence


@pytest.mark.parametrize("content", [SIMPLE, ods(ods_row(ods_cell("a"))), xls([files.xls_number(0, 0, 1)])])
def test_no_damage_gives_a_traceback(content):
    """Each sixteenth byte changed in turn: the file is read, or refused with a sentence."""
    for place in range(0, len(content), 16):
        damaged = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        with suppress(Unreadable):
            first_readable(damaged, lambda sheet: list(sheet.rows), empty="vide")
