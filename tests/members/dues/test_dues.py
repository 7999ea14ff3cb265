"""Dues of a year, payments and receipts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_portal.core.refusals import NotPossible
from members.dues.campaigns import totals
from members.dues.dues import (
    Holder,
    PaymentOrder,
    amount_for,
    cancel_payment,
    create_missing_dues,
    exempt,
    late,
    open_campaign,
    record_payments,
)
from members.dues.renewals import not_renewed
from members.membership.adhesion import enrol, leave
from members.models import Due, DuesRate, DuesState, Payment
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
    return Due.objects.get(membership=membership, campaign__year=year)


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


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine draws slowly
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
    assert (found.amount, found.forgiven, found.owed) == (Decimal("20.00"), Decimal("15.00"), 0)
    assert found.exemption_reason == "Congé de maternité"
    assert found.state_on(TODAY) == DuesState.EXEMPT


def test_the_sum_called_by_a_campaign_does_not_shrink_with_an_exemption(cpts):
    membership = make.member(cpts)
    campaign = make.campaign(cpts, 2026)
    exempt(due_of(membership), reason="Étudiante", by=None)
    found = totals(campaign)
    assert (found.called, found.forgiven, found.remaining, found.exempt) == (20, 20, 0, 1)


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
    found = not_renewed(cpts, year=2026, today=TODAY)
    assert [(row.membership, row.owed, row.left_on) for row in found] == [(forgetful, Decimal("20.00"), None)]
    assert newcomer.dues.count() == 1


def test_those_who_left_did_not_renew_either_and_the_list_says_when(cpts):
    gone, exempted = make.member(cpts, end=date(2026, 1, 1)), make.member(cpts)
    make.campaign(cpts, 2025)
    pay(due_of(gone, 2025))
    exempt(due_of(exempted, 2025), reason="Congé", by=None)
    make.campaign(cpts, 2026)
    found = {row.membership.pk: (row.owed, row.left_on) for row in not_renewed(cpts, year=2026, today=TODAY)}
    assert found == {gone.pk: (None, date(2026, 1, 1)), exempted.pk: (Decimal("20.00"), None)}


def test_one_who_came_back_and_paid_on_another_membership_has_renewed(cpts):
    faithful, forgetful = make.member(cpts), make.member(cpts)
    home = make.member_structure(cpts)
    make.campaign(cpts, 2025)
    for membership in (faithful, forgetful, home):
        pay(due_of(membership, 2025))
        leave(membership, on=date(2025, 12, 1), reason="Remplacement", by=None)
    again = enrol(faithful.professional, start=date(2026, 2, 1), by=None)
    enrol(forgetful.professional, start=date(2026, 2, 1), by=None)
    enrol(home.structure, start=date(2026, 2, 1), by=None)
    make.campaign(cpts, 2026)
    pay(due_of(again))
    found = {row.membership.pk: (row.owed, row.left_on) for row in not_renewed(cpts, year=2026, today=TODAY)}
    assert found == {forgetful.pk: (Decimal("20.00"), None), home.pk: (Decimal("20.00"), None)}


def test_rates_by_kind_of_structure(cpts):
    under_agreement = make.college(cpts, "Établissements sous convention")
    kinds = [("care_home", None), ("pharmacy", None), ("hospital", under_agreement), ("hospital", None)]
    members = [make.member_structure(cpts, kind=kind, college=college) for kind, college in kinds]
    person = make.member(cpts)
    structures = DuesRate.Kind.STRUCTURE
    open_campaign(
        cpts,
        year=2026,
        due_on=date(2026, 3, 31),
        rates=[
            make.rate("20.00"),
            make.rate("80.00", kind=structures),
            make.rate("100.00", kind=structures, structure_kind="care_home"),
            make.rate("50.00", kind=structures, structure_kind="pharmacy"),
            make.rate("150.00", kind=structures, structure_kind="hospital"),
            make.rate(
                "0.00", kind=structures, structure_kind="hospital", college=under_agreement, reason="Sous convention"
            ),
        ],
        by=None,
    )
    assert [due_of(m).amount for m in (*members, person)] == [100, 50, 0, 150, 20]
    assert due_of(members[2]).exemption_reason == "Sous convention"


def test_states_are_the_same_one_by_one_and_in_a_filter(cpts):
    paid, part, late_one, exempted, free, cancelled = (make.member(cpts) for _ in range(6))
    campaign = make.campaign(cpts, 2026)
    Due.objects.filter(membership=free).update(amount=0, exemption_reason="Convention")
    pay(due_of(paid), "12.30"), pay(due_of(paid), "7.70"), pay(due_of(part), "5.00")
    pay(due_of(exempted), "5.00"), exempt(due_of(exempted), reason="Congé", by=None)
    cancel_payment(pay(due_of(cancelled)), reason="Doublon", on=TODAY, by=None)
    campaigns = type(campaign).objects.filter(pk=campaign.pk)
    for day in (TODAY, date(2026, 3, 31)):
        one_by_one = {due.pk: due.state_on(day) for due in Due.objects.select_related("campaign")}
        for state in (DuesState.PAID, DuesState.EXEMPT, DuesState.LATE):
            found = Due.objects.in_state(state, day, campaigns=campaigns)
            assert {due.pk for due in found} == {pk for pk, own in one_by_one.items() if own == state}
        owing = Due.objects.in_state(DuesState.OWING, day, campaigns=campaigns)
        assert {due.membership_id for due in owing} == {part.pk, late_one.pk, cancelled.pk}
