"""Payments of the fund: proposed from the entitlement, decided, paid, received, set aside; never twice."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from contracts.models import Closing, FundPayment, JournalEntry
from contracts.money.entitlements import money_of
from contracts.money.funding import Entitlement, EntitlementLine, to_json
from contracts.money.paying import PAYMENTS, Line, add_line, call_of, move_all, propose
from contracts.money.proposals import held_in, outdated, proposals
from contracts.shared.journal import check_journal
from contracts.terms.terms import AmountTerm
from cpts_portal.accounts.roles import Role
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.models import OfficialMission
from tests import contract_factories as make
from tests import factories
from tests import mission_factories as missions

DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Europe/Paris"))
EUROS = st.decimals(min_value=0, max_value=200_000, places=2)


@pytest.fixture
def year():
    return make.year(make.contract(factories.cpts()))


@pytest.fixture
def agent(year):
    return factories.fund_agent(year.contract.cpts.lead_fund)


@pytest.fixture(autouse=True)
def scope(request):
    if "year" in request.fixturenames:
        request.getfixturevalue("see_everything")


def proposed(year, agent, day=DAY) -> list[FundPayment]:
    return propose(year, moment=MOMENT, day=day, by=agent)


def by_fund(agent, payment, name, **fields):
    version = payment.version
    return PAYMENTS.make(payment, name, make.act(agent, Role.FUND_AGENT, version=str(version), moment=MOMENT, **fields))


def close(year, found: Entitlement, number: int = 1) -> Closing:
    return Closing.objects.create(
        year=year, number=number, entitlement=to_json(found), total=found.total, sha256="0" * 64, closed_at=MOMENT
    )


@pytest.mark.django_db
def test_the_advances_of_a_year_are_proposed_with_what_explains_them(year, agent):
    made = proposed(year, agent)
    assert [(each.part, each.kind, each.amount) for each in made] == [
        ("functioning", "advance", Decimal("75000.00")),
        ("fixed", "advance", Decimal("67500.00")),
        ("fixed", "advance", Decimal("13125.00")),
    ]
    assert made[0].explanation.splitlines() == [
        "Barème : 75\u202f000,00\xa0€ par an (ACI, art. 9).",
        "Première année : versé en entier à la signature.",
    ]
    assert made[0].confidence == "verified"


@pytest.mark.django_db
def test_proposing_again_adds_nothing(year, agent):
    proposed(year, agent)
    assert proposed(year, agent) == []
    assert FundPayment.objects.count() == 3


@pytest.mark.django_db
def test_a_mission_to_come_is_called_for_a_month_before_its_start(year, agent):
    access, prevention = make.terms().missions
    of = make.terms(missions=(access, replace(prevention, start=date(2026, 9, 1))))
    other = make.year(make.contract(factories.cpts(), of=of))
    missions.mission(other.contract.cpts, "prevention", planned_start=date(2026, 9, 1))
    assert [each.mission.code for each in proposed(other, agent) if each.mission] == ["acces"]
    late = proposed(other, agent, date(2026, 8, 10))
    assert [(each.mission.code, each.due_on, each.amount) for each in late] == [
        ("prevention", date(2026, 9, 1), Decimal("4386.99"))  # 75 % of 17 500 x 122 / 365, rounded to 5 849,32
    ]


@pytest.mark.django_db
def test_a_promised_start_that_passed_without_being_recorded_brings_nothing(year, agent):
    missions.mission(year.contract.cpts, "acces")
    money = money_of(year, DAY)
    assert money.found.line("acces", "fixed").due == 0
    assert money.late == (
        "Amélioration de l’accès aux soins : démarrage promis le 1er janvier 2026, pas encore constaté.",
    )


@pytest.mark.django_db
def test_the_balance_waits_for_the_closing_then_makes_the_whole(year, agent):
    proposed(year, agent)
    found = money_of(year, DAY).found
    close(year, found)
    balances = proposed(year, agent)
    assert {each.kind for each in balances} == {"balance"}
    assert sum(each.amount for each in FundPayment.objects.all()) == found.total
    assert proposed(year, agent) == []


@pytest.mark.django_db
def test_more_paid_than_due_becomes_a_recovery_with_its_reason(year, agent):
    (first, *_) = proposed(year, agent)
    by_fund(agent, first, "decide")
    functioning, *others = money_of(year, DAY).found.lines
    less = Entitlement((replace(functioning, due=Decimal(74_000), advance=Decimal(74_000)), *others))
    close(year, less)
    recovery = next(each for each in proposed(year, agent) if each.kind == "recovery")
    assert recovery.amount == Decimal("-1000.00")
    assert recovery.reason == "75\u202f000,00\xa0€ pour 74\u202f000,00\xa0€ dus."


@pytest.mark.django_db
def test_a_proposal_that_became_too_large_is_replaced_before_anybody_decides_it(year, agent):
    proposed(year, agent)
    missions.mission(year.contract.cpts, "acces", started_on=date(2026, 2, 1))
    (again,) = proposed(year, agent)
    assert again.amount == Decimal("61767.12")  # 75 % of 90 000 x 334 / 365
    old = FundPayment.objects.get(status="set_aside")
    assert (old.amount, old.reason) == (Decimal("67500.00"), "Le montant dû a changé depuis cette proposition.")


@pytest.mark.django_db
def test_what_was_set_aside_may_be_proposed_again(year, agent):
    first = proposed(year, agent)[0]
    with pytest.raises(NotPossible, match="motif"):
        by_fund(agent, first, "set_aside")
    by_fund(agent, first, "set_aside", reason="Dossier incomplet")
    assert [each.amount for each in proposed(year, agent)] == [first.amount]


@pytest.mark.django_db
def test_a_payment_is_decided_paid_then_received_and_each_step_is_in_the_journal(year, agent):
    first = proposed(year, agent)[0]
    by_fund(agent, first, "decide")
    first.refresh_from_db()
    paid = by_fund(agent, first, "pay", data={"on": date(2026, 3, 1), "reference": "VIR-001"})
    treasurer = factories.board_member(year.contract.cpts)
    too_early = make.act(treasurer, Role.BOARD, version=str(paid.version), data={"on": date(2026, 2, 27)})
    with pytest.raises(NotPossible, match="a versé cette somme"):
        PAYMENTS.make(paid, "receive", too_early)
    received = PAYMENTS.make(paid, "receive", make.act(treasurer, Role.BOARD, version=str(paid.version)))
    assert (received.status, received.reference, received.received_on) == ("paid", "VIR-001", DAY)
    acts = [entry.act for entry in JournalEntry.objects.filter(subject=str(first))]
    assert acts == ["payment_propose", "payment_decide", "payment_pay", "payment_receive"]
    assert check_journal(year.contract.cpts).holds


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "why"),
    [({"on": DAY, "reference": " "}, "référence"), ({"on": date(2026, 3, 3), "reference": "V"}, "une fois fait")],
)
def test_a_transfer_has_a_past_date_and_a_reference(year, agent, data, why):
    first = by_fund(agent, proposed(year, agent)[0], "decide")
    with pytest.raises(NotPossible, match=why):
        by_fund(agent, first, "pay", data=data)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.BOARD, Role.ARS_AGENT, Role.OBSERVER, Role.ADMINISTRATOR])
def test_only_the_fund_decides(year, agent, role):
    first = proposed(year, agent)[0]
    with pytest.raises(PermissionDenied):
        PAYMENTS.make(first, "decide", make.act(agent, role, version="0"))


@pytest.mark.django_db
def test_many_are_decided_together_or_not_at_all(year, agent):
    made = proposed(year, agent)
    acts = {each.pk: make.act(agent, Role.FUND_AGENT, version=str(each.version)) for each in made}
    by_fund(agent, made[1], "decide")
    with pytest.raises(StaleEdit):
        move_all("decide", acts)
    assert FundPayment.objects.filter(status="decided").count() == 1
    acts.pop(made[1].pk)
    assert len(move_all("decide", acts)) == 2
    with pytest.raises(NotPossible, match="au moins un"):
        move_all("decide", {})


@pytest.mark.django_db
def test_a_correction_stands_outside_of_the_calculation(year, agent):
    proposed(year, agent)
    line = Line("correction", "functioning", None, Decimal("-500"), DAY, "Pénalité de retard")
    assert add_line(year, line, moment=MOMENT, by=agent).amount == Decimal("-500")
    assert proposed(year, agent) == []


@pytest.mark.django_db
def test_a_recovery_is_negative_has_a_reason_and_counts(year, agent):
    proposed(year, agent)
    access = OfficialMission.objects.get(code="acces")
    with pytest.raises(NotPossible, match="motif"):
        add_line(year, Line("recovery", "fixed", access, Decimal("500"), DAY, " "), moment=MOMENT, by=agent)
    made = add_line(year, Line("recovery", "fixed", access, Decimal("500"), DAY, "Trop versé"), moment=MOMENT, by=agent)
    assert made.amount == Decimal("-500")
    with pytest.raises(NotPossible, match="viennent du calcul"):
        add_line(year, Line("advance", "fixed", access, Decimal("500"), DAY, "x"), moment=MOMENT, by=agent)


@pytest.mark.django_db
def test_an_amount_to_confirm_says_so_up_to_the_payment(agent, year):
    doubtful = make.terms(amounts=(AmountTerm("functioning", Decimal(50_000), "Reconstitution", "to_confirm"),))
    other = make.year(make.contract(factories.cpts(), of=doubtful))
    (payment,) = proposed(other, agent)
    assert payment.confidence == "to_confirm"
    assert "à confirmer" in JournalEntry.objects.get(cpts=other.contract.cpts).words


@pytest.mark.django_db
def test_looking_at_what_would_be_proposed_writes_nothing(year):
    assert len(call_of(year, DAY).rows) == 3
    assert not FundPayment.objects.exists()


# --- Always true ----------------------------------------------------------------------------------------------------
def line_of(rank: int, due: Decimal, percent: int) -> EntitlementLine:
    advance = (due * percent / 100).quantize(Decimal("0.01"))
    return EntitlementLine(f"m{rank}", "fixed", f"M{rank}", due, due, advance, DAY, DAY, (), True)


def standing(rows, status: str = "proposed") -> list[FundPayment]:
    return [
        FundPayment(
            mission=OfficialMission(code=row.key[0]), part=row.key[1], kind=row.kind, amount=row.amount, status=status
        )
        for row in rows
    ]


def called(found, payments, *, is_closed):
    return proposals(found, held_in(payments), is_closed=is_closed, until=DAY, day=DAY)


@given(st.lists(EUROS, min_size=1, max_size=6), st.integers(0, 100))
def test_proposals_never_exceed_the_entitlement_and_sum_to_it_once_all_proposed(dues, percent):
    found = Entitlement(tuple(line_of(rank, due, percent) for rank, due in enumerate(dues)))
    advances = standing(called(found, [], is_closed=False))
    assert sum(each.amount for each in advances) == found.advance <= found.total
    assert called(found, advances, is_closed=False) == []
    whole = [*advances, *standing(called(found, advances, is_closed=True))]
    assert sum(each.amount for each in whole) == found.total
    assert called(found, whole, is_closed=True) == []
    assert all(each.amount > 0 for each in whole)


@given(st.lists(st.tuples(EUROS, EUROS), min_size=1, max_size=6), st.integers(0, 100), st.booleans())
def test_whatever_changed_since_the_closed_year_is_paid_to_the_cent(pairs, percent, are_decided):
    before = Entitlement(tuple(line_of(rank, one, percent) for rank, (one, _) in enumerate(pairs)))
    after = Entitlement(tuple(line_of(rank, other, percent) for rank, (_, other) in enumerate(pairs)))
    payments = standing(called(before, [], is_closed=True), "decided" if are_decided else "proposed")
    gone = outdated(after, payments, is_closed=True)
    assert not (are_decided and gone)
    kept = [each for each in payments if each not in gone]
    whole = [*kept, *standing(called(after, kept, is_closed=True))]
    assert sum(each.amount for each in whole) == after.total
