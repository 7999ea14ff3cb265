"""What the decisions of the two agencies make of an indicator: pure functions, without query or clock.

Each agency decides by itself; an amount is retained only once both say the same figure:

- one of them has not decided: nothing is retained yet;
- both validate, or both correct to the same value: that amount;
- either contests: nothing, and the year cannot be closed until the point is settled;
- both carry over: nothing this year, the target is asked again the next one;
- anything else differs: to be settled between them, nothing retained meanwhile.

Correcting to the very value submitted is validating it. Two values that would earn the same euros still differ: the
figure of the year is agreed, not only its price.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices

from contracts.models import AGENCIES, Verdict
from cpts_portal.core.money import ZERO
from missions.indicators.achievement import Rule, achievement


class Outcome(TextChoices):
    PENDING = "pending", "À décider"
    SETTLED = "settled", "Retenu"
    DIFFERENT = "different", "À trancher"
    CONTESTED = "contested", "Contesté"
    CARRIED = "carried", "Reporté"


FINAL = (Outcome.SETTLED, Outcome.CARRIED)  # nothing left to decide
RESULTS = (Verdict.VALIDATED, Verdict.CORRECTED)


@dataclass(frozen=True)
class Presented:
    """An indicator as submitted: its result, what it earns, the rule that judges a corrected value."""

    value: Decimal | None
    earned: Decimal
    explanation: str
    rule: Rule


@dataclass(frozen=True)
class Decision:
    verdict: str
    value: Decimal | None = None  # of a correction


@dataclass(frozen=True)
class Retained:
    outcome: Outcome
    amount: Decimal = ZERO
    value: Decimal | None = None
    explanation: str = ""

    @property
    def is_final(self) -> bool:
        return self.outcome in FINAL


def value_under(line: Presented, decision: Decision) -> Decimal | None:
    """The figure this decision takes; none when it takes no result."""
    if decision.verdict == Verdict.CORRECTED:
        return decision.value
    return line.value if decision.verdict == Verdict.VALIDATED else None


def amount_under(line: Presented, decision: Decision) -> Decimal:
    """What this decision alone would bring."""
    return _earned(line, decision)[0]


def retained(line: Presented, verdicts: Mapping[str, Decision]) -> Retained:
    """What is retained of a line; `verdicts` by agency (« ars », « fund »), absent: not decided yet."""
    held = [verdicts[party] for party in AGENCIES if party in verdicts]
    if any(each.verdict == Verdict.CONTESTED for each in held):
        return Retained(Outcome.CONTESTED)
    if len(held) < len(AGENCIES):
        return Retained(Outcome.PENDING)
    if all(each.verdict == Verdict.CARRIED for each in held):
        return Retained(Outcome.CARRIED)
    first, second = held
    same = value_under(line, first) == value_under(line, second)
    if not same or any(each.verdict not in RESULTS for each in held):
        return Retained(Outcome.DIFFERENT)
    amount, words = _earned(line, first)
    return Retained(Outcome.SETTLED, amount, value_under(line, first), words)


def _earned(line: Presented, decision: Decision) -> tuple[Decimal, str]:
    if decision.verdict not in RESULTS:
        return ZERO, ""
    value = value_under(line, decision)
    if value == line.value:
        return line.earned, line.explanation
    found = achievement(line.rule, value)
    return found.earned, found.explanation
