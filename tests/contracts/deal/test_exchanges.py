"""Quarterly exchanges: planned for the year that runs, prepared, held, told."""

from datetime import date

import pytest

from contracts.deal.exchanges import (
    ExchangeSheet,
    add_exchange,
    drop_exchange,
    next_exchange,
    plan_exchanges,
    write_exchange,
)
from contracts.models import Exchange
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 3, 2)


@pytest.fixture
def contract():
    return make.contract(factories.cpts())


def test_one_exchange_at_the_end_of_each_quarter_never_on_a_week_end(contract):
    made = plan_exchanges(contract, day=DAY, by=None)
    assert [each.planned_on for each in made] == [
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 12, 31),
    ]
    assert all(each.planned_on.weekday() < 5 for each in plan_exchanges(contract, day=date(2028, 1, 1), by=None))
    with pytest.raises(NotPossible, match="déjà son échange"):
        plan_exchanges(contract, day=DAY, by=None)


def test_quarters_that_passed_or_have_their_exchange_are_left(contract):
    add_exchange(contract, ExchangeSheet(date(2026, 8, 12)), day=DAY, by=None)
    made = plan_exchanges(contract, day=date(2026, 7, 1), by=None)
    assert [each.planned_on for each in made] == [date(2026, 12, 31)]


def test_a_contract_that_ended_plans_nothing(contract):
    with pytest.raises(NotPossible, match="en vigueur"):
        plan_exchanges(contract, day=date(2031, 1, 1), by=None)


def test_the_next_one_is_the_first_that_was_not_held(contract):
    first, second = plan_exchanges(contract, day=DAY, by=None)[:2]
    held = ExchangeSheet(first.planned_on, held_on=date(2026, 4, 2), minutes="Point sur les soins non programmés")
    write_exchange(first, held, version="0", day=date(2026, 4, 3), by=None)
    assert next_exchange(contract) == second


def test_minutes_come_with_the_day_it_was_held_and_not_before(contract):
    exchange = add_exchange(contract, ExchangeSheet(date(2026, 3, 31)), day=DAY, by=None)
    with pytest.raises(NotPossible, match="s’est tenu"):
        write_exchange(exchange, ExchangeSheet(date(2026, 3, 31), minutes="a"), version="0", day=DAY, by=None)
    with pytest.raises(NotPossible, match="une fois passé"):
        write_exchange(
            exchange, ExchangeSheet(date(2026, 3, 31), held_on=date(2026, 3, 31)), version="0", day=DAY, by=None
        )


def test_two_people_on_one_exchange_the_second_is_told(contract):
    exchange = add_exchange(contract, ExchangeSheet(date(2026, 3, 31)), day=DAY, by=None)
    write_exchange(exchange, ExchangeSheet(date(2026, 3, 31), agenda="a"), version="0", day=DAY, by=None)
    with pytest.raises(StaleEdit):
        write_exchange(exchange, ExchangeSheet(date(2026, 3, 31), agenda="b"), version="0", day=DAY, by=None)


def test_what_was_held_stays(contract):
    exchange = add_exchange(contract, ExchangeSheet(date(2026, 3, 2), held_on=DAY), day=DAY, by=None)
    with pytest.raises(NotPossible, match="reste au dossier"):
        drop_exchange(exchange, by=None)
    planned = add_exchange(contract, ExchangeSheet(date(2026, 6, 30)), day=DAY, by=None)
    drop_exchange(planned, by=None)
    assert list(Exchange.objects.all()) == [exchange]
