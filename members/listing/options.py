"""What the filters of the list offer, and the searches kept by its reader: one query for all of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from cpts_portal.core.periods import active_on
from members.models import College, DuesCampaign, Profession, Professional, SavedFilter
from territories.models import Commune, Cpts, CptsCommune, Epci

TEXT = CharField()
Choice = tuple[str, str]


@dataclass(frozen=True)
class Saved:
    """A search this reader kept."""

    pk: int
    name: str
    query: str


@dataclass(frozen=True)
class Options:
    professions: list[Choice]
    colleges: list[Choice]
    communes: list[Choice]
    epcis: list[Choice]
    years: list[int]
    saved: list[Saved]


def options_of(cpts: Cpts, *, day: date, reader: Any) -> Options:
    """Professions of the register, colleges, places of the territory on the day, years called, searches kept."""
    territory = CptsCommune.objects.filter(active_on(day), cpts=cpts).order_by().values("commune")
    communes = Commune.objects.filter(pk__in=territory)
    used = Professional.objects.filter(cpts=cpts).order_by().values("profession")
    rows = _rows("profession", Profession.objects.filter(pk__in=used), "name").union(
        _rows("college", College.objects.filter(cpts=cpts), "name", "rank"),
        _rows("commune", communes, "name", "search"),
        _rows("epci", Epci.objects.filter(pk__in=communes.order_by().values("epci")), "name", "search"),
        _rows("year", DuesCampaign.objects.filter(cpts=cpts), "year"),
        _rows("saved", SavedFilter.objects.filter(cpts=cpts, owner=reader), "name", "query"),
        all=True,
    )
    found: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for kind, pk, label, more in rows:
        found[kind].append((pk, label, more))
    return Options(
        professions=_choices(found["profession"], by=1),
        colleges=_choices(sorted(found["college"], key=lambda row: (int(row[2]), row[1]))),
        communes=_choices(found["commune"], by=2),
        epcis=_choices(found["epci"], by=2),
        years=sorted({int(label) for _pk, label, _more in found["year"]}, reverse=True),
        saved=[Saved(*row) for row in sorted(found["saved"], key=lambda row: row[1].lower())],
    )


def _rows(kind: str, found: QuerySet, label: str, more: str = "") -> QuerySet:
    extra = Cast(more, TEXT) if more else Value("", TEXT)
    return found.order_by().values_list(Value(kind, TEXT), F("pk"), Cast(label, TEXT), extra)


def _choices(rows: list[tuple[int, str, str]], *, by: int | None = None) -> list[Choice]:
    ordered = rows if by is None else sorted(rows, key=lambda row: row[by])
    return [(str(pk), label) for pk, label, _more in ordered]
