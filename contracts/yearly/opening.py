"""When the review of a year opens, and for which contract."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from contracts.models import ContractYear, Review, ReviewKind
from contracts.talk.messages import tell_parties
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from missions.models import Exercise

OPENED_BEFORE = timedelta(days=90)  # the end of the year


# --- Opened ---------------------------------------------------------------------------------------------------------
def title_of(exercise: Exercise) -> str:
    """« Dialogue de gestion, année 2 (2025-2026) »; one year only when it is a calendar year."""
    years = dict.fromkeys((exercise.start.year, exercise.last_day.year))
    return f"{ReviewKind.YEAR.label}, année {exercise.number} ({'-'.join(map(str, years))})"


def due_years(day: date) -> Any:
    """The years that end within 90 days, or have ended, and have no review yet; the oldest first."""
    in_force = Q(contract__ended_on__isnull=True) | Q(contract__ended_on__gt=day)
    found = ContractYear.objects.filter(in_force, review=None, exercise__end__lte=day + OPENED_BEFORE)
    return found.select_related("exercise__cpts", "contract").order_by("exercise__end", "pk")


def due_year(cpts_id: int, day: date) -> ContractYear | None:
    """The year whose review this CPTS may open now."""
    return due_years(day).filter(contract__cpts=cpts_id).first()


@transaction.atomic
def open_year_review(year: ContractYear, *, day: date, by: User | None) -> Review:
    """One review per year, from 90 days before its end; the three parties are told. `by` None: the portal, at night."""
    found = ContractYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    exercise = year.exercise
    if found.review_id:
        raise NotPossible("Le dialogue de gestion de cette année est déjà ouvert.")
    if day < exercise.end - OPENED_BEFORE:
        raise NotPossible(
            f"Le dialogue de gestion s’ouvre à partir du {date_fr(exercise.end - OPENED_BEFORE)}, "
            "90 jours avant la fin de l’année."
        )
    review = Review(cpts=exercise.cpts, kind=ReviewKind.YEAR, title=title_of(exercise), opened_on=day)
    refuse_invalid(review)
    save_as(review, by=by)
    found.review = review
    save_as(found, by=by)
    tell_parties(review, f"{review.title} : le dossier est ouvert, la CPTS complète ses résultats.", by=by)
    return review


def open_yearly_reviews(day: date) -> list[Review]:
    """Open those of the years that end within 90 days (nightly); what ended before is opened by hand."""
    return [open_year_review(year, day=day, by=None) for year in ending_soon(day)]


def ending_soon(day: date) -> list[ContractYear]:
    return list(due_years(day).filter(exercise__end__gt=day))
