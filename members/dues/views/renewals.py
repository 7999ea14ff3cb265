"""Those who settled the year before and nothing of this one: on screen, in a file to work on, in a PDF."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_tables2 import SingleTableMixin

from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.text import date_fr, euros_fr
from cpts_portal.pages import Page
from members.dues.documents.assembly import not_renewed_rows
from members.dues.links import CampaignMixin
from members.dues.tables import FIGURES
from members.shared.exports_log import log_export
from members.shared.links import holder_url


class NotRenewedTable(tables.Table):
    caption = "Adhérents qui n’ont pas renouvelé leur cotisation"

    name = tables.Column("Adhérent", linkify=lambda record: holder_url(record["membership"]))
    quality = tables.Column("Profession ou type", orderable=False)
    reach = tables.Column("Coordonnées", orderable=False)
    left_on = tables.Column("Parti le", attrs={"td": {"class": "text-nowrap"}})
    owed = tables.Column("Reste dû", attrs=FIGURES, orderable=False)

    def render_left_on(self, value: date) -> str:
        return date_fr(value)

    def value_left_on(self, value: date) -> date:
        return value

    def render_owed(self, value: Any) -> str:
        return euros_fr(value)

    def value_owed(self, value: Any) -> Any:
        return value


class NotRenewedList(CampaignMixin, SingleTableMixin, Page):
    needs = ("view", "members.due")
    template_name = "members/dues/not_renewed.html"
    table_class = NotRenewedTable
    table_pagination = False

    def get_title(self) -> str:
        return f"Cotisations {self.campaign.year} non renouvelées"

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return not_renewed_rows(self.cpts, year=self.campaign.year, today=timezone.localdate())

    def get_table_data(self) -> list[dict[str, Any]]:
        return self.rows

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("export", "")
        return self.export(wanted) if wanted in FORMATS else super().get(request, *args, **kwargs)

    def export(self, file_format: str) -> HttpResponse:
        log_export(self.request, self.cpts, what=self.get_title(), persons=len(self.rows), file_format=file_format)
        values = self.get_table().as_values()
        return export_response("non-renouveles", next(values), values, file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            total=len(self.rows),
            left=sum(1 for row in self.rows if row["left_on"]),
            pdf_url=reverse("members:not-renewed", args=[self.cpts.pk, self.campaign.pk]),
            **kwargs,
        )
