"""A contract: its page read on any day, its amendments, its renewal, its end; one signed before the portal entered."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.deal.amending import Subject, open_amendment, open_amendment_of
from contracts.deal.contracting import CONTRACT_TONES, open_contract, terms_of_version, version_on
from contracts.deal.exchanges import next_exchange
from contracts.deal.expiring import expiry_of
from contracts.deal.forms import AmendmentForm, RecordForm, TerminationForm
from contracts.deal.printing import indicators_by_mission
from contracts.deal.recorded import record_contract
from contracts.deal.renewal import may_renew
from contracts.deal.signing import is_intact
from contracts.deal.termination import consequences_of_ending, terminate, termination_rows
from contracts.models import Contract, ContractState, ContractVersion, Party, Review, ReviewStatus
from contracts.shared.links import contract_crumbs, contract_url, file_crumbs, file_url, review_url
from contracts.shared.parties import party_on
from contracts.terms.comparing import drift_of
from contracts.terms.drafting import unknown_amounts
from contracts.terms.terms import Terms
from cpts_portal.core.changes import changes_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, Page
from missions.models import CptsMission
from missions.plan.overview import MissionLine, mission_lines

STALE = (
    "Quelqu’un d’autre a modifié ce contrat pendant que vous remplissiez cette page. Rien de ce que vous avez tapé "
    "n’est perdu : relisez le contrat, puis confirmez."
)


class ContractMixin(CptsMixin):
    """A page about one contract (`pk`) of the CPTS."""

    @cached_property
    def contract(self) -> Contract:
        found = Contract.objects.select_related("cpts__ars", "cpts__lead_fund", "previous")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return contract_crumbs(self.contract)

    def back(self) -> str:
        return contract_url(self.contract)


class ContractDetail(ContractMixin, Page):
    """`?au=2026-05-01` reads the terms in force that day."""

    needs = ("view", "contracts.contract")
    template_name = "contracts/deal/detail.html"

    def get_title(self) -> str:
        return str(self.contract)

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)

    @cached_property
    def asked_day(self) -> date | None:
        try:
            return date.fromisoformat(self.request.GET.get("au", ""))
        except ValueError:
            return None

    @cached_property
    def versions(self) -> list[ContractVersion]:
        found = self.contract.versions.exclude(review__status=ReviewStatus.ABANDONED)
        return list(found.select_related("review__cpts__ars", "review__cpts__lead_fund").order_by("number"))

    def shown_version(self, day: date) -> ContractVersion | None:
        """The text in force on the day asked for; without a day, that of today, else the first or the last there is."""
        if self.asked_day or not self.versions:
            return version_on(self.contract, day)
        return version_on(self.contract, day) or self.versions[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        day, contract = self.asked_day or today, self.contract
        version = self.shown_version(day)
        terms = terms_of_version(version) if version else None
        state = contract.state_on(today)
        return super().get_context_data(
            contract=contract,
            state=state,
            state_tone=CONTRACT_TONES[state],
            expiry=expiry_of(contract, today),
            day=day,
            is_other_day=self.asked_day is not None and self.asked_day != today,
            version=version,
            terms=terms,
            intact=version is None or version.sealed_at is None or is_intact(version),
            **self._terms_context(terms),
            **self._around(today, state, version, terms),
            **kwargs,
        )

    def _terms_context(self, terms: Terms | None) -> dict[str, Any]:
        if terms is None:
            return {}
        return {"indicators": indicators_by_mission(terms), "unknown": unknown_amounts(terms)}

    def _around(
        self, day: date, state: ContractState, version: ContractVersion | None, terms: Terms | None
    ) -> dict[str, Any]:
        """Versions, deadlines, drift, exchanges, the end: what stands around the terms."""
        contract = self.contract
        is_running = state == ContractState.IN_FORCE
        sealed = bool(version and version.sealed_at)
        drift = drift_of(contract, terms, day) if is_running and sealed and terms and not self.asked_day else None
        amendment = open_amendment_of(contract)
        return {
            "versions": self.versions,
            "promises": promised(self.cpts, day) if contract.starts_on and is_running else [],
            "drift": drift,
            "amendment": amendment,
            "exchange": next_exchange(contract) if is_running else None,
            "termination": termination_rows(contract),
            "renewal": getattr(contract, "renewal", None),
            "may_amend": self.may("add", "contracts.contractversion") and is_running and amendment is None,
            "may_renew": self.may("add", "contracts.contract") and may_renew(contract, day),
            "may_end": self.may("change", "contracts.contract")
            and state in (ContractState.IN_FORCE, ContractState.SIGNED)
            and contract.ended_on is None,
            "is_running": is_running,
            "events": changes_of(contract.history, ContractVersion.history.filter(contract_id=contract.pk)),
        }


def promised(cpts: Any, day: date) -> list[MissionLine]:
    """The missions under contract, with their deadlines."""
    agreed = set(CptsMission.objects.filter(cpts=cpts, agreed_on__isnull=False).values_list("pk", flat=True))
    return [line for line in mission_lines(cpts, day) if line.mission.pk in agreed]


class Amend(ContractMixin, ActPage):
    needs = ("add", "contracts.contractversion")
    title = "Proposer un avenant"
    template_name = "contracts/deal/amend.html"
    form_class = AmendmentForm
    submit_label = "Ouvrir la négociation de l’avenant"
    made: ContractVersion | None = None

    def get_initial(self) -> dict[str, Any]:
        """`?objet=territory` ticks what the page of the contract proposes."""
        asked = self.request.GET.get("objet", "")
        party = party_on(self.actor, self.cpts) or Party.CPTS
        subjects = [asked] if asked in Subject.values else []
        return {"asked_by": party, "effective_on": timezone.localdate(), "subjects": subjects}

    def act(self, form: AmendmentForm) -> str:
        day = timezone.localdate()
        self.made = open_amendment(self.contract, **form.cleaned_data, day=day, by=self.request.user)
        return f"{self.made} est ouvert : relisez ses termes, puis déposez-le."

    def back(self) -> str:
        return review_url(self.made.review) if self.made else super().back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contract=self.contract, **kwargs)


class Renew(ContractMixin, ConfirmPage):
    needs = ("add", "contracts.contract")
    title = "Renouveler le contrat"
    submit_label = "Ouvrir la négociation"
    danger = False
    made: Review | None = None

    def get_question(self) -> str:
        return f"Ouvrir la négociation du contrat qui suivra {str(self.contract).lower()} ?"

    def consequences(self) -> list[str]:
        return [
            "Ses termes sont préremplis avec le territoire, les missions, les indicateurs et le barème d’aujourd’hui.",
            f"Signé avant le {date_fr(self.contract.ended_on or self.contract.ends_on)}, il prendra effet ce jour-là.",
            "Le contrat actuel s’applique jusqu’à sa fin.",
        ]

    def act(self) -> str:
        version = open_contract(self.cpts, day=timezone.localdate(), previous=self.contract, by=self.request.user)
        self.made = version.review
        return "La négociation du renouvellement est ouverte."

    def back(self) -> str:
        return review_url(self.made) if self.made else super().back()


class End(ContractMixin, ActPage):
    needs = ("change", "contracts.contract")
    template_name = "contracts/deal/end.html"
    title = "Résilier le contrat"
    form_class = TerminationForm
    submit_label = "Résilier le contrat"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.contract.version, "end_initiator": party_on(self.actor, self.cpts)}

    def act(self, form: TerminationForm) -> str:
        done = kept_typing(form, self.contract, lambda: self._terminate(form))
        return f"Le contrat est résilié, à effet du {date_fr(done.ended_on)}."

    def _terminate(self, form: TerminationForm) -> Contract:
        return terminate(
            self.contract,
            form.termination(),
            version=form.cleaned_data["version"],
            day=timezone.localdate(),
            by=self.request.user,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            contract=self.contract, consequences=consequences_of_ending(self.contract), danger=True, **kwargs
        )


def kept_typing(form: Any, saved: Any, write: Callable[[], Any]) -> Any:
    """Do it; when somebody else saved meanwhile, what was typed stays and the page says so."""
    try:
        return write()
    except StaleEdit:
        saved.refresh_from_db()
        typed_over(form, saved)
        raise NotPossible(STALE) from None


class Record(ActPage):
    """A contract signed before the portal, entered as it stands."""

    needs = ("add", "contracts.contract")
    title = "Saisir un contrat déjà signé"
    template_name = "contracts/deal/record.html"
    form_class = RecordForm
    submit_label = "Enregistrer le contrat signé"
    made: Contract | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "terms": Terms(), "grid": {}, "day": timezone.localdate()}

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)

    def act(self, form: RecordForm) -> str:
        day = timezone.localdate()
        self.made = record_contract(self.cpts, form.signed_paper(), day=day, by=self.request.user)
        return "Le contrat est repris tel qu’il a été signé. Joignez maintenant le contrat numérisé."

    def back(self) -> str:
        return contract_url(self.made) if self.made else file_url(self.cpts.pk)
