"""A year agreed, closed and opened again: what is due, paid, asked back, asked again the next year."""

from datetime import date
from decimal import Decimal

import pytest

from contracts.models import (
    Closing,
    ContractYear,
    FundPayment,
    JournalEntry,
)
from contracts.money.entitlements import money_of
from contracts.shared.journal import check_journal, digest_of
from contracts.yearly.deciding import record_meeting
from cpts_portal.accounts.roles import Role
from cpts_portal.core.history import save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.indicators.proving import unlock_proof
from missions.models import Proof, Target
from tests import contract_factories as make
from tests import factories, mission_factories
from tests.contracts.yearly.steps import (
    DAY,
    MOMENT,
    Table,
    envelopes,
    indicator_of,
    lines,
    one_line,
    opened,
    result,
    size_3,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def table() -> Table:
    return Table(factories.cpts())


@pytest.fixture
def year(table) -> ContractYear:
    return make.year(size_3(table.cpts))


# --- Agreed, closed -------------------------------------------------------------------------------------------------
def test_nothing_is_agreed_nor_closed_while_a_line_is_not_settled(table, year):
    review, line = one_line(table, year)
    with pytest.raises(NotPossible, match=r"sans décision de l’ARS\. 1\xa0indicateur sans décision de la caisse"):
        table.move(review, "agree", Role.BOARD)
    with pytest.raises(NotPossible, match="1\xa0indicateur sans décision de votre agence"):
        table.move(review, "visa", Role.ARS_AGENT)
    table.decide(line, "ars", "contested")
    table.decide(line, "fund")
    with pytest.raises(NotPossible, match="1\xa0indicateur contesté"):
        table.move(review, "agree", Role.BOARD)
    table.decide(line, "ars", "corrected", 80)
    with pytest.raises(NotPossible, match="1\xa0indicateur à trancher"):
        table.move(review, "agree", Role.BOARD)


def test_a_full_year_of_size_3_is_closed_at_397_500_euros(table):
    contract = size_3(table.cpts)
    year = make.year(contract)
    for code, amount in envelopes(contract).items():
        result(indicator_of(year, code, amount), 120)
    review = submitted(table, year)
    for line in lines(year):
        table.both(line)
    closed = table.close(review)
    closing = Closing.objects.get(year=year)
    assert (closed.status, closing.total, closing.number) == ("closed", Decimal("397500.00"), 1)
    assert (closing.entitlement["fixed"], closing.entitlement["variable"]) == ("275000.00", "122500.00")
    assert closing.sha256 == digest_of(closing.entitlement)
    assert money_of(make.year(contract), DAY).found.total == closing.total  # as the money room reads it
    assert closed.content["closing"]["sha256"] == closing.sha256
    payments = FundPayment.objects.filter(year=year)
    assert sum(payment.amount for payment in payments) == Decimal("397500.00")  # nothing had been given before
    assert {each.status for each in payments} == {"proposed"}
    assert sum(each.amount for each in payments if each.kind == "balance") == Decimal("172500.00")  # the rest: advances
    acts = [entry.act for entry in JournalEntry.objects.filter(cpts=table.cpts)]
    assert acts[:4] == ["submit", "visa", "visa", "agree"]
    assert (acts.count("close"), acts.count("payment_propose")) == (1, payments.count())
    assert check_journal(table.cpts).holds


def test_the_balance_is_what_remains_after_the_advances_and_too_much_is_asked_back(table, year):
    review, line = one_line(table, year)
    acces, parcours = line.mission, mission_factories.official("parcours")
    make.payment(year, status="decided", decided_at=MOMENT)  # functioning: 75 000, in full
    make.payment(year, part="fixed", mission=acces, amount=Decimal("67500.00"))  # an advance only proposed counts
    too_much = {"status": "paid", "paid_on": DAY, "decided_at": MOMENT}
    make.payment(year, part="fixed", mission=parcours, amount=Decimal("50000.00"), **too_much)
    before = set(FundPayment.objects.filter(year=year).values_list("pk", flat=True))
    table.both(line)
    table.close(review)
    proposed = FundPayment.objects.filter(year=year, status="proposed").exclude(pk__in=before)
    made = {
        (each.mission.code if each.mission else "", each.part, each.kind): each.amount
        for each in proposed.select_related("mission")
    }
    assert made["acces", "fixed", "balance"] == Decimal("22500.00")
    assert made["acces", "variable", "balance"] == Decimal("5000.00")
    assert made["parcours", "fixed", "recovery"] == Decimal("-5000.00")
    assert not [key for key in made if key[:2] == ("", "functioning")]
    assert (
        FundPayment.objects.get(year=year, kind="recovery").reason
        == "50\u202f000,00\xa0€ pour 45\u202f000,00\xa0€ dus."
    )


def test_a_carried_over_indicator_brings_nothing_and_is_asked_again_the_next_year(table, year):
    review, line = one_line(table, year)
    table.both(line, "carried")
    table.close(review)
    following = Target.objects.get(carried_from=line.target)
    assert (following.exercise.number, following.amount, following.value) == (2, 5000, 100)
    assert Closing.objects.get().entitlement["variable"] == "0.00"


def test_a_carried_over_indicator_whose_next_target_is_fixed_is_told_and_does_not_block(table, year):
    review, line = one_line(table, year)
    mission_factories.target(line.target.indicator, 2)
    table.both(line, "carried")
    table.close(review)
    (told,) = Closing.objects.get().entitlement["carried"]
    assert (told["indicator"], told["why_not"]) == (
        line.name,
        "Une cible est déjà fixée pour l’année 2 : reportez-la à la main.",
    )


# --- Opened again ---------------------------------------------------------------------------------------------------
def test_a_closed_year_opens_again_with_a_reason_and_keeps_its_former_figures(table, year):
    review, line = one_line(table, year)
    table.both(line, "carried")
    table.close(review)
    before = Closing.objects.get()
    paid = FundPayment.objects.filter(year=year, kind="balance").first()
    paid.status, paid.decided_at = "decided", MOMENT
    save_as(paid, by=None)
    with pytest.raises(NotPossible, match="motif"):
        table.move(review, "reopen", Role.ARS_AGENT)
    again = table.move(review, "reopen", Role.ARS_AGENT, reason="Une pièce est arrivée")
    assert (again.status, again.ars_agreed_at, again.fund_agreed_at, again.cpts_agreed_at) == (
        "submitted", None, None, None,
    )  # fmt: skip
    before.refresh_from_db()
    assert (before.reopen_reason, before.total) == ("Une pièce est arrivée", Decimal("275000.00"))
    balances = FundPayment.objects.filter(year=year, kind="balance").exclude(pk=paid.pk)
    assert set(balances.values_list("status", flat=True)) == {"set_aside"}
    assert not Target.objects.filter(carried_from=line.target).exists()
    table.both(line)
    table.close(review)
    second = Closing.objects.get(reopened_at__isnull=True)
    assert (second.number, second.total) == (2, Decimal("280000.00"))
    standing = FundPayment.objects.filter(year=year).exclude(status="set_aside")
    assert sum(each.amount for each in standing) == Decimal("280000.00")
    assert paid in standing


def test_a_carried_target_already_worked_on_stays_when_the_year_opens_again(table, year):
    review, line = one_line(table, year)
    table.both(line, "carried")
    table.close(review)
    following = Target.objects.get(carried_from=line.target)
    result(following, 12)
    table.move(review, "reopen", Role.FUND_AGENT, reason="Erreur de saisie")
    table.close(review)
    assert Target.objects.get(carried_from=line.target) == following


# --- The meeting ----------------------------------------------------------------------------------------------------
def test_the_meeting_is_recorded_once_held_by_one_person_at_a_time(table, year):
    opened(year)
    by = table.people[Role.COORDINATOR]
    with pytest.raises(NotPossible, match="à venir"):
        record_meeting(year, meeting_on=date(2026, 12, 11), record="", version="0", day=DAY, by=by)
    held = record_meeting(year, meeting_on=DAY, record=" Solde en janvier. ", version="0", day=DAY, by=by)
    assert (held.meeting_on, held.record, held.version) == (DAY, "Solde en janvier.", 1)
    with pytest.raises(StaleEdit):
        record_meeting(year, meeting_on=DAY, record="Autre", version="0", day=DAY, by=by)


def test_a_proof_locked_by_the_submission_is_unlocked_with_a_reason(table, year):
    target = indicator_of(year, "acces", "5000")
    result(target, 120)
    proof = Proof.objects.create(target=target, kind="report", title="Bilan", link="https://exemple.test/bilan")
    submitted(table, year)
    with pytest.raises(NotPossible, match="pourquoi"):
        unlock_proof(proof, reason=" ", by=None)
