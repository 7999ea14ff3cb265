"""The portfolio of an agency, as her agents read it."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cpts_portal.core.text import number_fr
from cpts_portal.home.steps import missing_identity
from territories.map.sizing import SizeGrid
from territories.map.views.place_tables import FigureColumn
from territories.map.views.ui_parts import badge
from territories.models import Cpts

READ_BY_AGENCIES = (("missions:missions", "Missions"), ("missions:participation", "Participation"))


class PortfolioTable(tables.Table):
    caption = "CPTS suivies par l’agence"
    name = tables.Column(verbose_name="CPTS", order_by="name")
    stage = tables.Column(verbose_name="Étape")
    communes = FigureColumn(verbose_name="Communes")
    population = FigureColumn(verbose_name="Population")
    size = tables.Column(verbose_name="Taille", empty_values=())
    members = FigureColumn(verbose_name="Adhérents")
    work = tables.Column(verbose_name="À lire", orderable=False, empty_values=(), exclude_from_export=True)
    alerts = tables.Column(verbose_name="Alertes", orderable=False, empty_values=())

    class Meta:
        order_by = "name"

    def __init__(self, *args: Any, grid: SizeGrid, **kwargs: Any) -> None:
        self.grid = grid
        super().__init__(*args, **kwargs)

    def render_name(self, record: Cpts) -> SafeString:
        url = reverse("territories:cpts-detail", args=[record.pk])
        return format_html('<a class="fw-semibold" href="{}">{}</a>', url, record.full_name)

    def render_stage(self, record: Cpts) -> str:
        return record.get_stage_display()

    def render_size(self, record: Cpts) -> str:
        return f"Taille {record.size}" if record.communes and record.size else "–"

    def render_members(self, record: Cpts, value: int) -> SafeString:
        url = reverse("members:agency-overview", args=[record.pk])
        hidden = format_html('<span class="visually-hidden"> adhérents de la {}</span>', record.full_name)
        return format_html('<a href="{}">{}{}</a>', url, number_fr(value), hidden)

    def render_work(self, record: Cpts) -> SafeString:
        """The pages about the work of a CPTS, which the menu of an agent cannot hold."""
        links = [(reverse(name, args=[record.pk]), label, record.full_name) for name, label in READ_BY_AGENCIES]
        shown = format_html_join(" ", '<a href="{}">{}<span class="visually-hidden"> de la {}</span></a>', links)
        return format_html("<span>{}</span>", shown)

    def render_alerts(self, record: Cpts) -> SafeString | str:
        found = alerts_of(record, self.grid)
        if not found:
            return "–"
        return format_html(
            '<div class="d-flex flex-wrap gap-1">{}</div>', format_html_join("", "{}", ((a,) for a in found))
        )


def alerts_of(record: Cpts, grid: SizeGrid) -> list[SafeString]:
    """Badges: no territory, near a threshold of size, identity incomplete."""
    found = []
    if not record.communes:
        found.append(badge("territoire vide", "danger"))
    elif grid.place(record.population).is_near:
        found.append(badge("proche d’un seuil", "warning"))
    if missing_identity(record):
        found.append(badge("identité incomplète", "neutral"))
    return found
