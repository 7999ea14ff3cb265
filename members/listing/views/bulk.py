"""Acts on the ticked rows of the register, or on everything the search finds: always confirmed, all or none."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cpts_portal.core.exports import export_response
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, number_fr, plural
from cpts_portal.pages import Crumb, FormPage
from members.listing import Kind, RegisterRows
from members.listing.bulk import move_to_college, record_departures
from members.listing.forms import BulkForm, DepartureForm, ExportForm, MoveToCollegeForm
from members.listing.tables import RegisterTable
from members.listing.views.register import RegisterFilters, free_fields, register_address, register_crumbs
from members.shared.exports_log import log_export

SHOWN = 50
OWN_PARAMETERS = ("row", "all", "page", "export")


class BulkPage(RegisterFilters, FormPage):
    """The rows come from the query string of the list: its filters, and `row` for each ticked one or `all`."""

    needs = ("change", "members.membership")
    template_name = "members/listing/bulk.html"
    form_class: type[BulkForm]
    question = ""

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    @cached_property
    def rows(self) -> RegisterRows:
        criteria = self.asked(self.request.GET).criteria
        if "all" not in self.request.GET:
            criteria = replace(criteria, keys=ticked(self.request.GET.getlist("row")))
        return RegisterRows(criteria)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.rows.count() else self.nothing_ticked()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.rows.count() else self.nothing_ticked()

    def nothing_ticked(self) -> HttpResponse:
        messages.warning(self.request, "Cochez d’abord les fiches voulues, ou « Toute la recherche ».")
        return redirect(self.back())

    def back(self) -> str:
        """The list as it was filtered."""
        query = self.request.GET.copy()
        for name in OWN_PARAMETERS:
            query.pop(name, None)
        return register_address(self.cpts, query.urlencode())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "count": self.rows.count(), "cpts": self.cpts}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.act(form)
        except (NotPossible, ValidationError) as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(self.back())

    def act(self, form: Any) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = self.rows.count()
        return super().get_context_data(
            question=self.question.format(plural(count, "fiche")),
            names=[str(entry) for entry in self.rows[:SHOWN]],
            others=max(count - SHOWN, 0),
            cancel_url=self.back(),
            **kwargs,
        )


def ticked(values: list[str]) -> frozenset[tuple[str, int]]:
    """« person-12 » -> (person, 12); anything else is left out."""
    found = (value.partition("-") for value in values)
    return frozenset((kind, int(pk)) for kind, _dash, pk in found if kind in Kind.values and pk.isdecimal())


class BulkCollege(BulkPage):
    title = "Placer dans un collège"
    question = "Dans quel collège placer {} ?"
    submit_label = "Placer dans le collège"
    form_class = MoveToCollegeForm

    def act(self, form: MoveToCollegeForm) -> str:
        college = form.cleaned_data["college"]
        changed = move_to_college(self.rows, college=college, by=self.request.user)
        return f"{plural(changed, 'adhésion changée', 'adhésions changées')} de collège : {college}."


class BulkDeparture(BulkPage):
    title = "Enregistrer des départs"
    question = "Enregistrer le départ de {} ?"
    submit_label = "Enregistrer les départs"
    form_class = DepartureForm

    def act(self, form: DepartureForm) -> str:
        on, reason = form.cleaned_data["on"], form.cleaned_data["reason"]
        count = record_departures(self.rows, on=on, reason=reason, by=self.request.user)
        return f"{plural(count, 'départ enregistré', 'départs enregistrés')} au {date_fr(on)}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            danger=True,
            consequences=[
                "L’adhésion prend fin à cette date, avec les mandats tenus : rien n’est effacé.",
                "Un départ enregistré par erreur s’annule depuis la fiche de la personne.",
            ],
            **kwargs,
        )


class BulkExport(BulkPage):
    needs = ("view", "members.professional")
    title = "Exporter des fiches"
    question = "Exporter {} ?"
    submit_label = "Télécharger"
    form_class = ExportForm

    def form_valid(self, form: ExportForm) -> HttpResponse:
        file_format, rows = form.cleaned_data["file_format"], self.rows
        log_export(
            self.request,
            self.cpts,
            what=f"Registre : sélection de {number_fr(rows.count())}",
            persons=rows.count(),
            file_format=file_format,
        )
        customs = free_fields(self.cpts)
        table = RegisterTable(rows.for_export(), cpts=self.cpts, year=rows.wanted.year, customs=customs)
        values = table.as_values()
        return export_response("registre", next(values), values, file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            consequences=["Le fichier contient des données personnelles : l’export est noté au journal."], **kwargs
        )
