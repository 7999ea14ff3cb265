"""The terms of a version: negotiated on one page, compared two by two, printed."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property

from contracts.deal.contracting import is_negotiable, terms_of_version, write_terms
from contracts.deal.printing import contract_pdf, indicators_by_mission, pdf_filename
from contracts.deal.signing import kept_document
from contracts.models import Contract, ContractVersion, Party, ReviewStatus
from contracts.papers.corrections import requests_on_terms
from contracts.shared.links import contract_crumbs, contract_url, review_crumbs, review_url
from contracts.terms.comparing import compare
from contracts.terms.drafting import (
    chosen_missions,
    indicator_terms,
    unknown_amounts,
    with_amounts,
    with_grid,
    with_indicators_of,
    with_territory_of,
)
from contracts.terms.forms import TermsForm
from contracts.terms.grid import amounts_for
from contracts.terms.terms import Terms
from cpts_portal.core.pdf import PdfUnavailable, pdf_response
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, CptsMixin, Crumb, Page, PortalView
from missions.models import OfficialMission

STALE = (
    "Quelqu’un d’autre a enregistré ces termes pendant que vous les modifiiez. Rien de ce que vous avez tapé n’est "
    "perdu : ouvrez-les dans un autre onglet, comparez, puis enregistrez de nouveau : votre version l’emportera."
)
TERRITORY, INDICATORS, GRID = "territory", "indicators", "grid"  # what a button takes up again from the portal
DONE = {
    TERRITORY: "Le territoire d’aujourd’hui est repris.",
    INDICATORS: "Les indicateurs des missions sont repris.",
    GRID: "Les montants du barème sont repris.",
}


class VersionMixin(CptsMixin):
    """A page about one version (`pk`) of a contract of the CPTS."""

    @cached_property
    def version(self) -> ContractVersion:
        found = ContractVersion.objects.select_related("contract__cpts", "review__cpts__ars", "review__cpts__lead_fund")
        return get_object_or_404(found, pk=self.kwargs["pk"], contract__cpts=self.cpts)

    @cached_property
    def terms(self) -> Terms:
        return terms_of_version(self.version)

    @property
    def day(self) -> date:
        """The day whose territory and grid count: that of the amendment, today for a contract to sign."""
        return self.version.effective_on or timezone.localdate()


class TermsEdit(VersionMixin, ActPage):
    """The negotiation page; its buttons save what was typed, and take up again what the portal knows."""

    needs = ("change", "contracts.contractversion")
    template_name = "contracts/deal/terms_form.html"
    form_class = TermsForm
    submit_label = "Enregistrer les termes"
    stays = False

    def check_subject(self) -> None:
        super().check_subject()
        if not is_negotiable(self.version):
            raise Http404

    def get_title(self) -> str:
        return f"Termes : {self.version.review.title}"

    def breadcrumbs(self) -> list[Crumb]:
        return review_crumbs(self.version.review)

    def back(self) -> str:
        return review_url(self.version.review)

    @cached_property
    def grid(self) -> dict[tuple[str, str], Any]:
        codes = OfficialMission.objects.values_list("code", flat=True)
        return {each.key: each for each in amounts_for(self.terms.size, list(codes), self.day)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "terms": self.terms, "grid": self.grid, "day": self.day}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.version.review.version}

    def act(self, form: TermsForm) -> str:
        data, wanted = form.cleaned_data, self.request.POST.get("reprise", "")
        terms = replace(
            self.terms,
            text=data["text"],
            calendar=data["calendar"],
            clauses=form.clauses(),
            missions=chosen_missions(form.starts(), self.day),
        )
        terms = self._taken_up(with_amounts(terms, form.typed_amounts(), self.day), wanted)
        try:
            write_terms(self.version, terms, stamp=data["version"], by=self.request.user)
        except StaleEdit:
            self.version.review.refresh_from_db()
            typed_over(form, self.version.review)
            raise NotPossible(STALE) from None
        self.stays = bool(wanted)
        return f"Les termes sont enregistrés. {DONE.get(wanted, '')}".strip()

    def _taken_up(self, terms: Terms, wanted: str) -> Terms:
        if wanted == TERRITORY:
            return with_territory_of(terms, self.cpts, self.day)
        if wanted == INDICATORS:
            return with_indicators_of(terms, self.cpts)
        return with_grid(_without_hand(terms), self.day) if wanted == GRID else terms

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        return redirect(self.request.path) if self.stays and response.status_code == 302 else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = with_territory_of(self.terms, self.cpts, self.day)
        moved = today.territory != self.terms.territory or today.size != self.terms.size
        return super().get_context_data(
            requests=requests_on_terms(self.version.review),
            version=self.version,
            terms=self.terms,
            day=self.day,
            territory_moved=compare(replace(self.terms, amounts=()), replace(today, amounts=())) if moved else [],
            indicators=indicators_by_mission(self.terms),
            targets_moved=with_indicators_of(self.terms, self.cpts).indicators != self.terms.indicators,
            has_targets=bool(self.terms.indicators) or bool(indicator_terms(self.cpts)),
            unknown=unknown_amounts(self.terms),
            **kwargs,
        )


def _without_hand(terms: Terms) -> Terms:
    return replace(terms, amounts=tuple(each for each in terms.amounts if not each.by_hand))


class Compare(CptsMixin, Page):
    """Two versions of a contract side by side, `?de=` and `?vers=`; by default the last two."""

    needs = ("view", "contracts.contract")
    template_name = "contracts/deal/compare.html"
    title = "Comparer deux versions"

    @cached_property
    def contract(self) -> Contract:
        return get_object_or_404(Contract.objects.select_related("cpts"), pk=self.kwargs["pk"], cpts=self.cpts)

    @cached_property
    def versions(self) -> list[ContractVersion]:
        found = self.contract.versions.exclude(review__status=ReviewStatus.ABANDONED).select_related("review")
        return list(found.order_by("number"))

    def breadcrumbs(self) -> list[Crumb]:
        return contract_crumbs(self.contract)

    def back(self) -> str:
        return contract_url(self.contract)

    def _chosen(self, name: str, default: ContractVersion | None) -> ContractVersion | None:
        asked = self.request.GET.get(name, "")
        return next((each for each in self.versions if str(each.pk) == asked), default)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = self.versions
        after = self._chosen("vers", versions[-1] if versions else None)
        before = self._chosen("de", self._default_before(after))
        sections = []
        if before and after and before != after:
            sections = compare(terms_of_version(before), terms_of_version(after))
        return super().get_context_data(
            contract=self.contract,
            versions=versions,
            before=before,
            after=after,
            sections=sections,
            asked_by=self._asker(after),
            **kwargs,
        )

    def _default_before(self, after: ContractVersion | None) -> ContractVersion | None:
        """What an amendment replaces; of a single version, itself."""
        earlier = [each for each in self.versions if after and each.number < after.number]
        return earlier[-1] if earlier else after

    def _asker(self, version: ContractVersion | None) -> str:
        if version is None or not version.number:
            return ""
        return {Party.CPTS: self.cpts.full_name, Party.ARS: str(self.cpts.ars)}.get(
            Party(version.asked_by), str(self.cpts.lead_fund)
        )


class VersionPdf(VersionMixin, PortalView):
    """The signed document as it was sealed; before, the draft of the day with its mark."""

    needs = ("view", "contracts.contractversion")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        version = self.version
        try:
            content = kept_document(version) if version.sealed_file else contract_pdf(version)
        except (NotPossible, PdfUnavailable) as problem:
            messages.error(request, str(problem))
            return redirect(contract_url(version.contract))
        return pdf_response(content, pdf_filename(version))
