"""Ways from one room of the contracts app to another."""

from django.urls import reverse

from contracts.models import Contract, Review
from cpts_portal.pages import Crumb
from territories.models import Cpts


def file_url(cpts_id: int) -> str:
    return reverse("contracts:file", args=[cpts_id])


def file_crumbs(cpts: Cpts) -> list[Crumb]:
    return [(cpts.full_name, reverse("territories:cpts-detail", args=[cpts.pk])), ("Contrat", file_url(cpts.pk))]


def review_url(review: Review) -> str:
    return reverse("contracts:review-detail", args=[review.cpts_id, review.pk])


def review_crumbs(review: Review) -> list[Crumb]:
    return [*file_crumbs(review.cpts), (review.title, review_url(review))]


def contract_url(contract: Contract) -> str:
    return reverse("contracts:contract-detail", args=[contract.cpts_id, contract.pk])


def contract_crumbs(contract: Contract) -> list[Crumb]:
    return [*file_crumbs(contract.cpts), (str(contract), contract_url(contract))]
