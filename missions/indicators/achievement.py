"""How much of its amount an indicator earns: pure functions, without query or clock.

Three ways, as read in two year-5 contracts and in the annex of the agreement (domain facts, 2.2): all or nothing, by
steps (« paliers »), proportional. A target may go up or down. Euros are rounded once, to the cent, half up.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from cpts_portal.core.text import NO_BREAK_SPACE, euros_fr, number_fr, short_number_fr
from missions.models import Direction, Method, Target

ZERO, ONE, CENT, HUNDRED = Decimal(0), Decimal(1), Decimal("0.01"), Decimal(100)


@dataclass(frozen=True)
class Rung:
    """A step: reaching `bound` earns `amount` euros."""

    bound: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """What is needed to judge a result; `target` is the final figure (see `final_value`)."""

    method: str
    direction: str
    target: Decimal | None
    amount: Decimal
    baseline: Decimal | None = None
    rungs: tuple[Rung, ...] = ()


@dataclass(frozen=True)
class Achievement:
    """The share achieved (0 to 1), the euros earned, and the sentence that explains them."""

    rate: Decimal
    earned: Decimal
    explanation: str


def final_value(kind: str, value: Decimal | None, baseline: Decimal | None) -> Decimal | None:
    """The figure to reach: as it is, or from the baseline (+700 on 66 111 is 66 811; -10 % of 200 is 180)."""
    if value is None or kind == Target.Kind.ABSOLUTE:
        return value
    if baseline is None:
        return None
    if kind == Target.Kind.DELTA:
        return baseline + value
    return (baseline * (HUNDRED + value) / HUNDRED).quantize(CENT, ROUND_HALF_UP)


def reaches(result: Decimal, bound: Decimal, direction: str) -> bool:
    return result <= bound if direction == Direction.DOWN else result >= bound


def achievement(rule: Rule, result: Decimal | None) -> Achievement:
    """What this result earns; nothing when there is no result or no target yet."""
    if result is None:
        return Achievement(ZERO, ZERO, "Aucun résultat saisi.")
    if rule.method == Method.STEPS:
        return _by_steps(rule, result)
    if rule.target is None:
        return Achievement(ZERO, ZERO, "Aucune cible fixée.")
    if rule.method == Method.LINEAR:
        return _linear(rule, result)
    return _binary(rule, result)


def _binary(rule: Rule, result: Decimal) -> Achievement:
    assert rule.target is not None  # noqa: S101 (checked by the caller)
    reached = reaches(result, rule.target, rule.direction)
    word = "atteinte" if reached else "non atteinte"
    return Achievement(
        ONE if reached else ZERO,
        rule.amount if reached else ZERO,
        f"Tout ou rien : cible de {figure(rule.target)} {word} avec {figure(result)}.",
    )


def _by_steps(rule: Rule, result: Decimal) -> Achievement:
    """The best step reached; the steps' own amounts are what the contract pays."""
    best = max((rung.amount for rung in rule.rungs), default=ZERO)
    reached = [rung for rung in rule.rungs if reaches(result, rung.bound, rule.direction)]
    if not reached:
        return Achievement(ZERO, ZERO, f"Par paliers : aucun palier atteint avec {figure(result)}.")
    found = max(reached, key=lambda rung: rung.amount)
    rate = (found.amount / best) if best else ZERO
    return Achievement(
        rate,
        found.amount,
        f"Par paliers : {figure(result)} atteint le palier de {figure(found.bound)} ({euros_fr(found.amount)}).",
    )


def _linear(rule: Rule, result: Decimal) -> Achievement:
    """(result - baseline) / (target - baseline), kept between 0 and 1; a target equal to the baseline is binary."""
    assert rule.target is not None  # noqa: S101 (checked by the caller)
    if rule.baseline is None:
        return Achievement(ZERO, ZERO, "Proportionnelle : la valeur de départ manque.")
    if not _goes_the_right_way(rule):
        return _binary(rule, result)
    way = rule.target - rule.baseline
    rate = min(max((result - rule.baseline) / way, ZERO), ONE)
    earned = (rule.amount * rate).quantize(CENT, ROUND_HALF_UP)
    percent = number_fr((rate * HUNDRED).quantize(Decimal("0.1"), ROUND_HALF_UP), 1)
    return Achievement(
        rate,
        earned,
        f"Proportionnelle : de {figure(rule.baseline)} à {figure(rule.target)}, {figure(result)} fait "
        f"{percent}{NO_BREAK_SPACE}% du chemin.",
    )


def _goes_the_right_way(rule: Rule) -> bool:
    """False when the target is the baseline itself or stands on its wrong side: there is no way to go."""
    if rule.target is None or rule.baseline is None:
        return False
    return rule.target < rule.baseline if rule.direction == Direction.DOWN else rule.target > rule.baseline


def figure(value: Decimal) -> str:
    """« 66 811 », « 72,4 »: no more decimals than needed."""
    return short_number_fr(value)


def examples(rule: Rule) -> list[tuple[Decimal, Achievement]]:
    """What results around the target would earn: the starting value, half of the way, each step, the target."""
    around = (rule.target, rule.baseline, *(rung.bound for rung in rule.rungs))
    tried = {each for each in around if each is not None}
    if rule.target is not None and rule.baseline is not None:
        tried.add(((rule.target + rule.baseline) / 2).quantize(CENT, ROUND_HALF_UP))
    return [(each, achievement(rule, each)) for each in sorted(tried)]


def lacking_for_examples(rule: Rule) -> str:
    """The one thing still needed before examples mean something; empty when nothing lacks."""
    if rule.method == Method.STEPS:
        return "" if rule.rungs else "Indiquez le seuil et le montant d’un palier pour voir ce qu’il rapporte."
    if rule.target is None:
        return "Indiquez la cible pour voir ce que rapporterait chaque résultat."
    return "" if rule.amount else "Indiquez le montant maximal pour voir ce que rapporterait chaque résultat."


def contradictions(rule: Rule, *, kind: str, value: Decimal | None, written: Decimal | None) -> list[str]:
    """What does not hold together in a target: shown where it is typed, never corrected silently."""
    found = []
    final = final_value(kind, value, rule.baseline)
    if written is not None and final is not None and written != final:
        found.append(
            f"Le contrat écrit {figure(written)}, mais {_in_words(kind, value, rule.baseline)} font {figure(final)}."
        )
    if kind != Target.Kind.ABSOLUTE and rule.baseline is None:
        found.append("Cette cible part d’une valeur de départ : indiquez-la sur l’indicateur.")
    if final is not None and rule.baseline is not None and final != rule.baseline:
        up = final > rule.baseline
        if up == (rule.direction == Direction.DOWN):
            way, expected = ("monte", "à la baisse") if up else ("descend", "à la hausse")
            found.append(
                f"La cible {way} depuis {figure(rule.baseline)}, alors que l’indicateur est attendu {expected}."
            )
    return found + _step_contradictions(rule)


def _in_words(kind: str, value: Decimal | None, baseline: Decimal | None) -> str:
    assert value is not None and baseline is not None  # noqa: S101, PT018 (a final value was computed from them)
    sign = "+" if value >= 0 else "−"
    unit = f"{NO_BREAK_SPACE}%" if kind == Target.Kind.RATE else ""
    return f"{figure(baseline)} {sign} {figure(abs(value))}{unit}"


def _step_contradictions(rule: Rule) -> list[str]:
    """A harder step must pay more, and the best one is the amount of the indicator."""
    if rule.method != Method.STEPS:
        return []
    if not rule.rungs:
        return ["Aucun palier n’est défini : cet indicateur ne peut rien rapporter."]
    rungs = sorted(rule.rungs, key=lambda rung: rung.bound, reverse=rule.direction == Direction.DOWN)
    found = []
    if any(harder.amount <= easier.amount for easier, harder in pairwise(rungs)):
        found.append("Un palier plus difficile doit rapporter davantage que le précédent.")
    best = max(rung.amount for rung in rungs)
    if best != rule.amount:
        found.append(f"Le meilleur palier vaut {euros_fr(best)}, le montant de l’indicateur {euros_fr(rule.amount)}.")
    return found
