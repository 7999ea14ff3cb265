"""What an activity is worth: the rate that applies and the amount it gives. No query, no clock.

The amount is hours × rate + flat amount + kilometres × rate, rounded once, half up, to the cent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cpts_portal.core.money import CENT, ZERO
from cpts_portal.core.text import NO_BREAK_SPACE, euros_fr, fold, number_fr
from missions.models import PayRate


@dataclass(frozen=True)
class Work:
    """What the choice of a rate looks at."""

    nature: str
    day: date
    profession_id: int | None
    office: str = ""
    activity: str = ""


def best_rate(rates: Iterable[PayRate], unit: str, work: Work) -> PayRate | None:
    """The most precise rate that fits: its activity first, then its office, then its profession."""
    found = [rate for rate in rates if rate.unit == unit and _fits(rate, work)]
    return max(found, key=lambda rate: (*precision(rate), rate.start, rate.pk or 0), default=None)


def precision(rate: PayRate) -> tuple[bool, bool, bool]:
    return bool(rate.activity), bool(rate.office), rate.profession_id is not None


def _fits(rate: PayRate, work: Work) -> bool:
    return (
        rate.nature == work.nature
        and rate.start <= work.day
        and (rate.end is None or work.day < rate.end)
        and rate.profession_id in (None, work.profession_id)
        and rate.office in ("", work.office)
        and fold(rate.activity) in ("", fold(work.activity))
    )


@dataclass(frozen=True)
class Worth:
    """Quantities and the rates that were chosen for them."""

    hours: Decimal = ZERO
    hourly_rate: Decimal = ZERO
    flat_amount: Decimal = ZERO
    kilometres: Decimal = ZERO
    km_rate: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        exact = self.hours * self.hourly_rate + self.flat_amount + self.kilometres * self.km_rate
        return exact.quantize(CENT, rounding=ROUND_HALF_UP)

    @property
    def formula(self) -> str:
        """« 2,50 h × 60,00 € + 12,0 km × 0,500 € = 156,00 € »: the parts are not rounded, the sum is, once."""
        parts = []
        if self.hours:
            parts.append(f"{number_fr(self.hours, 2)}{NO_BREAK_SPACE}h × {euros_fr(self.hourly_rate)}")
        if self.flat_amount:
            parts.append(f"forfait de {euros_fr(self.flat_amount)}")
        if self.kilometres:
            rate = f"{number_fr(self.km_rate, 3)}{NO_BREAK_SPACE}€"
            parts.append(f"{number_fr(self.kilometres, 1)}{NO_BREAK_SPACE}km × {rate}")
        return f"{' + '.join(parts)} = {euros_fr(self.amount)}" if parts else euros_fr(ZERO)
