"""Pages that list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.pages.portal import PortalView


class ListPage(PortalView, SingleTableMixin, FilterView):
    """One filtered queryset feeds the table, the count and the export, so that they cannot disagree.

    Set `queryset`, `filterset_class`, `table_class`, `export_name`; `?export=csv` or `xlsx` downloads what is shown,
    all pages, in the order shown.
    """

    template_name = "ui/list_page.html"
    paginate_by = 50
    export_name = "export"
    strict = False
    is_scoped = False  # True on a list of CPTS or of what belongs to them: says whose rows appear
    empty_title = "Rien à afficher"
    empty_hint = "Élargissez la recherche ou effacez les filtres."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        wanted = request.GET.get("export")
        if wanted in FORMATS:
            return self.export(wanted)
        return response

    def export(self, file_format: str) -> HttpResponse:
        table = self.get_table(**self.get_table_kwargs())
        values = table.as_values()
        headers = next(values)
        return export_response(self.export_name, headers, values, file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            "empty_title": self.empty_title,
            "empty_hint": self.empty_hint,
            "scope_sentence": self.actor.scope_sentence if self.is_scoped else "",
            "total": context["table"].paginator.count if context.get("is_paginated") else len(context["table"].rows),
            **context,
        }
