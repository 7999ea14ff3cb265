"""A contract signed before the portal, recorded as it stands: dates, signatories, terms as far as they are known, the
communes of its territory typed as a list (« 22093 Lamballe-Armor 16 800 », one a line).

Nothing is examined again: the review is « repris tel quel », without visas. The signed papers join it as documents.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from contracts.deal.contracting import is_abandoned
from contracts.deal.signing import start_contract
from contracts.models import Contract, ContractVersion, Party, Review, ReviewKind, ReviewStatus, Signature
from contracts.shared.journal import digest_of, write_journal
from contracts.shared.visas import follow_stage
from contracts.talk.messages import tell_parties
from contracts.terms.drafting import AGREEMENT, TypedAmount, chosen_missions, with_amounts, with_territory
from contracts.terms.grid import rules_on
from contracts.terms.terms import CommuneTerm, Terms, to_json
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from missions.models import Confidence
from missions.plan.planning import CONTRACT_YEARS
from territories.map.vintages import vintage_for
from territories.models import Cpts
from territories.perimeter import perimeter_of, populations_in
from territories.perimeter.simulation import communes_of

LINE = re.compile(r"^(?P<code>\d[\dAB]\d{3})\b\D*?(?P<people>\d[\d\s]*)?\D*$")  # a name, a number with its spaces


@dataclass(frozen=True)
class SignedPaper:
    """What is read on the signed paper."""

    starts_on: date
    signed_on: Mapping[str, date]  # by party
    signatories: Mapping[str, str]
    starts: Mapping[str, date | None]  # of each mission, by code
    amounts: Mapping[tuple[str, str], TypedAmount] = field(default_factory=dict)
    communes: str = ""  # one a line; empty: the territory known to the portal on the first day
    size: int | None = None  # empty: the one of that population
    reference: str = ""
    text: str = AGREEMENT


@transaction.atomic
def record_contract(cpts: Cpts, signed: SignedPaper, *, day: date, by: User) -> Contract:
    """The contract in force since its date, sealed with its three signatures, its years open."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    _refuse(cpts, signed, day)
    terms = terms_of_paper(cpts, signed)
    contract = Contract(cpts=cpts, is_recorded=True, reference=signed.reference.strip())
    contract.starts_on, contract.ends_on = signed.starts_on, signed.starts_on + relativedelta(years=CONTRACT_YEARS)
    save_as(contract, by=by)
    version = _sealed_version(contract, terms, signed, day=day, by=by)
    start_contract(contract, signed.starts_on, terms, by=by)
    _tell(version, by=by)
    return contract


def _refuse(cpts: Cpts, signed: SignedPaper, day: date) -> None:
    if signed.starts_on > day:
        raise NotPossible("Ce contrat n’a pas encore pris effet : négociez-le et signez-le dans le portail.")
    if any(on > day for on in signed.signed_on.values()):
        raise NotPossible("Une signature s’enregistre une fois faite.")
    if not signed.starts:
        raise NotPossible("Choisissez les missions inscrites au contrat.")
    for contract in Contract.objects.filter(cpts=cpts):
        if contract.period is None and not is_abandoned(contract):
            raise NotPossible("Un contrat est en négociation : abandonnez-le d’abord, ou signez-le dans le portail.")
        if contract.period and contract.period.covers(signed.starts_on):
            raise NotPossible(f"{contract} couvre déjà le {date_fr(signed.starts_on)}.")


def terms_of_paper(cpts: Cpts, signed: SignedPaper) -> Terms:
    """The territory typed or taken from the portal on the first day; amounts as typed, else those of the grid."""
    day, rules = signed.starts_on, rules_on(signed.starts_on)
    terms = Terms(
        text=signed.text,
        missions=chosen_missions(signed.starts, day),
        advance_percent=rules.advance_percent,
        day_count=rules.day_count,
    )
    perimeter = perimeter_of(cpts, day=day)
    terms = with_territory(terms, perimeter)
    if signed.communes.strip():
        typed = typed_communes(signed.communes, day)
        population = sum(each.population or 0 for each in typed)
        terms = replace(terms, territory=typed, vintage=vintage_for(day), size=perimeter.grid.place(population).size)
    terms = with_amounts(replace(terms, size=signed.size or terms.size), _sourced(signed), day)
    read = tuple(replace(each, confidence=Confidence.VERIFIED) if each.by_hand else each for each in terms.amounts)
    return replace(terms, amounts=read)


def _sourced(signed: SignedPaper) -> dict[tuple[str, str], TypedAmount]:
    """An amount read on the signed paper has that paper as its source."""
    source = f"Contrat signé, en vigueur depuis le {date_fr(signed.starts_on)}"
    return {key: replace(each, source=each.source.strip() or source) for key, each in signed.amounts.items()}


def typed_communes(text: str, day: date) -> tuple[CommuneTerm, ...]:
    """« 22093 Lamballe-Armor 16 800 », one a line; without a number, the population that the portal knows."""
    lines = [(line, LINE.match(line)) for line in (each.strip() for each in text.splitlines()) if line]
    for line, match in lines:
        if match is None:
            raise NotPossible(f"Ligne à corriger : « {line} ». Écrivez le code INSEE, puis la population.")
    codes = [match["code"] for _line, match in lines if match]
    if len(set(codes)) < len(codes):
        raise NotPossible("Une commune est écrite deux fois.")
    known = communes_of(codes, day)
    if missing := [code for code in codes if code not in known]:
        raise NotPossible(f"Code de commune inconnu : {', '.join(missing)}.")
    people = populations_in(vintage_for(day), [commune.pk for commune in known.values()], day)
    return tuple(
        CommuneTerm(match["code"], known[match["code"]].name, _people(match) or people.get(known[match["code"]].pk))
        for _line, match in lines
        if match
    )


def _people(match: re.Match[str]) -> int | None:
    digits = re.sub(r"\D", "", match["people"] or "")
    return int(digits) if digits else None


def _sealed_version(contract: Contract, terms: Terms, signed: SignedPaper, *, day: date, by: User) -> ContractVersion:
    review = Review(
        cpts=contract.cpts,
        kind=ReviewKind.CONTRACT,
        title=f"Contrat ACI signé avant le portail, {date_fr(signed.starts_on)}",
        status=ReviewStatus.RECORDED,
        opened_on=day,
        decided_on=max(signed.signed_on.values()),
        content=to_json(terms),
    )
    refuse_invalid(review)
    save_as(review, by=by)
    version = ContractVersion(
        contract=contract,
        review=review,
        effective_on=signed.starts_on,
        sealed_at=timezone.now(),
        terms_sha256=digest_of(review.content),
    )
    for party in Party:
        name = signed.signatories.get(party, "").strip()
        version.write_signature(Signature(party, signed.signed_on[party], name))
    refuse_invalid(version)
    save_as(version, by=by, reason="Contrat signé avant le portail")
    return version


def _tell(version: ContractVersion, *, by: User) -> None:
    review, contract = version.review, version.contract
    follow_stage(review, by=by)
    words = f"{contract} repris tel que signé, en vigueur depuis le {date_fr(contract.starts_on)}."
    write_journal(
        review.cpts,
        act="recorded",
        subject=review.title,
        words=words,
        moment=timezone.now(),
        by=by,
        facts={"review": review.pk, "contract": contract.pk, "print": version.terms_sha256},
    )
    tell_parties(review, words, by=by)
