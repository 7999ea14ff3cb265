"""What is typed and chosen on the preview of a spreadsheet: cells corrected, lines left out, duplicates settled."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.sheets import Unreadable
from cpts_portal.core.text import plural
from cpts_portal.pages import Page
from members.models import RegisterImport
from members.register_import import drafts, previews
from members.register_import.forms import SpreadsheetForm, chosen_lines, corrected_cells, line_numbers
from members.register_import.plan import CREATE, LINK, SKIP, UPDATE
from members.register_import.refused_files import cells_corrected, refused_rows
from members.register_import.views import OfRegister
from members.shared.exports_log import log_export

FILL = "fill"
Status = RegisterImport.Status


class Choice(OfRegister, Page):
    """A choice posted from the preview; answers by the preview made again."""

    http_method_names = ["post"]
    panel = ""

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        if self.imported.status != Status.PREVIEW:
            return self.here()
        try:
            self.keep(request)
        except (drafts.ImportConflict, Unreadable) as problem:
            messages.error(request, str(problem))
        return redirect(f"{self.address()}?volet={self.panel}#detail")

    def keep(self, request: HttpRequest) -> None:
        raise NotImplementedError


class Correct(Choice):
    panel = "refus"

    def keep(self, request: HttpRequest) -> None:
        plan, sent = previews.plan_of(self.imported), request.POST
        refused = {found.line for found in plan.refusals}
        if "leave_all" in sent:
            drafts.leave_out(self.imported, refused)
            messages.success(request, f"{plural(len(refused), 'ligne laissée', 'lignes laissées')} de côté.")
            return
        shown = {(found.line, found.index): found.value for found in plan.refusals}
        cells = corrected_cells(sent, shown)
        lines = [line for line in line_numbers(sent.getlist("leave")) if line in refused]
        apart = {line: {"action": CREATE} for line in line_numbers(sent.getlist("apart")) if line in refused}
        colleges = [name for name in sent.getlist("college") if name in plan.unknown_colleges]
        (drafts.correct_alike if "alike" in sent else drafts.correct)(self.imported, cells)
        drafts.decide(self.imported, {**{line: {"action": SKIP} for line in lines}, **apart})
        drafts.create_colleges(self.imported, colleges)


class Decide(Choice):
    """Lines that look like a card: one by one, or all those left at once."""

    panel = "doublons"

    def keep(self, request: HttpRequest) -> None:
        bulk = request.POST.get("all", "")
        if bulk in (LINK, UPDATE, CREATE, SKIP, FILL):
            number = drafts.decide_all(self.imported, bulk)
            messages.success(request, f"{plural(number, 'ligne tranchée', 'lignes tranchées')}.")
            return
        known = {match.record.line for match in previews.plan_of(self.imported).matches}
        drafts.decide(
            self.imported, {line: choice for line, choice in chosen_lines(request.POST).items() if line in known}
        )


class TakeBack(Choice):
    """Lines left out that come back to the preview."""

    panel = "ecartees"

    def keep(self, request: HttpRequest) -> None:
        left_out = set(previews.plan_of(self.imported).left_out)
        wanted = left_out if "all" in request.POST else left_out & set(line_numbers(request.POST.getlist("line")))
        drafts.decide(self.imported, {line: {} for line in wanted})


class Resubmit(Choice):
    """The file of refused lines, corrected in a spreadsheet."""

    panel = "refus"

    def keep(self, request: HttpRequest) -> None:
        form = SpreadsheetForm(request.POST, request.FILES)
        if not form.is_valid():
            raise Unreadable(" ".join(str(error) for error in form.errors.get("file", [])))
        cells = cells_corrected(form.cleaned_data["file"].read(), self.table, self.imported.corrections)
        drafts.correct(self.imported, cells)
        messages.success(request, f"{plural(len(cells), 'cellule corrigée', 'cellules corrigées')} par ce fichier.")


class RefusedFile(OfRegister, Page):
    """The refused lines with their reasons, to correct in a spreadsheet; logged as every export of personal data."""

    def get(self, request: HttpRequest, *_args: Any, **url: Any) -> HttpResponse:
        if url["file_format"] not in FORMATS or self.imported.status != Status.PREVIEW:
            raise Http404("Ce fichier n’existe pas, ou plus.")
        plan = previews.plan_of(self.imported)
        headers, rows = refused_rows(self.table, plan, self.imported.corrections)
        what = f"Lignes refusées d’un tableur : {self.imported.filename}"
        log_export(request, self.cpts, what=what, persons=plan.counts["refused"], file_format=url["file_format"])
        return export_response(f"lignes-refusees-{self.imported.pk}", headers, rows, url["file_format"])
