"""Two agents of the fund at the same instant on a real PostgreSQL: one wins, the other is told, nothing is doubled."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from contracts.models import FundPayment
from contracts.money.paying import move_all, propose, sum_of
from contracts.shared.journal import check_journal
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from tests import contract_factories as make
from tests import factories
from tests.races import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MOMENT, DAY = datetime(2026, 3, 2, 11, tzinfo=UTC), date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


@pytest.fixture
def year():
    return make.year(make.contract(factories.cpts()))


@pytest.fixture
def agents(year):
    return [factories.fund_agent(year.contract.cpts.lead_fund) for _ in range(2)]


def payments() -> list[FundPayment]:
    with everything("reading back"):
        return list(FundPayment.objects.order_by("pk"))


def decide(agent, rows):
    acts = {row.pk: make.act(agent, Role.FUND_AGENT, version=str(row.version), moment=MOMENT) for row in rows}
    return lambda: move_all("decide", acts)


@pytest.mark.parametrize("attempt", range(3))
def test_proposing_at_once_proposes_once(year, agents, attempt):
    calls = [lambda by=agent: propose(year, moment=MOMENT, day=DAY, by=by) for agent in agents]
    assert race(*calls) == ["ok", "ok"]
    assert sum_of(payments()) == 155_625


@pytest.mark.parametrize("attempt", range(3))
def test_two_agents_who_decide_at_once_one_wins_and_the_other_is_told(year, agents, attempt):
    with everything("test data"):
        propose(year, moment=MOMENT, day=DAY, by=agents[0])
    rows = payments()
    crossed = decide(agents[0], rows), decide(agents[1], list(reversed(rows)))
    assert race(*crossed) == ["StaleEdit", "ok"]
    decided = payments()
    assert [each.status for each in decided] == ["decided"] * 3
    assert sum_of(decided) == 155_625
    assert len({each.decided_by_id for each in decided}) == 1
    with everything("reading back"):
        assert check_journal(year.contract.cpts).holds
