"""« What does this commune change? »: the effects of a territory change, before anything is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from territories.map.populations import figures_in
from territories.map.sizing import SizeGrid
from territories.map.vintages import vintage_for
from territories.models import Commune, Cpts, CptsCommune
from territories.perimeter.conflicts import Conflict, conflicts_of
from territories.perimeter.periods import Wanted, plan_changes
from territories.perimeter.reading import Perimeter, PerimeterRow, alphabetical, perimeter_of


@dataclass(frozen=True)
class Simulation:
    """The territory before and after, and what forbids the change.

    `money` is where the effect on the funding goes: the contracts app fills it once rates exist (the amounts belong
    above this app, so nothing here computes them); until then it is None and screens show nothing about money.
    """

    before: Perimeter
    after: Perimeter
    conflicts: tuple[Conflict, ...] = ()
    money: Any = None

    @property
    def is_possible(self) -> bool:
        return not self.conflicts

    @property
    def population_change(self) -> int:
        return self.after.population - self.before.population

    @property
    def size_changes(self) -> bool:
        return self.before.size.size != self.after.size.size

    @cached_property
    def added(self) -> list[PerimeterRow]:
        held = {row.commune.pk for row in self.before.rows}
        return [row for row in self.after.rows if row.commune.pk not in held]

    @cached_property
    def removed(self) -> list[PerimeterRow]:
        kept = {row.commune.pk for row in self.after.rows}
        return [row for row in self.before.rows if row.commune.pk not in kept]

    @cached_property
    def reshared(self) -> list[tuple[PerimeterRow, PerimeterRow]]:
        """Communes kept with another share, before and after."""
        held = {row.commune.pk: row for row in self.before.rows}
        pairs = [(held[row.commune.pk], row) for row in self.after.rows if row.commune.pk in held]
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
    wanted: dict[int, int | None] = {row.commune.pk: row.inhabitants for row in before.rows}
    wanted.update({known[code].pk: inhabitants for code, inhabitants in asked.items() if code in known})
    gone = set(remove)
    for row in before.rows:
        if row.commune.code in gone:
            wanted.pop(row.commune.pk, None)
    unknown = [Conflict(f"Le code {code} n’est celui d’aucune commune.") for code in asked if code not in known]
    found = compare(cpts, wanted, day=day, vintage=vintage)
    return replace(found, conflicts=(*unknown, *found.conflicts))


def communes_of(codes: Iterable[str], day: date) -> dict[str, Commune]:
    """The communes that bear these codes, by code: the one existing on the day if any, else the last that did."""
    rows = Commune.objects.filter(code__in=list(codes), kind=Commune.Kind.COMMUNE)
    found: dict[str, Commune] = {}
    for commune in rows.select_related("epci", "department", "successor").order_by("pk"):
        known = found.get(commune.code)
        if known is None or _rank(commune, day) >= _rank(known, day):
            found[commune.code] = commune
    return found


def _rank(commune: Commune, day: date) -> tuple[bool, date]:
    exists = (commune.started_on is None or commune.started_on <= day) and (
        commune.ended_on is None or day < commune.ended_on
    )
    return exists, commune.ended_on or date.max


def compare(cpts: Cpts, wanted: Wanted, *, day: date, vintage: int | None = None) -> Simulation:
    """The effects of the territory `wanted` (commune id -> share or None) from `day` on."""
    before = perimeter_of(cpts, day=day)
    communes = load_communes(wanted)
    after = _perimeter_after(before, wanted, communes, vintage)
    existing = CptsCommune.directory.filter(cpts=cpts)
    plan = plan_changes(existing, wanted, communes, day)
    return Simulation(before, after, tuple(conflicts_of(plan.openings, cpts.pk, day)))


def load_communes(ids: Iterable[int]) -> dict[int, Commune]:
    rows = Commune.objects.filter(pk__in=list(ids)).select_related("epci", "department", "successor", "parent")
    return {commune.pk: commune for commune in rows}


def _perimeter_after(
    before: Perimeter, wanted: Wanted, communes: Mapping[int, Commune], vintage: int | None
) -> Perimeter:
    day = before.day
    vintage = vintage or before.vintage or vintage_for(day)
    population = figures_in(vintage, communes, day)
    held = {row.commune.pk: row for row in before.rows}
    rows = [
        PerimeterRow(
            commune,
            wanted[pk],
            population.inhabitants.get(pk),
            held[pk].since if pk in held else None,
            held[pk].until if pk in held else None,
            population.older.get(pk),
        )
        for pk, commune in communes.items()
    ]
    rows.sort(key=lambda row: alphabetical(row.commune))
    return Perimeter(day, vintage, tuple(rows), before.grid or SizeGrid.on(day))
