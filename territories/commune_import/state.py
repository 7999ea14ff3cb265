"""What the portal holds before the import, loaded once as plain tuples, and what the import will write."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from territories.commune_import.layouts import LAYOUTS
from territories.commune_import.plan import CommuneRefusal, CommuneRemark
from territories.models import Commune, CommuneImport, Department, Epci, Population
from territories.shipped import official_departments

FULL_LAYOUTS = tuple(key for key, layout in LAYOUTS.items() if layout.is_full)


class Row(NamedTuple):
    """A commune as stored. Ids below zero stand for rows the import will create."""

    id: int
    kind: str
    code: str
    name: str
    department_id: int
    epci_id: int | None
    parent_id: int | None
    postal_codes: str

    @property
    def label(self) -> str:
        return f"{self.name} ({self.code})"


ROW_FIELDS = ("id", "kind", "code", "name", "department_id", "epci_id", "parent_id", "postal_codes")


class CommuneNotes:
    """Refused cells and remarks, gathered while reading; columns are named as the file names them."""

    def __init__(self) -> None:
        self.title: Callable[[str], str] = str
        self.refusals: list[CommuneRefusal] = []
        self.remarks: list[CommuneRemark] = []

    def refuse(self, line: int, column: str, value: str, reason: str) -> None:
        self.refusals.append(
            CommuneRefusal(line, self.title(column), value[:200], f"{reason[:1].upper()}{reason[1:]}.")
        )

    def remark(self, line: int, column: str, value: str, read_as: str, why: str = "") -> None:
        """« ligne 412, colonne population : « 14 854 » lu 14854 »."""
        column = self.title(column)
        reason = f" ({why})" if why and not why.startswith("lu ") else ""
        sentence = f"Ligne {line}, colonne {column} : « {value} » lu « {read_as} »{reason}."
        self.remarks.append(CommuneRemark(line, column, value[:200], read_as, sentence))

    def say(self, sentence: str, *, line: int = 0, column: str = "", value: str = "", read_as: str = "") -> None:
        self.remarks.append(CommuneRemark(line, self.title(column), value, read_as, sentence))


@dataclass
class Places:
    """Departments and EPCI by code; those the portal does not hold yet have a temporary id below zero.

    Official departments need no previous loading: a first import on an empty portal creates those it meets.
    """

    departments: dict[str, int]
    epcis: dict[str, int]
    new_epcis: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Places":
        departments = dict(Department.objects.order_by().values_list("code", "pk"))
        missing = sorted(set(official_departments()) - set(departments))
        departments.update({code: -1 - place for place, code in enumerate(missing)})
        return cls(departments, dict(Epci.objects.order_by().values_list("siren", "pk")))

    def add_epci(self, siren: str) -> int:
        self.new_epcis[siren] = self.epcis[siren] = -1 - len(self.new_epcis)
        return self.epcis[siren]

    def department_codes(self) -> dict[int, str]:
        return {pk: code for code, pk in self.departments.items()}

    def sirens(self) -> dict[int, str]:
        return {pk: siren for siren, pk in self.epcis.items()}


@dataclass
class State:
    """The map on the day the file takes effect: rows by kind and code (« COM22093 »), populations of its vintage."""

    vintage: int
    day: date
    rows: dict[str, Row]
    populations: dict[int, int]
    geography: int | None

    @classmethod
    def load(cls, vintage: int, *, with_populations: bool, full: bool) -> "State":
        day = date(vintage, 1, 1)
        found = Commune.objects.order_by()
        geography = current_geography()
        if full or geography is None or vintage >= geography:
            found = found.filter(ended_on__isnull=True)
        else:
            started = Q(started_on__isnull=True) | Q(started_on__lte=day)
            found = found.filter(started, Q(ended_on__isnull=True) | Q(ended_on__gt=day))
        rows = {}
        for values in found.values_list(*ROW_FIELDS).iterator(chunk_size=5_000):
            rows[values[1] + values[2]] = Row._make(values)
        populations = populations_of(vintage) if with_populations and rows else {}
        return cls(vintage, day, rows, populations, geography)

    def commune(self, code: str) -> Row | None:
        return self.rows.get(f"COM{code}")


def populations_of(vintage: int) -> dict[int, int]:
    return dict(Population.objects.filter(vintage=vintage).order_by().values_list("commune_id", "municipal"))


def current_geography() -> int | None:
    """The vintage of the latest complete list applied."""
    applied = CommuneImport.objects.filter(status=CommuneImport.Status.APPLIED, layout__in=FULL_LAYOUTS)
    return applied.order_by("-vintage").values_list("vintage", flat=True).first()


@dataclass
class Work:
    """Everything the import writes, with temporary ids below zero for what does not exist yet."""

    new_epcis: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    new_rows: list[Row] = field(default_factory=list)
    # Existing rows with their new values, and those that end with their successor's id (or None).
    updates: dict[int, Row] = field(default_factory=dict)
    endings: dict[int, int | None] = field(default_factory=dict)
    started_on: date | None = None
    ended_on: date | None = None
    # (commune id, field, before, after) as kept in CommuneChange.
    changes: list[tuple[int, str, str, str]] = field(default_factory=list)
    populations: list[tuple[int, int]] = field(default_factory=list)
    corrections: list[tuple[int, int, int]] = field(default_factory=list)
    movements: list[tuple[int, date, str, str]] = field(default_factory=list)
    # Communes ended earlier whose successor is now known: (ended id, successor id).
    late_successors: list[tuple[int, int]] = field(default_factory=list)
    carry: Any = None

    def next_commune_id(self) -> int:
        return -1 - len(self.new_rows)


def by_code(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.code)
