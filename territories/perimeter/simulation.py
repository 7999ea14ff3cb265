"""« What does this commune change? »: the effects of a territory change, before anything is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from territories.map.populations import figures_in
from territories.map.sizing import SizeGrid
from territories.map.vintages import vintage_for
from territories.models import Commune, Cpts, CptsCommune
from territories.perimeter.conflicts import Conflict, conflicts_of
from territories.perimeter.periods import Shares, plan_changes
from territories.perimeter.reading import Perimeter, PerimeterRow, alphabetical, perimeter_of


@dataclass(frozen=True)
class Simulation:
    """The territory before and after, and what forbids the change."""

    before: Perimeter
    after: Perimeter
    conflicts: tuple[Conflict, ...] = ()

    @property
    def size_changes(self) -> bool:
        return self.before.size.size != self.after.size.size

    @cached_property
    def added(self) -> list[PerimeterRow]:
        before = {row.commune.pk for row in self.before.rows}
        return [row for row in self.after.rows if row.commune.pk not in before]

    @cached_property
    def removed(self) -> list[PerimeterRow]:
        after = {row.commune.pk for row in self.after.rows}
        return [row for row in self.before.rows if row.commune.pk not in after]

    @cached_property
    def reshared(self) -> list[tuple[PerimeterRow, PerimeterRow]]:
        """Communes kept with another share, before and after."""
        before = {row.commune.pk: row for row in self.before.rows}
        pairs = [(before[row.commune.pk], row) for row in self.after.rows if row.commune.pk in before]
        return [(old, new) for old, new in pairs if old.inhabitants != new.inhabitants]

    @property
    def changes_something(self) -> bool:
        return bool(self.added or self.removed or self.reshared)


def simulate(
    cpts: Cpts,
    *,
    day: date,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    shares: Mapping[str, int | None] | None = None,
    vintage: int | None = None,
) -> Simulation:
    """What adding and removing these communes (INSEE codes) on `day` would change.

    `shares` gives the inhabitants taken in shared communes (None: the whole commune), for communes already held or
    added. `vintage` (None: the one in force on the day) counts the territory *after*; before is always counted with
    the one in force, so that taking another vintage shows its effect. Unknown codes are conflicts.
    """
    asked = {**dict.fromkeys(add), **dict(shares or {})}
    known = communes_of(asked, day)
    before = perimeter_of(cpts, day=day)
    territory: dict[int, int | None] = {row.commune.pk: row.inhabitants for row in before.rows}
    territory.update({known[code].pk: inhabitants for code, inhabitants in asked.items() if code in known})
    gone = set(remove)
    for row in before.rows:
        if row.commune.code in gone:
            territory.pop(row.commune.pk, None)
    unknown = [Conflict(f"Le code {code} n’est celui d’aucune commune.") for code in asked if code not in known]
    simulation = compare(cpts, territory, day=day, vintage=vintage)
    return replace(simulation, conflicts=(*unknown, *simulation.conflicts))


def communes_of(codes: Iterable[str], day: date) -> dict[str, Commune]:
    """The communes that bear these codes, by code: the one existing on the day if any, else the last that did."""
    rows = Commune.objects.filter(code__in=list(codes), kind=Commune.Kind.COMMUNE)
    communes: dict[str, Commune] = {}
    for commune in rows.select_related("epci", "department", "successor").order_by("pk"):
        known = communes.get(commune.code)
        if known is None or _rank(commune, day) >= _rank(known, day):
            communes[commune.code] = commune
    return communes


def _rank(commune: Commune, day: date) -> tuple[bool, date]:
    exists = (commune.started_on is None or commune.started_on <= day) and (
        commune.ended_on is None or day < commune.ended_on
    )
    return exists, commune.ended_on or date.max


def compare(cpts: Cpts, territory: Shares, *, day: date, vintage: int | None = None) -> Simulation:
    """The effects of this `territory` (commune id -> share or None) from `day` on."""
    before = perimeter_of(cpts, day=day)
    communes = load_communes(territory)
    after = _perimeter_after(before, territory, communes, vintage)
    existing = CptsCommune.directory.filter(cpts=cpts)
    plan = plan_changes(existing, territory, communes, day)
    return Simulation(before, after, tuple(conflicts_of(plan.openings, cpts.pk, day)))


def load_communes(ids: Iterable[int]) -> dict[int, Commune]:
    rows = Commune.objects.filter(pk__in=list(ids)).select_related("epci", "department", "successor", "parent")
    return {commune.pk: commune for commune in rows}


def _perimeter_after(
    before: Perimeter, territory: Shares, communes: Mapping[int, Commune], vintage: int | None
) -> Perimeter:
    day = before.day
    vintage = vintage or before.vintage or vintage_for(day)
    population = figures_in(vintage, communes, day)
    rows_before = {row.commune.pk: row for row in before.rows}
    rows = [
        PerimeterRow(
            commune,
            territory[pk],
            population.inhabitants.get(pk),
            rows_before[pk].since if pk in rows_before else None,
            rows_before[pk].until if pk in rows_before else None,
            population.older.get(pk),
        )
        for pk, commune in communes.items()
    ]
    rows.sort(key=lambda row: alphabetical(row.commune))
    return Perimeter(day, vintage, tuple(rows), before.grid or SizeGrid.on(day))
