"""Files around the commune importer: accepted formats and templates, refused rows, the file as it was uploaded."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from cpts_portal.core.exports import export_response
from cpts_portal.imports import pages
from cpts_portal.pages import Crumb, Page, PortalView
from territories.commune_import import LAYOUTS, table_schema, template_rows
from territories.imports.views import panels
from territories.imports.views.imports import OfCommunes, list_crumb


class Formats(Page):
    """Published documentation of the accepted files: whoever prepares one may read it without an account."""

    template_name = "territories/imports/formats.html"
    public = True
    title = "Formats acceptés pour les communes"

    def breadcrumbs(self) -> list[Crumb]:
        return [list_crumb()] if self.request.user.is_authenticated else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(layouts=panels.documented(LAYOUTS), **kwargs)


class LayoutFile(PortalView):
    """A download about one layout; an unknown one is not found."""

    public = True

    def layout(self) -> Any:
        found = LAYOUTS.get(self.kwargs["layout"])
        if found is None:
            raise Http404("Ce format n’existe pas.")
        return found


class Template(LayoutFile):
    def get(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        headers, *rows = template_rows(self.layout())
        return export_response(f"modele-{self.kwargs['layout']}", headers, rows, "csv")


class Schema(LayoutFile):
    def get(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        text = json.dumps(table_schema(self.layout()), ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'inline; filename="{self.kwargs["layout"]}.schema.json"'
        return response


class Refusals(OfCommunes):
    """The refused rows as a CSV, to correct them beside the file."""

    def get(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        rows = [[row["line"], row["column"], row["value"], row["reason"]] for row in self.imported.refused]
        return export_response(
            f"lignes-refusees-import-{self.imported.pk}", ["Ligne", "Colonne", "Valeur", "Motif"], rows, "csv"
        )


class ImportFile(OfCommunes, pages.KeptFilePage):
    """The file exactly as it was uploaded."""
