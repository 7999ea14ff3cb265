"""Import of commune files: upload, preview, confirmation, progress, report, undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django_htmx.http import HttpResponseClientRedirect

from cpts_portal.core.tasks import Progress, read_progress
from cpts_portal.pages import Crumb, FormPage, Page
from territories.commune_import import LAYOUTS, Plan
from territories.imports import drafts
from territories.imports.forms import SuccessorsForm, UploadForm
from territories.imports.views import panels
from territories.imports.views.tables import ImportTable, rows_of
from territories.models import CommuneImport

MANAGE_IMPORTS = ("add", "territories.communeimport")
SUCCESSORS_SHOWN = 25
Status = CommuneImport.Status
AT_WORK = (Status.READING, Status.RUNNING)


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
            last=last,
            undo_obstacle=drafts.why_not_undo(last) if last else "",
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
            drafts.keep_unreadable(sent.read(), sent.name, vintage=vintage, by=self.request.user, reason=reason)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            layouts=panels.documented(LAYOUTS), cancel_url=reverse("territories:import-list"), **kwargs
        )


class ImportPage(Page):
    """A page about one import kept."""

    needs = MANAGE_IMPORTS

    @cached_property
    def imported(self) -> CommuneImport:
        return get_object_or_404(CommuneImport.objects.select_related("author"), pk=self.kwargs["import_id"])

    def breadcrumbs(self) -> list[Crumb]:
        return [list_crumb()]

    def get_title(self) -> str:
        return f"{self.imported.filename}, millésime {self.imported.vintage}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        layout = LAYOUTS.get(self.imported.layout)
        return super().get_context_data(imported=self.imported, layout_title=layout.title if layout else "", **kwargs)

    def back(self, conflict: drafts.ImportConflict | None = None) -> HttpResponseRedirect:
        """The page of the import, with what stood in the way."""
        if conflict:
            messages.error(self.request, str(conflict))
        return redirect("territories:import-detail", self.imported.pk)


class Preview(ImportPage):
    """What the file would change, before anything is written."""

    template_name = "territories/imports/preview.html"
    plan: Plan

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        status = self.imported.status
        if status in AT_WORK:
            return redirect("territories:import-progress", self.imported.pk)
        if status != Status.PREVIEW:
            return redirect("territories:import-report", self.imported.pk)
        plan = drafts.plan_of(self.imported)
        if plan is None:
            return redirect("territories:import-progress", self.imported.pk)
        self.plan = plan
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"Aperçu de l’import, millésime {self.imported.vintage}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = self.plan
        shown = panels.of_plan(plan)
        unknown = shown.without_successor
        form = kwargs.pop("form", None) or SuccessorsForm(ended=unknown[:SUCCESSORS_SHOWN])
        return super().get_context_data(
            plan=plan,
            seen_state=drafts.map_state(),
            already=drafts.already_applied(self.imported),
            form=form,
            unknown_total=len(unknown),
            needed_total=sum(gone.needs_choice for gone in unknown),
            chosen=drafts.successors_of(self.imported),
            **panels.panel(shown, self.request),
            **kwargs,
        )


class Confirm(ImportPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            drafts.confirm(
                self.imported,
                seen_state=request.POST.get("seen_state", ""),
                by=request.user,
                accept_partial="accept_partial" in request.POST,
            )
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        return redirect("territories:import-progress", self.imported.pk)


class Successors(Preview):
    """The successors chosen by hand for communes that end; the preview is made again with them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        if self.imported.status != Status.PREVIEW:
            return self.back()
        plan = drafts.plan_of(self.imported)
        if plan is None:
            return self.back()
        self.plan = plan
        unknown = panels.of_plan(self.plan).without_successor
        form = SuccessorsForm(request.POST, ended=unknown)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            drafts.choose_successors(self.imported, form.chosen())
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        return self.back()


class ForgetSuccessors(ImportPage):
    http_method_names = ["post"]

    def post(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            drafts.forget_successors(self.imported)
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        return self.back()


class Abandon(ImportPage):
    template_name = "ui/confirm_page.html"
    title = "Abandonner cet import"

    def get_title(self) -> str:
        return self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=f"Abandonner l’import de « {self.imported.filename} » ?",
            consequences=["Le fichier déposé est effacé.", "Aucune commune n’a été modifiée."],
            submit_label="Abandonner l’import",
            danger=True,
            cancel_label="Garder l’aperçu",
            cancel_url=reverse("territories:import-detail", args=[self.imported.pk]),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        name = self.imported.filename
        try:
            drafts.give_up(self.imported)
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        messages.success(request, f"L’import de « {name} » est abandonné. Aucune commune n’a été modifiée.")
        return redirect("territories:import-list")


class ProgressPage(ImportPage):
    """Where the job stands: polled by htmx, or refreshed by hand."""

    template_name = "territories/imports/progress.html"

    @property
    def is_polled(self) -> bool:
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.status not in AT_WORK:
            target = reverse("territories:import-detail", args=[self.imported.pk])
            return HttpResponseClientRedirect(target) if self.is_polled else redirect(target)
        if self.is_polled:
            self.template_name = "ui/progress.html"
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        work = "Lecture du fichier" if self.imported.status == Status.READING else "Import en cours"
        return f"{work}, millésime {self.imported.vintage}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = reverse("territories:import-progress", args=[self.imported.pk])
        return super().get_context_data(
            progress=read_progress(drafts.progress_key(self.imported.pk)) or Progress(),
            poll_url=here,
            refresh_url=here,
            is_stalled=drafts.is_stalled(self.imported, timezone.now()),
            is_reading=self.imported.status == Status.READING,
            **kwargs,
        )


class Resume(ImportPage):
    """Back to the preview, after a failure or an interruption."""

    http_method_names = ["post"]

    def post(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            drafts.prepare_again(self.imported, now=timezone.now())
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        return self.back()


class Report(ImportPage):
    """What an import did, as it was kept."""

    template_name = "territories/imports/report.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.imported.status in (Status.PREVIEW, *AT_WORK):
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        year = f", millésime {self.imported.vintage}" if self.imported.vintage else ""
        return f"Compte rendu d’import{year}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = panels.of_record(self.imported)
        return super().get_context_data(
            outcome=panels.outcome(self.imported),
            already=drafts.already_applied(self.imported) if self.imported.status == Status.NOTHING else None,
            undo_obstacle=drafts.why_not_undo(self.imported) if self.imported.status == Status.APPLIED else "",
            **panels.panel(shown, self.request),
            **kwargs,
        )


class Undo(ImportPage):
    template_name = "ui/confirm_page.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        obstacle = drafts.why_not_undo(self.imported)
        if obstacle:
            return self.back(drafts.ImportConflict(obstacle))
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"Annuler l’import, millésime {self.imported.vintage}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=f"Annuler l’import de « {self.imported.filename} » ?",
            consequences=panels.undo_consequences(self.imported),
            submit_label="Annuler cet import",
            danger=True,
            cancel_label="Ne rien changer",
            cancel_url=reverse("territories:import-report", args=[self.imported.pk]),
            **kwargs,
        )

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            drafts.undo(self.imported, by=request.user)
        except drafts.ImportConflict as conflict:
            return self.back(conflict)
        messages.success(
            request, "L’import est annulé : les communes et les territoires sont revenus à leur état d’avant."
        )
        return redirect("territories:import-report", self.imported.pk)


def list_crumb() -> Crumb:
    return ("Imports de communes", reverse("territories:import-list"))
