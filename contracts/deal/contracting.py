"""The contract: opened, negotiated, read on any day.

A contract is made of versions: the text signed first, then each amendment, which replaces it from its own date. What a
version says is the content of its review (`contracts/terms/terms.py`); signing and sealing are in `signing.py`,
amendments in `amending.py`, the end of a contract in `termination.py`, `expiring.py` and `renewal.py`.
"""

from datetime import date
from typing import Any

from django.db import transaction

from contracts.deal.renewal import refuse_renewal
from contracts.models import (
    Contract,
    ContractState,
    ContractVersion,
    Party,
    Review,
    ReviewKind,
    ReviewStatus,
    Signature,
)
from contracts.papers.corrections import closed_parts_changed
from contracts.terms.drafting import terms_today
from contracts.terms.terms import Terms, from_json, to_json
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.versions import check_version, next_version
from territories.models import Cpts

CONTRACT_TONES = {
    ContractState.NEGOTIATED: "info",
    ContractState.SIGNED: "success",
    ContractState.IN_FORCE: "success",
    ContractState.EXPIRED: "warning",
    ContractState.TERMINATED: "danger",
}

NEGOTIABLE = (ReviewStatus.DRAFT, ReviewStatus.RETURNED)


# --- Opened, negotiated ---------------------------------------------------------------------------------------------
@transaction.atomic
def open_contract(cpts: Cpts, *, day: date, by: User, previous: Contract | None = None) -> ContractVersion:
    """A contract to negotiate, its terms prefilled with what the portal knows."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    waiting = Contract.objects.filter(cpts=cpts, starts_on__isnull=True).first()
    if waiting and not is_abandoned(waiting):
        raise NotPossible("Un contrat est déjà en négociation.")
    if previous:
        refuse_renewal(previous, day)
    contract = waiting or Contract(cpts=cpts)
    contract.previous = previous
    refuse_invalid(contract)
    save_as(contract, by=by)
    title = "Renouvellement du contrat ACI" if previous else "Contrat ACI"
    return open_version(contract, ReviewKind.CONTRACT, title, terms_today(cpts, day), day=day, by=by)


def is_abandoned(contract: Contract) -> bool:
    """Its negotiation was given up before anything was signed: the CPTS may negotiate again."""
    if contract.starts_on:
        return False
    return all(version.review.status == ReviewStatus.ABANDONED for version in contract.versions.all())


def open_version(
    contract: Contract, kind: str, title: str, terms: Terms, *, day: date, by: User, **fields: Any
) -> ContractVersion:
    """A text to negotiate; one that was abandoned gives its number to the next."""
    review = Review(cpts=contract.cpts, kind=kind, title=title, opened_on=day, content=to_json(terms))
    refuse_invalid(review)
    save_as(review, by=by)
    version = contract.versions.filter(number=fields.get("number", 0)).first() or ContractVersion(contract=contract)
    for party in Party:
        version.write_signature(Signature(party))
    for name, value in {**fields, "review": review}.items():
        setattr(version, name, value)
    refuse_invalid(version)
    save_as(version, by=by)
    return version


def terms_of_version(version: ContractVersion) -> Terms:
    return from_json(version.review.content)


def is_negotiable(version: ContractVersion) -> bool:
    return version.sealed_at is None and version.review.status in NEGOTIABLE


@transaction.atomic
def write_terms(version: ContractVersion, terms: Terms, *, stamp: str, by: User) -> ContractVersion:
    """Save the terms under negotiation; raises `StaleEdit`. A sealed text never changes."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=version.review_id)
    check_version(review, stamp)
    if version.sealed_at or review.status not in NEGOTIABLE:
        raise NotPossible("Ces termes ne se modifient plus : ils sont à l’examen ou signés.")
    if closed := closed_parts_changed(review, from_json(review.content), terms):
        parts = ", ".join(closed).lower()
        raise NotPossible(f"Aucune correction n’est demandée sur : {parts}. Ces parties restent telles que déposées.")
    review.content = to_json(terms)
    save_as(review, by=by, reason="Négociation des termes")
    next_version(review)
    version.review = review
    return version


def missing_from_terms(review: Review) -> list[str]:
    """What a contract cannot be submitted without."""
    terms = from_json(review.content)
    missing = []
    if not terms.territory:
        missing.append("Le territoire est vide : composez-le d’abord.")
    if terms.size is None:
        missing.append("La taille de la CPTS n’est pas déterminée.")
    missing += [f"Date de démarrage à fixer : {each.name}." for each in terms.missions if each.start is None]
    if not terms.missions:
        missing.append("Aucune mission retenue.")
    if not terms.amounts:
        missing.append("Aucun montant : le barème ne connaît pas cette taille.")
    return missing


# --- Read on any day ------------------------------------------------------------------------------------------------
def sealed_versions(contract: Contract) -> list[ContractVersion]:
    """From the first to take effect to the last; two of the same day, the later amendment last."""
    sealed = contract.versions.filter(sealed_at__isnull=False).select_related("review")
    return sorted(sealed, key=lambda version: (version.first_day, version.number))


def version_on(contract: Contract, day: date) -> ContractVersion | None:
    """The text in force on a day: the last sealed one that had taken effect."""
    in_effect = [each for each in sealed_versions(contract) if each.first_day <= day]
    return in_effect[-1] if in_effect else None
