"""What closing a year and opening it again ask of the database: bounded, and the same for one indicator or many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import FundPayment, JournalEntry
from contracts.money.entitlements import money_of
from contracts.shared.journal import check_journal
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from missions.models import Target
from tests import contract_factories as make
from tests import factories
from tests.contracts.yearly import steps

pytestmark = pytest.mark.django_db
CLOSING = 80


@pytest.fixture(autouse=True)
def whole_portal():
    with everything("a whole file of contract"):
        yield


def agreed(indicators: int, verdict: str = "validated", reached: dict[int, str] | None = None):
    """A year whose indicators were all decided, ready to be closed."""
    cpts = factories.cpts()
    year = make.year(steps.size_3(cpts))
    table = steps.Table(cpts)
    for _ in range(indicators):
        steps.result(steps.indicator_of(year, "acces", "100", steps=reached), 120)
    review = steps.submitted(table, year)
    for line in steps.lines(year):
        table.both(line, verdict)
    table.agree(review)
    return table, year, review


def statements(table, review, name: str, **fields) -> int:
    with CaptureQueriesContext(connection) as asked:
        table.move(review, name, Role.FUND_AGENT, **fields)
    return len(asked)


@pytest.mark.parametrize("verdict", ["validated", "carried"])
def test_closing_takes_as_many_statements_for_one_indicator_as_for_three_and_twenty(verdict):
    counts = []
    for indicators in (1, 3, 20):
        table, _year, review = agreed(indicators, verdict)
        counts.append(statements(table, review, "close"))
    assert counts[0] <= CLOSING
    assert len(set(counts)) == 1


def test_opening_again_takes_as_many_statements_for_one_indicator_as_for_three():
    counts = []
    for indicators in (1, 3):
        table, _year, review = agreed(indicators)
        table.move(review, "close", Role.FUND_AGENT)
        counts.append(statements(table, review, "reopen", reason="Un résultat manquait"))
    assert counts[0] == counts[1] <= 65


def test_payments_proposed_together_keep_the_history_and_the_journal_of_each():
    table, year, review = agreed(1)
    table.move(review, "close", Role.FUND_AGENT)
    agent, payments = table.people[Role.FUND_AGENT], list(FundPayment.objects.filter(year=year).order_by("pk"))
    assert len(payments) == 14
    for payment in payments:
        [row] = payment.history.all()
        assert (row.history_type, row.history_user, row.history_change_reason) == ("+", agent, None)
        assert (row.amount, row.status, row.mission_id) == (payment.amount, "proposed", payment.mission_id)
    lines = JournalEntry.objects.filter(cpts=table.cpts, act="payment_propose").order_by("rank")
    assert [line.facts["payment"] for line in lines] == [payment.pk for payment in payments]
    assert check_journal(table.cpts).holds
    assert JournalEntry.objects.filter(cpts=table.cpts).order_by("rank").last().act == "close"


def test_what_a_closing_proposes_is_what_the_closed_year_brings():
    table, year, review = agreed(2)
    table.move(review, "close", Role.FUND_AGENT)
    payments = FundPayment.objects.filter(year=year)
    assert sum(payment.amount for payment in payments) == money_of(year, steps.DAY).found.total


def test_proposals_set_aside_together_keep_the_history_and_the_journal_of_each():
    table, year, review = agreed(1)
    table.move(review, "close", Role.FUND_AGENT)
    table.move(review, "reopen", Role.FUND_AGENT, reason="Un résultat manquait")
    gone = list(FundPayment.objects.filter(year=year, status="set_aside").order_by("pk"))
    assert gone
    reason = "Année rouverte : Un résultat manquait"
    for payment in gone:
        last = payment.history.latest()
        assert (last.history_type, last.history_change_reason, last.status) == ("~", reason, "set_aside")
        assert payment.reason == reason
    lines = JournalEntry.objects.filter(cpts=table.cpts, act="payment_set_aside").order_by("rank")
    assert [(line.facts["payment"], line.facts["reason"]) for line in lines] == [(each.pk, reason) for each in gone]
    assert check_journal(table.cpts).holds


def test_targets_carried_over_together_keep_their_steps_and_their_history():
    table, year, review = agreed(3, "carried", {50: "40", 100: "100"})
    table.move(review, "close", Role.FUND_AGENT)
    carried = list(Target.objects.filter(carried_from__exercise=year.exercise).order_by("pk"))
    assert len(carried) == 3
    for target in carried:
        [row] = target.history.all()
        assert row.history_user == table.people[Role.FUND_AGENT]
        assert row.history_change_reason == "Report de ce qui n’a pas été atteint"
        assert target.version == 1
        rungs = list(target.steps.order_by("bound"))
        assert [(step.bound, step.amount) for step in rungs] == [(50, 40), (100, 100)]
        assert [step.history.count() for step in rungs] == [1, 1]
