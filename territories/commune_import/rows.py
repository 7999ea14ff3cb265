"""Rows of complete lists (portal and COG formats), from text to values that can be compared with the database.

This runs once per line of a 37 000-line file: each cell has a fast check, and only a cell that fails it goes through
the forgiving reader of `cells.py`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from stdnum import luhn

from cpts_portal.core.text import fold
from territories.commune_import import cells
from territories.commune_import.layouts import Header
from territories.commune_import.state import CommuneNotes, Places
from territories.shipped import official_epcis

Rows = Iterable[tuple[int, list[str]]]
KINDS = frozenset({"COM", "COMD", "COMA", "ARM"})
KIND_NAMES = {
    "commune": "COM",
    "commune deleguee": "COMD",
    "deleguee": "COMD",
    "commune associee": "COMA",
    "associee": "COMA",
    "arrondissement": "ARM",
    "arrondissement municipal": "ARM",
}
_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}").fullmatch
_POSTAL = re.compile(r"(?:[0-9]{5}(?: [0-9]{5})*)?").fullmatch
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,6})").fullmatch


class _Kept:
    """Stands for « the file does not say »: the stored value is kept."""

    def __repr__(self) -> str:
        return "KEPT"


KEPT: Any = _Kept()


class CommuneRecord(NamedTuple):
    line: int
    kind: str
    code: str
    name: str
    department_id: int
    epci_id: Any
    parent_code: str
    postal_codes: Any
    population: Any


class Skip(Exception):
    """The row is refused; the reason is already noted."""


def picker(header: Header, names: list[str]) -> Callable[[list[str]], tuple[str, ...]]:
    """A function that takes these columns out of a row, missing columns and short rows read as empty."""
    width = max(header.positions.values()) + 1
    places = [header.positions.get(name, width) for name in names]
    take = itemgetter(*places)

    def pick(row: list[str]) -> tuple[str, ...]:
        padded = row[:width] if len(row) >= width else row + [""] * (width - len(row))
        padded.append("")
        return take(padded)

    return pick


def content_rows(rows: Rows, columns: int, notes: CommuneNotes) -> Iterator[tuple[int, list[str]]]:
    """The rows that say something; one with more filled cells than the header has columns is refused."""
    for line, row in rows:
        if len(row) > columns and any(row[columns:]):
            extra = next(cell for cell in row[columns:] if cell)
            notes.refuse(
                line,
                f"colonne {columns + 1}",
                extra,
                "la ligne a plus de cellules que l’en-tête : un nom contient sans doute le séparateur, "
                "mettez-le entre guillemets",
            )
        elif row and (row[0] or any(cell.strip() for cell in row)):
            yield line, row


class CompleteRows:
    """Reads the rows of a complete list; iterating gives `CommuneRecord`s and fills `notes`."""

    def __init__(self, header: Header, places: Places, notes: CommuneNotes) -> None:
        self.header, self.places, self.notes = header, places, notes
        self.has = {name: name in header.positions for name in ("DEP", "EPCI", "PMUN", "CODES_POSTAUX")}
        self.pick = picker(header, ["TYPECOM", "COM", "LIBELLE", "COMPARENT", "DEP", "EPCI", "PMUN", "CODES_POSTAUX"])
        self.lines: dict[str, int] = {}
        self.count = 0

    def read(self, rows: Rows) -> Iterator[CommuneRecord]:
        record = self._record
        for line, row in rows:
            self.count += 1
            try:
                yield record(line, row)
            except Skip:
                continue

    def _record(self, line: int, row: list[str]) -> CommuneRecord:
        kind, code, name, parent, dep, epci, pmun, postal = self.pick(row)
        if kind not in KINDS:
            kind = self._kind(line, kind)
        if not _CODE(code):
            code = self._cell(line, "COM", code, cells.read_code)
        if (key := kind + code) in self.lines:
            self._duplicate(line, kind, code)
        self.lines[key] = line
        if not name or len(name) > cells.LONGEST_NAME or name[0] <= " " or name[-1] <= " " or "\xa0" in name:
            name = self._cell(line, "LIBELLE", name, cells.read_name)
        department = self.places.departments.get(dep) if kind != "COM" or code.startswith(dep) else None
        if not dep or department is None:
            department = self._department(line, kind, code, dep)
        return CommuneRecord(
            line, kind, code, name, department, self._epci(line, epci), self._parent(line, kind, code, parent),
            self._postal_codes(line, postal), self._population(line, pmun),
        )  # fmt: skip

    def _population(self, line: int, text: str) -> int | None:
        if _NUMBER(text):
            return int(text)
        return self._cell(line, "PMUN", text, cells.read_number) if text and self.has["PMUN"] else None

    def _postal_codes(self, line: int, text: str) -> Any:
        if not self.has["CODES_POSTAUX"]:
            return KEPT
        return text if _POSTAL(text) else self._cell(line, "CODES_POSTAUX", text, cells.read_postal_codes)

    def _cell(self, line: int, column: str, text: str, reader: Callable[[str], tuple[Any, str]]) -> Any:
        return read_cell(self.notes, line, column, text, reader)

    def _refuse(self, line: int, column: str, value: str, reason: str) -> None:
        self.notes.refuse(line, column, value, reason)
        raise Skip

    def _kind(self, line: int, text: str) -> str:
        plain = cells.tidy(text)
        kind = plain.upper() if plain.upper() in KINDS else KIND_NAMES.get(fold(plain))
        if kind is None:
            self._refuse(line, "TYPECOM", text, "type de commune inconnu : COM, COMD, COMA ou ARM sont attendus")
        if kind != text:
            self.notes.remark(line, "TYPECOM", text, str(kind))
        return str(kind)

    def _duplicate(self, line: int, kind: str, code: str) -> None:
        first = self.lines[kind + code]
        self._refuse(line, "COM", code, f"la commune {kind} {code} figure déjà à la ligne {first}")

    def _department(self, line: int, kind: str, code: str, text: str) -> int:
        """From the column when it is filled, else from the code; they must agree for a commune."""
        found, why = cells.read_department(text)
        expected = cells.department_of(code)
        if found and found not in self.places.departments:
            self._refuse(line, "DEP", text, f"le département « {found} » est inconnu du portail")
        if found and kind == "COM" and found != expected:
            self._refuse(line, "DEP", text, f"la commune {code} ne peut pas être dans le département « {found} »")
        if found and why:
            self.notes.remark(line, "DEP", text, found, why)
        department = self.places.departments.get(found or expected)
        if department is None:
            self._refuse(line, "COM", code, f"le département « {expected} » de ce code est inconnu du portail")
        return department  # type: ignore[return-value]

    def _epci(self, line: int, text: str) -> Any:
        if text in self.places.epcis:
            return self.places.epcis[text]
        if not text:
            return None if self.has["EPCI"] else KEPT
        siren = self._cell(line, "EPCI", text, cells.read_siren)
        if not siren:
            return None
        if siren not in self.places.epcis:
            if not luhn.is_valid(siren):
                self._refuse(line, "EPCI", text, "ce SIREN n’est pas valide (clé fausse) et n’est pas un EPCI connu")
            self.places.add_epci(siren)
            if siren not in official_epcis():
                self.notes.say(
                    f"Ligne {line} : l’EPCI {siren} est inconnu du portail, il est créé sous le nom "
                    f"« {unnamed_epci(siren)} ».",
                    line=line,
                    column="EPCI",
                    value=siren,
                    read_as=siren,
                )
        return self.places.epcis[siren]

    def _parent(self, line: int, kind: str, code: str, text: str) -> str:
        if kind == "COM":
            return ""
        if _CODE(text):
            return text
        if not text.strip():
            self._refuse(line, "COMPARENT", text, f"la commune de rattachement de {kind} {code} manque")
        return self._cell(line, "COMPARENT", text, cells.read_code)


def read_cell(notes: CommuneNotes, line: int, column: str, text: str, reader: Callable[[str], tuple[Any, str]]) -> Any:
    """The value of a doubtful cell, with a remark when it was read differently; refused (`Skip`) when unreadable."""
    try:
        value, why = reader(text)
    except cells.BadCell as bad:
        notes.refuse(line, column, text, str(bad))
        raise Skip from bad
    if why:
        notes.remark(line, column, text, "" if value is None else str(value), why)
    return value


def unnamed_epci(siren: str) -> str:
    return f"EPCI {siren} (nom à compléter)"
