"""Coverage of the country by CPTS: summary, white zones, communes held by several CPTS."""

from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_tables2 import Table

from cpts_portal.core.exports import export_response
from cpts_portal.core.text import date_fr, number_fr, plural
from cpts_portal.pages import Crumb, ListPage
from territories.map import coverage, places
from territories.map.coverage import Tally
from territories.map.populations import count_older
from territories.map.views.coverage_tables import (
    SharedFilter,
    SharedTable,
    SummaryFilter,
    SummaryTable,
    WhiteZoneFilter,
    WhiteZoneTable,
    white_zone_values,
)
from territories.map.views.place_tables import percent_fr
from territories.map.vintages import vintage_for
from territories.map.words import older_text
from territories.models import Commune, Department, Region

READ_COVERAGE = ("view", "territories.commune")


class CoveragePage(ListPage):
    """A list read on a day; the tabs lead to the two others."""

    needs = READ_COVERAGE

    @property
    def day(self) -> date:
        return self.filterset.day

    def breadcrumbs(self) -> list[Crumb]:
        return [("Couverture", reverse("territories:coverage"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        vintage = vintage_for(self.day)
        older = count_older(Commune.objects.existing_on(self.day), vintage)
        return {
            "day": self.day,
            "day_words": "aujourd’hui" if self.day == timezone.localdate() else f"le {date_fr(self.day)}",
            "vintage": vintage,
            "older_text": older_text(vintage, older) if older else "",
            "tabs": self.tabs(),
            **context,
        }

    def tabs(self) -> list[tuple[str, str, bool]]:
        pages = [
            ("Vue d’ensemble", "territories:coverage"),
            ("Communes sans CPTS", "territories:white-zones"),
            ("Communes partagées", "territories:shared-communes"),
        ]
        return [(label, reverse(name), reverse(name) == self.request.path) for label, name in pages]


class Coverage(CoveragePage):
    """Share of the population covered, per region or per department of one region."""

    template_name = "territories/map/coverage/summary.html"
    title = "Couverture par les CPTS"
    queryset = Department.objects.none()
    filterset_class = SummaryFilter
    table_class = SummaryTable
    table_pagination = {"per_page": 25}
    paginate_by = None
    export_name = "couverture-par-departement"
    empty_title = "Aucune commune à cette date"
    empty_hint = "Choisissez une autre région ou une autre date."

    def breadcrumbs(self) -> list[Crumb]:
        return []

    @property
    def region(self) -> Region | None:
        form = self.filterset.form
        return form.cleaned_data.get("region") if form.is_bound and form.is_valid() else None

    def get_table_data(self) -> list[places.PlaceRow[Department]]:
        self.area = places.departments_of(self.region, self.day)
        return self.area.rows

    def get_table(self, **kwargs: Any) -> Table:
        table = super().get_table(**kwargs)
        table.day = None if self.day == timezone.localdate() else self.day
        return table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        tally = self.area.tally
        return {
            **context,
            "tally": tally,
            "region": self.region,
            "percent_covered": percent_fr(tally.percent_covered),
            "percent_uncovered": percent_fr(coverage.percent(tally.uncovered, tally.inhabitants)),
            "bars": department_bars(self.area.rows) if self.region else region_bars(self.area.rows),
        }


def region_bars(rows: list[places.PlaceRow[Department]]) -> list[dict[str, Any]]:
    """Regions by share covered, the least covered first; regions without inhabitants are left out."""
    by_region: dict[Region, list[Tally]] = {}
    for row in rows:
        by_region.setdefault(row.place.region, []).append(row.tally)
    summed = [(region, coverage.total(parts)) for region, parts in by_region.items()]
    return bars([(region.name, f"?region={region.pk}", tally) for region, tally in summed])


def department_bars(rows: list[places.PlaceRow[Department]]) -> list[dict[str, Any]]:
    return bars([(str(row.place), reverse("territories:department", args=[row.place.code]), row.tally) for row in rows])


def bars(parts: list[tuple[str, str, Tally]]) -> list[dict[str, Any]]:
    known = [each for each in parts if each[2].inhabitants]
    known.sort(key=lambda each: (each[2].percent_covered, each[0]))
    return [
        {
            "label": label,
            "url": url,
            "value": f"{percent_fr(tally.percent_covered)} · {number_fr(tally.uncovered)} hab. à couvrir"
            if tally.uncovered
            else percent_fr(tally.percent_covered),
            "percent": tally.percent_covered,
        }
        for label, url, tally in known
    ]


class WhiteZones(CoveragePage):
    template_name = "territories/map/coverage/white_zones.html"
    title = "Communes sans CPTS"
    filterset_class = WhiteZoneFilter
    table_class = WhiteZoneTable
    export_name = "communes-sans-cpts"
    empty_title = "Aucune commune sans CPTS ici"
    empty_hint = (
        "Toutes les communes de ce choix ont une CPTS à cette date. Élargissez la recherche pour voir les autres."
    )

    def get_queryset(self) -> QuerySet[Commune]:
        today = timezone.localdate()
        return coverage.white_zones(today, vintage_for(today))

    def export(self, file_format: str) -> HttpResponse:
        """The rows of the table, read without building 34 000 objects: same columns, filters and order."""
        table = self.get_table(**self.get_table_kwargs())
        headers = [column.header for column in table.columns]
        return export_response(self.export_name, headers, white_zone_values(table.data.data), file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        bare = self.object_list.order_by().aggregate(total=Sum("population"))["total"] or 0
        return {**context, "inhabitants": plural(bare, "habitant")}


class SharedCommunes(CoveragePage):
    template_name = "territories/map/coverage/shared.html"
    title = "Communes partagées entre plusieurs CPTS"
    filterset_class = SharedFilter
    table_class = SharedTable
    export_name = "communes-partagees"
    empty_title = "Aucune commune partagée ici"
    empty_hint = (
        "Une commune apparaît ici quand plusieurs CPTS la prennent, ou quand une CPTS n’en prend qu’une partie."
    )

    def get_queryset(self) -> QuerySet[Commune]:
        today = timezone.localdate()
        return coverage.shared_communes(today, vintage_for(today))
