"""Ways through the money room, and who may write in it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from contracts.models import ContractYear, FundPayment
from contracts.shared.links import file_crumbs
from cpts_portal.accounts.roles import Role
from cpts_portal.pages import CptsMixin, Crumb, who_may_open
from territories.models import Cpts

FUND = frozenset({Role.FUND_AGENT})
ARS = frozenset({Role.ARS_AGENT})
TITLE = "Financement"
TONES = {"proposed": "neutral", "decided": "info", "paid": "success", "set_aside": "warning"}


class SideMixin(CptsMixin):
    """A page for one side of the table (`roles`): the role is held on that very CPTS."""

    roles: frozenset[Role]

    def check_subject(self) -> None:
        super().check_subject()
        if self.actor.roles_on(self.cpts).isdisjoint(self.roles):
            raise PermissionDenied(who_may_open(self.roles, self.actor))


class MoneyYearMixin(CptsMixin):
    """A page about one financed year (`pk`) of the CPTS."""

    @cached_property
    def year(self) -> ContractYear:
        found = ContractYear.objects.select_related("exercise", "contract__cpts__ars", "contract__cpts__lead_fund")
        return get_object_or_404(found, pk=self.kwargs["pk"], contract__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return year_crumbs(self.year)

    def back(self) -> str:
        return year_url(self.year)


def funding_url(cpts_id: int) -> str:
    return reverse("contracts:funding", args=[cpts_id])


def funding_crumbs(cpts: Cpts) -> list[Crumb]:
    return [*file_crumbs(cpts), (TITLE, funding_url(cpts.pk))]


def year_url(year: ContractYear) -> str:
    return reverse("contracts:year-money", args=[year.contract.cpts_id, year.pk])


def year_crumbs(year: ContractYear) -> list[Crumb]:
    return [*funding_crumbs(year.contract.cpts), (str(year), year_url(year))]


def payment_url(payment: FundPayment) -> str:
    return reverse("contracts:payment-detail", args=[payment.year.contract.cpts_id, payment.pk])


def resources_url(cpts_id: int) -> str:
    return reverse("contracts:resources", args=[cpts_id])


def funding_tabs(cpts_id: int, active: str, civil: int) -> list[tuple[str, str, bool]]:
    rows = (
        ("Années du contrat", funding_url(cpts_id)),
        ("Année civile", reverse("contracts:funding-civil", args=[cpts_id, civil])),
        ("Autres ressources", resources_url(cpts_id)),
    )
    return [(label, url, label == active) for label, url in rows]
