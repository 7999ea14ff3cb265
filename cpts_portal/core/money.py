"""Euros: exact decimals, rounded once, to the cent, half up."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

ZERO, CENT, HUNDRED = Decimal("0.00"), Decimal("0.01"), Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """This amount to the cent: 12.345 is 12.35."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """Their sum, « 0.00 » when there is none; an amount that is not known counts for nothing."""
    return sum((amount for amount in amounts if amount is not None), ZERO)


def share(amount: Decimal, percent: Decimal | int) -> Decimal:
    """So many percent of an amount, to the cent."""
    return cents(amount * percent / HUNDRED)
