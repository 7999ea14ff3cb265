"""The signature: each party records its own; the third one seals the text.

Sealing freezes the terms with their print and the PDF that shows them with its annexes, made once and never again. The
first text then opens the five years of the contract; the missions of the CPTS follow what was signed.

Laying out the document takes a second or more, and SQLite has one write lock for everybody: it is made before the
transaction, from the version as this signature will leave it. Under lock the text of the document is written again
and compared; the seal takes the PDF only when both are the same, word for word.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from django.core.files.base import ContentFile

from contracts.deal.contracting import terms_of_version, version_on
from contracts.deal.printing import contract_html
from contracts.models import Contract, ContractVersion, ContractYear, Party, Review, ReviewStatus, Signature
from contracts.shared.journal import digest_of
from contracts.shared.parties import party_of
from contracts.terms.terms import Terms
from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.pdf import PdfUnavailable, pdf_of
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.versions import next_version
from cpts_portal.core.workflow import Act, Outdated
from missions.models import CptsMission, Exercise, OfficialMission
from missions.plan.planning import CONTRACT_YEARS, continue_exercises, stop_mission, take_on


def has_not_signed(review: Review, act: Act) -> bool:
    version = ContractVersion.objects.filter(review=review).first()
    return version is not None and version.signed_on(party_of(act.roles)) is None


def record_signature(review: Review, act: Act) -> None:
    """Each party records its own signature; the third one seals the terms."""
    version = _locked_version(review)
    on, name = _signature(act)
    if not name:
        raise NotPossible("Indiquez le nom et la qualité du signataire.")
    if on > act.day:
        raise NotPossible("Une signature s’enregistre une fois faite.")
    _sign(version, act)
    if is_signed_by_all(version):
        _seal(version, act)
    refuse_invalid(version, exclude=["review"])
    save_as(version, by=act.by)


def _signature(act: Act) -> tuple[date, str]:
    """Its day and its signatory, as given."""
    return act.data.get("on") or act.day, str(act.data.get("signatory", "")).strip()


def _sign(version: ContractVersion, act: Act) -> None:
    """On the object only."""
    on, name = _signature(act)
    version.write_signature(Signature(Party(party_of(act.roles)), on, name))


def is_signed_by_all(version: ContractVersion) -> bool:
    return all(version.signed_on(each) for each in Party)


def _locked_version(review: Review) -> ContractVersion:
    """With the review as it is being moved: its content is what is signed."""
    found = ContractVersion.objects.select_for_update(of=("self",)).select_related("contract__cpts").get(review=review)
    found.review = review
    return found


def drop_signatures(review: Review, act: Act) -> None:
    """The text opens again: nobody has signed what it will say."""
    version = ContractVersion.objects.select_for_update(of=("self",)).filter(review=review).first()
    if version is None or not any(version.signed_on(each) for each in Party):
        return
    for party in Party:
        version.write_signature(Signature(party))
    save_as(version, by=act.by, reason="Le texte est rouvert : les signatures déjà enregistrées tombent.")


def seal_when_signed(review: Review) -> str:
    """Signed once the three signatures are there, agreed until then."""
    version = ContractVersion.objects.get(review=review)
    return ReviewStatus.SIGNED if version.sealed_at else ReviewStatus.AGREED


def _seal(version: ContractVersion, act: Act) -> None:
    """Under lock, in the transaction of the third signature."""
    contract, terms = version.contract, terms_of_version(version)
    before, day = _date_seal(version, act)
    if before is None:
        start_contract(contract, day, terms, by=act.by)
    else:
        missions_follow(contract, terms, day, before=terms_of_version(before), by=act.by)
    _keep(version, act.prepared)


def _date_seal(version: ContractVersion, act: Act) -> tuple[ContractVersion | None, date]:
    """Date the seal, on the object only; answers the text that this one replaces, and its first day."""
    day = version.effective_on or first_day_of(version)
    before = version_on(version.contract, day) if version.number else None
    version.effective_on = day
    version.sealed_at, version.terms_sha256 = act.moment, digest_of(version.review.content)
    return before, day


def first_day_of(version: ContractVersion) -> date:
    """The day of the last signature; a renewal begins when the contract before it ends."""
    signed = max(day for day in (version.signed_on(each) for each in Party) if day)
    previous = version.contract.previous
    return max(signed, previous.period.stop) if previous and previous.period else signed


# --- The document ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Print:
    """The signed contract with its annexes: its text, and the PDF made of it or the reason why there is none."""

    html: str
    content: bytes = b""
    problem: str = ""


def print_when_last(review: Review, act: Act) -> Print | None:
    """Before the transaction: the document that this signature will seal; none when other signatures are missing.

    The version is read without lock and changed in memory only; what may not be signed is refused under lock.
    """
    rows = ContractVersion.objects.select_related("contract__cpts", "contract__previous", "review__cpts")
    version = rows.filter(review=review, review__status=ReviewStatus.AGREED, sealed_at__isnull=True).first()
    if version is None or str(version.review.version) != str(act.version) or not party_of(act.roles):
        return None
    _sign(version, act)
    if not is_signed_by_all(version):
        return None
    before, day = _date_seal(version, act)
    if before is None:
        _set_term(version.contract, day)
    html = contract_html(version)
    try:
        return Print(html, pdf_of(html))
    except PdfUnavailable as problem:
        return Print(html, problem=str(problem))


def _keep(version: ContractVersion, document: Print | None) -> None:
    """The PDF joins the seal, when it says what is being sealed; without it nothing is sealed."""
    if document is None or document.html != contract_html(version):
        raise Outdated
    if document.problem:
        raise NotPossible(f"Le contrat signé ne peut pas être établi. {document.problem}")
    version.file_sha256 = hashlib.sha256(document.content).hexdigest()
    name = f"contrat-{version.contract_id}-{version.number}-{version.file_sha256[:16]}.pdf"
    version.sealed_file.save(name, ContentFile(document.content), save=False)


def is_intact(version: ContractVersion) -> bool:
    """The terms still have the print of the day they were sealed."""
    return digest_of(version.review.content) == version.terms_sha256


def kept_document(version: ContractVersion) -> bytes:
    """The document as it was sealed; refused when it is no longer there, or no longer the same."""
    name = version.sealed_file.name
    if not name or not version.sealed_file.storage.exists(name):
        raise NotPossible("Le document signé n’est plus dans les fichiers du portail : prévenez l’administration.")
    with version.sealed_file.open("rb") as kept:
        content = kept.read()
    if hashlib.sha256(content).hexdigest() != version.file_sha256:
        raise NotPossible("Le document signé ne porte plus l’empreinte de sa signature : prévenez l’administration.")
    return content


# --- What follows from a signature ----------------------------------------------------------------------------------
def start_contract(contract: Contract, day: date, terms: Terms, *, by: User | None) -> None:
    """Five years from that day; the missions and the years of the CPTS follow."""
    _set_term(contract, day)
    refuse_invalid(contract)
    save_as(contract, by=by)
    missions_follow(contract, terms, day, by=by)
    _open_years(contract, by=by)


def _set_term(contract: Contract, day: date) -> None:
    contract.starts_on, contract.ends_on = day, day + relativedelta(years=CONTRACT_YEARS)


def _open_years(contract: Contract, *, by: User | None) -> None:
    """The years that the CPTS already opened inside the contract, then those that are left to its end."""
    inside = Exercise.objects.filter(cpts=contract.cpts, start__lt=contract.ends_on, end__gt=contract.starts_on)
    years = list(inside.filter(contract_year=None).order_by("start"))
    last = inside.order_by("-end").first()
    period = contract.period
    if period is None:
        raise ValueError(f"Contract {contract.pk} is not signed: it opens no year.")
    first_day = last.end if last else period.start
    left = relativedelta(period.end, first_day).years
    if left > 0:
        years += continue_exercises(contract.cpts, first_day=first_day, years=left, by=by)
    create_many(ContractYear, [ContractYear(contract=contract, exercise=each) for each in years], by=by)


def missions_follow(
    contract: Contract, terms: Terms, day: date, *, before: Terms | None = None, by: User | None
) -> None:
    """New missions are taken on with their start, those that the text no longer holds stop on its day."""
    held = {
        each.mission.code: each for each in CptsMission.objects.filter(cpts=contract.cpts).select_related("mission")
    }
    missing = [each.code for each in terms.missions if each.code not in held]
    if missing:
        new = take_on(contract.cpts, missions=OfficialMission.objects.filter(code__in=missing), agreed_on=day, by=by)
        held |= {each.mission.code: each for each in new}
    for term in terms.missions:
        _promise(held[term.code], term.start, day, by=by)
    kept = {each.code for each in terms.missions}
    for gone in (each.code for each in (before.missions if before else ()) if each.code not in kept):
        if gone in held and held[gone].stopped_on is None:
            stop_mission(held[gone], on=day, reason="Retirée du contrat par avenant", by=by)


def _promise(mission: CptsMission, start: date | None, day: date, *, by: User | None) -> None:
    """The date of the contract, from which the delays run, and the start that was agreed."""
    agreed_on = mission.agreed_on or day
    planned = mission.planned_start if mission.started_on else start or mission.planned_start
    if (mission.agreed_on, mission.planned_start) == (agreed_on, planned):
        return
    mission.agreed_on, mission.planned_start = agreed_on, planned
    save_as(mission, by=by, reason="Signature du contrat")
    next_version(mission)
