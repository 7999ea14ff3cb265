"""What each person finds on her home page. Everything here reads; the number of queries never depends on the rows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from contracts.models import Contract, Party, Review
from contracts.review.file_state import file_of
from contracts.shared.standing import Standing, standing_of
from cpts_portal.core.text import number_fr, plural
from cpts_portal.home.steps import Step, cpts_steps
from members.figures.comparison import with_members
from members.figures.statistics import count_members
from territories.map.coverage import Tally, percent, tallies, total
from territories.map.portfolio import near_a_threshold, with_territory
from territories.map.sizing import SizeGrid
from territories.map.vintages import loaded_vintages, vintage_for
from territories.models import Agency, Commune, Cpts, CptsCommune, DeclaredFigures, Department, Stage
from territories.perimeter import Difference, Perimeter, differences, perimeter_before, perimeter_of


@dataclass(frozen=True)
class CptsHome:
    """The home of a coordinator or a board member: her territory, and what to do next."""

    cpts: Cpts
    perimeter: Perimeter
    declared: DeclaredFigures | None
    differences: dict[str, Difference]
    steps: list[Step]
    epci_bars: list[dict[str, Any]]
    members: int


def cpts_home(cpts_id: int, *, day: date, may_change: bool) -> CptsHome:
    cpts = Cpts.objects.select_related("ars", "lead_fund", "seat").prefetch_related("departments").get(pk=cpts_id)
    vintages = loaded_vintages()
    perimeter = perimeter_of(cpts, day=day, vintage=vintage_for(day, vintages))
    previous = perimeter_before(cpts, perimeter, vintages)
    declared = cpts.declared_figures.first()
    return CptsHome(
        cpts,
        perimeter,
        declared,
        dict(differences(declared, perimeter)),
        cpts_steps(cpts, perimeter, previous, declared, may_change=may_change),
        epci_bars(perimeter),
        count_members(cpts, day),
    )


@dataclass(frozen=True)
class ContractHome:
    """The file of the contract in a few lines: what is open and whose turn it is, the contract in force."""

    open_reviews: list[tuple[Review, Standing]]
    current: Contract | None


def contract_home(cpts_id: int, *, day: date) -> ContractHome:
    state = file_of(cpts_id, day)
    versions = ((review, getattr(review, "contract_version", None)) for review in state.open_reviews)
    rows = [(review, standing_of(review, Party.CPTS, day, version)) for review, version in versions]
    return ContractHome(sorted(rows, key=lambda row: not row[1].is_my_turn), state.current)


def epci_bars(perimeter: Perimeter) -> list[dict[str, Any]]:
    return [
        {
            "label": str(part.place) if part.place else "Communes sans EPCI",
            "value": f"{number_fr(part.population)} hab. · {plural(part.communes, 'commune')}",
            "percent": part.percent_of(perimeter.population),
            "url": reverse("territories:epci", args=[part.place.siren]) if part.place else "",
        }
        for part in perimeter.by_epci
    ]


@dataclass(frozen=True)
class AgencyHome:
    """The home of an agent: the CPTS attached to her agency, and the coverage of its departments."""

    agency: Agency
    portfolio: QuerySet
    count: int
    inhabitants: int
    communes: int
    signed: int
    near: int
    empty: int
    coverage: Tally
    departments: list[tuple[Department, Tally]]
    grid: SizeGrid


def agency_home(agency: Agency, *, day: date) -> AgencyHome:
    grid = SizeGrid.on(day)
    portfolio = with_territory(Cpts.objects.of_agency(agency), day=day, grid=grid)
    figures = portfolio.aggregate(
        count=Count("pk"),
        people=Sum("population"),
        places=Sum("communes"),
        signed=Count("pk", filter=Q(stage=Stage.SIGNED)),
        near=Count("pk", filter=near_a_threshold(grid)),
        empty=Count("pk", filter=Q(communes=0)),
    )
    departments = list(agency.departments.all())
    existing = Commune.objects.existing_on(day).filter(department__in=departments)
    by_department = tallies(existing, day, vintage_for(day), "department_id")
    rows = [(department, by_department.get(department.pk, Tally())) for department in departments]
    return AgencyHome(
        agency,
        with_members(portfolio, day=day).prefetch_related("departments"),
        figures["count"],
        figures["people"] or 0,
        figures["places"] or 0,
        figures["signed"],
        figures["near"],
        figures["empty"],
        total(tally for _, tally in rows),
        rows,
        grid,
    )


@dataclass(frozen=True)
class NationalHome:
    """The home of a national observer: how many CPTS, at which stage, of which size, covering how much."""

    count: int
    signed: int
    coverage: Tally
    vintage: int | None
    by_stage: list[dict[str, Any]]
    by_size: list[dict[str, Any]]
    shared: int


def national_home(*, day: date) -> NationalHome:
    grid, vintage = SizeGrid.on(day), vintage_for(day)
    rows = list(with_territory(Cpts.objects.all(), day=day, grid=grid).values_list("stage", "size", "communes"))
    stages = Counter(stage for stage, _, _ in rows)
    sizes = Counter(size if communes else None for _, size, communes in rows)
    existing = tallies(Commune.objects.existing_on(day), day, vintage, "department__region_id")
    shared = CptsCommune.on(day).filter(inhabitants__isnull=False).values("commune").distinct().count()
    return NationalHome(
        len(rows),
        stages[Stage.SIGNED],
        total(existing.values()),
        vintage,
        [share_bar(stage.label, stages[stage.value], len(rows)) for stage in Stage],
        [share_bar(size_label(grid, size), sizes[size], len(rows)) for size in [*sizes_of(grid), None]],
        shared,
    )


def sizes_of(grid: SizeGrid) -> list[int]:
    return [bound.size for bound in grid.bounds]


def size_label(grid: SizeGrid, size: int | None) -> str:
    """« Taille 2 (dès 40 000 habitants) »."""
    bound = grid.bound_of(size)
    if bound is None:
        return "Sans territoire"
    lowest = f"dès {plural(bound.min_population, 'habitant')}" if bound.min_population else "les plus petites"
    return f"Taille {size} ({lowest})"


def share_bar(label: str, count: int, whole: int) -> dict[str, Any]:
    return {"label": label, "value": number_fr(count), "percent": percent(count, whole) or 0, "url": ""}
