"""Results of indicators: recorded period by period, or counted; the value of a year and what still lacks.

A year's value is the sum of its periods or the last one known, as the indicator says. What the portal counts by itself
is not typed: the count is the result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import NO_BREAK_SPACE, number_fr, plural
from cpts_portal.core.versions import StaleEdit, check_version, next_version
from missions.indicators.achievement import Achievement, achievement, figure
from missions.indicators.counting import Facts
from missions.indicators.periods_of_year import Period, periods_of
from missions.indicators.rules import rule_of
from missions.models import Aggregation, Exercise, Indicator, ProofKind, Result, Target
from territories.models import Cpts


@transaction.atomic
def record(
    target: Target, period: Period, *, value: Decimal, comment: str, version: str, day: date, by: User
) -> Result:
    """Write the value of one period; raises `StaleEdit` when somebody else recorded it meanwhile."""
    found = Target.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=target.pk)
    if found.indicator.counted:
        raise NotPossible("Cet indicateur est compté par le portail : sa valeur ne se saisit pas.")
    if period.start > day:
        raise NotPossible("Cette période n’a pas commencé.")
    result = Result.objects.filter(target=found, start=period.start).first()
    result = result or Result(target=found, start=period.start, end=period.end)
    check_version(result, version)
    result.value, result.comment, result.recorded_by = value, comment.strip(), by
    refuse_invalid(result)
    save_as(result, by=by)
    next_version(result)
    return result


@dataclass(frozen=True)
class Entry:
    """One value typed among others on the page of a year."""

    target: Target
    period: Period
    value: Decimal
    comment: str
    version: str


class EntriesRefused(Exception):
    """Nothing was written: `reasons` says which entries (by their rank) did not pass, and why."""

    def __init__(self, reasons: dict[int, NotPossible | StaleEdit]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


def _record_entry(entry: Entry, *, day: date, by: User) -> Result:
    said = {"comment": entry.comment, "version": entry.version}
    return record(entry.target, entry.period, value=entry.value, **said, day=day, by=by)


@transaction.atomic
def record_together(entries: Sequence[Entry], *, day: date, by: User) -> list[Result]:
    """All or nothing: every entry is tried, so that all the refusals are told at once."""
    written, refused = [], {}
    for rank, entry in enumerate(entries):
        try:
            written.append(_record_entry(entry, day=day, by=by))
        except (NotPossible, StaleEdit) as refusal:
            refused[rank] = refusal
    if refused:
        raise EntriesRefused(refused)
    return written


@transaction.atomic
def withdraw(result: Result, *, by: User) -> None:
    """Take back a value recorded by mistake; the history keeps it."""
    delete_as(Result.objects.select_for_update(of=("self",)).get(pk=result.pk), by=by)


@dataclass(frozen=True)
class YearState:
    """Where one indicator stands in one year: its value, what it earns, which periods and proofs lack."""

    target: Target
    value: Decimal | None
    achieved: Achievement
    periods: tuple[tuple[Period, Result | None], ...]
    missing_proofs: tuple[str, ...]
    day: date

    @property
    def indicator(self) -> Indicator:
        return self.target.indicator

    @property
    def due(self) -> list[Period]:
        """The periods that are over and have no value."""
        if self.indicator.counted:
            return []
        return [period for period, result in self.periods if result is None and period.is_over(self.day)]

    @property
    def begun(self) -> list[tuple[Period, Result | None]]:
        """The periods whose value may be typed: over or under way."""
        if self.indicator.counted:
            return []
        return [(period, result) for period, result in self.periods if period.start <= self.day]

    @property
    def value_text(self) -> str:
        return "–" if self.value is None else figure(self.value)

    @property
    def rate_text(self) -> str:
        return "–" if self.value is None else f"{number_fr(self.achieved.rate * 100)}{NO_BREAK_SPACE}%"

    @property
    def is_recorded(self) -> bool:
        return self.value is not None and not self.due

    @property
    def is_proven(self) -> bool:
        return self.value is not None and not self.missing_proofs


def year_states(cpts: Cpts, exercise: Exercise, day: date) -> list[YearState]:
    """Every indicator that has a target this year, by mission; the same number of queries whatever their number."""
    targets = (
        Target.objects.filter(exercise=exercise, indicator__mission__cpts=cpts, indicator__is_active=True)
        .select_related("indicator__mission__mission", "exercise")
        .prefetch_related("steps", "results", "proofs", "indicator__expected_proofs")
        .order_by("indicator__mission__mission__rank", "indicator__rank", "indicator__pk")
    )
    facts = Facts.of(cpts, exercise.start, exercise.end)
    return [state_of(target, facts, day) for target in targets]


def state_of(target: Target, facts: Facts, day: date) -> YearState:
    indicator = target.indicator
    recorded = {result.start: result for result in target.results.all()}
    value = facts.count(indicator) if indicator.counted else total(indicator, recorded.values())
    if indicator.counted and target.exercise.start > day:
        value = None  # nothing is counted in a year to come
    return YearState(
        target=target,
        value=value,
        achieved=achievement(rule_of(target), value),
        periods=tuple((each, recorded.get(each.start)) for each in periods_of(target.exercise, indicator.cadence)),
        missing_proofs=tuple(missing_proofs(target, facts)),
        day=day,
    )


def total(indicator: Indicator, results: Iterable[Result]) -> Decimal | None:
    """The value of a year: the sum of its periods, or the last one known."""
    values = [result.value for result in sorted(results, key=lambda result: result.start)]
    if not values:
        return None
    return sum(values, Decimal(0)) if indicator.aggregation == Aggregation.SUM else values[-1]


def missing_proofs(target: Target, facts: Facts) -> list[str]:
    """The proofs the contract asks for that are not there yet, in words.

    On what the portal counts, a locked attendance is its own sheet, and published minutes are those of their meeting.
    """
    held = {proof.kind for proof in target.proofs.all()}
    found = []
    for expected in target.indicator.expected_proofs.all():
        if expected.kind in held:
            continue
        missing = _missing_in_meetings(target, facts, expected.kind) if target.indicator.counted else str(expected)
        if missing:
            found.append(missing)
    return found


def _missing_in_meetings(target: Target, facts: Facts, kind: str) -> str:
    """The meetings counted prove themselves, once their minutes are published."""
    meetings = facts.meetings_about(target.indicator)
    if kind not in (ProofKind.ATTENDANCE, ProofKind.MINUTES) or not meetings:
        return ProofKind(kind).label
    without = [meeting for meeting in meetings if meeting.minutes_published_at is None]
    if kind == ProofKind.ATTENDANCE or not without:
        return ""
    return f"{ProofKind.MINUTES.label} de {plural(len(without), 'réunion')}"
