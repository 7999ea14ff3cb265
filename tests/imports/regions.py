"""The smallest importer: a file « code;nom » of regions. The recipe of docs/importers.md, in full."""

from dataclasses import dataclass, field

from django import forms
from django.db import models
from django.urls import path, reverse

from cpts_portal.accounts.roles import Role
from cpts_portal.core.authors import Author
from cpts_portal.core.sheets import Sheet, Unreadable, first_readable
from cpts_portal.core.text import plural
from cpts_portal.imports import pages, runs
from cpts_portal.imports.importer import Importer, Reporter
from cpts_portal.imports.models import ImportRun
from cpts_portal.imports.refusals import ImportRefused
from cpts_portal.urls import urlpatterns as every_address
from territories.models import Region


class RegionImport(ImportRun):
    created = models.JSONField("régions créées", default=list)

    class Meta:
        app_label = "tests"


@dataclass
class RegionPlan:
    new: dict[str, str] = field(default_factory=dict)
    known: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def is_applicable(self) -> bool:
        return not self.reasons

    @property
    def counts(self) -> dict[str, int]:
        return {"Régions créées": len(self.new), "Déjà connues": self.known}


class RegionImporter(Importer[RegionImport, RegionPlan]):
    model = RegionImport
    untouched = "les régions sont comme avant"

    def state(self, run: RegionImport) -> str:
        return f"{run.sha256}/{Region.objects.count()}"

    def read(self, run: RegionImport, report: Reporter) -> RegionPlan:
        report(10, "Lecture du fichier")
        return first_readable(run.content(), self._plan, empty="Le fichier est vide.")

    def _plan(self, sheet: Sheet) -> RegionPlan:
        plan, codes = RegionPlan(), set(Region.objects.values_list("code", flat=True))
        for line, (code, name, *_) in sheet.rows:
            if line == 1 and code != "code":
                raise Unreadable("La première colonne doit être « code ».")
            if not name:
                plan.reasons.append(f"Ligne {line} : le nom manque.")
            elif code in codes:
                plan.known += 1
            elif line > 1:
                plan.new[code] = name
        return plan

    def write(self, run: RegionImport, *, by: Author, report: Reporter) -> None:
        plan = self.read(run, report)
        if not plan.is_applicable:
            raise ImportRefused(" ".join(plan.reasons))
        rows = [Region.objects.create(code=code, name=name) for code, name in plan.new.items()]
        run.counts, run.created = plan.counts, [row.pk for row in rows]

    def why_not_undo(self, run: RegionImport) -> str:
        used = Region.objects.filter(pk__in=run.created, departments__isnull=False).exists()
        return "Des départements utilisent ces régions." if used else ""

    def undo(self, run: RegionImport, *, by: Author) -> None:
        Region.objects.filter(pk__in=run.created).delete()


# --- Pages ------------------------------------------------------------------------------------------------------------
class Form(forms.Form):
    file = forms.FileField(label="Fichier")


class Of(pages.RunMixin):
    importer = RegionImporter()
    roles = frozenset({Role.ADMINISTRATOR})

    def address(self, name: str = "detail") -> str:
        return reverse(f"regions-{name}", args=[self.imported.pk])

    def list_address(self) -> str:
        return reverse("regions-upload")


class Upload(pages.DepositPage):
    roles = Of.roles
    title = "Importer des régions"
    form_class = Form

    def deposited(self, form: Form) -> str:
        sent = form.cleaned_data["file"]
        run = runs.deposit(Of.importer, RegionImport(author=self.request.user), sent.read(), sent.name)
        return reverse("regions-detail", args=[run.pk])


class Preview(Of, pages.PreviewPage):
    pass


class Confirm(Of, pages.ConfirmImport):
    pass


class Progress(Of, pages.ProgressPage):
    pass


class Resume(Of, pages.ResumeImport):
    pass


class Report(Of, pages.ReportPage):
    pass


class GiveUp(Of, pages.GiveUpImport):
    unchanged = "Aucune région n’a été modifiée."


class Undo(Of, pages.UndoImport):
    def consequences(self) -> list[str]:
        return [f"{plural(len(self.imported.created), 'région sera retirée', 'régions seront retirées')}."]


class File(Of, pages.KeptFilePage):
    pass


EACH = {
    "detail": Preview, "confirm": Confirm, "progress": Progress, "resume": Resume, "report": Report, "abandon": GiveUp,
    "undo": Undo, "file": File,
}  # fmt: skip
urlpatterns = [
    *every_address,
    path("essai/", Upload.as_view(), name="regions-upload"),
    *(path(f"essai/<int:import_id>/{name}/", page.as_view(), name=f"regions-{name}") for name, page in EACH.items()),
]
