"""The indicators of a year at a glance: what is entered, what is proven, what each mission earns and lacks.

The amounts of a mission's targets should add up to the variable part of the contract: a difference is shown, never
adjusted (domain facts, 2.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from cpts_portal.core.charts import Chart, Point, column_chart
from cpts_portal.core.text import euros_fr, plural
from missions.indicators.achievement import figure
from missions.indicators.counting import NO_FACTS, Facts
from missions.indicators.results import YearState, state_of, year_states
from missions.indicators.rules import rule_of
from missions.models import CptsMission, Exercise, Indicator, ResultEnvelope, Target
from territories.models import Cpts

ZERO = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """What the targets of a mission add up to, against the variable part noted for the year."""

    promised: Decimal
    earned: Decimal
    envelope: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        return None if self.envelope is None else self.promised - self.envelope

    @property
    def sentence(self) -> str:
        if self.envelope is None and not self.promised:
            return "Cette mission n’a pas de part variable cette année."
        if self.envelope is None:
            return f"Montants des indicateurs : {euros_fr(self.promised)}. La part variable du contrat n’est pas notée."
        said = (
            f"Montants des indicateurs : {euros_fr(self.promised)} pour une part variable de {euros_fr(self.envelope)}"
        )
        if not self.gap:
            return f"{said} : le compte est bon."
        way = "de trop" if self.gap > 0 else "à répartir"
        return f"{said} : {euros_fr(abs(self.gap))} {way}."


@dataclass(frozen=True)
class MissionYear:
    mission: CptsMission
    states: Sequence[YearState]
    balance: Balance


@dataclass(frozen=True)
class Completion:
    """How far the entry of a year is."""

    expected: int
    recorded: int
    proven: int

    @property
    def sentence(self) -> str:
        return (
            f"{plural(self.recorded, 'indicateur à jour', 'indicateurs à jour')} et "
            f"{plural(self.proven, 'justifié', 'justifiés')} sur {self.expected}"
        )


def board_of_year(cpts: Cpts, exercise: Exercise, day: date) -> list[MissionYear]:
    """Mission by mission, in the official order; the same number of queries whatever the number of indicators."""
    noted = ResultEnvelope.objects.filter(exercise=exercise, mission__cpts=cpts)
    envelopes = dict(noted.values_list("mission_id", "amount"))
    states = year_states(cpts, exercise, day)
    found = []
    for mission, own in groupby(states, key=lambda state: state.indicator.mission):
        rows = list(own)
        promised = sum((state.target.amount for state in rows), ZERO)
        earned = sum((state.achieved.earned for state in rows), ZERO)
        found.append(MissionYear(mission, rows, Balance(promised, earned, envelopes.get(mission.pk))))
    return found


def completion(board: Sequence[MissionYear]) -> Completion:
    states = [state for line in board for state in line.states]
    return Completion(len(states), sum(state.is_recorded for state in states), sum(state.is_proven for state in states))


def status_of(state: YearState) -> tuple[str, str]:
    """(words, tone) of an indicator in a year; a result without its proofs stays grey."""
    if state.due:
        return plural(len(state.due), "période à saisir", "périodes à saisir"), "warning"
    if state.value is None:
        return "À saisir", ""
    if state.missing_proofs:
        return "Sans preuve", ""
    return "Justifié", "success"


@dataclass(frozen=True)
class YearOfTrajectory:
    """One year of an indicator: what was asked, what was found, the facts it was counted on."""

    exercise: Exercise
    state: YearState | None
    facts: Facts

    @property
    def target_text(self) -> str:
        target = rule_of(self.state.target).target if self.state else None
        return "–" if target is None else figure(target)

    @property
    def value_text(self) -> str:
        return "–" if self.state is None or self.state.value is None else figure(self.state.value)


def trajectory(indicator: Indicator, day: date) -> list[YearOfTrajectory]:
    """The five years of the contract, with or without a target; facts are read for a year whose target counts them."""
    targets = Target.objects.filter(indicator=indicator).select_related("indicator__mission__mission", "exercise__cpts")
    held = {
        target.exercise_id: target
        for target in targets.prefetch_related("steps", "results", "proofs", "indicator__expected_proofs")
    }
    return [_year(each, held.get(each.pk), day) for each in Exercise.objects.filter(cpts=indicator.mission.cpts)]


def _year(exercise: Exercise, target: Target | None, day: date) -> YearOfTrajectory:
    if target is None:
        return YearOfTrajectory(exercise, None, NO_FACTS)
    facts = Facts.counted_by(target.indicator, target.exercise)
    return YearOfTrajectory(exercise, state_of(target, facts, day), facts)


def trajectory_chart(indicator: Indicator, years: Sequence[YearOfTrajectory]) -> Chart:
    points = [
        Point(
            str(year.exercise),
            float(year.state.value) if year.state and year.state.value is not None else None,
            year.value_text,
        )
        for year in years
    ]
    if indicator.baseline is not None:
        points.insert(0, Point("Départ", float(indicator.baseline), figure(indicator.baseline)))
    return column_chart(f"trajectory-{indicator.pk}", f"{indicator.name} ({indicator.unit})", points)
