"""A coordinator's spreadsheet: upload, columns, preview, confirmation, progress, report, undo."""

from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_tables2 import RequestConfig

from cpts_portal.core.refusals import NotPossible
from cpts_portal.imports import pages
from cpts_portal.pages import CptsMixin, Crumb, FormPage, Page
from members.models import CustomField, RegisterImport
from members.register_import import drafts, panels, previews
from members.register_import.forms import MappingForm, SpreadsheetForm
from members.register_import.importer import REGISTERS
from members.register_import.plan import Plan
from members.register_import.reading import Table
from members.shared.exports_log import log_export
from members.shared.links import register_crumbs

MAKE_IMPORTS = ("add", "members.registerimport")
EXAMPLE = settings.BASE_DIR / "members" / "data" / "registre_demo.xlsx"
Status = RegisterImport.Status


class SpreadsheetList(CptsMixin, Page):
    needs = MAKE_IMPORTS
    template_name = "members/register_import/list.html"
    title = "Imports de tableurs"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = RegisterImport.objects.filter(cpts=self.cpts).select_related("author")
        table = panels.SpreadsheetTable(kept)
        RequestConfig(self.request, paginate={"per_page": 25, "silent": True}).configure(table)
        return super().get_context_data(
            table=table,
            total=kept.count(),
            upload_url=reverse("members:spreadsheet-upload", args=[self.cpts.pk]),
            **kwargs,
        )


class SpreadsheetUpload(CptsMixin, pages.DepositPage):
    needs = MAKE_IMPORTS
    template_name = "members/register_import/upload.html"
    title = "Importer un tableur"
    form_class = SpreadsheetForm
    submit_label = "Lire le fichier"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, list_crumb(self.cpts.pk))

    def deposited(self, form: SpreadsheetForm) -> str:
        sent = form.cleaned_data["file"]
        made = drafts.deposit(self.cpts, sent.read(), sent.name, by=self.request.user)
        return reverse("members:spreadsheet-mapping", args=[self.cpts.pk, made.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("members:spreadsheet-list", args=[self.cpts.pk]), **kwargs)


class Example(CptsMixin, Page):
    """The spreadsheet shipped with the portal: fictitious people, the mistakes that are usual."""

    needs = MAKE_IMPORTS

    def get(self, _request: HttpRequest, *_args: Any, **_url: Any) -> Any:
        return FileResponse(BytesIO(EXAMPLE.read_bytes()), as_attachment=True, filename="exemple-adherents.xlsx")


class OfRegister(pages.RunMixin, CptsMixin):
    """A page about one import of this CPTS."""

    importer = REGISTERS
    key = "pk"
    needs = MAKE_IMPORTS
    imported: RegisterImport

    def imports(self) -> Any:
        return RegisterImport.objects.select_related("author", "cpts").filter(cpts=self.cpts)

    @cached_property
    def table(self) -> Table:
        if not self.imported.table or not self.imported.table.storage.exists(self.imported.table.name):
            raise Http404("Les lignes de ce fichier n’ont pas été conservées.")
        return previews.table_of(self.imported)

    def address(self, name: str = "detail") -> str:
        return reverse(f"members:spreadsheet-{name}", args=[self.cpts.pk, self.imported.pk])

    def list_address(self) -> str:
        return reverse("members:spreadsheet-list", args=[self.cpts.pk])

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, list_crumb(self.cpts.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(file_url=self.address("file"), **kwargs)


class Mapping(OfRegister, FormPage):
    """What each column holds: proposed from the titles, checked by the coordinator."""

    template_name = "members/register_import/mapping.html"
    form_class = MappingForm
    submit_label = "Voir l’aperçu"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.status not in (Status.MAPPING, Status.PREVIEW):
            return self.here()
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
        except NotPossible as problem:
            return self.here(problem)
        return self.here()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cancel_url=self.address("abandon"), total=len(self.table.rows), lines=self.table.header_line, **kwargs
        )


class SpreadsheetPreview(OfRegister, pages.PreviewPage):
    template_name = "members/register_import/preview.html"
    plan: Plan

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tiles=panels.tiles(self.plan.counts),
            others=panels.other_counts(self.plan.counts),
            **panels.of_plan(self.plan, self.table, self.request),
            **kwargs,
        )


class SpreadsheetConfirm(OfRegister, pages.ConfirmImport):
    pass


class SpreadsheetProgress(OfRegister, pages.ProgressPage):
    template_name = "members/register_import/progress.html"


class SpreadsheetResume(OfRegister, pages.ResumeImport):
    pass


class SpreadsheetReport(OfRegister, pages.ReportPage):
    template_name = "members/register_import/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = panels.kept_remark_rows(self.imported.report)
        return super().get_context_data(
            tiles=panels.tiles(self.imported.counts, future=False),
            others=panels.other_counts(self.imported.counts),
            table=panels.SpreadsheetRemarks(kept, exclude=("example",)) if kept else None,
            list_url=self.list_address(),
            **kwargs,
        )


class SpreadsheetUndo(OfRegister, pages.UndoImport):
    undone = "L’import est annulé : le registre est revenu à son état d’avant."

    def consequences(self) -> list[str]:
        return panels.undo_consequences(self.imported)


class SpreadsheetAbandon(OfRegister, pages.GiveUpImport):
    unchanged = "Le registre n’a pas été modifié."


class SpreadsheetFile(OfRegister, pages.KeptFilePage):
    """The file exactly as it was dropped; each download is logged."""

    def before_sending(self) -> None:
        kind = PurePath(self.imported.filename).suffix.removeprefix(".").lower()[:8]
        what = f"Tableur déposé : {self.imported.filename}"
        log_export(self.request, self.cpts, what=what, persons=len(self.table.rows), file_format=kind)


def list_crumb(cpts_id: int) -> Crumb:
    return ("Imports de tableurs", reverse("members:spreadsheet-list", args=[cpts_id]))
