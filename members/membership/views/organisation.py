"""Mandates of the association, elections, colleges and free fields."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.periods import covers
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr
from cpts_portal.pages import CptsMixin, Crumb, FormPage, Page
from members.membership.adhesion import Election, end_mandate, give_mandate, hold_election
from members.membership.forms.organisation import ElectedFormSet, ElectionForm, MandateEndForm, MandateForm
from members.models import Mandate
from members.shared.forms.cells import PastDayField
from members.shared.forms.choosing import label_of
from members.shared.known_records import known
from members.shared.links import card_url, register_crumbs

OFFICE = Mandate.Office
GROUPS = (
    (
        "Bureau",
        (
            OFFICE.PRESIDENT,
            OFFICE.VICE_PRESIDENT,
            OFFICE.TREASURER,
            OFFICE.DEPUTY_TREASURER,
            OFFICE.SECRETARY,
            OFFICE.DEPUTY_SECRETARY,
        ),
    ),
    ("Conseil d’administration", (OFFICE.BOARD_OF_DIRECTORS,)),
    ("Référentes et référents de mission", (OFFICE.MISSION_LEAD,)),
)


class MandateDayForm(forms.Form):
    jour = PastDayField(label="Mandats au", required=False)


def mandates_url(cpts_id: int) -> str:
    return reverse("members:mandates", args=[cpts_id])


class Mandates(CptsMixin, Page):
    """Who holds which office today, or on another day (`?jour=`), and everybody who did."""

    needs = ("view", "members.mandate")
    title = "Mandats"
    template_name = "members/membership/mandates.html"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    @cached_property
    def reading(self) -> MandateDayForm:
        data = self.request.GET if "jour" in self.request.GET else None
        form = MandateDayForm(data, initial={"jour": timezone.localdate()})
        form.is_valid()
        return form

    @property
    def day(self) -> date:
        asked = self.reading.cleaned_data.get("jour") if self.reading.is_bound else None
        return asked or timezone.localdate()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [
            {"mandate": row, "url": card_url(row.professional)}
            for row in Mandate.objects.filter(cpts=self.cpts)
            .select_related("professional__profession")
            .order_by("-start", "office", "pk")
        ]
        held = [row for row in rows if covers(row["mandate"], self.day)]
        return super().get_context_data(
            reading=self.reading,
            day=self.day,
            is_today=self.day == timezone.localdate(),
            day_title=f"Mandats au {date_fr(self.day)}",
            groups=[(title, in_order(held, offices)) for title, offices in GROUPS],
            history=[row for row in rows if not covers(row["mandate"], self.day)],
            may_edit=self.may("change", "members.mandate"),
            **kwargs,
        )


def in_order(rows: list[dict[str, Any]], offices: tuple[str, ...]) -> list[dict[str, Any]]:
    found = [row for row in rows if row["mandate"].office in offices]
    return sorted(found, key=lambda row: (offices.index(row["mandate"].office), row["mandate"].start))


class MandateAdd(CptsMixin, FormPage):
    needs = ("add", "members.mandate")
    title = "Donner un mandat"
    form_class = MandateForm
    submit_label = "Donner le mandat"
    success_message = "Le mandat est enregistré."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Mandats", mandates_url(self.cpts.pk)))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("personne", "")
        person = known(self.cpts).filter(pk=asked).first() if asked.isdigit() else None
        return {"professional": label_of(person) if person else "", "start": timezone.localdate()}

    def form_valid(self, form: MandateForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            give_mandate(
                data["professional"],
                office=data["office"],
                subject=data["subject"],
                start=data["start"],
                end=data["end"],
                by=self.request.user,
            )
        except NotPossible as refusal:
            form.add_error("office", str(refusal))
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return mandates_url(self.cpts.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=mandates_url(self.cpts.pk), **kwargs)


class MandateEnd(CptsMixin, FormPage):
    needs = ("change", "members.mandate")
    form_class = MandateEndForm
    success_message = "La fin du mandat est enregistrée."

    @cached_property
    def mandate(self) -> Mandate:
        found = Mandate.objects.select_related("professional")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    def get_title(self) -> str:
        return f"{'Changer la fin du mandat' if self.mandate.end else 'Mettre fin au mandat'} : {self.mandate}"

    @property
    def submit_label(self) -> str:
        return "Changer la fin" if self.mandate.end else "Mettre fin au mandat"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Mandats", mandates_url(self.cpts.pk)))

    def get_initial(self) -> dict[str, Any]:
        return {"on": self.mandate.end or timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(mandate=self.mandate, cancel_url=mandates_url(self.cpts.pk), **kwargs)

    def form_valid(self, form: MandateEndForm) -> HttpResponse:
        try:
            end_mandate(self.mandate, on=form.cleaned_data["on"], by=self.request.user)
        except NotPossible as refusal:
            form.add_error("on", str(refusal))
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return mandates_url(self.cpts.pk)


class Elections(CptsMixin, FormPage):
    """One meeting renews several offices: those that end, those elected, on one page and in one transaction."""

    needs = ("change", "members.mandate")
    title = "Élection ou renouvellement"
    template_name = "members/membership/election.html"
    form_class = ElectionForm
    submit_label = "Enregistrer l’élection"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, ("Mandats", mandates_url(self.cpts.pk)))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts, "today": timezone.localdate()}

    @cached_property
    def rows(self) -> Any:
        data = self.request.POST if self.request.method == "POST" else None
        return ElectedFormSet(data, prefix="elus", form_kwargs={"cpts": self.cpts})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002 (Django's)
        form = self.get_form()
        ready = form.is_valid()
        if not self.rows.is_valid():
            form.add_error(None, "Corrigez les lignes des personnes élues.")
            ready = False
        return self.form_valid(form) if ready else self.form_invalid(form)

    def form_valid(self, form: ElectionForm) -> HttpResponse:
        elected = [Election(row["professional"], row["office"], row["subject"]) for row in self.rows.elected()]
        try:
            given = hold_election(
                on=form.cleaned_data["on"],
                ended=list(form.cleaned_data["ended"]),
                elected=elected,
                by=self.request.user,
            )
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        ended = len(form.cleaned_data["ended"])
        messages.success(
            self.request, f"L’élection est enregistrée : fin de mandat {ended}, nouveaux mandats {len(given)}."
        )
        return redirect(mandates_url(self.cpts.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(elected=self.rows, cancel_url=mandates_url(self.cpts.pk), **kwargs)
