"""The way of a year, step by step: what is done and when, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from contracts.models import AGENCIES, Closing, ContractYear, Party, Review
from contracts.yearly.opening import OPENED_BEFORE
from cpts_portal.core.text import date_fr


@dataclass(frozen=True)
class YearStep:
    """`when` is empty until the step is done; `hint` says what to expect or adds a detail."""

    label: str
    when: date | None = None
    hint: str = ""

    @property
    def is_done(self) -> bool:
        return self.when is not None


def steps_of(year: ContractYear, closings: list[Closing]) -> list[YearStep]:
    """From the first day of the year to its closing; former closings keep their reason."""
    exercise, review = year.exercise, year.review
    opens = f"possible à partir du {date_fr(exercise.end - OPENED_BEFORE)}"
    found = [
        YearStep("Début de l’année", exercise.start),
        YearStep("Ouverture du dialogue de gestion", review.opened_on if review else None, "" if review else opens),
        YearStep("Dépôt par la CPTS", review.submitted_on if review else None, _submission_hint(review)),
        YearStep("Réunion des trois parties", year.meeting_on),
        *[_visa(review, party) for party in AGENCIES],
        YearStep("Accord de la CPTS", _day(review.visa(Party.CPTS).at) if review else None),
    ]
    for closing in closings:
        if closing.reopened_at:
            found.append(YearStep(f"Clôture n° {closing.number}", _day(closing.closed_at)))
            found.append(YearStep("Réouverture", _day(closing.reopened_at), closing.reopen_reason))
    last = next((each for each in closings if each.reopened_at is None), None)
    hint = "" if last else f"fin de l’année : {date_fr(exercise.last_day)}"
    return [*found, YearStep("Clôture", _day(last.closed_at) if last else None, hint)]


def _submission_hint(review: Review | None) -> str:
    return f"dépôt n° {review.number}" if review and review.number > 1 else ""


def _visa(review: Review | None, party: str) -> YearStep:
    label = "Visa de l’ARS" if party == AGENCIES[0] else "Visa de la caisse"
    if review is None:
        return YearStep(label)
    visa = review.visa(party)
    is_old = visa.is_given and visa.number < review.number
    return YearStep(label, _day(visa.at), "donné sur un dépôt antérieur" if is_old else "")


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None
