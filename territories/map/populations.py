"""The municipal population of a commune in a vintage (« millésime »), on the map of a day.

A file may speak of some communes only (the INSEE's leaves out Mayotte and the overseas collectivities): a commune that
a vintage says nothing of keeps its latest earlier figure, and the vintage of that figure is told with it.

A commune counts what it has absorbed as long as its own figure does not: the figure of a predecessor is added when it
ended in a later year than the figure of its successor, or was still counted apart in that vintage or a later one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, ExtractYear

from territories.models import Commune, Population

INHABITANTS = models.IntegerField()
# An ended commune, its successor, the year it ended.
Ending = tuple[int, int, int]


@dataclass
class Figures:
    """Inhabitants by commune id. All are of the vintage `vintage`, but for those that `older` names with theirs."""

    vintage: int | None
    inhabitants: dict[int, int] = field(default_factory=dict)
    older: dict[int, int] = field(default_factory=dict)

    def vintage_of(self, commune: int) -> int:
        return self.older.get(commune, self.vintage or 0)

    def with_endings(self, endings: Iterable[Ending]) -> "Figures":
        """The same, each successor counting what it absorbed. `endings` in the order of the years."""
        counts, older = dict(self.inhabitants), dict(self.older)
        for ended, successor, year in endings:
            if ended not in counts:
                continue
            absorbed = older.get(ended, self.vintage or 0)
            if successor in counts and not (
                year > self.vintage_of(successor) or absorbed >= self.vintage_of(successor)
            ):
                continue
            counts[successor] = counts.get(successor, 0) + counts[ended]
            oldest = min(absorbed, older.get(successor, self.vintage or 0))
            if oldest < (self.vintage or 0):
                older[successor] = oldest
        return Figures(self.vintage, counts, older)


def figures_in(vintage: int | None, communes: Iterable[int], day: date) -> Figures:
    """The figures of these communes (ids). One query for the map, one for the figures, one per generation of mergers.

    Unknown communes are absent.
    """
    ids = set(communes)
    if vintage is None or not ids:
        return Figures(vintage)
    endings = _endings_into(ids, day)
    known = latest_figures(vintage, ids | {ended for ended, _, _ in endings})
    figures = known.with_endings(endings)
    figures.inhabitants = {pk: count for pk, count in figures.inhabitants.items() if pk in ids}
    figures.older = {pk: year for pk, year in figures.older.items() if pk in ids}
    return figures


def latest_figures(vintage: int, communes: Iterable[int] | None = None) -> Figures:
    """What is known of each commune itself at this vintage, its own or its latest earlier one. None: every commune."""
    rows = Population.objects.filter(vintage__lte=vintage).order_by("vintage")
    if communes is None:
        # Earlier vintages are read for the few communes that this one leaves out.
        newer = Population.objects.filter(commune=OuterRef("commune"), vintage=vintage)
        rows = rows.filter(Q(vintage=vintage) | ~Exists(newer))
    else:
        rows = rows.filter(commune__in=communes)
    figures = Figures(vintage)
    for commune, year, count in rows.values_list("commune", "vintage", "municipal").iterator(chunk_size=5_000):
        figures.inhabitants[commune] = count
        if year < vintage:
            figures.older[commune] = year
        else:
            figures.older.pop(commune, None)
    return figures


def endings_by(day: date) -> list[Ending]:
    """Every commune ended by this day whose successor is known, the oldest endings first."""
    return _endings(Commune.objects.filter(successor__isnull=False, ended_on__lte=day))


def _endings(communes: models.QuerySet) -> list[Ending]:
    rows = communes.order_by("ended_on", "pk").values_list("pk", "successor", "ended_on")
    return [(pk, successor, ended.year) for pk, successor, ended in rows]


def _endings_into(communes: set[int], day: date) -> list[Ending]:
    """Endings that lead to these communes, directly or not."""
    by_commune: dict[int, Ending] = {}
    generation = communes
    while generation:
        absorbed = _endings(Commune.objects.filter(successor__in=generation, ended_on__lte=day))
        new = {row[0]: row for row in absorbed if row[0] not in by_commune and row[0] not in communes}
        by_commune.update(new)
        generation = set(new)
    return sorted(by_commune.values(), key=lambda row: (row[2], row[0]))


def population_of(commune: str, day: date, vintage: int | None) -> "Subquery[Any] | Coalesce":
    """Expression: municipal population of the commune at this path, on the map of `day`, or NULL when unknown.

    The same rule as `figures_in`, one generation of mergers deep.
    """
    own = Subquery(_latest(commune, vintage).values("municipal")[:1], INHABITANTS)
    absorbed = _absorbed(day, vintage)
    if not absorbed.exists():  # nearly always: the map and the populations come from the same vintage
        return own
    of_it = absorbed.filter(successor=OuterRef(commune)).values("successor")
    summed = Subquery(of_it.annotate(total=Sum("counted")).values("total"), INHABITANTS)
    return Coalesce(own + summed, own, summed, output_field=INHABITANTS)


def _latest(commune: str, vintage: int | None) -> models.QuerySet:
    return Population.objects.filter(commune=OuterRef(commune), vintage__lte=vintage or 0).order_by("-vintage")


def _absorbed(day: date, vintage: int | None) -> models.QuerySet:
    """Ended communes that the figure of their successor does not count yet."""
    return (
        Commune.objects.filter(successor__isnull=False, ended_on__lte=day)
        .order_by()
        .annotate(
            counted=Subquery(_latest("pk", vintage).values("municipal")[:1], INHABITANTS),
            counted_in=Subquery(_latest("pk", vintage).values("vintage")[:1], INHABITANTS),
            taken_in=Coalesce(Subquery(_latest("successor", vintage).values("vintage")[:1], INHABITANTS), 0),
            ended_year=ExtractYear("ended_on"),
        )
        .filter(Q(ended_year__gt=F("taken_in")) | Q(counted_in__gte=F("taken_in")), counted__isnull=False)
    )


def count_older(communes: models.QuerySet, vintage: int | None) -> int:
    """How many of these communes have no figure in this vintage, but an earlier one that stands for it."""
    if vintage is None:
        return 0
    known = Population.objects.filter(commune=OuterRef("pk")).order_by()
    return communes.filter(~Exists(known.filter(vintage=vintage)), Exists(known.filter(vintage__lt=vintage))).count()
