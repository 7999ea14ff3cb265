"""What the composition of a territory looks up: EPCI and communes to add, who holds them, what is planned later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from cpts_portal.core.periods import active_on
from cpts_portal.core.text import fold
from territories.map.directory import find_communes
from territories.map.populations import population_of
from territories.map.vintages import vintage_for
from territories.models import Commune, Cpts, CptsCommune, Epci
from territories.perimeter import populations_in

MOST_EPCI = 12
MOST_COMMUNES = 20


def rows_on(cpts: Cpts, day: date) -> dict[int, int | None]:
    """The territory saved for that day, as `set_territory` takes it."""
    links = CptsCommune.directory.filter(active_on(day), cpts=cpts)
    return dict(links.values_list("commune", "inhabitants"))


@dataclass(frozen=True)
class FoundEpci:
    epci: Epci
    communes: int
    population: int
    already: int  # how many of its communes are in the draft

    @property
    def is_complete(self) -> bool:
        return self.already >= self.communes


@dataclass(frozen=True)
class FoundCommune:
    commune: Commune
    population: int | None
    is_in: bool
    holders: tuple[str, ...]  # other CPTS that hold it, whole or in part


def communes_of_epci(epci: Epci, day: date) -> list[int]:
    return list(Commune.objects.existing_on(day).filter(epci=epci).values_list("pk", flat=True))


def find_epci(text: str, day: date, vintage: int | None, members: Iterable[int]) -> list[FoundEpci]:
    """EPCI whose name or SIREN holds every word typed, or that hold a commune of that name; largest first."""
    words = fold(text).split()
    if not words:
        return []
    named = Q()
    for word in words:
        named &= Q(search__contains=word)
    of_commune = find_communes(text).existing_on(day).filter(rank=1).values("epci")
    epcis = list(Epci.objects.filter(named | Q(pk__in=of_commune)).order_by("name")[:MOST_EPCI])
    figures = _epci_figures(epcis, day, vintage or vintage_for(day))
    inside = _counts_inside(epcis, members)
    figures_of_epcis = [FoundEpci(epci, *figures.get(epci.pk, (0, 0)), inside.get(epci.pk, 0)) for epci in epcis]
    return sorted((each for each in figures_of_epcis if each.communes), key=lambda each: -each.population)


def _epci_figures(epcis: list[Epci], day: date, vintage: int | None) -> dict[int, tuple[int, int]]:
    rows = Commune.objects.existing_on(day).filter(epci__in=epcis).order_by().values("epci")
    counted = rows.annotate(communes=Count("pk"), people=Sum(population_of("pk", day, vintage)))
    return {pk: (communes, people or 0) for pk, communes, people in counted.values_list("epci", "communes", "people")}


def _counts_inside(epcis: list[Epci], members: Iterable[int]) -> dict[int, int]:
    rows = Commune.objects.filter(epci__in=epcis, pk__in=list(members)).order_by().values("epci")
    return dict(rows.annotate(count=Count("pk")).values_list("epci", "count"))


def find_for_territory(
    text: str, day: date, vintage: int | None, members: Iterable[int], cpts: Cpts
) -> tuple[list[FoundCommune], bool]:
    """Communes of that day by name, code or postal code, without accents; and whether there were more."""
    rows = list(find_communes(text).existing_on(day).select_related("epci", "department")[: MOST_COMMUNES + 1])
    communes = rows[:MOST_COMMUNES]
    ids = [commune.pk for commune in communes]
    population = populations_in(vintage or vintage_for(day), ids, day)
    holders = _holders(ids, day, cpts)
    inside = set(members)
    proposals = [
        FoundCommune(commune, population.get(commune.pk), commune.pk in inside, tuple(holders.get(commune.pk, [])))
        for commune in communes
    ]
    return proposals, len(rows) > MOST_COMMUNES


def _holders(communes: Iterable[int], day: date, cpts: Cpts) -> dict[int, list[str]]:
    rows = CptsCommune.directory.filter(active_on(day), commune__in=list(communes)).exclude(cpts=cpts)
    names: dict[int, list[str]] = {}
    for row in rows.select_related("cpts").order_by("cpts__name"):
        names.setdefault(row.commune_id, []).append(row.cpts.full_name)
    return names


@dataclass(frozen=True)
class Later:
    """Changes already planned after the effective date; saving keeps them."""

    arrivals: int
    departures: int
    first: date | None

    def __bool__(self) -> bool:
        return self.first is not None


def planned_after(cpts: Cpts, day: date) -> Later:
    rows = list(CptsCommune.directory.filter(cpts=cpts).filter(Q(start__gt=day) | Q(end__gt=day)))
    arrivals = [row.start for row in rows if row.start > day]
    departures = [row.end for row in rows if row.end is not None and row.end > day]
    return Later(len(arrivals), len(departures), min(arrivals + departures, default=None))
