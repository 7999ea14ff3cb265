"""Imports of the national directories by administrators: upload, progress, report, another try."""

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from cpts_portal.core.exports import export_response
from cpts_portal.imports import pages, runs
from cpts_portal.pages import ConfirmPage, Crumb, Page
from members.directory import deposits
from members.directory.forms import DirectoryUploadForm
from members.directory.importer import DIRECTORIES
from members.directory.imports import as_text, movement_sentences, structure_sentences
from members.directory.imports.labels import FINESS_LABELS, RPPS_LABELS
from members.directory.imports.tally import REFUSED_KEPT
from members.directory.tables import DirectoryImportTable
from members.models import DirectoryImport, DirectoryMove, DirectoryMovement
from territories.imports.views.tables import rows_of

MANAGE_IMPORTS = ("add", "members.directoryimport")
CPTS_PER_PAGE = 50


class DirectoryImports(pages.DepositPage):
    """The upload and, below it, the imports kept."""

    template_name = "members/directory/imports.html"
    needs = MANAGE_IMPORTS
    title = "Annuaires nationaux"
    form_class = DirectoryUploadForm
    submit_label = "Importer"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def deposited(self, form: DirectoryUploadForm) -> str:
        data = form.cleaned_data
        imported = deposits.deposit(
            data["file"],
            source=data["source"],
            observed_on=data["observed_on"],
            by=self.request.user,
            now=timezone.now(),
        )
        return reverse("members:directory-import", args=[imported.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = DirectoryImport.objects.select_related("author").defer("refused")
        table = rows_of(DirectoryImportTable, kept, self.request, 25)
        return super().get_context_data(table=table, total=table.paginator.count, **kwargs)


class OfDirectory(pages.PolledMixin):
    """A page about one import (`directory_import_id` in its URL); one page shows it running, then what it did."""

    importer = DIRECTORIES
    key = "directory_import_id"
    needs = MANAGE_IMPORTS
    imported: DirectoryImport

    def breadcrumbs(self) -> list[Crumb]:
        return [("Annuaires nationaux", reverse("members:directory-imports"))]

    def address(self, name: str = "") -> str:
        return reverse(f"members:directory-import{name}", args=[self.imported.pk])


class ImportDetail(OfDirectory, Page):
    """Where a running import stands, polled by htmx; then what it did, as it was kept."""

    template_name = "members/directory/report.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.is_at_work:
            self.template_name = "ui/progress.html" if self.is_polled else "members/directory/progress.html"
        elif self.is_polled:
            return HttpResponseClientRedirect(self.address())
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return str(self.imported)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.progress_context(self.address()) if self.imported.is_at_work else self.report()
        return super().get_context_data(**shown, **kwargs)

    def report(self) -> dict[str, Any]:
        imported = self.imported
        return {
            "counts": figures_of(imported),
            "unknown_professions": imported.counts.get("unknown_professions", {}),
            "refused": imported.refused,
            "refused_total": imported.counts.get("refused", 0),
            "refused_kept": REFUSED_KEPT,
            "refusals_url": reverse("members:directory-import-refusals", args=[imported.pk]),
            "is_first": bool(imported.counts.get("first")),
            "page": self.movements(),
            "may_try_again": deposits.may_try_again(imported),
            "is_heavy_loss": deposits.is_heavy_loss(imported),
        }

    def movements(self) -> Any:
        """The CPTS that moved, 50 a page, each with its sentences."""
        found = [(cpts, self.sentences(moved)) for cpts, moved in groupby(self.moved_rows(), key=lambda row: row.cpts)]
        return Paginator(found, CPTS_PER_PAGE).get_page(self.request.GET.get("page"))

    def moved_rows(self) -> Any:
        if self.imported.source == DirectoryImport.Source.FINESS:
            moves = DirectoryMove.objects.filter(imported=self.imported).select_related("cpts", "structure")
            return moves.order_by("cpts__name", "cpts", "pk")
        rows = DirectoryMovement.objects.filter(imported=self.imported).select_related("cpts", "profession")
        return rows.order_by("cpts__name", "cpts", "profession__rank")

    def sentences(self, moved: Any) -> list[str]:
        if self.imported.source == DirectoryImport.Source.FINESS:
            return structure_sentences(moved)
        return [as_text(sentence) for sentence in movement_sentences(moved, since="")]


class ImportRefusals(OfDirectory):
    """The refused lines as a CSV."""

    def get(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        rows = [[row["line"], row["column"], row["value"], row["reason"]] for row in self.imported.refused]
        name = f"lignes-refusees-annuaire-{self.imported.pk}"
        return export_response(name, ["Ligne", "Colonne", "Valeur", "Motif"], rows, "csv")


class ImportRetry(OfDirectory, pages.ImportAct):
    """The same file once more, after a failure."""

    def act(self) -> None:
        deposits.try_again(self.imported, by=self.request.user, now=timezone.now())


class ImportGiveUp(OfDirectory, pages.ImportAct):
    """The process of this import has died: it may be tried again."""

    def act(self) -> None:
        runs.give_up_for_dead(DIRECTORIES, self.imported, now=timezone.now())


class ImportAcceptLosses(OfDirectory, ConfirmPage):
    """The file looked cut short; somebody who knows better says that the departures are real."""

    title = "Accepter les départs et relancer"
    submit_label = "Accepter ces départs"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if deposits.is_heavy_loss(self.imported) else self.here()

    def back(self) -> str:
        return self.address()

    def get_question(self) -> str:
        return f"Relancer l’import de « {self.imported.filename} » en acceptant ces départs ?"

    def consequences(self) -> list[str]:
        return [
            self.imported.failure,
            "Ce que le fichier ne contient plus sera marqué comme terminé à la date des données.",
            "Rien n’est effacé, mais les comptages de professionnels et les taux d’adhésion changeront.",
        ]

    def act(self) -> str:
        deposits.try_again(self.imported, by=self.request.user, now=timezone.now(), accept_losses=True)
        return "L’import est relancé ; les départs sont acceptés."


def figures_of(imported: DirectoryImport) -> dict[str, int]:
    """The figures of the report under their names in French; those about movements say nothing on a first import."""
    labels = FINESS_LABELS if imported.source == DirectoryImport.Source.FINESS else RPPS_LABELS
    silent = {"arrivals", "departures", "moves"} if imported.counts.get("first") else set()
    return {
        label[0].upper() + label[1:]: imported.counts[name]
        for name, label in labels.items()
        if name in imported.counts and name not in silent
    }
