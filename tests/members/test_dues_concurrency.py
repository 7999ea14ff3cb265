"""Two treasurers at the same instant on a real PostgreSQL: every receipt has its own number, nothing is paid twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from cpts_portal.core.scoping import everything
from members.adhesion import NotPossible
from members.dues import PaymentOrder, record_payments
from members.models import Due, Payment
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def race(*batches: list[PaymentOrder]) -> list[str]:
    """Record these batches at once, each on its own connection; « ok » or « refused », sorted."""
    start = Barrier(len(batches))

    def run(orders: list[PaymentOrder]) -> str:
        start.wait()
        try:
            with everything("test of concurrency"):
                record_payments(orders, by=None)
            return "ok"
        except NotPossible:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(batches)) as pool:
        return sorted(pool.map(run, batches))


def orders(dues: list[Due]) -> list[PaymentOrder]:
    return [PaymentOrder(due, Decimal("20.00"), date(2026, 2, 1), Payment.Method.CHEQUE) for due in dues]


@pytest.fixture
def dues() -> list[Due]:
    cpts = factories.cpts()
    for _ in range(8):
        make.member(cpts)
    make.campaign(cpts, 2026)
    with everything("test data"):
        return list(Due.objects.select_related("campaign", "membership__professional", "membership__structure"))


def numbers() -> list[int]:
    with everything("test"):
        return sorted(
            int(value.rsplit("-", 1)[1]) for value in Payment.objects.values_list("receipt_number", flat=True)
        )


@pytest.mark.parametrize("attempt", range(3))
def test_two_treasurers_take_numbers_that_follow_each_other(dues, attempt):
    assert race(orders(dues[:4]), orders(dues[4:])) == ["ok", "ok"]
    assert numbers() == list(range(1, 9))


@pytest.mark.parametrize("attempt", range(3))
def test_the_same_dues_in_crossed_orders_are_paid_once_without_deadlock(dues, attempt):
    assert race(orders(dues), orders(dues[::-1])) == ["ok", "refused"]
    assert numbers() == list(range(1, 9))
