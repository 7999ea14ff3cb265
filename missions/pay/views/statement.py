"""The yearly statement of a person, as PDF."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.pages import CptsMixin, PortalView
from members.models import Professional
from members.shared.exports_log import log_export
from missions.pay.statement import TEMPLATE, pay_statement, statement_filename
from missions.shared.links import payments_url


class PayStatement(CptsMixin, PortalView):
    """Leaves a line in the log."""

    needs = ("view", "missions.payline")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        found = Professional.objects.select_related("profession", "cpts")
        person, year = get_object_or_404(found, pk=self.kwargs["person_id"], cpts=self.cpts), self.kwargs["year"]
        try:
            content = render_pdf(TEMPLATE, pay_statement(person, year, day=timezone.localdate()))
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect(payments_url(self.cpts.pk))
        what = f"Relevé {year} de la fiche n° {person.pk}"
        log_export(self.request, self.cpts, what=what, persons=1, file_format="pdf")
        return pdf_response(content, statement_filename(person, year))
