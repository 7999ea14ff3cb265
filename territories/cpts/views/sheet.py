"""The « fiche territoire » as a PDF."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.pages import CptsMixin, PortalView
from territories.cpts.forms.cpts import ReadingForm
from territories.cpts.sheets import sheet_filename, territory_sheet
from territories.map.vintages import loaded_vintages


class TerritorySheet(CptsMixin, PortalView):
    """Read with the date and the vintage of the card it is asked from; refused politely where no PDF can be made."""

    needs = ("view", "territories.cpts")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        reading = ReadingForm(request.GET, vintages=loaded_vintages())
        reading.is_valid()
        context = territory_sheet(self.cpts, day=reading.day, vintage=reading.vintage, printed_on=timezone.localdate())
        try:
            content = render_pdf("pdf/territory_sheet.html", context)
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect("territories:cpts-detail", cpts_id=self.cpts.pk)
        return pdf_response(content, sheet_filename(self.cpts, reading.day))
