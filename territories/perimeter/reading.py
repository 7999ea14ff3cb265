"""The territory of a CPTS on one day: its communes, their population in one vintage, totals by EPCI and department.

Which commune belongs to which CPTS is public, so everything here reads `CptsCommune.directory`; it works the same in
a page, a command and an import. Units: inhabitants, municipal population (« population municipale » of the INSEE).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from cpts_portal.core.periods import active_on
from cpts_portal.core.text import fold
from territories.map.populations import figures_in
from territories.map.sizing import SizeGrid, SizePosition
from territories.map.vintages import vintage_for
from territories.models import Commune, Cpts, CptsCommune, DeclaredFigures, Department, Epci


@dataclass(frozen=True)
class PerimeterRow:
    """One commune of a territory. `inhabitants` is the declared share of a shared commune, None when whole."""

    commune: Commune
    inhabitants: int | None
    whole_population: int | None
    since: date | None = None
    until: date | None = None
    vintage: int | None = None  # of the population, when it is older than the one asked for

    @property
    def is_shared(self) -> bool:
        return self.inhabitants is not None

    @property
    def population(self) -> int | None:
        """What counts in the territory: the declared share, or the whole commune; None when unknown."""
        return self.inhabitants if self.inhabitants is not None else self.whole_population


@dataclass(frozen=True)
class Slice:
    """The part of a territory that lies in one EPCI or one department (None: communes without EPCI)."""

    place: Epci | Department | None
    communes: int
    population: int

    def percent_of(self, total: int) -> float:
        return 100 * self.population / total if total else 0.0


@dataclass(frozen=True)
class Perimeter:
    """A territory read once: everything shown about it comes from these rows, without further query."""

    day: date
    vintage: int | None
    rows: tuple[PerimeterRow, ...]
    grid: SizeGrid = field(default_factory=SizeGrid)

    @cached_property
    def population(self) -> int:
        return sum(row.population or 0 for row in self.rows)

    @property
    def communes(self) -> int:
        return len(self.rows)

    @cached_property
    def unknown(self) -> list[PerimeterRow]:
        """Communes without known population in this vintage: listed, never hidden; they count for nothing."""
        return [row for row in self.rows if row.population is None]

    @cached_property
    def older(self) -> list[PerimeterRow]:
        """Communes that this vintage leaves out: they count with their latest earlier population."""
        return [row for row in self.rows if row.vintage is not None and not row.is_shared]

    @cached_property
    def shared(self) -> list[PerimeterRow]:
        return [row for row in self.rows if row.is_shared]

    @cached_property
    def size(self) -> SizePosition:
        return self.grid.place(self.population)

    @property
    def vintage_is_later(self) -> bool:
        """No population of that time is loaded: the figures are those of a later year."""
        return self.vintage is not None and self.vintage > self.day.year

    @cached_property
    def by_epci(self) -> list[Slice]:
        return _slices(self.rows, lambda commune: commune.epci)

    @cached_property
    def by_department(self) -> list[Slice]:
        return _slices(self.rows, lambda commune: commune.department)


def _slices(rows: Iterable[PerimeterRow], place_of: Callable[[Commune], Epci | Department | None]) -> list[Slice]:
    """Largest population first, communes outside any EPCI last."""
    counts: dict[Epci | Department | None, list[int]] = {}
    for row in rows:
        sums = counts.setdefault(place_of(row.commune), [0, 0])
        sums[0] += 1
        sums[1] += row.population or 0
    made = [Slice(place, communes, population) for place, (communes, population) in counts.items()]
    return sorted(made, key=lambda slice_: (slice_.place is None, -slice_.population, str(slice_.place)))


def populations_in(vintage: int | None, communes: Iterable[int], day: date) -> dict[int, int]:
    """Municipal population of these communes (ids) in a vintage, on the map of `day`: see `populations.figures_in`."""
    return figures_in(vintage, communes, day).inhabitants


def territory_on(day: date, cpts_ids: Iterable[int]) -> list[CptsCommune]:
    """Open rows of these CPTS on that day, in alphabetical order of the communes."""
    rows = CptsCommune.directory.filter(active_on(day), cpts__in=list(cpts_ids))
    links = rows.select_related("commune__epci", "commune__department")
    return sorted(links, key=lambda link: alphabetical(link.commune))


def alphabetical(commune: Commune) -> tuple[str, str]:
    """« Éréac » between « Erce » and « Erquy », whatever the database."""
    return fold(commune.name), commune.code


def perimeters_of(cpts_ids: Iterable[int], *, day: date, vintage: int | None = None) -> dict[int, Perimeter]:
    """The territory of several CPTS at once, in a constant number of queries."""
    ids = list(cpts_ids)
    vintage = vintage_for(day) if vintage is None else vintage
    links = territory_on(day, ids)
    known = figures_in(vintage, {link.commune_id for link in links}, day)
    grid = SizeGrid.on(day)
    rows: dict[int, list[PerimeterRow]] = {pk: [] for pk in ids}
    for link in links:
        pk = link.commune_id
        rows[link.cpts_id].append(
            PerimeterRow(
                link.commune, link.inhabitants, known.inhabitants.get(pk), link.start, link.end, known.older.get(pk)
            )
        )
    return {pk: Perimeter(day, vintage, tuple(own), grid) for pk, own in rows.items()}


def perimeter_of(cpts: Cpts, *, day: date, vintage: int | None = None) -> Perimeter:
    """The territory of one CPTS on one day (`vintage`: None for the one in force on that day)."""
    return perimeters_of([cpts.pk], day=day, vintage=vintage)[cpts.pk]


def perimeter_before(cpts: Cpts, perimeter: Perimeter, vintages: Iterable[int]) -> Perimeter | None:
    """The same day with the figures of the vintage before, to tell the two apart."""
    earlier = [vintage for vintage in vintages if perimeter.vintage and vintage < perimeter.vintage]
    return perimeter_of(cpts, day=perimeter.day, vintage=max(earlier)) if earlier and perimeter.rows else None


@dataclass(frozen=True)
class Difference:
    """A declared figure beside the computed one."""

    declared: int
    computed: int

    @property
    def absolute(self) -> int:
        """Computed minus declared."""
        return self.computed - self.declared

    @property
    def percent(self) -> float | None:
        return 100 * self.absolute / self.declared if self.declared else None


def differences(declared: DeclaredFigures | None, perimeter: Perimeter) -> Mapping[str, Difference]:
    """« population » and « communes », for the figures that were declared."""
    if declared is None:
        return {}
    pairs = {
        "population": (declared.population, perimeter.population),
        "communes": (declared.communes, perimeter.communes),
    }
    return {name: Difference(said, computed) for name, (said, computed) in pairs.items() if said is not None}
