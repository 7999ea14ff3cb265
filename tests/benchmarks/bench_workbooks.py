"""The reading of a workbook: measured then read by calamine, against openpyxl alone, which read them before.

    python -m tests.benchmarks.bench_workbooks [--rows 10000] [--least 4]

A ratio, so that a busy machine does not change it; it fails under `--least`.
"""

import argparse
import io
import sys
import time
from collections.abc import Callable

from openpyxl import Workbook, load_workbook

from cpts_portal.core.workbooks import sheets_of

ROUNDS = 3


def workbook(rows: int) -> bytes:
    """A register of fictitious people, 14 columns, as openpyxl writes it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Adhérents")
    for n in range(rows):
        sheet.append(
            [
                f"NOM{n % 977:03d}-{n}", f"Prénom {n % 61}", "infirmière libérale", f"{10100000000 + n}",
                f"essai.{n}@demo.example", f"02{n:08d}", f"{n} rue de l’Essai", "22000", "Saint-Brieuc", "Soignants",
                "01/03/2024", 20, "05/03/2026", "virement",
            ]
        )  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> int:
    return sum(1 for sheet in sheets_of(content) for _row in sheet.rows())


def read_before(content: bytes) -> int:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return sum(1 for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) if [str(v) for v in row])


def shortest(reader: Callable[[bytes], int], content: bytes, rows: int) -> float:
    """Processor seconds of the best of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        assert reader(content) == rows
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--least", type=float, default=4, help="how many times faster it must be")
    options = parser.parse_args()
    content = workbook(options.rows)
    now, before = shortest(read, content, options.rows), shortest(read_before, content, options.rows)
    print(f"{options.rows} rows, {len(content) / 1e6:.1f} MB: {now:.2f} s of processor, {before:.2f} s with openpyxl")
    print(f"{before / now:.1f} times faster (at least {options.least:g})")
    sys.exit(before / now < options.least)


if __name__ == "__main__":
    main()
