"""Professionals of a territory at a date, by profession and by commune: the denominator of the rate of membership.

Each person counts once per profession in a CPTS, and once per profession and commune. The day is a past or present
day; nothing is known before the first import (`known_since`).
"""

from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from cpts_portal.core.periods import active_on
from members.models import (
    DirectoryCoverage,
    DirectoryEntry,
    DirectoryImport,
    DirectoryMove,
    DirectoryPractice,
    DirectoryStructure,
)
from territories.models import Cpts, CptsCommune


def practices_in(cpts: Cpts, day: date) -> QuerySet[DirectoryPractice]:
    """The practices of the territory as it was that day."""
    return DirectoryPractice.objects.filter(active_on(day), commune__in=_communes(cpts, day))


def practitioners_of(cpts: Cpts, day: date) -> QuerySet[DirectoryEntry]:
    """The persons who practise on the territory that day, each once."""
    here = DirectoryPractice.objects.filter(active_on(day), entry=OuterRef("pk"), commune__in=_communes(cpts, day))
    return DirectoryEntry.objects.filter(Exists(here))


def structures_of(cpts: Cpts, day: date) -> QuerySet[DirectoryStructure]:
    return DirectoryStructure.objects.filter(active_on(day), commune__in=_communes(cpts, day))


def left_practices(cpts: Cpts, imported: DirectoryImport, today: date) -> QuerySet[DirectoryPractice]:
    """The practices on the territory of today that this import ended."""
    return DirectoryPractice.objects.filter(end=imported.observed_on, commune__in=_communes(cpts, today))


def moves_in(cpts: Cpts, imported: DirectoryImport | None, kind: str) -> QuerySet[DirectoryMove]:
    """Who arrived, left or moved on the territory according to this import; nobody without an import."""
    return (
        DirectoryMove.objects.filter(cpts=cpts, imported=imported, kind=kind)
        if imported
        else DirectoryMove.objects.none()
    )


def counts_by_profession(cpts: Cpts, day: date) -> dict[int, int]:
    """Profession id -> persons (one query)."""
    return _counts(cpts, day, "profession_id")


def counts_by_commune(cpts: Cpts, day: date) -> dict[int, int]:
    """Commune id -> persons, all professions together, each person once per commune (one query)."""
    return _counts(cpts, day, "commune_id")


def counts_by_commune_and_profession(cpts: Cpts, day: date) -> dict[tuple[int, int], int]:
    """(commune id, profession id) -> persons (one query)."""
    rows = practices_in(cpts, day).order_by().values_list("commune_id", "profession_id")
    found = rows.annotate(persons=Count("entry", distinct=True))
    return {(commune_id, profession_id): persons for commune_id, profession_id, persons in found}


def known_since(cpts: Cpts) -> date | None:
    """The first day on which a commune of the territory was followed: no rate can be given before."""
    communes = CptsCommune.directory.filter(cpts=cpts).order_by().values("commune")
    followed = DirectoryCoverage.objects.filter(source=DirectoryCoverage.Source.RPPS, commune__in=communes)
    return followed.aggregate(first=Min("start"))["first"]


def _communes(cpts: Cpts, day: date) -> QuerySet:
    return CptsCommune.directory.filter(active_on(day), cpts=cpts).order_by().values("commune")


def _counts(cpts: Cpts, day: date, key: str) -> dict[int, int]:
    rows = practices_in(cpts, day).order_by().values_list(key).annotate(persons=Count("entry", distinct=True))
    return dict(rows)
