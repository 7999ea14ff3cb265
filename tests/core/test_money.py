"""Euros are exact, and rounded once."""

from decimal import Decimal

import pytest

from cpts_portal.core.money import ZERO, cents, share, total


@pytest.mark.parametrize(
    ("exact", "rounded"), [("12.345", "12.35"), ("12.344", "12.34"), ("-0.005", "-0.01"), ("7", "7.00")]
)
def test_an_amount_is_rounded_half_up_to_the_cent(exact, rounded):
    assert str(cents(Decimal(exact))) == rounded


def test_a_sum_has_its_cents_and_what_is_not_known_counts_for_nothing():
    assert str(total([])) == "0.00"
    assert str(total([Decimal("0.10"), None, Decimal("0.20")])) == "0.30"
    assert total([ZERO]) == 0


@pytest.mark.parametrize(("percent", "part"), [(75, "7500.08"), (0, "0.00"), (Decimal("33.3333"), "3333.36")])
def test_so_many_percent_of_an_amount(percent, part):
    assert str(share(Decimal("10000.10"), percent)) == part
