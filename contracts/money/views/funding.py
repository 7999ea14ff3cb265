"""What the years of a contract bring: three figures, each amount unfolded, simulated, printed; the civil year."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from contracts.models import ContractYear
from contracts.money.crisis import recognise, top_up_of
from contracts.money.entitlements import years_of
from contracts.money.exports import SCHEDULE_HEADERS
from contracts.money.forms import CrisisForm, SimulationForm
from contracts.money.funding import Entitlement
from contracts.money.links import ARS, FUND, TONES, MoneyYearMixin, SideMixin, funding_crumbs, funding_tabs
from contracts.money.paying import call_of, payments_of, sum_of
from contracts.money.schedule import TEMPLATE, schedule_filename, schedule_lines, schedule_sheet
from contracts.money.simulation import Start, simulate
from contracts.money.three_figures import civil_year, civil_years_of, figures_of
from cpts_portal.core.changes import changes_of
from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.text import euros_fr
from cpts_portal.pages import ActPage, CptsMixin, Crumb, Page, PortalView

YEARS = ("view", "contracts.contractyear")


class Funding(CptsMixin, Page):
    """Every year of the contract with its three figures: contractual, paid, spent."""

    needs = YEARS
    title = "Financement"
    template_name = "contracts/money/years.html"

    def breadcrumbs(self) -> list[Crumb]:
        return funding_crumbs(self.cpts)[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        money = figures_of(self.cpts, years_of(self.cpts), day)
        return super().get_context_data(
            tabs=funding_tabs(self.cpts.pk, "Années du contrat", day.year),
            years=[(each, each.year.exercise.covers(day)) for each in money.years],
            undated=money.undated,
            **kwargs,
        )


class YearMoneyPage(MoneyYearMixin, Page):
    """One year: each amount unfolds into its explanation; what was proposed, decided, paid."""

    needs = YEARS
    template_name = "contracts/money/year.html"

    def get_title(self) -> str:
        return f"{self.year} : financement"

    def breadcrumbs(self) -> list[Crumb]:
        return funding_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = timezone.localdate()
        (figures,) = figures_of(self.cpts, [self.year], day).years
        payments = payments_of(self.year)
        roles = self.actor.roles_on(self.cpts)
        return super().get_context_data(
            year=self.year,
            money=figures.money,
            found=figures.money.found,
            split=split_of(figures.money.found),
            figures=figures,
            payments=[(each, TONES[each.status]) for each in payments],
            paid=sum_of([each for each in payments if each.status == "paid"]),
            waiting={status: sum(each.status == status for each in payments) for status in TONES},
            call=call_of(self.year, day) if roles & FUND else None,
            is_fund=bool(roles & FUND),
            is_ars=bool(roles & ARS),
            events=changes_of(self.year.history),
            **kwargs,
        )


def split_of(found: Entitlement) -> str:
    return f"dont {euros_fr(found.advance)} en avance et {euros_fr(found.balance)} en solde"


class YearSimulation(MoneyYearMixin, Page):
    """Hypotheses in the address: nothing is saved."""

    needs = YEARS
    title = "Et si…"
    template_name = "contracts/money/simulation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        start = Start.of(self.year, timezone.localdate())
        form = SimulationForm(self.request.GET or None, start=start)
        asked = form.is_bound and form.is_valid() and not form.hypotheses.is_empty
        return super().get_context_data(
            year=self.year, form=form, simulation=simulate(start, form.hypotheses) if asked else None, **kwargs
        )


class YearSchedule(MoneyYearMixin, PortalView):
    """The schedule of a year: `?format=csv`, `xlsx` or, by default, the PDF to print."""

    needs = YEARS
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        day, asked = timezone.localdate(), request.GET.get("format", "pdf")
        sheet = schedule_sheet(self.year, day=day)
        if asked in FORMATS:
            return export_response(schedule_filename(self.year), SCHEDULE_HEADERS, schedule_lines(sheet), asked)
        try:
            content = render_pdf(TEMPLATE, sheet)
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect(self.back())
        return pdf_response(content, f"{schedule_filename(self.year)}.pdf")


class YearCrisis(SideMixin, MoneyYearMixin, ActPage):
    """The ARS recognises a grave health crisis: the crisis top-up of the year opens."""

    roles = ARS
    title = "Reconnaître une crise sanitaire grave"
    form_class = CrisisForm
    submit_label = "Enregistrer la reconnaissance"
    stale = "Cette année a changé depuis que vous l’avez ouverte : relisez-la, puis confirmez."

    def get_initial(self) -> dict[str, Any]:
        year = self.year
        return {
            "version": year.version,
            "on": year.crisis_on or timezone.localdate(),
            "decision": year.crisis_text,
        }

    def act(self, form: CrisisForm) -> str:
        data, moment, day = form.cleaned_data, timezone.now(), timezone.localdate()
        made = recognise(self.year, moment=moment, day=day, by=self.request.user, **data)
        if not (added := top_up_of(made, day)):
            return "La crise est enregistrée. Le contrat ne porte aucun complément : rien ne s’ajoute à l’année."
        return f"La crise est enregistrée : {euros_fr(added)} s’ajoutent à l’année."

    def edited(self) -> ContractYear:
        return self.year


class CivilYearPage(CptsMixin, Page):
    """January to December, as the accounts of the association want it."""

    needs = YEARS
    template_name = "contracts/money/civil.html"

    def get_title(self) -> str:
        return f"Financement, année civile {self.kwargs['year']}"

    def breadcrumbs(self) -> list[Crumb]:
        return funding_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day, number = timezone.localdate(), self.kwargs["year"]
        return super().get_context_data(
            tabs=funding_tabs(self.cpts.pk, "Année civile", number),
            civil=civil_year(self.cpts, number, day),
            numbers=civil_years_of(years_of(self.cpts), day),
            **kwargs,
        )
