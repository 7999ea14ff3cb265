"""The import itself: one transaction, all or nothing, one at a time."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from cpts_portal.core.authors import Author
from cpts_portal.core.bulk import insert_rows, reserve_ids, update_rows
from cpts_portal.core.locks import lock_tables
from cpts_portal.core.tasks import silent
from cpts_portal.core.text import fold
from cpts_portal.imports.importer import mark_applied
from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import.plan import CommunePlan, Reporter
from territories.commune_import.preparing import build_plan
from territories.commune_import.rows import unnamed_epci
from territories.commune_import.state import Row, Work
from territories.commune_import.writing import carry_territories
from territories.models import (
    Commune,
    CommuneChange,
    CommuneImport,
    CommuneMovement,
    CptsCommune,
    Department,
    Epci,
    Population,
    Region,
)
from territories.shipped import official_departments, official_epcis, official_regions

COMMUNE_COLUMNS = (
    "id", "kind", "code", "name", "department_id", "epci_id", "parent_id", "postal_codes", "search", "started_on",
    "created_by_id",
)  # fmt: skip
UPDATED_COLUMNS = ("name", "department_id", "epci_id", "parent_id", "postal_codes", "search")
MOST_KEPT_REFUSALS = 5_000


def apply_import(  # noqa: PLR0913 (the published interface: keyword-only after the file)
    content: bytes,
    filename: str,
    *,
    vintage: int | None,
    by: Author | None,
    origin: str,
    successors: Mapping[str, str] | None = None,
    accept_partial: bool = False,
    report: Reporter = silent,
    into: CommuneImport | None = None,
) -> CommuneImport:
    """Apply the file, or raise `ImportRefused`: nothing is written then, except the trace of the attempt.

    The plan is computed again inside the transaction, under a lock: what is written is what is true at that moment,
    and two imports follow one another. `origin`: `CommuneImport.Source`. `into`: the import that kept the file since
    its preview; its caller records failures itself. `accept_partial`: somebody has read `CommunePlan.partial`.
    """
    plan = None
    try:
        with transaction.atomic():
            lock_tables(CommuneImport, Commune, CptsCommune)
            plan = build_plan(content, filename, vintage=vintage, successors=successors or {}, report=report)
            if not plan.is_applicable:
                raise ImportRefused(" ".join(plan.reasons), plan=plan)
            if plan.partial and not accept_partial:
                raise ImportRefused(f"{plan.partial} Acceptez ce millésime partiel pour l’appliquer.", plan=plan)
            return _write(plan, content, by, origin, into, report)
    except ImportRefused as refusal:
        if into is None and plan is not None:
            refusal.imported = keep_attempt(plan, content, by=by, origin=origin)
        raise
    except Exception:
        if into is None and plan is not None:
            keep_attempt(plan, content, by=by, origin=origin, status=CommuneImport.Status.FAILED)
        raise


def keep_attempt(
    plan: CommunePlan, content: bytes, *, by: Author | None, origin: str, status: str = CommuneImport.Status.REFUSED
) -> CommuneImport:
    """Keep the trace of a file that was refused, or that failed."""
    imported = CommuneImport(status=status, origin=origin, author=by)
    describe(imported, plan)
    imported.report = plan.as_report()
    _keep_file(imported, content)
    imported.save()
    return imported


def describe(imported: CommuneImport, plan: CommunePlan) -> None:
    """What was read from the file, as the import keeps it."""
    imported.filename, imported.sha256, imported.layout = plan.filename, plan.sha256, plan.layout
    imported.vintage = plan.vintage or 0
    imported.counts = plan.counts
    imported.refused = [
        {"line": found.line, "column": found.column, "value": found.value, "reason": found.reason}
        for found in plan.refusals[:MOST_KEPT_REFUSALS]
    ]


def _keep_file(imported: CommuneImport, content: bytes) -> None:
    suffix = imported.filename.rpartition(".")[2].lower() if "." in imported.filename else "csv"
    name = f"{imported.sha256[:16]}.{''.join(c for c in suffix if c.isalnum())[:8]}"
    imported.file.save(name, ContentFile(content), save=False)


def _write(
    plan: CommunePlan, content: bytes, by: Author | None, origin: str, into: CommuneImport | None, report: Reporter
) -> CommuneImport:
    imported = into or CommuneImport(origin=origin, author=by)
    describe(imported, plan)
    mark_applied(imported)
    imported.report = {**imported.report, **plan.as_report()}
    imported.save()
    report(65, "Enregistrement des communes")
    journal = CommuneWriter(imported, plan.work).write(report)
    report(90, "Reprise des territoires")
    if plan.work.carry is not None and plan.work.carry.rows:
        journal["territories"] = carry_territories(plan.work.carry, journal.pop("ids"), plan.vintage, by)
    journal.pop("ids", None)
    imported.journal = journal
    if not imported.file:
        _keep_file(imported, content)
    imported.save(update_fields=["journal", "file"])
    report(100, "Import terminé")
    return imported


class CommuneWriter:
    """Executes a `Work`: gives real ids to what has temporary ones, then writes table by table."""

    def __init__(self, imported: CommuneImport, work: Work, *, portable: bool = False) -> None:
        self.imported, self.work, self.portable = imported, work, portable
        self.ids: dict[int, int] = {}

    def write(self, report: Reporter) -> dict[str, Any]:
        places = self._create_places()
        self._create_communes(places)
        self._update_communes()
        report(80, "Enregistrement des populations")
        self._write_populations()
        self._keep_changes()
        self._create_movements()
        return {"epcis": sorted(places["epcis"].values()), "ids": self.ids}

    def _create_places(self) -> dict[str, dict[int, int]]:
        """Departments and EPCI met for the first time: temporary id -> real id."""
        used = {row.department_id for row in [*self.work.new_rows, *self.work.updates.values()]}
        codes = {code: pk for code, pk in self.work.departments.items() if pk < 0 and pk in used}
        departments = {codes[code]: pk for code, pk in create_departments(sorted(codes)).items()}
        epcis = create_epcis(sorted(self.work.new_epcis))
        return {
            "departments": departments,
            "epcis": {temporary: epcis[siren] for siren, temporary in self.work.new_epcis.items()},
        }

    def _create_communes(self, places: dict[str, dict[int, int]]) -> None:
        rows = self.work.new_rows
        # Two writers of this table cannot meet: it is locked, and SQLite writes one transaction at a time.
        self.ids = dict(zip((row.id for row in rows), reserve_ids(Commune, len(rows)), strict=True))
        self.departments, self.epcis = places["departments"], places["epcis"]
        insert_rows(Commune, COMMUNE_COLUMNS, (self._new(row) for row in rows), portable=self.portable)

    def _new(self, row: Row) -> tuple:
        return (
            self.ids[row.id], row.kind, row.code, row.name, *self._links(row), row.postal_codes,
            search_text(row), self.work.started_on, self.imported.pk,
        )  # fmt: skip

    def _links(self, row: Row) -> tuple[int, int | None, int | None]:
        return (
            self.departments.get(row.department_id, row.department_id),
            self.epcis.get(row.epci_id, row.epci_id) if row.epci_id is not None else None,
            self.real(row.parent_id),
        )

    def real(self, pk: int | None) -> int | None:
        return pk if pk is None or pk > 0 else self.ids[pk]

    def _update_communes(self) -> None:
        rows = (
            (pk, row.name, *self._links(row), row.postal_codes, search_text(row))
            for pk, row in self.work.updates.items()
        )
        update_rows(Commune, UPDATED_COLUMNS, rows, portable=self.portable)
        ended = self.work.ended_on
        endings = ((pk, ended, self.real(successor)) for pk, successor in self.work.endings.items())
        update_rows(Commune, ("ended_on", "successor_id"), endings, portable=self.portable)
        update_rows(Commune, ("successor_id",), self.work.late_successors, portable=self.portable)

    def _write_populations(self) -> None:
        vintage, source = self.imported.vintage, self.imported.pk
        rows = ((self.real(pk), vintage, value, source) for pk, value in self.work.populations)
        insert_rows(Population, ("commune_id", "vintage", "municipal", "source_id"), rows, portable=self.portable)
        correct_populations(vintage, {pk: value for pk, _, value in self.work.corrections}, portable=self.portable)

    def _keep_changes(self) -> None:
        rows = ((self.imported.pk, *change) for change in self.work.changes)
        insert_rows(
            CommuneChange, ("imported_id", "commune_id", "field", "before", "after"), rows, portable=self.portable
        )

    def _create_movements(self) -> None:
        source = f"Fichier « {self.imported.filename} »"[:200]
        rows = ((*movement, source, self.imported.pk) for movement in self.work.movements)
        columns = ("kind", "effective_on", "before", "after", "source", "created_by_id")
        insert_rows(CommuneMovement, columns, rows, portable=self.portable)


def search_text(row: Row) -> str:
    return Commune.search_text(row.name, row.code, row.postal_codes)


def correct_populations(vintage: int, values: Mapping[int, int], *, portable: bool = False) -> None:
    """Set the population of these communes in one vintage."""
    if not values:
        return
    known = Population.objects.filter(vintage=vintage).order_by().values_list("pk", "commune_id")
    rows = [(pk, values[commune]) for pk, commune in known if commune in values]
    update_rows(Population, ("municipal",), rows, portable=portable)


def create_departments(codes: Iterable[str]) -> dict[str, int]:
    """Official departments and their regions; returns their ids by code."""
    wanted = list(codes)
    if not wanted:
        return {}
    official, regions = official_departments(), official_regions()
    known = dict(Region.objects.values_list("code", "pk"))
    missing = sorted({official[code][1] for code in wanted} - set(known))
    Region.objects.bulk_create([Region(code=code, name=regions[code]) for code in missing])
    known = dict(Region.objects.values_list("code", "pk"))
    Department.objects.bulk_create(
        [Department(code=code, name=official[code][0], region_id=known[official[code][1]]) for code in wanted]
    )
    return dict(Department.objects.filter(code__in=wanted).values_list("code", "pk"))


def create_epcis(sirens: Iterable[str]) -> dict[str, int]:
    """EPCI under their official name, or a name to be completed; returns their ids by SIREN."""
    wanted = list(sirens)
    if not wanted:
        return {}
    official = official_epcis()
    named = [(siren, *official.get(siren, (unnamed_epci(siren), ""))) for siren in wanted]
    Epci.objects.bulk_create(
        [Epci(siren=siren, name=name, kind=kind, search=f"{fold(name)} {siren}") for siren, name, kind in named]
    )
    return dict(Epci.objects.filter(siren__in=wanted).values_list("siren", "pk"))
