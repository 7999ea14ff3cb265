"""Amendments: why, asked by whom, from when, and what they take up again from the portal.

An amendment starts from the terms in force on its day; only what it is about is read again. It is then negotiated,
agreed and signed as the contract was, and replaces the terms from its own date.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db import models, transaction

from contracts.deal.contracting import open_version, sealed_versions, terms_of_version, version_on
from contracts.models import OPEN, Contract, ContractVersion, ReviewKind
from contracts.terms.drafting import AGREEMENT, mission_terms, with_grid, with_indicators_of, with_territory_of
from contracts.terms.grid import amounts_for, rules_on
from contracts.terms.terms import Terms
from cpts_portal.accounts.models import User
from cpts_portal.core.acts import lock
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr
from territories.models import Cpts


class Subject(models.TextChoices):
    """What an amendment is about: read again from the portal when it opens."""

    TERRITORY = "territory", "Territoire et taille"
    MISSIONS = "missions", "Missions"
    INDICATORS = "indicators", "Indicateurs"
    NATIONAL = "national", "Avenant national ou nouveau barème"


SHORT = {
    Subject.TERRITORY: "territoire",
    Subject.MISSIONS: "missions",
    Subject.INDICATORS: "indicateurs",
    Subject.NATIONAL: "avenant national",
}


@transaction.atomic
def open_amendment(
    contract: Contract,
    *,
    reason: str,
    asked_by: str,
    effective_on: date,
    subjects: Collection[str] = tuple(Subject),
    day: date,
    by: User,
) -> ContractVersion:
    """An amendment to negotiate: the terms in force, with what it is about read again as of its own date."""
    locked_contract = lock(contract, among=Contract.objects.select_related("cpts"))
    if not reason.strip():
        raise NotPossible("Indiquez pourquoi le contrat est modifié.")
    if not subjects:
        raise NotPossible("Indiquez ce que l’avenant modifie.")
    current = _amended(locked_contract, effective_on)
    number = max(each.number for each in sealed_versions(locked_contract)) + 1
    about = ", ".join(SHORT[each] for each in Subject if each in subjects)
    return open_version(
        locked_contract,
        ReviewKind.AMENDMENT,
        f"Avenant n° {number} : {about}",
        proposed(terms_of_version(current), locked_contract.cpts, subjects, effective_on),
        day=day,
        by=by,
        number=number,
        reason=reason.strip(),
        asked_by=asked_by,
        effective_on=effective_on,
    )


def _amended(contract: Contract, effective_on: date) -> ContractVersion:
    """The text that an amendment of this date replaces; amendments follow each other in time."""
    if contract.period is None or not contract.period.covers(effective_on):
        raise NotPossible("Un avenant prend effet pendant le contrat.")
    last = sealed_versions(contract)[-1:]
    if last and last[0].first_day > effective_on:
        raise NotPossible(
            f"{last[0]} prend effet le {date_fr(last[0].first_day)} : l’avenant suivant ne peut pas précéder."
        )
    current = version_on(contract, effective_on)
    if current is None:
        raise NotPossible("Aucun texte signé n’est en vigueur à cette date.")
    return current


def proposed(terms: Terms, cpts: Cpts, subjects: Collection[str], day: date) -> Terms:
    """These terms with each subject read again; clauses, calendar and everything else as they were."""
    if Subject.MISSIONS in subjects:
        terms = _with_missions(terms, cpts, day)
    if Subject.TERRITORY in subjects:
        terms = with_territory_of(terms, cpts, day)
    if Subject.NATIONAL in subjects:
        rules = rules_on(day)
        national = replace(terms, text=AGREEMENT, advance_percent=rules.advance_percent, day_count=rules.day_count)
        terms = with_grid(national, day)
    return with_indicators_of(terms, cpts) if Subject.INDICATORS in subjects else terms


def _with_missions(terms: Terms, cpts: Cpts, day: date) -> Terms:
    """The missions held today; a new one comes with the amounts of the grid, a kept one keeps its own and its start."""
    signed = {each.code: each for each in terms.missions}
    missions = tuple(
        replace(each, start=signed[each.code].start) if each.code in signed else each
        for each in mission_terms(cpts, day)
    )
    codes = {each.code for each in missions}
    unchanged = tuple(each for each in terms.amounts if not each.mission or each.mission in codes)
    new = amounts_for(terms.size, codes - set(signed), day)
    return replace(terms, missions=missions, amounts=(*unchanged, *(each for each in new if each.mission)))


def open_amendment_of(contract: Contract) -> ContractVersion | None:
    """The amendment under way, if any."""
    negotiated = contract.versions.filter(sealed_at__isnull=True, number__gt=0, review__status__in=OPEN)
    return negotiated.select_related("review").first()
