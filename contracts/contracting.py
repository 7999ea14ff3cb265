"""The contract: opened, negotiated, signed by the three parties, sealed; then amended, renewed, terminated.

At the third signature the terms are frozen with their print, the missions of the CPTS take the date of the contract
and its five years open. An amendment starts from the terms in force and replaces them from its own date.
"""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from contracts.grid import amounts_for, rules_on
from contracts.models import AGENCIES, Contract, ContractVersion, ContractYear, Party, Review, ReviewKind, ReviewStatus
from contracts.parties import party_of
from contracts.terms import CommuneTerm, IndicatorTerm, MissionTerm, Terms, from_json, print_of, to_json
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr, short_number_fr
from cpts_portal.core.versions import check_version, next_version
from cpts_portal.core.workflow import Act
from missions.indicator_rules import rule_of
from missions.models import CptsMission, Exercise, OfficialMission, Target
from missions.planning import CONTRACT_YEARS, open_exercises, take_on, terms_on
from territories.models import Cpts
from territories.perimeter import perimeter_of

AGREEMENT = "Accord conventionnel interprofessionnel du 20 juin 2019, avenant n° 2 du 20 décembre 2021"


# --- The terms a draft starts from ----------------------------------------------------------------------------------
def terms_today(cpts: Cpts, day: date) -> Terms:
    """What the portal knows on a day: the territory, its size, the missions, the grid of that size, the targets."""
    perimeter = perimeter_of(cpts, day=day)
    size = perimeter.size.size
    missions = mission_terms(cpts, day)
    rules = rules_on(day)
    return Terms(
        text=AGREEMENT,
        vintage=perimeter.vintage,
        size=size,
        territory=tuple(
            CommuneTerm(row.commune.code, row.commune.name, row.population, row.is_shared) for row in perimeter.rows
        ),
        missions=missions,
        amounts=amounts_for(size, [each.code for each in missions], day),
        indicators=indicator_terms(cpts),
        advance_percent=rules.advance_percent,
        day_count=rules.day_count,
    )


def mission_terms(cpts: Cpts, day: date) -> tuple[MissionTerm, ...]:
    """The missions the CPTS took on and did not stop; those of the core when it took on none."""
    rules = terms_on(day)
    held = CptsMission.objects.filter(cpts=cpts, stopped_on__isnull=True).select_related("mission")
    found = [(each.mission, each.started_on or each.planned_start) for each in held]
    if not found:
        found = [(each.mission, None) for each in rules.values() if each.is_core]
    return tuple(
        MissionTerm(mission.code, mission.name, bool(rules.get(mission.pk) and rules[mission.pk].is_core), start)
        for mission, start in found
    )


def indicator_terms(cpts: Cpts) -> tuple[IndicatorTerm, ...]:
    """The targets of each year, in the words of the annex."""
    targets = (
        Target.objects.filter(indicator__mission__cpts=cpts, indicator__is_active=True)
        .select_related("indicator__mission__mission", "exercise")
        .prefetch_related("steps")
        .order_by("exercise__number", "indicator__mission__mission__rank", "indicator__rank", "pk")
    )
    return tuple(_indicator_term(target) for target in targets)


def goal_in_words(target: Target) -> str:
    """« cible : 66 811 patients », « paliers : 2, 4, 6 »."""
    rule = rule_of(target)
    if rule.rungs:
        return "paliers : " + ", ".join(f"{short_number_fr(rung.bound)}" for rung in rule.rungs)
    if rule.target is None:
        return "cible à fixer"
    return f"cible : {short_number_fr(rule.target)} {target.indicator.unit}"


def _indicator_term(target: Target) -> IndicatorTerm:
    indicator = target.indicator
    baseline = "" if indicator.baseline is None else short_number_fr(indicator.baseline)
    return IndicatorTerm(
        indicator.mission.mission.code,
        indicator.name,
        indicator.unit,
        indicator.get_method_display(),
        target.exercise.number,
        goal_in_words(target),
        target.amount,
        baseline,
    )


# --- Opened, negotiated ---------------------------------------------------------------------------------------------
@transaction.atomic
def open_contract(cpts: Cpts, *, day: date, by: Any, previous: Contract | None = None) -> ContractVersion:
    """A contract to negotiate, its terms prefilled with what the portal knows."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if Contract.objects.filter(cpts=cpts, starts_on__isnull=True).exists():
        raise NotPossible("Un contrat est déjà en négociation.")
    contract = Contract(cpts=cpts, previous=previous)
    refuse_invalid(contract)
    save_as(contract, by=by)
    title = "Renouvellement du contrat ACI" if previous else "Contrat ACI"
    return _open_version(contract, ReviewKind.CONTRACT, title, terms_today(cpts, day), day=day, by=by)


def _open_version(
    contract: Contract, kind: str, title: str, terms: Terms, *, day: date, by: Any, **fields: Any
) -> ContractVersion:
    review = Review(cpts=contract.cpts, kind=kind, title=title, opened_on=day, content=to_json(terms))
    refuse_invalid(review)
    save_as(review, by=by)
    version = ContractVersion(contract=contract, review=review, **fields)
    refuse_invalid(version)
    save_as(version, by=by)
    return version


@transaction.atomic
def open_amendment(
    contract: Contract, *, reason: str, asked_by: str, effective_on: date, day: date, by: Any
) -> ContractVersion:
    """An amendment to negotiate: the terms in force, with today's territory, missions and grid proposed."""
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if not reason.strip():
        raise NotPossible("Indiquez pourquoi le contrat est modifié.")
    if contract.starts_on is None or not contract.starts_on <= effective_on < contract.ends_on:
        raise NotPossible("Un avenant prend effet pendant le contrat.")
    number = contract.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return _open_version(
        contract,
        ReviewKind.AMENDMENT,
        f"Avenant n° {number + 1}",
        terms_today(contract.cpts, effective_on),
        day=day,
        by=by,
        number=number + 1,
        reason=reason.strip(),
        asked_by=asked_by,
        effective_on=effective_on,
    )


def terms_of_version(version: ContractVersion) -> Terms:
    return from_json(version.review.content)


@transaction.atomic
def write_terms(version: ContractVersion, terms: Terms, *, stamp: str, by: Any) -> ContractVersion:
    """Save the terms under negotiation; raises `StaleEdit`. A sealed text never changes."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=version.review_id)
    check_version(review, stamp)
    if version.sealed_at or review.status not in (ReviewStatus.DRAFT, ReviewStatus.RETURNED):
        raise NotPossible("Ces termes ne se modifient plus : ils sont à l’examen ou signés.")
    review.content = to_json(terms)
    save_as(review, by=by, reason="Négociation des termes")
    next_version(review)
    version.review = review
    return version


def missing_from_terms(review: Review) -> list[str]:
    """What a contract cannot be submitted without."""
    terms = from_json(review.content)
    found = []
    if not terms.territory:
        found.append("Le territoire est vide : composez-le d’abord.")
    if terms.size is None:
        found.append("La taille de la CPTS n’est pas déterminée.")
    found += [f"Date de démarrage à fixer : {each.name}." for each in terms.missions if each.start is None]
    if not terms.missions:
        found.append("Aucune mission retenue.")
    if not terms.amounts:
        found.append("Aucun montant : le barème ne connaît pas cette taille.")
    return found


# --- Signed, sealed -------------------------------------------------------------------------------------------------
def record_signature(review: Review, act: Act) -> None:
    """Each party records its own signature; the third one seals the terms."""
    version = ContractVersion.objects.select_for_update(of=("self",)).select_related("contract").get(review=review)
    party = party_of(act.roles)
    on, name = act.data.get("on") or act.day, str(act.data.get("signatory", "")).strip()
    if version.signed_on(party):
        raise NotPossible(f"{review.holder(party)} a déjà signé, le {date_fr(version.signed_on(party))}.")
    if not name:
        raise NotPossible("Indiquez le nom et la qualité du signataire.")
    if on > act.day:
        raise NotPossible("Une signature s’enregistre une fois faite.")
    setattr(version, f"{party}_signed_on", on)
    setattr(version, f"{party}_signatory", name)
    if all(version.signed_on(each) for each in Party):
        _seal(version, review, act)
    refuse_invalid(version, exclude=["review"])
    save_as(version, by=act.by)


def seal_when_signed(review: Review) -> str:
    """Signed once the three signatures are there, agreed until then."""
    version = ContractVersion.objects.get(review=review)
    return ReviewStatus.SIGNED if version.sealed_at else ReviewStatus.AGREED


def _seal(version: ContractVersion, review: Review, act: Act) -> None:
    signed = max(day for day in (version.signed_on(each) for each in Party) if day)
    version.effective_on = version.effective_on or signed
    version.sealed_at, version.terms_sha256 = act.moment, print_of(from_json(review.content))
    if version.number == 0:
        start_contract(version.contract, version.effective_on, from_json(review.content), by=act.by)


def start_contract(contract: Contract, day: date, terms: Terms, *, by: Any) -> None:
    """Five years from the signature; the missions and the years of the CPTS follow."""
    contract.starts_on, contract.ends_on = day, day + relativedelta(years=CONTRACT_YEARS)
    refuse_invalid(contract)
    save_as(contract, by=by)
    _missions_follow(contract.cpts, terms, day, by=by)
    exercises = list(Exercise.objects.filter(cpts=contract.cpts, start__gte=day, contract_year=None))
    if not exercises and not Exercise.objects.filter(cpts=contract.cpts).exists():
        exercises = open_exercises(contract.cpts, first_day=day, by=by)
    rows = [ContractYear(contract=contract, exercise=each) for each in exercises]
    create_many(ContractYear, rows, by=by)


def _missions_follow(cpts: Cpts, terms: Terms, day: date, *, by: Any) -> None:
    held = set(CptsMission.objects.filter(cpts=cpts).values_list("mission__code", flat=True))
    missing = [each.code for each in terms.missions if each.code not in held]
    if missing:
        take_on(cpts, missions=OfficialMission.objects.filter(code__in=missing), agreed_on=day, by=by)
    for mission in CptsMission.objects.filter(cpts=cpts, agreed_on__isnull=True):
        mission.agreed_on = day
        save_as(mission, by=by, reason="Signature du contrat")
        next_version(mission)


def sealed_versions(contract: Contract) -> list[ContractVersion]:
    found = contract.versions.filter(sealed_at__isnull=False).select_related("review")
    return sorted(found, key=lambda version: (version.effective_on, version.number))


def version_on(contract: Contract, day: date) -> ContractVersion | None:
    """The text in force on a day: the last sealed one that had taken effect."""
    found = [each for each in sealed_versions(contract) if each.effective_on <= day]
    return found[-1] if found else None


def waits_for_signatures(version: ContractVersion) -> list[str]:
    """The parties that have not signed yet."""
    return [party for party in Party if not version.signed_on(party)]


def both_agencies(review: Review) -> list[str]:
    return [review.holder(party) for party in AGENCIES]
