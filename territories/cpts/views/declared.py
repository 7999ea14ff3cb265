"""The figures a CPTS declares: added, corrected, withdrawn."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from cpts_portal.core.text import date_fr
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, FormPage
from territories.cpts.forms.cpts import DeclaredForm
from territories.cpts.registration import declare_figures, withdraw_figures
from territories.cpts.views.cpts import cpts_crumbs
from territories.models import DeclaredFigures


class DeclaredMixin(CptsMixin):
    """The page belongs to the card of a CPTS, and goes back to it."""

    @cached_property
    def figures(self) -> DeclaredFigures:
        return get_object_or_404(DeclaredFigures, pk=self.kwargs["figures_id"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs(self.cpts)

    def card(self) -> str:
        return f"{reverse('territories:cpts-detail', args=[self.cpts.pk])}#chiffres-declares"


class DeclaredForms(DeclaredMixin, FormPage):
    form_class = DeclaredForm
    success_message = "Les chiffres déclarés sont enregistrés."

    def replaced(self) -> DeclaredFigures | None:
        return self.figures if "figures_id" in self.kwargs else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.replaced() or DeclaredFigures(cpts=self.cpts)}

    def form_valid(self, form: DeclaredForm) -> HttpResponse:
        declare_figures(self.cpts, **form.cleaned_data, replacing=self.replaced(), by=self.request.user)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return self.card()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.card(), **kwargs)


class DeclaredAdd(DeclaredForms):
    needs = ("add", "territories.declaredfigures")
    title = "Ajouter des chiffres déclarés"


class DeclaredEdit(DeclaredForms):
    needs = ("change", "territories.declaredfigures")
    title = "Corriger des chiffres déclarés"


class DeclaredDelete(DeclaredMixin, ConfirmPage):
    needs = ("delete", "territories.declaredfigures")
    title = "Retirer des chiffres déclarés"
    submit_label = "Retirer"

    def get_question(self) -> str:
        return f"Retirer les chiffres déclarés le {date_fr(self.figures.declared_on)} ?"

    def consequences(self) -> list[str]:
        return ["L’écart avec les chiffres calculés ne sera plus affiché.", "Le retrait reste dans l’historique."]

    def act(self) -> str:
        withdraw_figures(self.figures, by=self.request.user)
        return "Les chiffres déclarés sont retirés."

    def back(self) -> str:
        return self.card()
