"""Tables of the map: regions, departments, EPCI, communes, each with what CPTS cover of it."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpts_portal.core.text import NARROW_SPACE, NO_BREAK_SPACE, number_fr
from territories.map.places import HoldingCpts, PlaceRow
from territories.map.views.cpts_links import cpts_name, cpts_names
from territories.models import Commune, CptsCommune, Department

FIGURE = {"td": {"class": "num"}, "th": {"class": "num"}}


def percent_fr(value: float | None) -> str:
    """12.5 -> « 12,5 % »; None (no inhabitants to compare with) -> « – »."""
    return "–" if value is None else f"{number_fr(value, 1)}{NARROW_SPACE}%"


def link(url_name: str, key: Any, label: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(url_name, args=[key]), label)


def department_link(department: Department) -> SafeString:
    return link("territories:department", department.code, str(department).replace(" (", f"{NO_BREAK_SPACE}("))


def commune_link(commune: Commune) -> SafeString:
    return link("territories:commune", commune.pk, commune.name)


class FigureColumn(tables.Column):
    """A number of inhabitants, communes or CPTS: grouped by thousands, aligned right, plain in exports."""

    attrs = FIGURE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": FIGURE, **kwargs})

    def render(self, value: int) -> str:
        return number_fr(value)

    def value(self, value: int) -> int:
        return value


class PercentColumn(FigureColumn):
    def render(self, value: float) -> str:
        return percent_fr(value)


class PlaceTable(tables.Table):
    """Columns common to regions, departments and EPCI; rows are `PlaceRow`."""

    place = tables.Column(order_by="sort_key")
    communes = FigureColumn(verbose_name="Communes", accessor="tally__communes")
    inhabitants = FigureColumn(verbose_name="Habitants", accessor="tally__inhabitants")
    cpts_count = FigureColumn(verbose_name="CPTS", accessor="tally__cpts")
    percent = PercentColumn(verbose_name="Population couverte", accessor="tally__percent_covered")
    white = FigureColumn(verbose_name="Communes sans CPTS", accessor="tally__white_communes")


class RegionTable(PlaceTable):
    caption = "Régions"
    place = tables.Column(verbose_name="Région", order_by="sort_key", attrs={"th": {"class": "w-50"}})

    def render_place(self, record: PlaceRow) -> SafeString:
        departments = format_html_join(", ", "{}", ((department_link(d),) for d in record.parts))
        name = link("territories:region", record.place.code, record.name)
        return format_html('<div><div class="fw-semibold">{}</div><div class="small">{}</div></div>', name, departments)


class DepartmentTable(PlaceTable):
    caption = "Départements"
    place = tables.Column(verbose_name="Département", order_by="place__code")

    def render_place(self, record: PlaceRow) -> SafeString:
        return department_link(record.place)


class EpciTable(tables.Table):
    caption = "Intercommunalités"
    place = tables.Column(verbose_name="EPCI", order_by="sort_key", empty_values=())
    communes = FigureColumn(verbose_name="Communes", accessor="tally__communes")
    inhabitants = FigureColumn(verbose_name="Habitants", accessor="tally__inhabitants")
    percent = PercentColumn(verbose_name="Population couverte", accessor="tally__percent_covered")
    cpts = tables.Column(verbose_name="CPTS", orderable=False, empty_values=())

    def render_place(self, record: PlaceRow) -> str | SafeString:
        if record.place is None:
            return "Communes sans EPCI"
        return link("territories:epci", record.place.siren, record.name)

    def render_cpts(self, record: PlaceRow) -> str | SafeString:
        return cpts_names(record.cpts) if record.cpts else "–"


class CommuneTable(tables.Table):
    """Communes annotated by `coverage.with_coverage`, with their `holders`."""

    caption = "Communes"

    name = tables.Column(verbose_name="Commune")
    code = tables.Column(verbose_name="Code INSEE")
    postal_codes = tables.Column(verbose_name="Codes postaux", orderable=False)
    population = FigureColumn(verbose_name="Habitants")
    holders = tables.Column(verbose_name="CPTS", orderable=False, empty_values=())

    def render_name(self, record: Commune) -> SafeString:
        return commune_link(record)

    def render_holders(self, record: Commune) -> SafeString | str:
        return holder_list(record.holders) if record.holders else "–"


def holder_list(links: list[CptsCommune]) -> SafeString:
    """« CPTS A (12 000 hab.) » one under the other; without figure when the commune is taken whole."""
    lines = ((cpts_name(held.cpts_id, held.cpts.full_name), share_words(held)) for held in links)
    return format_html("<div>{}</div>", format_html_join("", "<div>{}{}</div>", lines))


def share_words(held: CptsCommune) -> str:
    return "" if held.inhabitants is None else f" ({number_fr(held.inhabitants)}{NO_BREAK_SPACE}hab.)"


class HoldingTable(tables.Table):
    """The CPTS present in a place."""

    name = tables.Column(verbose_name="CPTS", accessor="full_name", order_by="name")
    communes = FigureColumn(verbose_name="Communes ici")

    def render_name(self, record: HoldingCpts) -> str | SafeString:
        return cpts_name(record.cpts_id, record.full_name)
