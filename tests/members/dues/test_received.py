"""What a due keeps (`Due.paid`) is the sum of its payments that count, whatever wrote them.

`tests/conftest.py` asks the same after every test of the suite.
"""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_portal.core.refusals import NotPossible
from cpts_portal.imports.refusals import ImportRefused
from members.dues.dues import PaymentOrder, cancel_payment, exempt, mark_called, record_payments
from members.dues.received import wrongly_counted
from members.models import Due, Membership, Payment, Professional
from members.privacy.privacy import anonymise, anonymise_payments
from members.records.duplicates import merge
from members.register_import.drafts import undo_import
from tests import factories
from tests import member_factories as make
from tests.members.register_import.steps import applied, csv, prepared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)
COLUMNS = "Nom;Prénom;Métier;Adhérent depuis;Cotisation 2026;Payé le"


def pay(due: Due, amount: Decimal) -> Payment:
    return record_payments([PaymentOrder(due, amount, date(2026, 2, 1), "cheque")], by=None)[0]


class Register:
    """Four members of one CPTS, and everything that people do to their payments."""

    def __init__(self) -> None:
        self.cpts = factories.cpts()
        self.by = factories.coordinator(self.cpts)
        for n in range(4):
            make.member(self.cpts, civil_last_name=f"Martin{n}", rpps="", profession=make.profession("10"))
        make.campaign(self.cpts, 2026)
        self.imports: list = []

    def people(self) -> list[Professional]:
        return list(Professional.objects.filter(merged_into__isnull=True, anonymised_on__isnull=True).order_by("pk"))

    def due(self, n: int) -> Due:
        dues = Due.objects.order_by("membership_id")
        return dues[n % len(dues)]

    def pay(self, n: int, cents: int) -> None:
        pay(self.due(n), Decimal(cents) / 100)

    def pay_two_at_once(self, n: int, cents: int) -> None:
        orders = [PaymentOrder(self.due(n + k), Decimal(cents) / 100, date(2026, 2, 1), "cash") for k in (0, 1)]
        record_payments(orders, by=self.by)

    def cancel(self, n: int, cents: int) -> None:
        payments = Payment.objects.order_by("pk")
        if payments:
            cancel_payment(payments[n % len(payments)], reason="Erreur", on=TODAY, by=None)

    def exempt(self, n: int, cents: int) -> None:
        exempt(self.due(n), reason="Congé", by=None)

    def call(self, n: int, cents: int) -> None:
        mark_called([self.due(n)], by=None)

    def merge(self, n: int, cents: int) -> None:
        keep, drop = (self.people()[(n + k) % len(self.people())] for k in (0, 1))
        memberships = Membership.objects.filter(professional__in=[keep, drop]).order_by("pk")
        kept = memberships[cents % len(memberships)].pk if memberships else None
        merge(keep, drop, take_from_dropped=[], keep_membership=kept, on=TODAY, by=None)

    def read_a_spreadsheet(self, n: int, cents: int) -> None:
        line = f"Martin{n};Dominique;MG;2024;{cents / 100:.2f};{1 + cents % 28:02d}/03/2026"
        self.imports.append(applied(prepared(self.cpts, csv(line, header=COLUMNS), self.by), self.by))

    def undo_the_import(self, n: int, cents: int) -> None:
        if self.imports:
            undo_import(self.imports.pop(), by=self.by)

    def forget(self, n: int, cents: int) -> None:
        anonymise_payments(Payment.objects.all(), by=None)
        anonymise(self.people()[:1] if n == 0 and len(self.people()) > 1 else [], today=TODAY, by=None)


ACTS = (
    *(Register.pay, Register.pay, Register.pay_two_at_once, Register.cancel, Register.exempt, Register.call),
    *(Register.merge, Register.read_a_spreadsheet, Register.undo_the_import, Register.forget),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(1, 2500)), min_size=1, max_size=10))
def test_whatever_is_done_to_payments_each_due_keeps_their_sum(steps):
    with transaction.atomic():
        register = Register()
        for act, who, cents in steps:
            try:
                with transaction.atomic():
                    act(register, who, cents)
            except (NotPossible, ImportRefused):
                pass
            assert not wrongly_counted().exists(), act.__name__
            for due in Due.objects.all():
                assert due.owed == due.amount - due.forgiven - due.paid
        transaction.set_rollback(True)


def test_every_act_writes_what_the_property_looks_at():
    """None of them is refused from the start, or the property would say nothing of it."""
    register = Register()
    sums = []
    for act, who, cents in (
        (Register.pay, 0, 500),
        (Register.pay_two_at_once, 0, 250),
        (Register.cancel, 0, 1),
        (Register.read_a_spreadsheet, 2, 1010),
        (Register.merge, 0, 0),
        (Register.undo_the_import, 0, 0),
    ):
        act(register, who, cents)
        sums.append(sorted(Due.objects.values_list("paid", flat=True)))
    assert sums == [
        [0, 0, 0, Decimal("5.00")],
        [0, 0, Decimal("2.50"), Decimal("7.50")],
        [0, 0, Decimal("2.50"), Decimal("2.50")],
        [0, Decimal("2.50"), Decimal("2.50"), Decimal("10.10")],
        [0, Decimal("5.00"), Decimal("10.10")],
        [0, 0, Decimal("5.00")],
    ]


def test_saving_a_due_read_before_a_payment_leaves_the_sum_alone():
    register = Register()
    old = register.due(0)
    pay(register.due(0), Decimal("12.30"))
    old.exemption_reason = "Congé"
    old.save()
    found = register.due(0)
    assert (found.paid, found.owed, found.exemption_reason) == (Decimal("12.30"), Decimal("7.70"), "Congé")


def test_the_history_of_a_due_tells_nothing_of_what_its_payments_tell():
    register = Register()
    pay(register.due(0), Decimal("12.30"))
    assert register.due(0).history.count() == 1


def test_a_payment_that_a_merger_has_just_moved_is_not_cancelled_on_the_due_it_left():
    register = Register()
    seen = pay(register.due(1), Decimal(5))
    register.merge(0, 0)
    with pytest.raises(NotPossible, match="rejoindre une autre cotisation"):
        cancel_payment(seen, reason="Erreur", on=TODAY, by=None)
    assert Payment.objects.get().cancelled_on is None


def test_the_command_finds_a_wrong_sum_and_counts_it_again():
    register = Register()
    pay(register.due(0), Decimal("12.30"))
    Due.objects.filter(pk=register.due(0).pk).update(paid=1)

    said = StringIO()
    call_command("count_received", "--dry-run", stdout=said)
    told = said.getvalue().replace("\N{NO-BREAK SPACE}", " ")
    assert "1,00 € gardés, 12,30 € reçus" in told
    assert "1 cotisation à recompter" in told
    assert register.due(0).paid == 1

    call_command("count_received", stdout=said)
    assert register.due(0).paid == Decimal("12.30")
    call_command("count_received", stdout=(again := StringIO()))
    assert "0\N{NO-BREAK SPACE}cotisation recomptée" in again.getvalue()
