"""Rates, caps, settings, and the room left under the yearly ceiling."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, de, euros_fr
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page
from missions.models import PayCap, PayRate
from missions.pay.ceiling import ceiling_of
from missions.pay.checks import settings_of
from missions.pay.forms import CapForm, EndForm, RateForm, SettingsForm, WhoForm
from missions.pay.lists import forecasts, years_of
from missions.pay.setup import add_cap, add_rate, end_rate, remove_cap, save_settings
from missions.pay.user_records import records_of, say_who
from missions.shared.links import pay_tabs, payments_crumbs

STALE = (
    "Quelqu’un d’autre a enregistré ces réglages entre-temps. Vos saisies sont encore là : enregistrez à nouveau pour "
    "remplacer les siennes, ou annulez pour les lire."
)


class PayRoom(CptsMixin, Page):
    """`?annee=2025`: what each person received here, and what is left of the ceiling in all CPTS."""

    needs = ("view", "missions.payline")
    title = "Plafond annuel"
    template_name = "missions/pay/room.html"

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        years, asked = years_of(self.cpts, today), self.request.GET.get("annee", "")
        year = int(asked) if asked.isdecimal() and int(asked) in years else today.year
        return super().get_context_data(
            tabs=pay_tabs(self.cpts.pk, self.title),
            year=year,
            years=years,
            ceiling=ceiling_of(year),
            rows=forecasts(self.cpts, year, today),
            **kwargs,
        )


class RateList(CptsMixin, Page):
    needs = ("view", "missions.payrate")
    title = "Tarifs"
    template_name = "missions/pay/rates.html"

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rates = PayRate.objects.filter(cpts=self.cpts).select_related("profession")
        return super().get_context_data(
            tabs=pay_tabs(self.cpts.pk, self.title),
            rates=[(rate, rate.end is not None and rate.end <= today) for rate in rates],
            may_edit=self.may("change", "missions.payrate"),
            **kwargs,
        )


class RateAct(ActPage):
    def breadcrumbs(self) -> list[Crumb]:
        return [*payments_crumbs(self.cpts), ("Tarifs", self.back())]

    def back(self) -> str:
        return reverse("missions:rates", args=[self.cpts.pk])


class RateAdd(RateAct):
    needs = ("add", "missions.payrate")
    title = "Fixer un tarif"
    form_class = RateForm
    submit_label = "Fixer ce tarif"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": PayRate(cpts=self.cpts)}

    def act(self, form: RateForm) -> str:
        add_rate(form.instance, by=self.request.user)
        return "Le tarif est fixé : il s’applique aux activités faites à partir de sa date."


class RateEnd(RateAct):
    needs = ("change", "missions.payrate")
    form_class = EndForm
    submit_label = "Mettre fin au tarif"

    @cached_property
    def rate(self) -> PayRate:
        return get_object_or_404(PayRate, pk=self.kwargs["pk"], cpts=self.cpts)

    def get_title(self) -> str:
        return f"Mettre fin au tarif : {self.rate}"

    def get_initial(self) -> dict[str, Any]:
        return {"end": timezone.localdate()}

    def act(self, form: EndForm) -> str:
        end_rate(self.rate, end=form.cleaned_data["end"], by=self.request.user)
        return f"Le tarif s’arrête le {date_fr(form.cleaned_data['end'])} ; ce qui est déjà déclaré ne change pas."


class PaySettingsPage(CptsMixin, Page):
    needs = ("view", "missions.paysettings")
    title = "Réglages des indemnités"
    template_name = "missions/pay/settings.html"

    def breadcrumbs(self) -> list[Crumb]:
        return payments_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=pay_tabs(self.cpts.pk, "Réglages"),
            settings=settings_of(self.cpts),
            caps=PayCap.objects.filter(cpts=self.cpts).select_related("professional"),
            links=records_of(self.cpts),
            may_edit=self.may("change", "missions.paysettings"),
            **kwargs,
        )


class SettingsAct(ActPage):
    def breadcrumbs(self) -> list[Crumb]:
        return [*payments_crumbs(self.cpts), ("Réglages", self.back())]

    def back(self) -> str:
        return reverse("missions:payments-settings", args=[self.cpts.pk])


class PaySettingsEdit(SettingsAct):
    needs = ("change", "missions.paysettings")
    title = "Modifier les réglages des indemnités"
    form_class = SettingsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": settings_of(self.cpts)}

    def act(self, form: SettingsForm) -> str:
        try:
            save_settings(self.cpts, **form.cleaned_data, by=self.request.user)
        except StaleEdit:
            typed_over(form, settings_of(self.cpts))
            raise NotPossible(STALE) from None
        return "Les réglages sont enregistrés."


class CapAdd(SettingsAct):
    needs = ("add", "missions.paycap")
    title = "Fixer un plafond de la CPTS"
    form_class = CapForm
    submit_label = "Fixer ce plafond"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}

    def get_initial(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year}

    def act(self, form: CapForm) -> str:
        if form.cleaned_data["office"] and form.cleaned_data["professional"]:
            raise NotPossible("Un plafond vise un mandat ou une personne, pas les deux.")
        add_cap(form.cap, by=self.request.user)
        return "Le plafond est fixé."


class CapRemove(CptsMixin, ConfirmPage):
    needs = ("delete", "missions.paycap")
    title = "Retirer un plafond"
    submit_label = "Retirer le plafond"

    @cached_property
    def cap(self) -> PayCap:
        return get_object_or_404(PayCap, pk=self.kwargs["pk"], cpts=self.cpts)

    def get_question(self) -> str:
        return f"Retirer le plafond de {euros_fr(self.cap.amount)} pour {self.cap.year} ?"

    def back(self) -> str:
        return reverse("missions:payments-settings", args=[self.cpts.pk])

    def act(self) -> str:
        remove_cap(self.cap, by=self.request.user)
        return "Le plafond est retiré."


class WhoIsWho(SettingsAct):
    """Says which record of the register an account is."""

    needs = ("change", "missions.userrecord")
    title = "Rattacher un compte à sa fiche"
    form_class = WhoForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}

    def act(self, form: WhoForm) -> str:
        user = form.cleaned_data["user"]
        made = say_who(self.cpts, **form.cleaned_data, by=self.request.user)
        return f"Le compte « {user} » est celui {de(made.professional)}." if made else f"Aucune fiche pour « {user} »."
