"""Indicators of a CPTS: defined, given yearly targets and steps, carried over to the next year.

What a contract says is kept as it is written; what does not hold together is shown (`achievement.contradictions`),
never corrected silently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, delete_as, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.versions import check_version, next_version
from missions.indicators.achievement import Rule, Rung, achievement, final_value
from missions.models import (
    CptsMission,
    Exercise,
    ExpectedProof,
    Indicator,
    IndicatorTemplate,
    Method,
    ProofKind,
    ResultEnvelope,
    Step,
    Target,
)

COPIED = ("name", "kind", "unit", "source", "formula", "direction", "method", "cadence", "aggregation", "counted")


@transaction.atomic
def add_indicator(mission: CptsMission, *, fields: dict[str, Any], proofs: Sequence[str], by: User) -> Indicator:
    return _write(Indicator(mission=mission), fields=fields, proofs=proofs, by=by)


@transaction.atomic
def change_indicator(
    indicator: Indicator, *, fields: dict[str, Any], proofs: Sequence[str], version: str, by: User
) -> Indicator:
    """Raises `StaleEdit` when somebody else saved the indicator since the form was opened."""
    found = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    check_version(found, version)
    return _write(found, fields=fields, proofs=proofs, by=by)


@transaction.atomic
def add_from_library(mission: CptsMission, template: IndicatorTemplate, *, by: User) -> Indicator:
    if template.mission_id != mission.mission_id:
        raise NotPossible("Cet indicateur type est celui d’une autre mission.")
    fields = {name: getattr(template, name) for name in COPIED}
    if template.method == Method.LINEAR:  # proportional needs a starting value, which only the contract knows
        fields["method"] = Method.BINARY
    return add_indicator(mission, fields=fields, proofs=template.proofs, by=by)


@transaction.atomic
def set_followed(indicator: Indicator, *, followed: bool, by: User) -> Indicator:
    found = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    found.is_active = followed
    save_as(found, by=by)
    next_version(found)
    return found


def _write(indicator: Indicator, *, fields: dict[str, Any], proofs: Sequence[str], by: User) -> Indicator:
    for name, value in fields.items():
        setattr(indicator, name, value)
    refuse_invalid(indicator)
    save_as(indicator, by=by)
    next_version(indicator)
    _expect(indicator, proofs, by=by)
    return indicator


def _expect(indicator: Indicator, kinds: Sequence[str], *, by: User) -> None:
    held = {row.kind: row for row in indicator.expected_proofs.all()}
    for kind in ProofKind:
        if kind in kinds and kind not in held:
            save_as(ExpectedProof(indicator=indicator, kind=kind), by=by)
        elif kind in held and kind not in kinds:
            delete_as(held[kind], by=by)


# --- Targets --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TargetFields:
    """The target of one year as typed; `rungs` for the method by steps."""

    kind: str
    value: Decimal | None
    written: Decimal | None
    amount: Decimal
    rungs: tuple[Rung, ...] = ()


def rule_for(indicator: Indicator, fields: TargetFields) -> Rule:
    """What these figures mean for the calculation, saved or not."""
    return Rule(
        method=indicator.method,
        direction=indicator.direction,
        target=final_value(fields.kind, fields.value, indicator.baseline),
        amount=fields.amount,
        baseline=indicator.baseline,
        rungs=fields.rungs,
    )


def fields_of(target: Target) -> TargetFields:
    """Reads the steps: prefetch them for many targets."""
    rungs = tuple(Rung(step.bound, step.amount) for step in target.steps.all())
    return TargetFields(target.kind, target.value, target.written, target.amount, rungs)


def rule_of(target: Target) -> Rule:
    return rule_for(target.indicator, fields_of(target))


@transaction.atomic
def set_target(
    indicator: Indicator, exercise: Exercise, fields: TargetFields, *, version: str = "0", by: User
) -> Target:
    """Write the target of one year and its steps; the contradictions it may hold are the reader's to judge.

    Raises `StaleEdit` when somebody else saved this target since the form was opened (0: there was none yet).
    """
    Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    target = Target.objects.filter(indicator=indicator, exercise=exercise).first()
    target = target or Target(indicator=indicator, exercise=exercise)
    check_version(target, version)
    target.kind, target.value, target.written = fields.kind, fields.value, fields.written
    target.amount = fields.amount
    refuse_invalid(target, exclude=["carried_from"])
    save_as(target, by=by)
    _set_steps(target, fields.rungs, by=by)
    next_version(target)
    return target


def _set_steps(target: Target, rungs: Sequence[Rung], *, by: User) -> None:
    bounds = [rung.bound for rung in rungs]
    if len(set(bounds)) != len(bounds):
        raise NotPossible("Deux paliers ont le même seuil.")
    held = {step.bound: step for step in target.steps.all()}
    for bound, step in held.items():
        if bound not in bounds:
            delete_as(step, by=by)
    for rung in rungs:
        step = held.get(rung.bound) or Step(target=target, bound=rung.bound)
        if step.pk is None or step.amount != rung.amount:
            step.amount = rung.amount
            save_as(step, by=by)


@transaction.atomic
def carry_over(target: Target, *, result: Decimal | None, by: User) -> Target:
    """What was not met this year is asked again the next year, with what it did not earn (contracts of 2025-27).

    The next year must have no target for this indicator yet.
    """
    found = Target.objects.select_for_update(of=("self",)).select_related("indicator", "exercise").get(pk=target.pk)
    following = _year_after(found.exercise)
    is_fixed = Target.objects.filter(indicator=found.indicator, exercise=following).exists()
    made = _carried(found, result, following, is_fixed=is_fixed)
    _write_carried([made], by=by)
    return made


@transaction.atomic(savepoint=False)
def carry_over_unmet(targets: Sequence[int], *, by: User) -> dict[int, str]:
    """The same for many targets of one year, none of them with a result; by target, why one stays as it is."""
    if not targets:
        return {}
    rows = Target.objects.select_for_update(of=("self",)).select_related("indicator", "exercise")
    locked = {each.pk: each for each in rows.filter(pk__in=targets).prefetch_related("steps").order_by("pk")}
    following = _year_after(locked[targets[0]].exercise)
    fixed = set(Target.objects.filter(exercise=following).values_list("indicator", flat=True))
    made, refusals = [], {}
    for target in map(locked.__getitem__, targets):
        try:
            made.append(_carried(target, None, following, is_fixed=target.indicator_id in fixed))
        except NotPossible as refusal:
            refusals[target.pk] = str(refusal)
    _write_carried(made, by=by)
    return refusals


def _year_after(exercise: Exercise) -> Exercise | None:
    return Exercise.objects.filter(cpts=exercise.cpts_id, number=exercise.number + 1).first()


def _carried(target: Target, result: Decimal | None, following: Exercise | None, *, is_fixed: bool) -> Target:
    """The target of the next year, not saved yet."""
    missed = target.amount - achievement(rule_of(target), result).earned
    if missed <= 0:
        raise NotPossible("Cette cible est entièrement atteinte : il n’y a rien à reporter.")
    if following is None:
        raise NotPossible("Il n’y a pas d’année suivante dans ce contrat.")
    if is_fixed:
        raise NotPossible(f"Une cible est déjà fixée pour l’{str(following).lower()} : reportez-la à la main.")
    copied = fields_of(target)
    return Target(
        indicator=target.indicator,
        exercise=following,
        kind=copied.kind,
        value=copied.value,
        written=copied.written,
        amount=missed,
        carried_from=target,
        version=1,
    )


def _write_carried(targets: Sequence[Target], *, by: User) -> None:
    """In sets, with the steps that are still to earn."""
    create_many(Target, targets, by=by, reason="Report de ce qui n’a pas été atteint")
    steps = [
        Step(target=target, bound=rung.bound, amount=rung.amount)
        for target in targets
        for rung in _still_to_earn(fields_of(target.carried_from).rungs, target.carried_from.amount - target.amount)
    ]
    create_many(Step, steps, by=by)


def _still_to_earn(rungs: Sequence[Rung], earned: Decimal) -> list[Rung]:
    return [Rung(rung.bound, rung.amount - earned) for rung in rungs if rung.amount > earned]


# --- Balance --------------------------------------------------------------------------------------------------------
@transaction.atomic
def set_envelope(mission: CptsMission, exercise: Exercise, amount: Decimal, *, by: User) -> ResultEnvelope:
    """The variable part that the contract attaches to a mission in one year."""
    found = ResultEnvelope.objects.filter(mission=mission, exercise=exercise).first()
    found = found or ResultEnvelope(mission=mission, exercise=exercise)
    found.amount = amount
    save_as(found, by=by)
    return found
