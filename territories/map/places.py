"""Reads of the map of things: France, regions, departments, EPCI, communes, with what CPTS cover of each.

Every function takes the day and returns plain rows, in a number of queries that does not depend on the number of
places. Which CPTS covers a commune is a public fact: no scope is needed here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, QuerySet

from cpts_portal.core.periods import active_on
from cpts_portal.core.text import fold
from territories.map.coverage import Tally, cpts_counts, holders, tallies, total, with_coverage
from territories.map.populations import count_older
from territories.map.vintages import vintage_for
from territories.models import Commune, CommuneChange, CommuneMovement, CptsCommune, Department, Epci, Region


@dataclass(frozen=True)
class HoldingCpts:
    """A CPTS present in a place, with how many of its communes it holds (or shares)."""

    cpts_id: int
    name: str
    communes: int = 0

    @property
    def full_name(self) -> str:
        return self.name if self.name.upper().startswith("CPTS") else f"CPTS {self.name}"


@dataclass(frozen=True)
class PlaceRow:
    """One line of a table of places."""

    place: Region | Department | Epci | None
    tally: Tally
    parts: tuple[Department, ...] = ()
    cpts: tuple[HoldingCpts, ...] = ()

    @property
    def name(self) -> str:
        return self.place.name if self.place else ""

    @property
    def sort_key(self) -> tuple[bool, str]:
        return self.place is None, fold(self.name)


@dataclass(frozen=True)
class Area:
    """A place with its figures and the places inside it."""

    day: date
    vintage: int | None
    tally: Tally
    rows: list[PlaceRow] = field(default_factory=list)
    cpts: list[HoldingCpts] = field(default_factory=list)
    older: int = 0  # communes counted with a population older than the vintage


def france(day: date) -> Area:
    """Regions in alphabetical order, each with its departments; places without commune on the day are left out."""
    vintage, existing = vintage_for(day), Commune.objects.existing_on(day)
    by_department = tallies(existing, day, vintage, "department_id")
    by_region = cpts_counts(existing, day, "department__region_id")
    rows = []
    for region in Region.objects.prefetch_related("departments"):
        departments = tuple(d for d in region.departments.all() if d.pk in by_department)
        if departments:
            tally = total((by_department[d.pk] for d in departments), by_region.get(region.pk, 0))
            rows.append(PlaceRow(region, tally, parts=departments))
    everywhere = CptsCommune.directory.filter(active_on(day)).aggregate(n=Count("cpts", distinct=True))["n"]
    rows.sort(key=lambda row: row.sort_key)
    figures = total((row.tally for row in rows), everywhere)
    return Area(day, vintage, figures, rows, older=count_older(existing, vintage))


def departments_of(region: Region | None, day: date) -> Area:
    """The departments of a region (None: of the whole country) with their figures."""
    vintage, existing = vintage_for(day), Commune.objects.existing_on(day)
    wanted = Department.objects.select_related("region")
    if region:
        existing, wanted = existing.filter(department__region=region), wanted.filter(region=region)
    by_department = tallies(existing, day, vintage, "department_id")
    present = cpts_in(existing, day)
    rows = [PlaceRow(d, by_department[d.pk]) for d in wanted if d.pk in by_department]
    figures = total((row.tally for row in rows), len(present))
    return Area(day, vintage, figures, rows, present, count_older(existing, vintage))


def epcis_of(department: Department, day: date) -> Area:
    """The EPCI present in a department, counted on its communes only; communes without EPCI come last."""
    vintage = vintage_for(day)
    existing = Commune.objects.existing_on(day).filter(department=department)
    by_epci = tallies(existing, day, vintage, "epci_id")
    places = Epci.objects.in_bulk([pk for pk in by_epci if pk])
    present = _cpts_by(existing, day, "epci_id")
    rows = [PlaceRow(places.get(pk), tally, cpts=tuple(present.get(pk, ()))) for pk, tally in by_epci.items()]
    everyone = cpts_in(existing, day)
    figures = total((row.tally for row in rows), len(everyone))
    rows.sort(key=lambda row: row.sort_key)
    return Area(day, vintage, figures, rows, everyone, count_older(existing, vintage))


@dataclass(frozen=True)
class EpciMembers:
    """The communes of an EPCI, with population and holders, and the totals."""

    day: date
    vintage: int | None
    tally: Tally
    communes: list[Commune]
    cpts: list[HoldingCpts]
    departments: list[Department]
    older: int = 0


def members_of(epci: Epci, day: date) -> EpciMembers:
    vintage = vintage_for(day)
    existing = Commune.objects.existing_on(day).filter(epci=epci)
    rows = with_coverage(existing, day, vintage).select_related("department").prefetch_related(holders(day))
    communes = list(rows)
    present = cpts_in(existing, day)
    tally = Tally(
        communes=len(communes),
        white_communes=sum(not c.is_covered for c in communes),
        inhabitants=sum(c.population or 0 for c in communes),
        covered=sum(c.covered or 0 for c in communes),
        white_inhabitants=sum(c.population or 0 for c in communes if not c.is_covered),
        cpts=len(present),
    )
    departments = sorted({c.department for c in communes}, key=lambda d: d.code)
    return EpciMembers(day, vintage, tally, communes, present, departments, count_older(existing, vintage))


def cpts_in(communes: QuerySet, day: date) -> list[HoldingCpts]:
    """The CPTS that hold communes among these, by name."""
    rows = (
        CptsCommune.directory.filter(active_on(day), commune__in=communes.order_by().values("pk"))
        .order_by("cpts__name")
        .values("cpts_id", name=F("cpts__name"))
        .annotate(n=Count("commune", distinct=True))
    )
    return [HoldingCpts(row["cpts_id"], row["name"], row["n"]) for row in rows]


def _cpts_by(communes: QuerySet, day: date, by: str) -> dict[int | None, list[HoldingCpts]]:
    rows = (
        CptsCommune.directory.filter(active_on(day), commune__in=communes.order_by().values("pk"))
        .order_by("cpts__name")
        .values("cpts_id", name=F("cpts__name"), group=F(f"commune__{by}"))
        .annotate(n=Count("commune", distinct=True))
    )
    found: dict[int | None, list[HoldingCpts]] = {}
    for row in rows:
        found.setdefault(row["group"], []).append(HoldingCpts(row["cpts_id"], row["name"], row["n"]))
    return found


@dataclass(frozen=True)
class CommuneFile:
    """Everything the page of one commune prints."""

    commune: Commune
    populations: list
    parts: list[Commune]
    predecessors: list[Commune]
    held_now: list[CptsCommune]
    held_before: list[CptsCommune]
    held_later: list[CptsCommune]
    changes: list[CommuneChange]
    movements: list[CommuneMovement]

    @property
    def shares(self) -> int:
        return sum(link.inhabitants or 0 for link in self.held_now)

    @property
    def is_shared(self) -> bool:
        return any(link.inhabitants for link in self.held_now)

    @property
    def population(self) -> int | None:
        return self.populations[0].municipal if self.populations else None

    @property
    def left_over(self) -> int:
        """Inhabitants that no CPTS counts; negative when the shares exceed the population."""
        if not self.is_shared or self.population is None:
            return 0
        return self.population - self.shares


def commune_file(commune: Commune, day: date) -> CommuneFile:
    """The commune's own facts, in a constant number of queries."""
    links = CptsCommune.directory.filter(commune=commune).select_related("cpts").order_by("-start", "cpts__name")
    everything_held = list(links)
    ended = [link for link in everything_held if link.end and link.end <= day]
    later = [link for link in everything_held if link.start > day]
    now = [link for link in everything_held if link not in ended and link not in later]
    parts = Commune.objects.filter(parent=commune, ended_on__isnull=True).order_by("kind", "name")
    return CommuneFile(
        commune,
        list(commune.populations.order_by("-vintage")),
        list(parts),
        list(commune.predecessors.order_by("-ended_on", "name")),
        now,
        ended,
        later,
        list(commune.changes.select_related("imported").order_by("-imported__vintage", "-imported_id", "field")),
        list(_movements(commune)),
    )


def _movements(commune: Commune) -> Iterable[CommuneMovement]:
    codes = [commune.code]
    both = CommuneMovement.objects.filter(before__in=codes) | CommuneMovement.objects.filter(after__in=codes)
    return both.order_by("-effective_on", "before")


def commune_with_ties(commune_id: int) -> Commune | None:
    """The commune with what its breadcrumbs and identity need."""
    ties = ("department__region", "epci", "parent", "successor")
    return Commune.objects.select_related(*ties).filter(pk=commune_id).first()
