"""A coordinator's spreadsheet: upload, columns, preview, confirmation, progress, report, undo."""

from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_htmx.http import HttpResponseClientRedirect
from django_tables2 import RequestConfig

from cpts_portal.core.sheets import Unreadable
from cpts_portal.core.tasks import Progress, read_progress
from cpts_portal.imports.refusals import ImportRefused
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, FormPage, Page
from members.models import CustomField, RegisterImport
from members.register_import import drafts, panels, previews
from members.register_import.forms import MappingForm, SpreadsheetForm
from members.register_import.reading import Table
from members.register_import.undoing import undo_import, why_not_undo
from members.shared.exports_log import log_export
from members.shared.links import register_crumbs

MAKE_IMPORTS = ("add", "members.registerimport")
EXAMPLE = settings.BASE_DIR / "members" / "data" / "registre_demo.xlsx"
Status = RegisterImport.Status
STEPS = {
    Status.MAPPING: "members:spreadsheet-mapping",
    Status.RUNNING: "members:spreadsheet-progress",
    Status.APPLIED: "members:spreadsheet-report",
    Status.FAILED: "members:spreadsheet-report",
    Status.UNDONE: "members:spreadsheet-report",
}


class SpreadsheetList(CptsMixin, Page):
    needs = MAKE_IMPORTS
    template_name = "members/register_import/list.html"
    title = "Imports de tableurs"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = RegisterImport.objects.filter(cpts=self.cpts).select_related("author")
        table = panels.ImportTable(kept)
        RequestConfig(self.request, paginate={"per_page": 25, "silent": True}).configure(table)
        return super().get_context_data(table=table, total=kept.count(), **kwargs)


class SpreadsheetUpload(CptsMixin, FormPage):
    needs = MAKE_IMPORTS
    template_name = "members/register_import/upload.html"
    title = "Importer un tableur"
    form_class = SpreadsheetForm
    submit_label = "Lire le fichier"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, list_crumb(self.cpts.pk))

    def form_valid(self, form: SpreadsheetForm) -> HttpResponse:
        sent = form.cleaned_data["file"]
        try:
            made = drafts.deposit(self.cpts, sent.read(), sent.name, by=self.request.user)
        except Unreadable as refusal:
            form.add_error("file", str(refusal))
            return self.form_invalid(form)
        return redirect("members:spreadsheet-mapping", self.cpts.pk, made.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("members:spreadsheet-list", args=[self.cpts.pk]), **kwargs)


class Example(CptsMixin, Page):
    """The spreadsheet shipped with the portal: fictitious people, the mistakes that are usual."""

    needs = MAKE_IMPORTS

    def get(self, _request: HttpRequest, *_args: Any, **_url: Any) -> Any:
        return FileResponse(BytesIO(EXAMPLE.read_bytes()), as_attachment=True, filename="exemple-adherents.xlsx")


class ImportMixin(CptsMixin):
    """A page about one import of this CPTS."""

    needs = MAKE_IMPORTS

    @cached_property
    def imported(self) -> RegisterImport:
        kept = RegisterImport.objects.select_related("author", "cpts").filter(cpts=self.cpts)
        return get_object_or_404(kept, pk=self.kwargs["pk"])

    @cached_property
    def table(self) -> Table:
        if not self.imported.table or not self.imported.table.storage.exists(self.imported.table.name):
            raise Http404("Les lignes de ce fichier n’ont pas été conservées.")
        return previews.table_of(self.imported)

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, list_crumb(self.cpts.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(imported=self.imported, **kwargs)  # type: ignore[misc]

    def address(self, name: str) -> str:
        return reverse(f"members:spreadsheet-{name}", args=[self.cpts.pk, self.imported.pk])

    def back(self, problem: Exception | None = None, *, panel: str = "") -> HttpResponseRedirect:
        """The page of the import, with what stood in the way."""
        if problem:
            messages.error(self.request, str(problem))  # type: ignore[attr-defined]
        query = f"?volet={panel}#detail" if panel else ""
        return redirect(f"{self.address('detail')}{query}")


class Mapping(ImportMixin, FormPage):
    """What each column holds: proposed from the titles, checked by the coordinator."""

    template_name = "members/register_import/mapping.html"
    form_class = MappingForm
    submit_label = "Voir l’aperçu"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.status not in (Status.MAPPING, Status.PREVIEW):
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Colonnes du tableur"

    def get_form_kwargs(self) -> dict[str, Any]:
        custom = list(CustomField.objects.filter(cpts=self.cpts, is_active=True))
        proposed = drafts.proposed_mapping(self.imported, self.table)
        return {
            **super().get_form_kwargs(),
            "table": self.table,
            "proposed": proposed,
            "custom": custom,
            "dates": previews.payment_dates_of(self.imported),
            "today": timezone.localdate(),
        }

    def form_valid(self, form: MappingForm) -> HttpResponse:
        try:
            drafts.save_mapping(self.imported, self.table, form.mapping(), form.dates())
        except (drafts.ImportConflict, ImportRefused) as problem:
            return self.back(problem)
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cancel_url=self.address("abandon"), total=len(self.table.rows), lines=self.table.header_line, **kwargs
        )


class Preview(ImportMixin, Page):
    """What the file would change, before anything is written."""

    template_name = "members/register_import/preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.status != Status.PREVIEW:
            return redirect(STEPS[Status(self.imported.status)], self.cpts.pk, self.imported.pk)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Aperçu de l’import"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = previews.plan_of(self.imported)
        return super().get_context_data(
            plan=plan,
            seen=previews.register_state(self.cpts.pk),
            tiles=panels.tiles(plan.counts),
            others=panels.other_counts(plan.counts),
            **panels.of_plan(plan, self.table, self.request),
            **kwargs,
        )


class Confirm(ImportMixin, Page):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            if self.imported.status != RegisterImport.Status.PREVIEW:
                raise drafts.ImportConflict("Cet import n’attend pas de confirmation : rien n’a été écrit.")
            plan = previews.plan_of(self.imported)
            if not plan.is_applicable:
                raise drafts.ImportConflict(" ".join(plan.reasons))
            drafts.confirm(self.imported, seen=request.POST.get("seen", ""), by=request.user)
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        return redirect(self.address("progress"))


class ProgressPage(ImportMixin, Page):
    """Where the job stands: polled by htmx, or refreshed by hand."""

    template_name = "members/register_import/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        polled = bool(request.htmx)  # type: ignore[attr-defined]
        if self.imported.status != Status.RUNNING:
            target = self.address("detail")
            return HttpResponseClientRedirect(target) if polled else redirect(target)
        if polled:
            self.template_name = "ui/progress.html"
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Import en cours"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.address("progress")
        return super().get_context_data(
            progress=read_progress(drafts.progress_key(self.imported.pk)) or Progress(),
            poll_url=here,
            refresh_url=here,
            is_stalled=drafts.is_stalled(self.imported, timezone.now()),
            **kwargs,
        )


class Resume(ImportMixin, Page):
    """Back to the preview, after a failure or an interruption."""

    http_method_names = ["post"]

    def post(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            drafts.prepare_again(self.imported, now=timezone.now())
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        return self.back()


class Report(ImportMixin, Page):
    """What an import did, as it was kept."""

    template_name = "members/register_import/report.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.status not in (Status.APPLIED, Status.UNDONE, Status.FAILED):
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Compte rendu de l’import"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = panels.kept_remark_rows(self.imported.report)
        table = panels.RemarkTable(kept, exclude=("example",)) if kept else None
        applied = self.imported.status == Status.APPLIED
        return super().get_context_data(
            tiles=panels.tiles(self.imported.counts, future=False),
            others=panels.other_counts(self.imported.counts),
            table=table,
            undo_obstacle=why_not_undo(self.imported) if applied else "",
            **kwargs,
        )


class Undo(ImportMixin, ConfirmPage):
    question = "Annuler cet import ?"
    submit_label = "Annuler cet import"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        obstacle = why_not_undo(self.imported)
        if obstacle:
            return self.back_to_import(obstacle)
        return super().get(request, *args, **kwargs)

    def back_to_import(self, obstacle: str) -> HttpResponse:
        messages.error(self.request, obstacle)
        return redirect(self.address("detail"))

    def get_title(self) -> str:
        return "Annuler l’import"

    def consequences(self) -> list[str]:
        return panels.undo_consequences(self.imported)

    def back(self) -> str:  # type: ignore[override]
        return self.address("detail")

    def act(self) -> str:
        try:
            undo_import(self.imported, by=self.request.user)
        except ImportRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return "L’import est annulé : le registre est revenu à son état d’avant."


class Abandon(ImportMixin, ConfirmPage):
    submit_label = "Abandonner l’import"

    def get_title(self) -> str:
        return "Abandonner cet import"

    def get_question(self) -> str:
        return f"Abandonner l’import de « {self.imported.filename} » ?"

    def consequences(self) -> list[str]:
        return ["Le fichier déposé est effacé.", "Le registre n’a pas été modifié."]

    def back(self) -> str:  # type: ignore[override]
        return reverse("members:spreadsheet-list", args=[self.cpts.pk])

    def act(self) -> str:
        try:
            drafts.give_up(self.imported)
        except drafts.ImportConflict as conflict:
            raise ValidationError(str(conflict)) from conflict
        return "L’import est abandonné. Le registre n’a pas été modifié."


class KeptFile(ImportMixin, Page):
    """The file exactly as it was dropped; each download is logged."""

    def get(self, request: HttpRequest, *_args: Any, **_url: Any) -> Any:
        kept = self.imported.file
        if not kept or not kept.storage.exists(kept.name):
            raise Http404("Ce fichier n’a pas été conservé.")
        kind = PurePath(self.imported.filename).suffix.removeprefix(".").lower()[:8]
        what = f"Tableur déposé : {self.imported.filename}"
        log_export(request, self.cpts, what=what, persons=len(self.table.rows), file_format=kind)
        return FileResponse(kept.open("rb"), as_attachment=True, filename=self.imported.filename)


def list_crumb(cpts_id: int) -> Crumb:
    return ("Imports de tableurs", reverse("members:spreadsheet-list", args=[cpts_id]))
