"""The grid of a day: which amounts a CPTS of a size may expect for its missions."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from contracts.models import FundingRules, Part, Rate
from contracts.terms import AmountTerm
from cpts_portal.core.periods import active_on
from missions.models import Confidence

UNKNOWN = FundingRules(
    advance_percent=75, day_count="days", source="Valeurs par défaut", confidence=Confidence.TO_CONFIRM
)


def rules_on(day: date) -> FundingRules:
    """The rules of payment of a day; the usual ones, to be confirmed, when none is loaded."""
    return FundingRules.objects.filter(active_on(day)).order_by("-start").first() or UNKNOWN


def amounts_for(size: int | None, missions: Collection[str], day: date) -> tuple[AmountTerm, ...]:
    """Every envelope of this size and of these missions (codes); nothing for an unknown size."""
    rates = Rate.objects.in_force_on(day).filter(size=size).order_by("mission__rank", "part") if size else []
    wanted = [rate for rate in rates if rate.mission is None or rate.mission.code in missions]
    return tuple(_term(rate) for rate in wanted if rate.part != Part.START_UP)


def _term(rate: Rate) -> AmountTerm:
    code, name = (rate.mission.code, str(rate.mission)) if rate.mission else ("", "")
    return AmountTerm(rate.part, rate.amount, rate.source, rate.confidence, code, name)


def total(rates: Iterable[Rate], parts: Collection[str]) -> Decimal:
    return sum((rate.amount for rate in rates if rate.part in parts), Decimal("0.00"))
