"""Dues asked for before an indemnity, on the day itself and around it; what was cancelled is not received."""

from datetime import date
from decimal import Decimal

import pytest

from members.dues.dues import PaymentOrder, cancel_payment, record_payments
from members.models import Due
from missions.pay.checks import dues_problem
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DUE_ON = date(2026, 3, 31)
BEFORE, AFTER = date(2026, 3, 30), date(2026, 4, 1)


@pytest.fixture
def due() -> Due:
    """20.00 due on 31 March 2026, not paid."""
    cpts = factories.cpts()
    make.member(cpts)
    return make.campaign(cpts, 2026, "20.00", due_on=DUE_ON).dues.get()


def paid(due: Due, amount: str, on: date):
    by = factories.coordinator(due.campaign.cpts)
    (payment,) = record_payments([PaymentOrder(due, Decimal(amount), on, "cash")], by=by)
    return payment


def is_late(due: Due, day: date) -> bool:
    return dues_problem(due.membership.professional, day) != ""


@pytest.mark.parametrize(("day", "late"), [(BEFORE, False), (DUE_ON, False), (AFTER, True)])
def test_a_due_is_late_from_the_day_after_its_own(due, day, late):
    assert is_late(due, day) is late


@pytest.mark.parametrize(("paid_on", "late"), [(DUE_ON, False), (AFTER, False), (date(2026, 4, 2), True)])
def test_a_payment_counts_from_its_own_day(due, paid_on, late):
    paid(due, "20.00", paid_on)
    assert is_late(due, AFTER) is late


@pytest.mark.parametrize(("amount", "late"), [("19.99", True), ("20.00", False)])
def test_a_cent_short_is_late(due, amount, late):
    paid(due, amount, DUE_ON)
    assert is_late(due, AFTER) is late


def test_a_cancelled_payment_was_not_received(due):
    payment = paid(due, "20.00", DUE_ON)
    due.refresh_from_db()
    assert due.paid == Decimal("20.00")
    cancel_payment(payment, reason="Chèque refusé", on=AFTER, by=factories.coordinator(due.campaign.cpts))
    due.refresh_from_db()
    assert due.paid == Decimal("0.00")
    assert is_late(due, AFTER) is True


def test_the_due_of_another_year_is_not_asked_for(due):
    assert is_late(due, date(2027, 1, 2)) is False
