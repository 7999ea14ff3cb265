"""Submitting a year, validating its lines and deciding its payments: written in sets, told one by one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import FundPayment, JournalEntry, LineVerdict
from contracts.money.paying import move_all
from contracts.shared.journal import check_journal
from contracts.yearly.deciding import validate_proven
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from cpts_portal.core.versions import StaleEdit
from missions.models import Proof
from tests import contract_factories as make
from tests import factories
from tests.contracts.yearly import steps

pytestmark = pytest.mark.django_db
SUBMITTING, VALIDATING, DECIDING = 70, 12, 16


@pytest.fixture(autouse=True)
def whole_portal():
    with everything("a whole file of contract"):
        yield


def opened(indicators: int):
    """A year whose indicators have a result and a proof each."""
    cpts = factories.cpts()
    year = make.year(steps.size_3(cpts))
    for _ in range(indicators):
        target = steps.indicator_of(year, "acces", "100")
        steps.result(target, 120)
        Proof.objects.create(target=target, kind="link", title="Rapport", link="https://example.org/rapport")
    return steps.Table(cpts), year, steps.opened(year)


def proposed(count: int):
    """Payments that wait for the fund, with an act for each."""
    cpts = factories.cpts()
    year = make.year(steps.size_3(cpts))
    payments = [make.payment(year) for _ in range(count)]
    agent = factories.fund_agent(cpts.lead_fund)
    acts = {each.pk: make.act(agent, Role.FUND_AGENT, moment=steps.MOMENT, version="0") for each in payments}
    return cpts, agent, payments, acts


def test_submitting_takes_as_many_statements_for_one_indicator_as_for_three():
    counts = []
    for indicators in (1, 3):
        table, _year, review = opened(indicators)
        with CaptureQueriesContext(connection) as asked:
            table.move(review, "submit", Role.COORDINATOR)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= SUBMITTING


def test_proofs_locked_together_keep_the_history_of_each():
    table, _year, review = opened(3)
    table.move(review, "submit", Role.COORDINATOR)
    for proof in Proof.objects.all():
        last = proof.history.latest()
        assert proof.locked_at
        assert proof.locked_by == last.history_user == table.people[Role.COORDINATOR]
        assert (last.history_type, last.locked_at, last.history_change_reason) == ("~", proof.locked_at, None)


def test_validating_takes_as_many_statements_for_one_line_as_for_three_and_keeps_their_history():
    counts = []
    for indicators in (1, 3):
        table, year, review = opened(indicators)
        table.move(review, "submit", Role.COORDINATOR)
        agent = table.people[Role.ARS_AGENT]
        with CaptureQueriesContext(connection) as asked:
            assert validate_proven(year, party="ars", by=agent) == indicators
        counts.append(len(asked))
        for verdict in LineVerdict.objects.filter(line__year=year):
            [row] = verdict.history.all()
            assert (row.history_type, row.history_user, row.verdict) == ("+", agent, "validated")
            assert (verdict.by, verdict.version, verdict.reason, verdict.value) == (agent, 1, "", None)
    assert counts[0] == counts[1] <= VALIDATING


def test_deciding_takes_as_many_statements_for_one_payment_as_for_three_and_fourteen():
    counts = []
    for count in (1, 3, 14):
        _cpts, _agent, _payments, acts = proposed(count)
        with CaptureQueriesContext(connection) as asked:
            move_all("decide", acts)
        counts.append(len(asked))
    assert counts[0] <= DECIDING
    assert len(set(counts)) == 1


def test_payments_decided_together_keep_the_history_and_the_journal_of_each():
    cpts, agent, payments, acts = proposed(3)
    moved = move_all("decide", acts)
    assert [each.version for each in moved] == [1, 1, 1]
    for payment in payments:
        payment.refresh_from_db()
        last = payment.history.latest()
        assert (payment.status, payment.version, payment.decided_by) == ("decided", 1, agent)
        assert (last.history_type, last.history_user, last.history_change_reason) == ("~", agent, "Décider")
        assert (last.status, last.decided_at) == ("decided", steps.MOMENT)
    lines = JournalEntry.objects.filter(cpts=cpts, act="payment_decide").order_by("rank")
    assert [(line.facts["payment"], line.facts["status"]) for line in lines] == [(p.pk, "decided") for p in payments]
    assert check_journal(cpts).holds


def test_payments_of_two_cpts_decided_together_stand_each_in_its_own_journal():
    first, _agent, [one], acts = proposed(1)
    second, _other, [two], more = proposed(1)
    move_all("decide", {**acts, **more})
    for cpts, payment in ((first, one), (second, two)):
        [line] = JournalEntry.objects.filter(cpts=cpts)
        assert line.facts["payment"] == payment.pk
        assert check_journal(cpts).holds


def test_one_stale_payment_stops_them_all():
    cpts, _agent, payments, acts = proposed(3)
    FundPayment.objects.filter(pk=payments[-1].pk).update(version=7)
    with pytest.raises(StaleEdit):
        move_all("decide", acts)
    assert set(FundPayment.objects.values_list("status", flat=True)) == {"proposed"}
    assert not JournalEntry.objects.filter(cpts=cpts).exists()
