"""What a wanted territory means in dated rows: which periods are kept, ended, opened, and until when.

A change takes effect on one day. What was already planned after that day stays planned: a commune added on a past or
future date is opened up to the next row of the same CPTS for it, and a commune that has since disappeared is held
until its end, then through its successor. Nothing here reads or writes the database beyond the communes given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cpts_portal.core.periods import covers
from territories.models import Commune, CptsCommune

# Shares territory: commune id -> declared inhabitants of a shared commune, or None for the whole commune.
Shares = Mapping[int, int | None]


@dataclass(frozen=True)
class NewPeriod:
    """A row to open: this commune, over this period, whole or for this number of inhabitants."""

    commune: Commune
    start: date
    end: date | None
    inhabitants: int | None
    continues: bool = False  # opened because the commune before it in the plan disappeared

    @property
    def commune_id(self) -> int:
        return self.commune.pk


@dataclass(frozen=True)
class TerritoryPlan:
    """The rows to end on the day, those to drop because they start on it, and the periods to open."""

    day: date
    ended: tuple[CptsCommune, ...] = ()
    dropped: tuple[CptsCommune, ...] = ()
    openings: tuple[NewPeriod, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.ended or self.dropped or self.openings)


def plan_changes(
    existing: Iterable[CptsCommune], territory: Shares, communes: Mapping[int, Commune], day: date
) -> TerritoryPlan:
    """Compare the rows of one CPTS (all dates) with the territory wanted from `day` on."""
    rows = list(existing)
    current = {row.commune_id: row for row in rows if covers(row, day)}
    left = [row for pk, row in current.items() if pk not in territory or territory[pk] != row.inhabitants]
    openings: list[NewPeriod] = []
    lasting_first = sorted(territory.items(), key=lambda item: communes[item[0]].ended_on is not None)
    for pk, inhabitants in lasting_first:
        row = current.get(pk)
        if row is None:
            openings += _lifespans(communes[pk], day, inhabitants, [*rows, *openings])
        elif row.inhabitants != inhabitants:
            openings.append(NewPeriod(communes[pk], day, row.end, inhabitants))
    return TerritoryPlan(
        day,
        ended=tuple(row for row in left if row.start < day),
        dropped=tuple(row for row in left if row.start == day),
        openings=tuple(openings),
    )


def _lifespans(
    commune: Commune, day: date, inhabitants: int | None, rows: Sequence[CptsCommune | NewPeriod]
) -> list[NewPeriod]:
    """From `day` on, through the successors, up to what this CPTS already holds."""
    openings: list[NewPeriod] = []
    met: set[int] = set()
    bearer: Commune | None = commune
    start = day
    while bearer is not None and bearer.pk not in met:
        met.add(bearer.pk)
        own = [row for row in rows if row.commune_id == bearer.pk]
        if any(covers(row, start) for row in own):
            break
        limits = [row.start for row in own if row.start > start]
        limits += [bearer.ended_on] if bearer.ended_on and bearer.ended_on > start else []
        end = min(limits, default=None)
        openings.append(NewPeriod(bearer, start, end, inhabitants, continues=bool(openings)))
        if end is None or end != bearer.ended_on:
            break
        start, bearer = end, bearer.successor
    return openings
