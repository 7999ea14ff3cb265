"""Campaigns of dues: the list of years, opening one, its page, its late comers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import euros_fr, plural
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, ListPage, Page
from members.dues.campaigns import Preview, change_campaign, dues_of, preview_campaign, rates_of_last_campaign, totals
from members.dues.dues import create_missing_dues, members_without_due, open_campaign
from members.dues.forms import CampaignEditForm, CampaignForm, rate_formset
from members.dues.links import CampaignMixin, campaign_url, dues_crumbs
from members.dues.tables import DueFilter, DueTable
from members.models import DuesCampaign
from members.shared.exports_log import log_export
from members.shared.links import register_crumbs


class Campaigns(CptsMixin, Page):
    """The years of dues, the latest first."""

    needs = ("view", "members.duescampaign")
    template_name = "members/dues/campaigns.html"
    title = "Cotisations"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = DuesCampaign.objects.filter(cpts=self.cpts)
        return super().get_context_data(
            campaigns=[(campaign, totals(campaign)) for campaign in found[:15]],
            may_open=self.may("add", "members.duescampaign"),
            next_year=next_year(self.cpts.pk),
            **kwargs,
        )


def next_year(cpts_id: int) -> int:
    """The year to open: the one after the latest campaign, this year for the first one."""
    last = DuesCampaign.objects.filter(cpts_id=cpts_id).values_list("year", flat=True).first()
    return last + 1 if last else timezone.localdate().year


class CampaignOpen(ActPage):
    """One page: amounts prefilled from the year before, a preview of who owes what, then the opening.

    The preview is always seen before the opening: `seen` carries what it showed, and another result (an amount
    changed, a member accepted meanwhile) shows the preview again instead of opening.
    """

    needs = ("add", "members.duescampaign")
    template_name = "members/dues/campaign_open.html"
    form_class = CampaignForm
    title = "Ouvrir une campagne de cotisation"

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts)

    def back(self) -> str:
        return reverse("members:dues", args=[self.cpts.pk])

    def get_initial(self) -> dict[str, Any]:
        last = DuesCampaign.objects.filter(cpts=self.cpts).first()
        year = next_year(self.cpts.pk)
        return {
            "year": year,
            "due_on": timezone.localdate().replace(year=year, month=3, day=31),
            "message": last.message if last else "",
        }

    @cached_property
    def rates(self) -> Any:
        last = rates_of_last_campaign(self.cpts, before=next_year(self.cpts.pk))
        return rate_formset(self.cpts, last, self.request.POST if self.request.method == "POST" else None)

    def post(self, request: HttpRequest, **_url: Any) -> HttpResponse:
        form = self.get_form()
        if not (form.is_valid() & self.rates.is_valid()):
            return self.form_invalid(form)
        found = preview_campaign(self.cpts, year=form.cleaned_data["year"], rates=self.rates.rates())
        if request.POST.get("action") != "open" or request.POST.get("seen") != signature(found, form):
            return self.render_to_response(self.get_context_data(form=form, preview=found, seen=signature(found, form)))
        return self.form_valid(form)

    def act(self, form: CampaignForm) -> str:
        self.opened = open_campaign(self.cpts, rates=self.rates.rates(), by=self.request.user, **form.cleaned_data)
        return f"La campagne {self.opened.year} est ouverte : {plural(self.opened.dues.count(), 'cotisation')}."

    def form_valid(self, form: CampaignForm) -> HttpResponse:
        response = super().form_valid(form)
        return redirect(campaign_url(self.opened)) if response.status_code == 302 else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rates=self.rates, **kwargs)


def signature(preview: Preview, form: CampaignForm) -> str:
    """What the preview showed, in a few signs."""
    counts = "-".join(str(share.members) for share in preview.shares)
    return f"{form.cleaned_data['year']}:{preview.total}:{counts}:{len(preview.without_rate)}"


class CampaignDetail(CampaignMixin, ListPage):
    """A campaign in figures, and its dues."""

    needs = ("view", "members.due")
    template_name = "members/dues/campaign.html"
    filterset_class = DueFilter
    table_class = DueTable
    export_name = "cotisations"
    empty_title = "Aucune cotisation ne correspond"

    def get_title(self) -> str:
        return str(self.campaign)

    def breadcrumbs(self) -> list[Crumb]:
        return dues_crumbs(self.cpts)

    def get_queryset(self) -> QuerySet:
        return dues_of(self.campaign)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        found = super().get_filterset_kwargs(filterset_class)
        return {**found, "campaign": self.campaign, "today": timezone.localdate()}

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"today": timezone.localdate(), "may_record": self.may("add", "members.payment")}

    def export(self, file_format: str) -> HttpResponse:
        what = f"Cotisations {self.campaign.year}"
        log_export(self.request, self.cpts, what=what, persons=self.object_list.count(), file_format=file_format)
        return super().export(file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            totals=totals(self.campaign),
            is_past=self.campaign.due_on < timezone.localdate(),
            may_write=self.may("change", "members.due"),
            batches=self.campaign.letter_batches.select_related("author")[:5],
            **kwargs,
        )


class CampaignEdit(CampaignMixin, ActPage):
    needs = ("change", "members.duescampaign")
    form_class = CampaignEditForm

    def get_title(self) -> str:
        return f"Modifier la campagne {self.campaign.year}"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.campaign, name) for name in ("voted_on", "due_on", "message")}

    def act(self, form: CampaignEditForm) -> str:
        change_campaign(self.campaign, by=self.request.user, **form.cleaned_data)
        return "La campagne est enregistrée."


class CampaignComplete(CampaignMixin, ConfirmPage):
    """Dues of those who joined after the opening."""

    needs = ("add", "members.due")
    title = "Ajouter les cotisations manquantes"
    submit_label = "Ajouter ces cotisations"
    danger = False

    @cached_property
    def preview(self) -> Preview:
        return preview_campaign(
            self.cpts,
            year=self.campaign.year,
            rates=list(self.campaign.rates.all()),
            memberships=members_without_due(self.campaign),
        )

    def get_question(self) -> str:
        return f"Créer {plural(self.preview.members, 'cotisation')} pour l’année {self.campaign.year} ?"

    def consequences(self) -> list[str]:
        found = [
            f"{plural(share.members, 'adhérent')} à {euros_fr(share.rate.amount)}"
            for share in self.preview.shares
            if share.members
        ]
        if not found:
            found = ["Tous les adhérents de l’année ont déjà leur cotisation."]
        if self.preview.without_rate:
            names = ", ".join(str(membership.holder) for membership in self.preview.without_rate[:10])
            found.append(f"Aucun montant ne s’applique à : {names}.")
        return [*found, "Les cotisations existantes ne changent pas."]

    def act(self) -> str:
        made = create_missing_dues(self.campaign, by=self.request.user)
        return f"{plural(made, 'cotisation créée', 'cotisations créées')}."
