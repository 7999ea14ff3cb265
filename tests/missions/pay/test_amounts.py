"""What an activity is worth: the most precise rate of its day, one rounding, an explanation."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.models import PayRate
from missions.pay.amounts import Work, Worth, best_rate

DAY = date(2026, 3, 3)
cents = st.decimals(min_value=0, max_value=500, places=2)
tenths = st.decimals(min_value=0, max_value=2000, places=1)
worths = st.builds(
    Worth,
    hours=st.decimals(min_value=0, max_value=24, places=2),
    hourly_rate=cents,
    flat_amount=cents,
    kilometres=tenths,
    km_rate=st.decimals(min_value=0, max_value=2, places=3),
)


def rate(amount: str, **fields) -> PayRate:
    given_fields = {"nature": "indemnity", "unit": "hour", "start": date(2026, 1, 1), **fields}
    return PayRate(amount=Decimal(amount), **given_fields)


def chosen(*rates: PayRate, **fields) -> str | None:
    work = Work(**{"nature": "indemnity", "day": DAY, "profession_id": 7, **fields})
    found = best_rate(rates, "hour", work)
    return str(found.amount) if found else None


def test_activity_wins_over_office_over_profession_over_the_common_rate():
    common, of_profession = rate("40"), rate("50", profession_id=7)
    of_office, of_activity = rate("60", office="treasurer"), rate("70", activity="Réunion du bureau")
    every = (of_activity, common, of_office, of_profession)
    assert chosen(*every, office="treasurer", activity="reunion du BUREAU") == "70"
    assert chosen(*every, office="treasurer", activity="Autre") == "60"
    assert chosen(*every) == "50"
    assert chosen(*every, profession_id=8) == "40"


@pytest.mark.parametrize(
    "other",
    [
        {"nature": "remuneration"},
        {"unit": "flat"},
        {"start": date(2026, 3, 4)},
        {"end": DAY},
        {"profession_id": 8},
        {"office": "president"},
        {"activity": "Autre"},
    ],
)
def test_a_rate_of_something_else_or_of_another_day_does_not_apply(other):
    assert chosen(rate("40", **other)) is None


def test_of_two_rates_as_precise_the_latest_applies():
    assert chosen(rate("40"), rate("45", start=date(2026, 2, 1))) == "45"


def test_the_formula_says_every_part_and_the_amount_is_rounded_once():
    worth = Worth(Decimal("2.50"), Decimal("60.01"), Decimal("50.00"), Decimal("12.3"), Decimal("0.529"))
    assert worth.amount == Decimal("206.53")  # 150.025 + 50 + 6.5067 ; part by part it would be 206.54
    assert (
        worth.formula.replace("\u00a0", " ") == "2,50 h × 60,01 € + forfait de 50,00 € + 12,3 km × 0,529 € = 206,53 €"
    )


@given(worths)
def test_the_amount_is_within_half_a_cent_of_the_exact_sum(worth):
    exact = worth.hours * worth.hourly_rate + worth.flat_amount + worth.kilometres * worth.km_rate
    assert abs(worth.amount - exact) <= Decimal("0.005")
    assert worth.amount == worth.amount.quantize(Decimal("0.01"))


@given(worths, st.decimals(min_value=0, max_value=10, places=2))
def test_more_hours_never_pay_less(worth, more):
    longer = Worth(worth.hours + more, worth.hourly_rate, worth.flat_amount, worth.kilometres, worth.km_rate)
    assert longer.amount >= worth.amount
