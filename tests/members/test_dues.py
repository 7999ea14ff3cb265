"""Dues of a year, payments and receipts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.adhesion import NotPossible
from members.dues import (
    Holder,
    PaymentOrder,
    amount_for,
    cancel_payment,
    create_missing_dues,
    exempt,
    late,
    not_renewed,
    open_campaign,
    record_payments,
)
from members.models import Due, DuesRate, Payment
from tests import factories
from tests import member_factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
TODAY = date(2026, 6, 1)


@pytest.fixture
def cpts():
    return factories.cpts()


def pay(due, amount="20.00", on=date(2026, 2, 1)):
    return record_payments([PaymentOrder(due, Decimal(amount), on, Payment.Method.TRANSFER)], by=None)[0]


def due_of(membership, year=2026):
    return Due.objects.with_paid().get(membership=membership, campaign__year=year)


def test_opening_a_year_creates_one_due_per_member_of_that_year(cpts):
    here, gone, future = (
        make.member(cpts),
        make.member(cpts, end=date(2026, 1, 1)),
        make.member(cpts, start=date(2027, 1, 1)),
    )
    during = make.member(cpts, start=date(2026, 9, 1))
    make.campaign(cpts, 2026)
    assert set(Due.objects.values_list("membership_id", flat=True)) == {here.pk, during.pk}
    assert {gone.pk, future.pk}.isdisjoint(Due.objects.values_list("membership_id", flat=True))


def test_a_year_is_opened_once(cpts):
    make.campaign(cpts, 2026)
    with pytest.raises(NotPossible, match="2026 est déjà ouverte"):
        make.campaign(cpts, 2026)


def test_a_late_member_gets_her_due_without_touching_the_others(cpts):
    make.member(cpts)
    campaign = make.campaign(cpts, 2026)
    make.member(cpts, start=date(2026, 5, 1))
    assert create_missing_dues(campaign, by=None) == 1
    assert create_missing_dues(campaign, by=None) == 0


def test_rates_by_profession_college_and_kind(cpts):
    care = make.college(cpts, "Structures")
    doctor = make.member(cpts, profession=make.profession("10"))
    nurse = make.member(cpts)
    home = make.member_structure(cpts, college=care)
    open_campaign(
        cpts,
        year=2026,
        due_on=date(2026, 3, 31),
        rates=[
            make.rate("20.00"),
            make.rate("50.00", profession=make.profession("10")),
            make.rate("0.00", kind=DuesRate.Kind.STRUCTURE, reason="Structure sous convention"),
        ],
        by=None,
    )
    assert [due_of(m).amount for m in (doctor, nurse, home)] == [Decimal("50.00"), Decimal("20.00"), Decimal("0.00")]
    assert due_of(home).exemption_reason == "Structure sous convention"


@given(
    amounts=st.lists(st.integers(0, 20000), min_size=1, max_size=6),
    picks=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=6, max_size=6),
)
def test_the_most_precise_rate_always_wins(amounts, picks):
    rates = [
        DuesRate(
            amount=Decimal(cents) / 100,
            profession_id=1 if by_profession else None,
            college_id=2 if by_college else None,
            kind="person" if by_kind else "",
        )
        for cents, (by_profession, by_college, by_kind) in zip(amounts, picks, strict=False)
    ]
    found = amount_for(Holder(is_structure=False, college_id=2, profession_id=1), rates)
    ranks = [(r.profession_id is not None, r.college_id is not None, bool(r.kind)) for r in rates]
    assert found.euros in {r.amount for r, rank in zip(rates, ranks, strict=True) if rank == max(ranks)}
    assert amount_for(Holder(is_structure=True, college_id=9, profession_id=None), rates) == (
        None
        if all(any(rank) for rank in ranks)
        else amount_for(Holder(True, None, None), [r for r, rank in zip(rates, ranks, strict=True) if not any(rank)])
    )


def test_payments_add_up_and_too_much_is_refused(cpts):
    membership = make.member(cpts)
    make.campaign(cpts, 2026)
    pay(due_of(membership), "12.50")
    assert (due_of(membership).paid, due_of(membership).owed) == (Decimal("12.50"), Decimal("7.50"))
    with pytest.raises(NotPossible, match="dépassent ce qui reste dû"):
        pay(due_of(membership), "7.51")
    pay(due_of(membership), "7.50")
    assert due_of(membership).owed == 0


def test_many_payments_are_recorded_all_or_none(cpts):
    first, second = make.member(cpts), make.member(cpts)
    make.campaign(cpts, 2026)
    orders = [
        PaymentOrder(due_of(first), Decimal("20.00"), TODAY, Payment.Method.CHEQUE),
        PaymentOrder(due_of(second), Decimal("21.00"), TODAY, Payment.Method.CHEQUE),
    ]
    with pytest.raises(NotPossible):
        record_payments(orders, by=None)
    assert Payment.objects.count() == 0


def test_receipt_numbers_follow_each_other_and_are_never_reused(cpts):
    first, second = make.member(cpts), make.member(cpts)
    make.campaign(cpts, 2026)
    one = pay(due_of(first))
    cancel_payment(one, reason="Chèque sans provision", on=TODAY, by=None)
    again, other = pay(due_of(first)), pay(due_of(second))
    numbers = [p.receipt_number.rsplit("-", 1)[1] for p in (one, again, other)]
    assert numbers == ["0001", "0002", "0003"]


def test_a_cancelled_payment_no_longer_counts(cpts):
    membership = make.member(cpts)
    make.campaign(cpts, 2026)
    payment = pay(due_of(membership))
    with pytest.raises(NotPossible, match="motif"):
        cancel_payment(payment, reason="", on=TODAY, by=None)
    cancel_payment(payment, reason="Doublon", on=TODAY, by=None)
    assert due_of(membership).owed == Decimal("20.00")


def test_an_exemption_forgives_what_remains_only(cpts):
    membership = make.member(cpts)
    make.campaign(cpts, 2026)
    pay(due_of(membership), "5.00")
    exempt(due_of(membership), reason="Congé de maternité", by=None)
    found = due_of(membership)
    assert (found.amount, found.owed, found.exemption_reason) == (Decimal("5.00"), 0, "Congé de maternité")


def test_late_means_past_the_date_and_not_fully_paid(cpts):
    paid, owing = make.member(cpts), make.member(cpts)
    make.campaign(cpts, 2026)
    pay(due_of(paid))
    assert [due.membership_id for due in late(cpts, year=2026, today=TODAY)] == [owing.pk]
    assert list(late(cpts, year=2026, today=date(2026, 3, 31))) == []


def test_those_who_did_not_renew_paid_last_year_and_owe_this_one(cpts):
    faithful, forgetful, newcomer = make.member(cpts), make.member(cpts), make.member(cpts, start=date(2026, 1, 1))
    for year in (2025, 2026):
        make.campaign(cpts, year)
    pay(due_of(faithful, 2025))
    pay(due_of(forgetful, 2025))
    pay(due_of(faithful, 2026))
    assert [due.membership_id for due in not_renewed(cpts, year=2026)] == [forgetful.pk]
    assert newcomer.dues.count() == 1
