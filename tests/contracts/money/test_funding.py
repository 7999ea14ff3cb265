"""What a year of the contract brings: the figures of size 3, proratas, advances, and the rules that always hold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money.funding import YearFacts, entitlement, prorata
from contracts.terms.grid import amounts_for
from contracts.terms.terms import AmountTerm, MissionTerm, Terms
from missions.models import OfficialMission

SIGNED = date(2026, 1, 1)
EVERY_MISSION = ("acces", "parcours", "prevention", "crises", "qualite", "accompagnement")
EUROS = st.decimals(min_value=0, max_value=200_000, places=2)


def terms_of(amounts: tuple[AmountTerm, ...], start: date | None = SIGNED, **fields) -> Terms:
    codes = dict.fromkeys(each.mission for each in amounts if each.mission)
    missions = tuple(MissionTerm(code, code, True, start) for code in codes)
    return Terms(size=3, missions=missions, amounts=amounts, **fields)


def year(number: int = 2, **fields) -> YearFacts:
    start = SIGNED.replace(year=SIGNED.year + number - 1)
    return YearFacts(number, start, start.replace(year=start.year + 1), **fields)


@pytest.mark.django_db
def test_a_full_year_of_size_3_is_275_000_fixed_and_up_to_122_500_variable():
    terms = terms_of(amounts_for(3, EVERY_MISSION, SIGNED))
    envelopes = {each.mission: each.amount for each in terms.amounts if each.part == "variable"}
    found = entitlement(lambda _day: terms, year(earned=envelopes))
    assert (found.fixed, found.variable, found.total) == (Decimal(275_000), Decimal(122_500), Decimal(397_500))
    assert (found.advance, found.balance) == (Decimal(206_250), Decimal(191_250))
    assert not found.unconfirmed
    with_crisis = entitlement(lambda _day: terms, year(earned=envelopes, has_crisis=True))
    assert with_crisis.total == Decimal(465_000)


@pytest.mark.django_db
def test_the_missions_shipped_are_those_of_the_catalogue():
    assert set(EVERY_MISSION) == set(OfficialMission.objects.values_list("code", flat=True))


def test_functioning_is_paid_in_full_at_the_signature_then_in_advance():
    terms = terms_of((AmountTerm("functioning", Decimal(75_000), "ACI", "verified"),))
    assert entitlement(lambda _day: terms, year(1)).advance == Decimal(75_000)
    assert entitlement(lambda _day: terms, year(2)).advance == Decimal(56_250)


def test_a_mission_started_on_day_100_is_prorated_in_days():
    terms = terms_of((AmountTerm("fixed", Decimal(90_000), "Annexe", "verified", "acces", "Accès"),))
    start = SIGNED + timedelta(days=100)
    (line,) = entitlement(lambda _day: terms, year(1, started={"acces": start})).lines
    assert line.due == Decimal("65342.47")  # 90 000 x 265 / 365
    assert (line.advance, line.balance) == (Decimal("49006.85"), Decimal("16335.62"))
    assert line.advance_on == start
    assert line.explanation[1] == "Du 11 avril 2026 au 31 décembre 2026 : 265\xa0jours sur 365."


@pytest.mark.parametrize(
    ("begins", "ends", "share"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), 12),  # the whole year is twelve months, not none
        (date(2026, 2, 1), date(2027, 1, 1), 11),
        (date(2026, 1, 2), date(2027, 1, 1), 11),  # a month begun is not a whole month
        (date(2026, 12, 2), date(2027, 1, 1), 0),
        (date(2026, 1, 1), date(2027, 2, 1), 12),  # never more than the year
    ],
)
def test_whole_months_of_a_year(begins, ends, share):
    assert prorata(date(2026, 1, 1), date(2027, 1, 1), begins, ends, "months")[0] == Decimal(share) / 12


@pytest.mark.parametrize(
    ("begins", "ends", "days"),
    [
        (date(2026, 1, 1), date(2027, 1, 1), 365),
        (date(2026, 1, 2), date(2027, 1, 1), 364),
        (date(2026, 12, 31), date(2027, 1, 1), 1),
    ],
)
def test_days_of_a_year(begins, ends, days):
    assert prorata(date(2026, 1, 1), date(2027, 1, 1), begins, ends, "days")[0] == Decimal(days) / 365


def test_a_prorata_in_whole_months():
    amounts = (AmountTerm("fixed", Decimal(90_000), "Annexe", "verified", "acces", "Accès"),)
    terms = terms_of(amounts, date(2026, 9, 15), day_count="months")
    (line,) = entitlement(lambda _day: terms, year(1)).lines
    assert line.due == Decimal("22500.00")  # three whole months of twelve


def test_a_mission_that_has_not_started_brings_nothing_and_says_so():
    terms = terms_of((AmountTerm("fixed", Decimal(90_000), "Annexe", "verified", "acces", "Accès"),), None)
    (line,) = entitlement(lambda _day: terms, year(1)).lines
    assert (line.due, line.explanation[1]) == (Decimal(0), "La mission n’est pas démarrée sur cette année.")


def test_indicators_never_bring_more_than_their_envelope():
    terms = terms_of((AmountTerm("variable", Decimal(35_000), "Annexe", "to_confirm", "acces", "Accès"),))
    found = entitlement(lambda _day: terms, year(earned={"acces": Decimal(36_000)}))
    assert found.total == Decimal(35_000)
    assert [line.label for line in found.unconfirmed] == ["Accès : part variable"]


def test_an_amendment_applies_from_the_next_anniversary():
    small, large = (terms_of((AmountTerm("functioning", Decimal(a), "ACI", "verified"),)) for a in (50_000, 60_000))

    def terms_on(day: date) -> Terms:
        return large if day >= date(2027, 6, 1) else small

    assert entitlement(terms_on, year(2)).total == Decimal(50_000)
    assert entitlement(terms_on, year(3)).total == Decimal(60_000)


@given(
    amounts=st.lists(EUROS, min_size=1, max_size=6),
    percent=st.integers(0, 100),
    first_day=st.integers(0, 400),
    day_count=st.sampled_from(["days", "months"]),
    number=st.integers(1, 5),
)
def test_advance_and_balance_make_the_whole_and_lines_the_total(amounts, percent, first_day, day_count, number):
    rows = [AmountTerm("fixed", amount, "x", "verified", f"m{rank}", f"M{rank}") for rank, amount in enumerate(amounts)]
    rows.append(AmountTerm("functioning", amounts[0], "x", "verified"))
    terms = terms_of(tuple(rows), SIGNED + timedelta(days=first_day), advance_percent=percent, day_count=day_count)
    found = entitlement(lambda _day: terms, year(number))
    assert sum(line.due for line in found.lines) == found.total
    assert all(line.advance + line.balance == line.due for line in found.lines)
    assert found.advance + found.balance == found.total
    assert all(0 <= line.due <= line.base for line in found.lines)
    assert all(line.due.as_tuple().exponent >= -2 for line in found.lines)


@given(EUROS, EUROS, EUROS)
def test_more_achievement_never_pays_less(envelope, one, other):
    terms = terms_of((AmountTerm("variable", envelope, "x", "verified", "acces", "Accès"),))
    less, more = sorted([one, other])
    paid = [entitlement(lambda _day: terms, year(earned={"acces": each})).total for each in (less, more)]
    assert paid[0] <= paid[1]


@given(st.integers(0, 364), st.integers(0, 364))
def test_starting_earlier_never_pays_less(one, other):
    terms = terms_of((AmountTerm("fixed", Decimal(90_000), "x", "verified", "acces", "Accès"),))
    early, late = sorted([one, other])
    paid = [
        entitlement(lambda _day: terms, year(1, started={"acces": SIGNED + timedelta(days=day)})).total
        for day in (early, late)
    ]
    assert paid[0] >= paid[1]


@pytest.mark.django_db
def test_the_grid_reads_in_one_order_on_both_databases():
    found = [each.mission for each in amounts_for(3, EVERY_MISSION, date(2026, 1, 1))]
    assert list(dict.fromkeys(found)) == ["", *EVERY_MISSION]
