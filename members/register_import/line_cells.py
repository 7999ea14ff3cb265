"""The cells of one line: their text, their value through a reader, and the reasons why one cannot be read."""

from collections.abc import Mapping, Sequence
from typing import Any

from cpts_portal.core.sheets import BadCell, tidy
from members.register_import.cells import read_date, read_year
from members.register_import.columns import IGNORE
from members.register_import.fields import column_beside, year_in
from members.register_import.known import Known
from members.register_import.reading import Table
from members.register_import.records import Notes, Refusal


class LineCells:
    def __init__(self, table: Table, mapping: Mapping[int, str], known: Known, notes: Notes) -> None:
        self.known, self.notes, self.table = known, notes, table
        self.columns: dict[str, list[int]] = {}
        for column, key in mapping.items():
            if key != IGNORE:
                self.columns.setdefault(key, []).append(column)
        self.labels = {column: table.label(column) for column in mapping}
        self.years = {column: year_in(self.labels[column]) for column in mapping}
        notes.places = {key: (places[0], self.labels[places[0]]) for key, places in self.columns.items()}
        self.besides: dict[tuple[str, int], int | None] = {}
        self.line, self.bad = 0, False
        self.cells: Sequence[str] = []

    def text(self, key: str) -> str:
        places = self.columns.get(key)
        return tidy(self.cells[places[0]]) if places else ""

    def refuse(self, key: str, reason: str, kind: str, *, column: int | None = None) -> None:
        places = self.columns.get(key) or [-1]
        index = places[0] if column is None else column
        value = self.cells[index] if index >= 0 else ""
        self.bad = True
        self.notes.refusals.append(Refusal(self.line, index, self.labels.get(index, "La ligne"), value, reason, kind))

    def read(self, key: str, reader: Any, kind: str, empty: Any, *, column: int | None = None) -> Any:
        """The value of a cell through its reader; `empty` when the cell is empty or refused."""
        places = self.columns.get(key)
        if not places:
            return empty
        index = places[0] if column is None else column
        text = self.cells[index]
        if not text:
            return empty
        try:
            value, remark = reader(text)
        except BadCell as problem:
            self.refuse(key, str(problem), kind, column=index)
            return empty
        if remark:
            self.notes.remark(self.line, self.labels[index], remark, tidy(text))
        return value

    def beside(self, key: str, column: int) -> int | None:
        """The column of this data for the same year, or the one without year; None when there is none."""
        if (key, column) not in self.besides:
            self.besides[key, column] = column_beside(self.table, self.columns.get(key, []), column)
        return self.besides[key, column]

    def past_date(self, key: str, *, column: int | None = None) -> Any:
        """A day that is not to come (None when the cell is empty or refused)."""
        day = self.read(key, read_date, "date", None, column=column)
        if day and day > self.known.today:
            self.refuse(key, "cette date est dans le futur", "future", column=column)
        return day

    def due_year(self) -> int | None:
        """The year of dues that the line itself gives."""
        year: int | None = self.read("due_year", lambda text: (read_year(text), ""), "date", None)
        return year
