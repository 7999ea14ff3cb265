"""What the agencies decide about each indicator of a year, and what the three parties write down of their meeting.

An agency decides alone, until it gives its visa: the visa says that it stands by its decisions, so it takes its visa
back before changing one. Once the CPTS has agreed, nobody changes a decision any more: what the CPTS agreed to is what
was shown to it; asking for corrections opens everything again.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from contracts.models import AGENCIES, ContractYear, LineVerdict, Review, ReviewStatus, Verdict, YearLine
from contracts.yearly.lines import YearBoard, board_of, stamp_of, unsettled
from contracts.yearly.submission import year_of
from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.refusals import NotPossible, refuse_any_invalid, refuse_invalid
from cpts_portal.core.versions import StaleEdit, check_version, next_version
from missions.models import Exercise

S = ReviewStatus
WITHOUT_YEAR = "Ce dossier n’est rattaché à aucune année du contrat."


@dataclass(frozen=True)
class Choice:
    """A decision as given; `value` only for a correction, `reason` for everything but a validation."""

    verdict: str
    value: Decimal | None = None
    reason: str = ""


def undecided_lines(review: Review, party: str) -> int:
    lines = YearLine.objects.filter(year__review=review)
    return lines.count() - LineVerdict.objects.filter(line__year__review=review, party=party).count()


def missing_before_agreeing(review: Review) -> list[str]:
    """What the CPTS cannot agree to, and what no year is closed with."""
    year = year_of(review)
    return [WITHOUT_YEAR] if year is None else missing_from(board_of(year))


def missing_from(board: YearBoard) -> list[str]:
    return unsettled(board) if board.states else ["Aucun indicateur n’a été présenté."]


def why_not_decide(review: Review | None, party: str) -> str:
    """Why this side may not decide now; empty when it may."""
    if party not in AGENCIES:
        return "Seules l’ARS et la caisse décident des indicateurs."
    if review is None or review.status not in (S.SUBMITTED, S.RETURNED):
        return "Les indicateurs se décident une fois l’année déposée, tant qu’elle n’est ni convenue ni close."
    if review.cpts_agreed_at:
        return "La CPTS a donné son accord sur ces décisions : demandez des corrections pour y revenir."
    if review.has_agreement_of(party):
        return "Votre agence a donné son visa sur ces décisions : retirez-le d’abord."
    return ""


@transaction.atomic
def decide(line: YearLine, choice: Choice, *, party: str, stamp: str, by: User) -> LineVerdict:
    """Write the decision of an agency on one line.

    Raises `StaleEdit` when a colleague decided meanwhile, or when the CPTS submitted the line again.
    """
    review = _held(line.year)
    _refuse(review, party)
    found = YearLine.objects.select_for_update(of=("self",)).select_related("target__exercise").get(pk=line.pk)
    held = LineVerdict.objects.filter(line=found, party=party).first()
    if stamp != stamp_of(found, held):
        raise StaleEdit
    if choice.verdict == Verdict.CARRIED:
        _refuse_without_following(found)
    return _write(held or LineVerdict(line=found, party=party), choice, by=by)


def _held(year: ContractYear) -> Review | None:
    """The review of the year, locked: a visa given at the same moment waits."""
    found = Review.objects.with_parties().select_for_update(of=("self",))
    return found.filter(pk=year.review_id or 0).first()


def _refuse(review: Review | None, party: str) -> None:
    if reason := why_not_decide(review, party):
        raise NotPossible(reason)


def _refuse_without_following(line: YearLine) -> None:
    exercise = line.target.exercise
    if not Exercise.objects.filter(cpts=exercise.cpts_id, number=exercise.number + 1).exists():
        raise NotPossible("C’est la dernière année du contrat : cet indicateur ne peut pas être reporté.")


def _write(verdict: LineVerdict, choice: Choice, *, by: User) -> LineVerdict:
    verdict.verdict = choice.verdict
    verdict.value = choice.value if choice.verdict == Verdict.CORRECTED else None
    verdict.reason = "" if choice.verdict == Verdict.VALIDATED else choice.reason.strip()
    verdict.by = by
    refuse_invalid(verdict, exclude=["by"])
    save_as(verdict, by=by)
    next_version(verdict)
    return verdict


@transaction.atomic
def validate_proven(year: ContractYear, *, party: str, by: User) -> int:
    """Validate every line with a result and all its proofs that this agency has not decided yet; how many."""
    review = _held(year)
    _refuse(review, party)
    lines = [state.line for state in board_of(year).waiting_for(party) if state.is_proven]
    verdicts = [LineVerdict(line=line, party=party, verdict=Verdict.VALIDATED, by=by, version=1) for line in lines]
    with refuse_any_invalid(verdicts, exclude=["by"]):
        create_many(LineVerdict, verdicts, by=by)
    return len(lines)


@transaction.atomic
def record_meeting(
    year: ContractYear, *, meeting_on: date | None, record: str, version: str, day: date, by: User
) -> ContractYear:
    """When the parties met, and what they decided, in their words; raises `StaleEdit`."""
    review = _held(year)
    if review is None or review.status == S.CLOSED:
        raise NotPossible("Cette année est close, ou son dialogue de gestion n’est pas ouvert.")
    found = ContractYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    check_version(found, version)
    if meeting_on and meeting_on > day:
        raise NotPossible("La date de la réunion est à venir : elle s’enregistre une fois tenue.")
    found.meeting_on, found.record = meeting_on, record.strip()
    save_as(found, by=by)
    next_version(found)
    return found
