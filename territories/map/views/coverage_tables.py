"""Tables and filters of the coverage pages."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.text import number_fr
from territories.map import coverage
from territories.map.coverage import SHARING_TONES, Sharing
from territories.map.directory import words_of
from territories.map.places import PlaceRow
from territories.map.views.place_tables import (
    FigureColumn,
    PercentColumn,
    commune_link,
    department_link,
    holder_list,
    share_words,
)
from territories.map.views.ui_parts import badge, date_input
from territories.map.vintages import vintage_for
from territories.models import Commune, Department, Region


class DatedFilter(filters.FilterSet):
    """Filters of a list that is read on a day (today when none is given)."""

    @property
    def day(self) -> date:
        form = self.form
        given = form.cleaned_data.get("jour") if form.is_bound and hasattr(form, "cleaned_data") else None
        return given or timezone.localdate()

    def keep(self, queryset: QuerySet, name: str, value: object) -> QuerySet:  # noqa: ARG002 (signature of filters)
        """The day changes what is read, not which rows are kept: see `filter_queryset`."""
        return queryset


class PlaceFilter(DatedFilter):
    """Region, department, text and day, on communes."""

    region = filters.ModelChoiceFilter(
        label="Région",
        field_name="department__region",
        queryset=Region.objects.all(),
        empty_label="Toutes",
    )
    departement = filters.ModelChoiceFilter(
        label="Département", field_name="department", queryset=Department.objects.all(), empty_label="Tous"
    )
    q = filters.CharFilter(label="Commune", method="search", max_length=80)
    jour = filters.DateFilter(label="À la date du", method="keep", widget=date_input())

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002 (signature of filters)
        for word in words_of(value) or ["∅"]:
            queryset = queryset.filter(Q(search__startswith=word) | Q(search__contains=f" {word}"))
        return queryset


class WhiteZoneFilter(PlaceFilter):
    def filter_queryset(self, queryset: QuerySet) -> QuerySet:  # noqa: ARG002 (read on the day asked)
        return super().filter_queryset(coverage.white_zones(self.day, vintage_for(self.day)))


class SharedFilter(PlaceFilter):
    sharing = filters.ChoiceFilter(label="État du partage", choices=Sharing.choices, empty_label="Tous")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:  # noqa: ARG002 (read on the day asked)
        return super().filter_queryset(coverage.shared_communes(self.day, vintage_for(self.day)))


class SummaryFilter(DatedFilter):
    region = filters.ModelChoiceFilter(
        label="Région",
        queryset=Region.objects.all(),
        empty_label="Toute la France",
    )
    jour = filters.DateFilter(label="À la date du", method="keep", widget=date_input())


class CommunePlaceTable(tables.Table):
    """Columns common to the lists of communes."""

    name = tables.Column(verbose_name="Commune")
    code = tables.Column(verbose_name="Code INSEE")
    department = tables.Column(verbose_name="Département", order_by="department__code")

    def render_name(self, record: Commune) -> SafeString:
        return commune_link(record)

    def value_name(self, record: Commune) -> str:
        return record.name

    def render_department(self, record: Commune) -> SafeString:
        return department_link(record.department)

    def value_department(self, record: Commune) -> str:
        return str(record.department)


class WhiteZoneTable(CommunePlaceTable):
    postal_codes = tables.Column(verbose_name="Codes postaux", orderable=False)
    epci = tables.Column(verbose_name="EPCI", order_by="epci__name")
    population = FigureColumn(verbose_name="Habitants")

    class Meta:
        sequence = ("name", "code", "postal_codes", "department", "epci", "population")
        order_by = "department"

    def render_epci(self, record: Commune) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("territories:epci", args=[record.epci.siren]), record.epci)

    def value_epci(self, record: Commune) -> str:
        return record.epci.name if record.epci else ""


def white_zone_values(found: QuerySet) -> Iterator[tuple[Any, ...]]:
    """The values of `WhiteZoneTable`, column by column, straight from the database."""
    fields = ("name", "code", "postal_codes", "department__name", "department__code", "epci__name", "population")
    for name, code, postal_codes, department, number, epci, population in found.values_list(*fields):
        yield name, code, postal_codes, f"{department} ({number})", epci or "", population


class SharedTable(CommunePlaceTable):
    population = FigureColumn(verbose_name="Habitants")
    holders = tables.Column(verbose_name="CPTS et parts", orderable=False, empty_values=())
    shares = FigureColumn(verbose_name="Somme des parts")
    gap = FigureColumn(verbose_name="Écart", orderable=False, empty_values=())
    sharing = tables.Column(verbose_name="État", orderable=False)

    class Meta:
        sequence = ("name", "code", "department", "population", "holders", "shares", "gap", "sharing")

    def render_holders(self, record: Commune) -> SafeString:
        return holder_list(record.holders)

    def value_holders(self, record: Commune) -> str:
        return " ; ".join(
            f"{held.cpts.full_name}{share_words(held) or ' (commune entière)'}" for held in record.holders
        )

    def value_gap(self, record: Commune) -> int | str:
        """Shares minus population: negative when inhabitants are left out."""
        if record.population is None or record.is_whole:
            return ""
        return record.shares - record.population

    def render_gap(self, record: Commune) -> str:
        value = self.value_gap(record)
        if value == "":
            return "–"
        return f"+{number_fr(value)}" if value > 0 else number_fr(value)

    def render_sharing(self, record: Commune) -> SafeString:
        return badge(Sharing(record.sharing).label, SHARING_TONES[Sharing(record.sharing)])

    def value_sharing(self, record: Commune) -> str:
        return Sharing(record.sharing).label


class SummaryTable(tables.Table):
    """One line per department; rows are `PlaceRow`."""

    place = tables.Column(verbose_name="Département", order_by="place__code")
    region = tables.Column(verbose_name="Région", accessor="place__region__name")
    communes = FigureColumn(verbose_name="Communes", accessor="tally__communes")
    white = FigureColumn(verbose_name="Sans CPTS", accessor="tally__white_communes")
    inhabitants = FigureColumn(verbose_name="Habitants", accessor="tally__inhabitants")
    bare = FigureColumn(verbose_name="Habitants sans CPTS", accessor="tally__uncovered")
    percent = PercentColumn(verbose_name="Population couverte", accessor="tally__percent_covered")

    def render_place(self, record: PlaceRow) -> SafeString:
        return department_link(record.place)

    def value_place(self, record: PlaceRow) -> str:
        return str(record.place)

    def render_white(self, record: PlaceRow) -> SafeString | str:
        """A link to the communes without CPTS of the department."""
        number = number_fr(record.tally.white_communes)
        if not record.tally.white_communes:
            return number
        url = f"{reverse('territories:white-zones')}?departement={record.place.pk}"
        if self.day:
            url += f"&jour={self.day:%Y-%m-%d}"
        return format_html(
            '<a href="{}" aria-label="{} communes sans CPTS : {}">{}</a>', url, number, record.place, number
        )

    day: date | None = None
