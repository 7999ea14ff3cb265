"""A complete list against the map, record by record: what appears, what differs, what is missing."""

from dataclasses import dataclass, field

from territories.commune_import.plan import Change, CommunePlan
from territories.commune_import.rows import KEPT, CommuneRecord, CompleteRows, Rows, content_rows
from territories.commune_import.state import CommuneNotes, Places, Row, State, Work
from territories.models import Commune

KIND_LABELS = {str(value): str(label) for value, label in Commune.Kind.choices}


@dataclass
class Comparison:
    """Compares record by record; `missing` starts as everything known and loses what the file names."""

    plan: CommunePlan
    state: State
    places: Places
    notes: CommuneNotes
    work: Work
    missing: dict[str, Row] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)  # current communes of the file, by code
    lines: dict[str, int] = field(default_factory=dict)
    parts: list[CommuneRecord] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)  # part code -> code of its commune, in the file
    first: bool = False  # no commune was known: everything appears, nothing has to be explained
    created: int = 0
    appeared: list[tuple[CommuneRecord, int]] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    successor_of: dict[int, int] = field(default_factory=dict)  # ended commune -> its successor, ids
    restored_from: dict[int, int] = field(default_factory=dict)  # new commune -> the one it was detached from, ids

    def read(self, rows: CompleteRows, lines: Rows, columns: int) -> None:
        self.missing = dict(self.state.rows)
        self.lines = rows.lines
        self.first = not any(row.kind == "COM" for row in self.state.rows.values())
        for record in rows.read(content_rows(lines, columns, self.notes)):
            if record.kind == "COM":
                self._commune(record)
            else:
                self.parts.append(record)
                if record.kind != "ARM" and record.code != record.parent_code:
                    self.parents[record.code] = record.parent_code
        for record in self.parts:
            self._part(record)
        for key in rows.lines:
            self.missing.pop(key, None)  # named by a refused line: it is not missing
        self.work.new_epcis = self.places.new_epcis
        self.work.departments = self.places.departments

    def _commune(self, record: CommuneRecord) -> None:
        old = self.missing.pop("COM" + record.code, None)
        if old is None:
            pk = self.work.next_commune_id()
            epci = None if record.epci_id is KEPT else record.epci_id
            postal = "" if record.postal_codes is KEPT else record.postal_codes
            self.work.new_rows.append(
                Row(pk, "COM", record.code, record.name, record.department_id, epci, None, postal)
            )
            self.created += 1
            if self.first:
                self.plan.changes.append(Change("created", record.code, record.name))
            else:
                self.appeared.append((record, pk))
            self.codes[record.code] = pk
            if record.population is not None:
                self.work.populations.append((pk, record.population))
            return
        self.codes[record.code] = old.id
        self._compare(old, record, None)

    def _part(self, record: CommuneRecord) -> None:
        parent = self.codes.get(record.parent_code)
        if parent is None and f"COM{record.parent_code}" in self.lines:
            return  # its commune is refused, with its own reason
        if parent is None:
            self.notes.refuse(
                record.line,
                "COMPARENT",
                record.parent_code,
                f"la commune de rattachement {record.parent_code} n’est pas dans le fichier",
            )
            return
        old = self.missing.pop(record.kind + record.code, None)
        if old is not None:
            self._compare(old, record, parent)
            return
        pk = self.work.next_commune_id()
        epci = None if record.epci_id is KEPT else record.epci_id
        postal = "" if record.postal_codes is KEPT else record.postal_codes
        self.work.new_rows.append(
            Row(pk, record.kind, record.code, record.name, record.department_id, epci, parent, postal)
        )
        self.plan.counts["parts_created"] += 1
        self.plan.changes.append(Change("created", record.code, record.name, KIND_LABELS[record.kind]))
        if record.population is not None:
            self.work.populations.append((pk, record.population))

    def _compare(self, old: Row, record: CommuneRecord, parent: int | None) -> None:
        epci = old.epci_id if record.epci_id is KEPT else record.epci_id
        postal = old.postal_codes if record.postal_codes is KEPT else record.postal_codes
        if (
            old.name != record.name
            or old.department_id != record.department_id
            or old.epci_id != epci
            or old.parent_id != parent
            or old.postal_codes != postal
        ):
            self.work.updates[old.id] = Row(
                old.id, old.kind, old.code, record.name, record.department_id, epci, parent, postal
            )
        if record.population is not None:
            known = self.state.populations.get(old.id)
            if known is None:
                self.work.populations.append((old.id, record.population))
            elif known != record.population:
                self.work.corrections.append((old.id, known, record.population))
