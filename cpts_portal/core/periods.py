"""Half-open periods `[start, end[`: a row ended on the 1st of January no longer counts on that day."""

from datetime import date, datetime, time
from typing import Protocol

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class HasPeriod(Protocol):
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date | None: ...


def local_moment(day: date, at: time = time.min) -> datetime:
    """That hour of the clock of that day, whatever the season; its first moment by default."""
    return timezone.make_aware(datetime.combine(day, at))


def active_on(day: date, prefix: str = "") -> Q:
    """Condition « the period contains this day » on the fields `start` and `end` (after an optional path)."""
    started = Q(**{f"{prefix}start__lte": day})
    not_ended = Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": day})
    return started & not_ended


def covers(period: HasPeriod, day: date) -> bool:
    return period.start <= day and (period.end is None or day < period.end)


def overlap(a: HasPeriod, b: HasPeriod) -> bool:
    return (b.end is None or a.start < b.end) and (a.end is None or b.start < a.end)


def ends_after_start(name: str) -> models.CheckConstraint:
    """The constraint every dated row carries."""
    return models.CheckConstraint(
        condition=Q(end__isnull=True) | Q(end__gt=F("start")),
        name=name,
        violation_error_message="La date de fin doit être postérieure à la date de début.",
    )
