"""Import of commune files: upload, preview, successors chosen by hand, confirmation, report, undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cpts_portal.imports import pages, runs
from cpts_portal.pages import Crumb, FormPage, Page
from territories.commune_import import LAYOUTS, CommunePlan, why_not_undo
from territories.imports import drafts
from territories.imports.forms import SuccessorsForm, UploadForm
from territories.imports.importer import COMMUNES
from territories.imports.views import panels
from territories.imports.views.tables import ImportTable, rows_of
from territories.models import CommuneImport

MANAGE_IMPORTS = ("add", "territories.communeimport")
SUCCESSORS_SHOWN = 25
Status = CommuneImport.Status


class ImportList(Page):
    template_name = "territories/imports/list.html"
    needs = MANAGE_IMPORTS
    title = "Imports de communes"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = CommuneImport.objects.select_related("author")
        last = drafts.last_applied()
        return super().get_context_data(
            table=rows_of(ImportTable, kept, self.request, 25),
            total=kept.count(),
            upload_url=reverse("territories:import-upload"),
            last=last,
            undo_obstacle=why_not_undo(last) if last else "",
            **kwargs,
        )


class Upload(FormPage):
    template_name = "territories/imports/upload.html"
    needs = MANAGE_IMPORTS
    title = "Importer des communes"
    form_class = UploadForm
    submit_label = "Préparer l’aperçu"

    def breadcrumbs(self) -> list[Crumb]:
        return [list_crumb()]

    def form_valid(self, form: UploadForm) -> HttpResponse:
        sent, vintage = form.cleaned_data["file"], form.cleaned_data["vintage"]
        draft = drafts.deposit(sent.read(), sent.name, vintage=vintage, by=self.request.user)
        return redirect("territories:import-detail", draft.pk)

    def form_invalid(self, form: UploadForm) -> HttpResponse:
        refused = form.refused_file()
        if refused:
            sent, reason = refused
            vintage = form.cleaned_data.get("vintage")
            drafts.keep_unreadable(sent.read(), sent.name or "", vintage=vintage, by=self.request.user, reason=reason)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            layouts=panels.documented(LAYOUTS), cancel_url=reverse("territories:import-list"), **kwargs
        )


class OfCommunes(pages.RunMixin):
    """A page about one import of communes."""

    importer = COMMUNES
    needs = MANAGE_IMPORTS
    imported: CommuneImport

    def address(self, name: str = "detail") -> str:
        return reverse(f"territories:import-{name}", args=[self.imported.pk])

    def list_address(self) -> str:
        return reverse("territories:import-list")

    def breadcrumbs(self) -> list[Crumb]:
        return [list_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        layout = LAYOUTS.get(self.imported.layout)
        return super().get_context_data(
            layout_title=layout.title if layout else "", file_url=self.address("file"), **kwargs
        )


class ImportPreview(OfCommunes, pages.PreviewPage):
    template_name = "territories/imports/preview.html"
    plan: CommunePlan

    def get_title(self) -> str:
        return f"Aperçu de l’import, millésime {self.imported.vintage}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = panels.of_plan(self.plan)
        unknown = shown.without_successor
        form = kwargs.pop("form", None) or SuccessorsForm(ended=unknown[:SUCCESSORS_SHOWN])
        return super().get_context_data(
            seen_state=drafts.map_state(),
            already=drafts.already_applied(self.imported),
            form=form,
            unknown_total=len(unknown),
            needed_total=sum(gone.needs_choice for gone in unknown),
            chosen=drafts.successors_of(self.imported),
            **panels.panel(shown, self.request),
            **kwargs,
        )


class ImportConfirm(OfCommunes, pages.ConfirmImport):
    def act(self) -> None:
        drafts.confirm(
            self.imported,
            seen_state=self.request.POST.get("seen_state", ""),
            by=self.request.user,
            accept_partial="accept_partial" in self.request.POST,
        )


class Successors(ImportPreview):
    """The successors chosen by hand for communes that end; the preview is made again with them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        plan = runs.plan_of(COMMUNES, self.imported) if self.imported.status == Status.PREVIEW else None
        if plan is None:
            return self.here()
        self.plan = plan
        form = SuccessorsForm(request.POST, ended=panels.of_plan(plan).without_successor)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            drafts.choose_successors(self.imported, form.chosen())
        except drafts.ImportConflict as conflict:
            return self.here(conflict)
        return self.here()


class ForgetSuccessors(OfCommunes, pages.ImportAct):
    def act(self) -> None:
        drafts.forget_successors(self.imported)


class ImportAbandon(OfCommunes, pages.GiveUpImport):
    unchanged = "Aucune commune n’a été modifiée."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_label="Garder l’aperçu", cancel_url=self.address(), **kwargs)

    def act(self) -> str:
        name = self.imported.filename
        super().act()
        return f"L’import de « {name} » est abandonné. {self.unchanged}"


class ImportProgress(OfCommunes, pages.ProgressPage):
    template_name = "territories/imports/progress.html"

    def get_title(self) -> str:
        work = "Lecture du fichier" if self.imported.status == Status.READING else "Import en cours"
        return f"{work}, millésime {self.imported.vintage}"


class ImportResume(OfCommunes, pages.ResumeImport):
    pass


class ImportReport(OfCommunes, pages.ReportPage):
    template_name = "territories/imports/report.html"

    def get_title(self) -> str:
        year = f", millésime {self.imported.vintage}" if self.imported.vintage else ""
        return f"Compte rendu d’import{year}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = panels.of_record(self.imported)
        return super().get_context_data(
            outcome=panels.outcome(self.imported),
            already=drafts.already_applied(self.imported) if self.imported.status == Status.NOTHING else None,
            **panels.panel(shown, self.request),
            **kwargs,
        )


class ImportUndo(OfCommunes, pages.UndoImport):
    undone = "L’import est annulé : les communes et les territoires sont revenus à leur état d’avant."

    def get_title(self) -> str:
        return f"Annuler l’import, millésime {self.imported.vintage}"

    def get_question(self) -> str:
        return f"Annuler l’import de « {self.imported.filename} » ?"

    def consequences(self) -> list[str]:
        return panels.undo_consequences(self.imported)

    def back(self) -> str:
        return self.address("report")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_label="Ne rien changer", **kwargs)


def list_crumb() -> Crumb:
    return ("Imports de communes", reverse("territories:import-list"))
