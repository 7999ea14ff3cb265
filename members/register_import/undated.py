"""Payments whose line says no day: the coordinator says which one to record, column by column, never the portal."""

from collections.abc import Mapping
from datetime import date

from members.register_import.cells import NOTHING
from members.register_import.fields import column_beside
from members.register_import.reading import Table


def columns_without_dates(table: Table, mapping: Mapping[int, str]) -> list[int]:
    """The columns of amounts in which at least one payment has no day."""
    days = [column for column, key in mapping.items() if key == "paid_on"]
    amounts = [column for column, key in mapping.items() if key == "paid_amount"]
    beside = {column: column_beside(table, days, column) for column in amounts}
    return [column for column in amounts if _has_undated(table, column, beside[column])]


def _has_undated(table: Table, column: int, day: int | None) -> bool:
    return any(
        cells[column].strip().lower() not in NOTHING and (day is None or cells[day].strip().lower() in NOTHING)
        for _line, cells in table.rows
    )


def missing_dates(table: Table, mapping: Mapping[int, str], dates: Mapping[int, date]) -> list[int]:
    """The columns for which a day remains to be said."""
    return [column for column in columns_without_dates(table, mapping) if column not in dates]
