"""The demonstration of payments shows every step, with accounts that pass the checks, and is written once."""

from collections import Counter
from datetime import date

import pytest
from stdnum import iban

from cpts_portal.home.demo_payments import fictitious_iban, fill_payments
from members.models import Mandate
from missions.models import PayBatch, PayLine
from tests import factories, member_factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


def test_every_step_of_a_payment_is_shown_and_nothing_is_written_twice(see_everything):
    cpts = factories.cpts("CPTS de démonstration")
    for office in ("president", "treasurer", "secretary"):
        person = member_factories.member(cpts).professional
        Mandate.objects.create(cpts=cpts, professional=person, office=office, start=date(2025, 1, 1))
    made: Counter[str] = Counter()
    for _ in range(2):
        fill_payments(
            cpts, today=TODAY, by=factories.administrator(), treasurer=factories.board_member(cpts), made=made
        )
    states = set(PayLine.objects.values_list("status", flat=True))
    assert states == {"declared", "checked", "approved", "batch", "paid"}
    assert PayLine.objects.count() == made["pay lines"] == 15
    assert PayBatch.objects.count() == 2


def test_the_fictitious_accounts_pass_the_checks():
    assert all(iban.is_valid(fictitious_iban(number)) for number in range(1, 100))
