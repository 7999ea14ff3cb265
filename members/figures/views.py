"""Figures of a register: the full page of its CPTS, the page that agencies read, the comparison of several CPTS."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.accounts.roles import AGENCY_ROLES, EVERY_ROLE, NATIONAL_ROLES
from cpts_portal.core.periods import active_on
from cpts_portal.core.text import fold, number_fr
from cpts_portal.pages import CptsMixin, Crumb, FiguresPage, ListPage
from members.figures.comparison import with_figures
from members.figures.figures import EXPORT_HEADERS, Figures, figures_on
from members.figures.forms import DayForm
from members.models import Mandate
from territories.cpts.views.cpts import cpts_crumbs
from territories.map.views.place_tables import FigureColumn, PercentColumn
from territories.models import Cpts

# The « bureau » and the mission leads: the only names that agencies read.
NAMED_OFFICES = (
    Mandate.Office.PRESIDENT,
    Mandate.Office.VICE_PRESIDENT,
    Mandate.Office.TREASURER,
    Mandate.Office.DEPUTY_TREASURER,
    Mandate.Office.SECRETARY,
    Mandate.Office.DEPUTY_SECRETARY,
    Mandate.Office.MISSION_LEAD,
)


class RegisterFigures(CptsMixin, FiguresPage):
    """The figures of one day."""

    template_name = "members/figures/detail.html"
    export_headers = EXPORT_HEADERS
    pdf_template = "pdf/member_figures.html"
    pdf_title = "Adhérents"

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs(self.cpts)

    @cached_property
    def form(self) -> DayForm:
        data = self.request.GET if "jour" in self.request.GET else None
        return DayForm(data, initial={"jour": timezone.localdate()})

    @cached_property
    def figures(self) -> Figures:
        return figures_on(self.cpts, self.form.day)

    @property
    def filename(self) -> str:
        return f"adherents-{fold(self.cpts.name).replace(' ', '-')}-{self.figures.day:%Y-%m-%d}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=self.form,
            figures=self.figures,
            is_today=self.figures.day == timezone.localdate(),
            **kwargs,
        )


class Statistics(RegisterFigures):
    """For the coordination and the board of the CPTS."""

    needs = ("view", "members.professional")
    title = "Statistiques des adhérents"


class AgencyOverview(RegisterFigures):
    """For everybody who follows the CPTS: figures, the names of the board and of the mission leads, nothing else."""

    roles = EVERY_ROLE
    title = "Adhérents en chiffres"
    template_name = "members/figures/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_compare = self.actor.has_any(Comparison.roles)
        return super().get_context_data(officers=self.officers(), may_compare=may_compare, **kwargs)

    def officers(self) -> list[Mandate]:
        """Who holds the offices that day, in the order of the statutes."""
        found = Mandate.objects.filter(active_on(self.figures.day), cpts=self.cpts, office__in=NAMED_OFFICES)
        ranks = {office: rank for rank, office in enumerate(NAMED_OFFICES)}
        return sorted(found.select_related("professional"), key=lambda row: (ranks[Mandate.Office(row.office)], row.pk))


class ComparisonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom, SIREN, RNA ou FINESS", method="search")

    class Meta:
        model = Cpts
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.matching(value)


class ComparisonTable(tables.Table):
    caption = "Adhérents par CPTS"
    name = tables.Column(verbose_name="CPTS", order_by="search")
    members = FigureColumn(verbose_name="Adhérents")
    persons = FigureColumn(verbose_name="Personnes")
    members_before = FigureColumn(verbose_name="Au 31/12")
    change = FigureColumn(verbose_name="Évolution")
    practitioners = FigureColumn(verbose_name="Professionnels")
    rate = PercentColumn(verbose_name="Taux")

    class Meta:
        order_by = "name"

    def render_name(self, record: Cpts) -> SafeString:
        url = reverse("members:agency-overview", args=[record.pk])
        return format_html('<a class="fw-semibold" href="{}">{}</a>', url, record.full_name)

    def value_name(self, record: Cpts) -> str:
        return record.full_name

    def render_change(self, value: int) -> str:
        return f"+{number_fr(value)}" if value > 0 else number_fr(value)

    def value_change(self, value: int) -> int:
        return value

    def value_rate(self, value: float) -> float:
        return round(value, 1)


class Comparison(ListPage):
    """The CPTS an agency follows (or the whole country), side by side."""

    roles = AGENCY_ROLES | NATIONAL_ROLES
    title = "Adhérents des CPTS"
    template_name = "members/figures/comparison.html"
    filterset_class = ComparisonFilter
    table_class = ComparisonTable
    export_name = "adherents-des-cpts"
    is_scoped = True
    empty_title = "Aucune CPTS ne correspond"

    def get_queryset(self) -> QuerySet:
        return with_figures(Cpts.objects.all(), day=timezone.localdate())
