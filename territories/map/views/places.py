"""The map of things: France, region, department, EPCI, commune, and what covers each."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django_tables2 import RequestConfig, Table

from cpts_portal.core.text import plural
from cpts_portal.pages import Crumb, Page
from territories.map import places
from territories.map.coverage import Tally
from territories.map.directory import find_communes, words_of
from territories.map.views import commune_words
from territories.map.views.place_tables import (
    CommuneTable,
    DepartmentTable,
    EpciTable,
    HoldingTable,
    RegionTable,
    percent_fr,
)
from territories.map.words import population_text
from territories.models import Commune, Department, Epci, Region

READ_COMMUNES = ("view", "territories.commune")
SEARCH_LENGTH = 80


class PlacePage(Page):
    """A page of the map: the figures of today, a table of what the place is made of."""

    needs = READ_COMMUNES
    table_class: type[Table]

    def get_title(self) -> str:
        return self.title or self.place.name

    def breadcrumbs(self) -> list[Crumb]:
        return [("France", reverse("territories:places"))]

    def get_area(self) -> Any:
        raise NotImplementedError

    def get_table(self, area: Any) -> Table:
        table = self.table_class(area.rows)
        RequestConfig(self.request, paginate=False).configure(table)
        return table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        area = self.get_area()
        return super().get_context_data(
            area=area,
            table=self.get_table(area),
            holding_table=self.get_holding_table(area),
            percent_covered=percent_fr(area.tally.percent_covered),
            vintage_hint=population_text(area.vintage, area.older),
            white_hint=white_words(area.tally),
            white_url=self.white_zones_url(),
            **kwargs,
        )

    def get_holding_table(self, area: Any) -> Table:
        table = HoldingTable(area.cpts, prefix="cpts-")
        table.caption = "CPTS présentes"
        RequestConfig(self.request, paginate={"per_page": 25}).configure(table)
        return table

    def white_zones_url(self) -> str:
        return reverse("territories:white-zones")


def white_words(tally: Tally) -> str:
    """What remains to be covered, under the share that is."""
    if not tally.white_communes:
        return "aucune commune sans CPTS"
    return f"{plural(tally.white_communes, 'commune')} sans CPTS"


def found_or_404(found: Any, sentence: str) -> Any:
    if found is None:
        raise Http404(sentence)
    return found


class France(PlacePage):
    template_name = "territories/map/places/france.html"
    title = "Carte des territoires"
    table_class = RegionTable

    def breadcrumbs(self) -> list[Crumb]:
        return []

    def get_area(self) -> places.Area:
        return places.france(timezone.localdate())


class RegionPage(PlacePage):
    template_name = "territories/map/places/region.html"
    table_class = DepartmentTable

    @cached_property
    def place(self) -> Region:
        found = Region.objects.filter(code=self.kwargs["region_code"]).first()
        return found_or_404(found, "Aucune région ne porte ce code.")

    def get_area(self) -> places.Area:
        return places.departments_of(self.place, timezone.localdate())

    def white_zones_url(self) -> str:
        return f"{super().white_zones_url()}?region={self.place.pk}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(region=self.place, **kwargs)


class DepartmentPage(PlacePage):
    template_name = "territories/map/places/department.html"
    table_class = EpciTable

    @cached_property
    def place(self) -> Department:
        found = Department.objects.select_related("region").filter(code=self.kwargs["department_code"].upper()).first()
        return found_or_404(found, "Aucun département ne porte ce code.")

    def get_title(self) -> str:
        return str(self.place)

    def breadcrumbs(self) -> list[Crumb]:
        return [*super().breadcrumbs(), crumb_of_region(self.place.region)]

    def get_area(self) -> places.Area:
        return places.epcis_of(self.place, timezone.localdate())

    def white_zones_url(self) -> str:
        return f"{super().white_zones_url()}?departement={self.place.pk}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        agencies = self.place.agencies.filter(is_active=True).order_by("kind", "name")
        return super().get_context_data(department=self.place, agencies=agencies, **kwargs)


class EpciPage(PlacePage):
    template_name = "territories/map/places/epci.html"
    table_class = CommuneTable

    @cached_property
    def place(self) -> Epci:
        found = Epci.objects.filter(siren=self.kwargs["epci_siren"]).first()
        return found_or_404(found, "Aucun EPCI ne porte ce numéro SIREN.")

    @cached_property
    def members(self) -> places.EpciMembers:
        return places.members_of(self.place, timezone.localdate())

    def breadcrumbs(self) -> list[Crumb]:
        """Through the first of its departments: an EPCI may straddle several."""
        first = self.members.departments[:1]
        above = [crumb_of_region(first[0].region), crumb_of_department(first[0])] if first else []
        return [*super().breadcrumbs(), *above]

    def get_area(self) -> places.EpciMembers:
        return self.members

    def white_zones_url(self) -> str:
        return ""

    def get_table(self, area: places.EpciMembers) -> Table:
        table = self.table_class(area.communes)
        RequestConfig(self.request, paginate=False).configure(table)
        return table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(epci=self.place, **kwargs)


def crumb_of_region(region: Region) -> Crumb:
    return region.name, reverse("territories:region", args=[region.code])


def crumb_of_department(department: Department) -> Crumb:
    return str(department), reverse("territories:department", args=[department.code])


class CommuneSearch(Page):
    """Communes by name, code or postal code, old names included; each leads to the commune of today."""

    template_name = "territories/map/places/communes.html"
    needs = READ_COMMUNES
    title = "Chercher une commune"

    def breadcrumbs(self) -> list[Crumb]:
        return [("France", reverse("territories:places"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        asked = text[:SEARCH_LENGTH]
        found = find_communes(asked).select_related(
            "department", "epci", "successor__successor__successor", "parent__successor__successor"
        )
        page = Paginator(found, 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            q=text,
            page=page,
            rows=[commune_words.found_line(commune) for commune in page],
            is_unreadable=bool(text) and not words_of(asked),
            is_too_long=len(text) > SEARCH_LENGTH,
            **kwargs,
        )


class CommunePage(Page):
    """One commune: what it is, what it was, who covers it."""

    template_name = "territories/map/places/commune.html"
    needs = READ_COMMUNES

    @cached_property
    def commune(self) -> Commune:
        found = places.commune_with_ties(self.kwargs["commune_id"])
        return found_or_404(found, "Cette commune n’existe pas, ou plus.")

    def get_title(self) -> str:
        return self.commune.name

    def breadcrumbs(self) -> list[Crumb]:
        commune = self.commune
        way = [("France", reverse("territories:places")), crumb_of_region(commune.department.region)]
        way.append(crumb_of_department(commune.department))
        if commune.epci:
            way.append((commune.epci.name, reverse("territories:epci", args=[commune.epci.siren])))
        return way

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        commune, file = self.commune, places.commune_file(self.commune, timezone.localdate())
        return super().get_context_data(
            commune=commune,
            file=file,
            identity=commune_words.identity(commune),
            populations=commune_words.population_lines(file),
            story=commune_words.story(file),
            changes=[commune_words.change_line(change) for change in file.changes],
            held_now=[commune_words.held_line(held) for held in file.held_now],
            held_before=[commune_words.held_line(held) for held in file.held_before],
            held_later=[commune_words.held_line(held) for held in file.held_later],
            excess=max(0, -file.left_over),
            kind=commune_words.kind_words(commune),
            ended_text=commune_words.ended_text(commune),
            parts_title=commune_words.parts_title(file.parts),
            **kwargs,
        )
