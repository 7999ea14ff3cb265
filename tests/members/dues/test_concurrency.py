"""Two treasurers at the same instant on a real PostgreSQL: every receipt has its own number, nothing is paid twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.dues.dues import PaymentOrder, cancel_payment, record_payments
from members.models import Due, Payment
from members.records.duplicates import merge
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


def race(*batches: list[PaymentOrder]) -> list[str]:
    """Record these batches at once, each on its own connection; « ok » or « refused », sorted."""
    return race_of(*(partial(record_payments, orders, by=None) for orders in batches))


def race_of(*acts: Callable[[], object]) -> list[str]:
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait()
        try:
            with everything("test of concurrency"):
                act()
            return "ok"
        except NotPossible:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


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


def paid(due: Due, amount: str) -> Payment:
    with everything("test data"):
        return record_payments([PaymentOrder(due, Decimal(amount), date(2026, 2, 1), "cash")], by=None)[0]


@pytest.mark.parametrize("attempt", range(3))
def test_a_payment_and_a_cancellation_at_once_are_both_counted(dues, attempt):
    mistake = paid(dues[0], "15.00")
    cancel = partial(cancel_payment, mistake, reason="Erreur", on=date(2026, 2, 2), by=None)
    again = partial(record_payments, [PaymentOrder(dues[0], Decimal("5.00"), date(2026, 2, 1), "cash")], by=None)
    assert race_of(cancel, again) == ["ok", "ok"]
    with everything("test"):
        assert Due.objects.get(pk=dues[0].pk).paid == 5


@pytest.mark.parametrize("attempt", range(3))
def test_a_merger_and_a_cancellation_at_once_never_wait_for_each_other(dues, attempt):
    mistake = paid(dues[1], "15.00")
    keep, drop = (due.membership.professional for due in dues[:2])
    cancel = partial(cancel_payment, mistake, reason="Erreur", on=date(2026, 2, 2), by=None)
    join = partial(
        merge,
        keep,
        drop,
        take_from_dropped=[],
        keep_membership=dues[0].membership_id,
        on=date(2026, 6, 1),
        by=None,
    )
    assert race_of(cancel, join) in (["ok", "ok"], ["ok", "refused"])
    with everything("test"):
        cancelled = Payment.objects.get().cancelled_on is not None
        assert Due.objects.get(pk=dues[0].pk).paid == (0 if cancelled else 15)
