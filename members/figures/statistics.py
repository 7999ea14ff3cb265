"""Figures of a register on any day: members by category, by college, over the years, and the rate of membership.

Three populations that are not the same: professionals of the territory (national directory), members of the
association, participants of its meetings. Here: the first two.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from cpts_portal.core.periods import active_on
from members.models import Membership, Practice
from members.shared.categories import Category, category_of_person, category_of_structure
from territories.models import Cpts


@dataclass(frozen=True)
class CategoryCount:
    """One line of the table: « 7 médecins libéraux »."""

    category: Category
    count: int

    @property
    def label(self) -> str:
        return self.category.singular if self.count < 2 else self.category.plural


@dataclass(frozen=True)
class Rate:
    """Members among the professionals of the territory. `percent` is None when nobody is known there."""

    label: str
    members: int
    professionals: int

    @property
    def percent(self) -> float | None:
        return None if not self.professionals else round(100 * self.members / self.professionals, 1)

    @property
    def is_doubtful(self) -> bool:
        """More members than known professionals: the directory is out of date, or members practise elsewhere."""
        return self.members > self.professionals


def members_by_category(cpts: Cpts, day: date) -> list[CategoryCount]:
    """The membership table on a day, in the order of the categories; two queries whatever the size."""
    counts: Counter[Category] = Counter()
    modes = _modes(cpts, day)
    for person, nomenclature, code, kind in _members(cpts, day):
        if person is None:
            counts[category_of_structure(kind)] += 1
        else:
            counts[category_of_person(nomenclature, code, frozenset(modes[person]))] += 1
    return [CategoryCount(category, counts[category]) for category in sorted(counts)]


def members_by_college(cpts: Cpts, day: date) -> dict[str, int]:
    names = (
        Membership.objects.filter(cpts=cpts)
        .members_on(day)
        .order_by(F("college__rank").asc(nulls_last=True), "college__name")
        .values_list("college__name", flat=True)
    )
    return dict(Counter(name or "Sans collège" for name in names))


def count_members(cpts: Cpts, day: date) -> int:
    return Membership.objects.filter(cpts=cpts).members_on(day).count()


def evolution(cpts: Cpts, *, until: date) -> list[tuple[date, int]]:
    """Members on each 31 December since the first membership, and on the last day asked; one query."""
    rows = Membership.objects.filter(cpts=cpts, start__isnull=False).values_list("start", "end")
    periods = [(start, end) for start, end in rows if start is not None]
    if not periods:
        return []
    first = min(start for start, _end in periods).year
    days = [date(year, 12, 31) for year in range(first, until.year)] + [until]
    return [(day, sum(start <= day and (end is None or day < end) for start, end in periods)) for day in days]


def rates(members: Mapping[str, int], professionals: Mapping[str, int]) -> list[Rate]:
    """One line per label of either side, the largest number of professionals first."""
    labels = sorted(set(members) | set(professionals), key=lambda label: (-professionals.get(label, 0), label))
    return [Rate(label, members.get(label, 0), professionals.get(label, 0)) for label in labels]


def members_by_profession(cpts: Cpts, day: date) -> dict[str, int]:
    """Persons only: structures have no profession."""
    names = (
        Membership.objects.filter(cpts=cpts, professional__isnull=False)
        .members_on(day)
        .values_list("professional__profession__name", flat=True)
    )
    return dict(Counter(names))


def members_by_commune(cpts: Cpts, day: date) -> dict[int, int]:
    """Persons by commune of practice on the day (one who practises in two communes counts in each)."""
    people = Membership.objects.filter(cpts=cpts, professional__isnull=False).members_on(day)
    rows = (
        Practice.objects.filter(_active(day), professional__in=people.values("professional"), commune__isnull=False)
        .order_by()
        .values_list("commune_id", "professional_id")
        .distinct()
    )
    return dict(Counter(commune for commune, _person in rows))


def members_without_commune(cpts: Cpts, day: date) -> int:
    """Persons whose place of practice on the day is unknown."""
    placed = Practice.objects.filter(_active(day), professional__cpts=cpts, commune__isnull=False)
    people = Membership.objects.filter(cpts=cpts, professional__isnull=False).members_on(day)
    return people.exclude(professional__in=placed.values("professional")).count()


def _members(cpts: Cpts, day: date) -> list[tuple]:
    return list(
        Membership.objects.filter(cpts=cpts)
        .members_on(day)
        .values_list(
            "professional_id",
            "professional__profession__nomenclature",
            "professional__profession__code",
            "structure__kind",
        )
    )


def _modes(cpts: Cpts, day: date) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = Practice.objects.filter(_active(day), professional__cpts=cpts).exclude(mode="")
    for person, mode in rows.values_list("professional_id", "mode"):
        found[person].add(mode)
    return found


def _active(day: date) -> Q:
    """A practice without a start date counts as held since always."""
    return active_on(day) | (Q(start__isnull=True) & (Q(end__isnull=True) | Q(end__gt=day)))
