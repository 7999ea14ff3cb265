"""The grid of a day, read by all; loaded from a file by an administrator, previewed by the function that imports."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.models import Part, Rate
from contracts.terms.exports import GRID_HEADERS, grid_lines
from contracts.terms.forms import EndRateForm, GridFileForm
from contracts.terms.grid import end_rate, grid_days, grid_on, use_key, used_keys
from contracts.terms.grid_import import EXAMPLE, GridPlan, apply_grid, prepare
from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, plural
from cpts_portal.imports.carried import CarriedImport
from cpts_portal.pages import Crumb, FormPage, Page, PortalView
from missions.models import OfficialMission

SALT = "contracts.grid"
KEPT_SECONDS = 60 * 60
WRITE = ("add", "contracts.rate")


def grid_url() -> str:
    return reverse("contracts:grid")


class GridPage(Page):
    """`?le=2027-01-01` shows the grid of another day; `?export=csv` gives its rows, which the import reads back."""

    needs = ("view", "contracts.rate")
    title = "Barème"
    template_name = "contracts/terms/grid.html"

    @cached_property
    def day(self) -> date:
        try:
            return date.fromisoformat(self.request.GET.get("le", ""))
        except ValueError:
            return timezone.localdate()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("export")
        if asked in FORMATS:
            rows = list(Rate.objects.in_force_on(self.day))
            return export_response(f"bareme-{self.day:%Y-%m-%d}", GRID_HEADERS, grid_lines(rows), asked)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_write = self.actor.has_any(GridImport.allowed_roles())
        return super().get_context_data(
            grid=grid_on(self.day), day=self.day, days=grid_days(), may_write=may_write, **kwargs
        )


class GridImport(CarriedImport):
    """A file, its preview, then the same file applied: it travels signed in the form, nothing is kept before that."""

    needs = WRITE
    title = "Charger le barème"
    template_name = "contracts/terms/grid_import.html"
    form_class = GridFileForm
    salt = "contracts.grid"

    def breadcrumbs(self) -> list[Crumb]:
        return [("Barème", grid_url())]

    def read(self, content: bytes) -> GridPlan:
        return prepare(content)

    def write(self, content: bytes) -> str:
        plan = apply_grid(content, by=self.request.user)
        made = plural(len(plan.created), "montant ajouté", "montants ajoutés")
        return f"Barème chargé : {made}, {len(plan.changed)} complétés, {plan.same} inchangés."

    def deposit_url(self) -> str:
        return reverse("contracts:grid-import")

    def get_success_url(self) -> str:
        return grid_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        codes = OfficialMission.objects.values_list("code", flat=True)
        return super().get_context_data(cancel_url=grid_url(), codes=codes, envelopes=Part.labels, **kwargs)


class GridTemplate(PortalView):
    """The columns with two lines as example."""

    needs = WRITE
    http_method_names = ["get", "head", "options"]

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return export_response("modele-bareme", GRID_HEADERS, EXAMPLE, "csv")


class RateEnd(FormPage):
    """A row is never edited: it ends, and another one begins."""

    needs = ("change", "contracts.rate")
    title = "Mettre fin à un montant"
    template_name = "contracts/terms/rate_end.html"
    form_class = EndRateForm
    submit_label = "Mettre fin à ce montant"

    @cached_property
    def rate(self) -> Rate:
        return get_object_or_404(Rate.objects.select_related("mission"), pk=self.kwargs["rate_id"])

    def breadcrumbs(self) -> list[Crumb]:
        return [("Barème", grid_url())]

    def get_success_url(self) -> str:
        return grid_url()

    def form_valid(self, form: EndRateForm) -> HttpResponse:
        end = form.cleaned_data["end"]
        try:
            end_rate(self.rate, end=end, by=self.request.user)
        except NotPossible as refusal:
            form.add_error("end", str(refusal))
            return self.form_invalid(form)
        self.success_message = f"{self.rate} : ce montant ne sert plus à partir du {date_fr(end)}."
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_used = use_key(self.rate) in used_keys()
        return super().get_context_data(rate=self.rate, is_used=is_used, cancel_url=grid_url(), **kwargs)
