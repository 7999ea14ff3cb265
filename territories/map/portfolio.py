"""Many CPTS at once, with the figures of their territories: what lists, filters and exports read.

The same rules as `perimeter.perimeter_of`, written as expressions so that the database filters and sorts on them.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from cpts_portal.core.periods import active_on
from territories.map.populations import population_of
from territories.map.sizing import NEAR_PERCENT, SizeGrid
from territories.map.vintages import vintage_for
from territories.models import CptsCommune

_NUMBER = IntegerField()


def with_territory(found: QuerySet, *, day: date, grid: SizeGrid | None = None) -> QuerySet:
    """Adds `communes`, `population` (in the vintage in force on the day), `size` and nothing else."""
    links = CptsCommune.directory.filter(active_on(day), cpts=OuterRef("pk")).order_by().values("cpts")
    counted = Coalesce("inhabitants", population_of("commune_id", day, vintage_for(day)), output_field=_NUMBER)
    return found.annotate(
        communes=_or_zero(links.annotate(total=Count("pk")).values("total")),
        population=_or_zero(links.annotate(total=Sum(counted)).values("total")),
    ).annotate(size=_size_case(grid or SizeGrid.on(day)))


def _or_zero(total: QuerySet) -> Coalesce:
    return Coalesce(Subquery(total, output_field=_NUMBER), 0, output_field=_NUMBER)


def _size_case(grid: SizeGrid) -> Case:
    largest_first = sorted(grid.bounds, key=lambda bound: -bound.min_population)
    return Case(
        *(When(population__gte=bound.min_population, then=Value(bound.size)) for bound in largest_first),
        default=None,
        output_field=_NUMBER,
    )


def near_a_threshold(grid: SizeGrid) -> Q:
    """Condition « within 2 % of a threshold » on rows that went through `with_territory`."""
    condition = Q(pk__in=[])
    for threshold in _thresholds(grid):
        lowest = -(-threshold * (100 - NEAR_PERCENT) // 100)
        highest = threshold * (100 + NEAR_PERCENT) // 100
        condition |= Q(population__range=(lowest, highest))
    return condition


def _thresholds(grid: SizeGrid) -> Iterable[int]:
    return [bound.min_population for bound in grid.bounds if bound.min_population > 0]
