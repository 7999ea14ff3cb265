"""The screens of an import: deposit, preview, confirmation, progress, report, giving up, undoing.

Each kind of import gives its importer, its addresses and what it shows; the templates are in templates/imports/.
"""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django_htmx.http import HttpResponseClientRedirect

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.tasks import Progress, read_progress
from cpts_portal.core.unreadable import Unreadable
from cpts_portal.imports import runs
from cpts_portal.imports.importer import Importer
from cpts_portal.imports.models import Status, is_stalled
from cpts_portal.pages import ConfirmPage, FormPage, Page, PortalView

# The page of an import in each state; the report for those that are not named.
STEPS = {
    Status.PREVIEW: "detail",
    Status.MAPPING: "mapping",
    **dict.fromkeys((Status.WAITING, Status.READING, Status.RUNNING), "progress"),
}


class DepositPage(FormPage):
    """A form whose `file` field holds the file; a file that cannot be read comes back on it."""

    submit_label = "Préparer l’aperçu"

    def deposited(self, form: Any) -> str:
        """Keep the file; the address of the import. Raises `Unreadable` or `NotPossible`."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return redirect(self.deposited(form))
        except (Unreadable, NotPossible) as refusal:
            form.add_error("file" if isinstance(refusal, Unreadable) else None, str(refusal))
            return self.form_invalid(form)


class RunMixin(PortalView):
    """A page about one import. `key`: its number in the address; `address`: its pages by name, « detail » first."""

    importer: ClassVar[Importer]
    key: ClassVar[str] = "import_id"

    def imports(self) -> Any:
        """Those that somebody may open here."""
        return self.importer.model._default_manager.select_related("author")

    @cached_property
    def imported(self) -> Any:
        return get_object_or_404(self.imports(), pk=self.kwargs[self.key])

    def address(self, name: str = "detail") -> str:
        raise NotImplementedError

    def list_address(self) -> str:
        raise NotImplementedError

    def here(self, problem: object = "") -> HttpResponseRedirect:
        """The page of the import, with what stood in the way."""
        if problem:
            messages.error(self.request, str(problem))
        return redirect(self.address())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(imported=self.imported, **self.addresses(), **kwargs)

    def addresses(self) -> dict[str, str]:
        """The addresses that the shared templates link to, `<name>_url`."""
        return {}


class PreviewPage(RunMixin, Page):
    """What the file would change, before anything is written; elsewhere in its life, the page of that state."""

    template_name = "imports/preview.html"
    plan: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = STEPS.get(Status(self.imported.status), "report")
        if step != "detail":
            return redirect(self.address(step))
        plan = runs.plan_of(self.importer, self.imported)
        if plan is None:
            return redirect(self.address("progress"))
        self.plan = plan
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Aperçu de l’import"

    def addresses(self) -> dict[str, str]:
        return {"confirm_url": self.address("confirm"), "abandon_url": self.address("abandon")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"plan": self.plan, "seen": self.importer.state(self.imported)}
        return super().get_context_data(**{**own, **kwargs})


class ImportAct(RunMixin):
    """A button of these pages: does something, then shows the import, with what stood in the way if anything did."""

    http_method_names = ["post"]

    def act(self) -> None:
        raise NotImplementedError

    def post(self, _request: HttpRequest, **_url: Any) -> HttpResponse:
        try:
            self.act()
        except NotPossible as problem:
            return self.here(problem)
        return redirect(self.after())

    def after(self) -> str:
        return self.address()


class ConfirmImport(ImportAct):
    def act(self) -> None:
        runs.confirm(self.importer, self.imported, seen=self.request.POST.get("seen", ""), by=self.request.user)

    def after(self) -> str:
        return self.address("progress")


class ResumeImport(ImportAct):
    """Back to the preview, after a failure or an interruption."""

    def act(self) -> None:
        runs.resume(self.importer, self.imported, now=timezone.now())


class PolledMixin(RunMixin):
    """Where the job stands: polled by htmx, or refreshed by hand."""

    @property
    def is_polled(self) -> bool:
        return bool(self.request.htmx)

    def progress_context(self, here: str) -> dict[str, Any]:
        return {
            "progress": read_progress(self.imported.progress_key) or Progress(),
            "poll_url": here,
            "refresh_url": here,
            "is_stalled": is_stalled(self.imported, timezone.now()),
        }


class ProgressPage(PolledMixin, Page):
    template_name = "imports/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.imported.is_at_work:
            target = self.address()
            return HttpResponseClientRedirect(target) if self.is_polled else redirect(target)
        if self.is_polled:
            self.template_name = "ui/progress.html"
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Import en cours"

    def addresses(self) -> dict[str, str]:
        return {"resume_url": self.address("resume")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_reading = self.imported.status == Status.READING
        return super().get_context_data(
            is_reading=is_reading, **self.progress_context(self.address("progress")), **kwargs
        )


class ReportPage(RunMixin, Page):
    """What an import did, as it was kept."""

    template_name = "imports/report.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if Status(self.imported.status) in STEPS:
            return self.here()
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Compte rendu de l’import"

    def addresses(self) -> dict[str, str]:
        return {"resume_url": self.address("resume"), "undo_url": self.address("undo")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        applied = self.imported.status == Status.APPLIED
        obstacle = self.importer.why_not_undo(self.imported) if applied else ""
        return super().get_context_data(undo_obstacle=obstacle, **kwargs)


class GiveUpImport(RunMixin, ConfirmPage):
    submit_label = "Abandonner l’import"
    unchanged: ClassVar[str] = "Rien n’a été modifié."

    def get_title(self) -> str:
        return "Abandonner cet import"

    def get_question(self) -> str:
        return f"Abandonner l’import de « {self.imported.filename} » ?"

    def consequences(self) -> list[str]:
        return ["Le fichier déposé est effacé.", self.unchanged]

    def back(self) -> str:
        return self.list_address()

    def act(self) -> str:
        runs.give_up(self.importer, self.imported)
        return f"L’import est abandonné. {self.unchanged}"


class UndoImport(RunMixin, ConfirmPage):
    question = "Annuler cet import ?"
    submit_label = "Annuler cet import"
    undone: ClassVar[str] = "L’import est annulé : tout est revenu à son état d’avant."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        obstacle = self.importer.why_not_undo(self.imported)
        return self.here(obstacle) if obstacle else super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return "Annuler l’import"

    def back(self) -> str:
        return self.address()

    def act(self) -> str:
        runs.undo(self.importer, self.imported, by=self.request.user)
        return self.undone


class KeptFilePage(RunMixin):
    """The file exactly as it was dropped."""

    missing: ClassVar[str] = "Ce fichier n’a pas été conservé."

    def get(self, _request: HttpRequest, *_args: Any, **_url: Any) -> Any:
        kept = self.imported.file
        if not kept or not kept.storage.exists(kept.name):
            raise Http404(self.missing)
        self.before_sending()
        return FileResponse(kept.open("rb"), as_attachment=True, filename=self.imported.filename)

    def before_sending(self) -> None:
        """Leave a trace, where the file names people."""
