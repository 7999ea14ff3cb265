"""Several CPTS side by side: members, professionals of the territory, rate and evolution, as expressions.

The same rules as `statistics` and `directory_import.practitioners`, written so that the database counts and sorts; the
number of queries never depends on the number of CPTS.
"""

from datetime import date, timedelta

from django.db.models import Count, ExpressionWrapper, F, FloatField, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, NullIf

from cpts_portal.core.periods import active_on
from members.models import Membership
from territories.models import CptsCommune

_NUMBER = IntegerField()


def with_members(found: QuerySet, *, day: date) -> QuerySet:
    """Adds `members` on that day to a queryset of CPTS, and nothing else."""
    return found.annotate(members=_members(day))


def with_figures(found: QuerySet, *, day: date) -> QuerySet:
    """Adds `members`, `persons`, `members_before` (31 December), `change`, `practitioners` (or None) and `rate`."""
    before = date(day.year, 1, 1) - timedelta(days=1)
    counted = with_members(found, day=day).annotate(
        persons=_members(day, Q(professional__isnull=False)),
        members_before=_members(before),
        practitioners=Subquery(_professionals(day), output_field=_NUMBER),
    )
    rate = F("persons") * 100.0 / NullIf(F("practitioners"), 0)
    return counted.annotate(
        change=F("members") - F("members_before"), rate=ExpressionWrapper(rate, output_field=FloatField())
    )


def _members(day: date, only: Q | None = None) -> Coalesce:
    rows = Membership.objects.filter(only or Q(), cpts=OuterRef("pk")).members_on(day)
    total = rows.order_by().values("cpts").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(total, output_field=_NUMBER), 0, output_field=_NUMBER)


def _professionals(day: date) -> QuerySet:
    """Persons who practise that day in a commune of the territory as it was, each once."""
    links = CptsCommune.directory.filter(
        active_on(day), active_on(day, "commune__directory_practices__"), cpts=OuterRef("pk")
    )
    counted = (
        links.order_by().values("cpts").annotate(total=Count("commune__directory_practices__entry", distinct=True))
    )
    return counted.values("total")
