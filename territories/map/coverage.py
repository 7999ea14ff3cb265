"""Coverage of the country by CPTS: who covers what on a day, white zones, communes held by several CPTS.

Everything here is a public fact (names and shares), so it reads `CptsCommune.directory`. A commune held whole is
covered for its whole municipal population; a commune held for declared shares is covered for their sum, at most its
population. A white zone is a commune that existed on the day and that no CPTS holds, even for a part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Protocol

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Least

from cpts_portal.core.periods import active_on
from territories.map.populations import INHABITANTS, population_of
from territories.models import Commune, CptsCommune


class CoveredCommune(Protocol):
    """A commune with what `with_coverage` and `shared_communes` add to it."""

    population: int | None
    is_whole: bool
    shares: int
    sharing: str
    holders: list[CptsCommune]


@dataclass(frozen=True)
class Tally:
    """Figures of an area on a day; inhabitants are those of communes whose population is known."""

    communes: int = 0
    white_communes: int = 0
    inhabitants: int = 0
    covered: int = 0
    white_inhabitants: int = 0
    cpts: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Sum of two areas; the number of CPTS is left out, since one may straddle both."""
        return Tally(
            self.communes + other.communes,
            self.white_communes + other.white_communes,
            self.inhabitants + other.inhabitants,
            self.covered + other.covered,
            self.white_inhabitants + other.white_inhabitants,
        )

    @property
    def uncovered(self) -> int:
        """Inhabitants that no CPTS counts: white zones, and what the shares of shared communes leave out."""
        return self.inhabitants - self.covered

    @property
    def percent_covered(self) -> float | None:
        return percent(self.covered, self.inhabitants)


def percent(part: int, whole: int) -> float | None:
    """Share with one decimal, rounded down so that 100 is shown only when everything is reached; None of nothing."""
    return floor(part * 1000 / whole) / 10 if whole else None


def with_population(communes: models.QuerySet, day: date, vintage: int | None) -> models.QuerySet:
    """Adds `population`: the inhabitants of each commune in this vintage (None when unknown)."""
    return communes.annotate(population=population_of("pk", day, vintage))


def with_coverage(communes: models.QuerySet, day: date, vintage: int | None) -> models.QuerySet:
    """Adds `population`, `is_covered`, `is_whole`, `shares` (sum of declared shares) and `covered` (inhabitants)."""
    links = CptsCommune.directory.filter(active_on(day), commune=OuterRef("pk")).order_by()
    shares = links.values("commune").annotate(total=Sum("inhabitants")).values("total")
    return with_population(communes, day, vintage).annotate(
        is_covered=Exists(links),
        is_whole=Exists(links.filter(inhabitants__isnull=True)),
        shares=Coalesce(Subquery(shares), 0, output_field=INHABITANTS),
        covered=Case(
            When(population__isnull=True, then=None),
            When(is_whole=True, then=F("population")),
            default=Least("shares", "population", output_field=INHABITANTS),
            output_field=INHABITANTS,
        ),
    )


def tallies(communes: models.QuerySet, day: date, vintage: int | None, by: str) -> dict[int | None, Tally]:
    """Figures of each group of these communes (`by` is a path such as `department_id`), in two queries."""
    rows = (
        with_coverage(communes, day, vintage)
        .order_by()
        .values(by)
        .annotate(
            n=Count("pk"),
            white=Count("pk", filter=Q(is_covered=False)),
            total=Sum("population"),
            held=Sum("covered"),
            bare=Sum("population", filter=Q(is_covered=False)),
        )
    )
    counts = cpts_counts(communes, day, by)
    return {
        row[by]: Tally(
            row["n"], row["white"], row["total"] or 0, row["held"] or 0, row["bare"] or 0, counts.get(row[by], 0)
        )
        for row in rows
    }


def cpts_counts(communes: models.QuerySet, day: date, by: str) -> dict[int | None, int]:
    """How many CPTS hold at least one commune (or a part of one) of each group."""
    path = f"commune__{by}"
    rows = (
        CptsCommune.directory.filter(active_on(day), commune__in=communes.order_by().values("pk"))
        .order_by()
        .values(path)
        .annotate(n=Count("cpts", distinct=True))
    )
    return {row[path]: row["n"] for row in rows}


def total(parts: Iterable[Tally], cpts: int = 0) -> Tally:
    """Figures of the whole; `cpts` is counted apart because a CPTS may straddle several parts."""
    summed = sum(parts, Tally())
    return Tally(
        summed.communes, summed.white_communes, summed.inhabitants, summed.covered, summed.white_inhabitants, cpts
    )


def white_zones(day: date, vintage: int | None) -> models.QuerySet:
    """Communes that existed on the day and that no CPTS held, with their population."""
    links = CptsCommune.directory.filter(active_on(day), commune=OuterRef("pk"))
    bare = Commune.objects.existing_on(day).filter(~Exists(links))
    return with_population(bare, day, vintage).select_related("department", "epci")


class Sharing(models.TextChoices):
    """How the shares of a commune add up; a conflict is a commune taken whole by a CPTS and held by another."""

    CONFLICT = "conflict", "Conflit"
    EXCEEDS = "exceeds", "Dépassement"
    INCOMPLETE = "incomplete", "Incomplet"
    COMPLETE = "complete", "Complet"
    UNKNOWN = "unknown", "Population inconnue"


SHARING_TONES = {
    Sharing.CONFLICT: "danger",
    Sharing.EXCEEDS: "danger",
    Sharing.INCOMPLETE: "warning",
    Sharing.COMPLETE: "success",
    Sharing.UNKNOWN: "neutral",
}


def shared_communes(day: date, vintage: int | None) -> models.QuerySet:
    """Communes held by several CPTS, or by one for a part only, with `holders` (who, how many) and `sharing`."""
    links = CptsCommune.directory.filter(active_on(day))
    several = links.order_by().values("commune").annotate(n=Count("pk")).filter(n__gt=1).values("commune")
    partly = links.order_by().filter(inhabitants__isnull=False).values("commune")
    shared = Commune.objects.filter(Q(pk__in=several) | Q(pk__in=partly))
    return (
        with_coverage(shared, day, vintage)
        .annotate(
            sharing=Case(
                When(is_whole=True, then=Value(Sharing.CONFLICT)),
                When(population__isnull=True, then=Value(Sharing.UNKNOWN)),
                When(shares__gt=F("population"), then=Value(Sharing.EXCEEDS)),
                When(shares__lt=F("population"), then=Value(Sharing.INCOMPLETE)),
                default=Value(Sharing.COMPLETE),
                output_field=models.CharField(),
            )
        )
        .select_related("department", "epci")
        .prefetch_related(holders(day))
    )


def holders(day: date) -> Prefetch:
    """The CPTS that hold each commune on the day, as `holders`: links with their CPTS, largest share first."""
    links = CptsCommune.directory.filter(active_on(day)).select_related("cpts")
    return Prefetch("cpts_links", links.order_by(F("inhabitants").desc(nulls_first=True), "cpts__name"), "holders")
