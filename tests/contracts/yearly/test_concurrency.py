"""Two agents at the same instant on a real PostgreSQL: on one line, one wins and the other is told."""

import pytest
from django.db import connection

from contracts.models import LineVerdict, YearLine
from contracts.yearly.deciding import Choice, decide
from contracts.yearly.opening import open_year_review
from cpts_portal.core.scoping import everything
from tests import contract_factories as make
from tests import factories
from tests.contracts.yearly.steps import DAY, Table, indicator_of, lines, result, size_3, submitted
from tests.races import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


@pytest.fixture
def line() -> YearLine:
    table = Table(factories.cpts())
    with everything("test data"):
        year = make.year(size_3(table.cpts))
        result(indicator_of(year, "acces", "5000"), 120)
        submitted(table, year)
        return lines(year)[0]


def deciding(line: YearLine, party: str, verdict: str):
    agency = {"ars": factories.ars_agent, "fund": factories.fund_agent}[party]
    cpts = line.year.exercise.cpts
    with everything("test data"):
        person = agency(cpts.ars if party == "ars" else cpts.lead_fund)
    choice = Choice(verdict, reason="Vu en réunion")
    return lambda: decide(line, choice, party=party, stamp=f"{line.version}.0.0", by=person)


@pytest.mark.parametrize("attempt", range(3))
def test_two_agents_of_one_agency_on_one_line(line, attempt):
    calls = [deciding(line, "ars", verdict) for verdict in ("validated", "contested")]
    assert race(*calls) == ["StaleEdit", "ok"]
    with everything("reading back"):
        assert LineVerdict.objects.filter(line=line).count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_agencies_on_one_line_do_not_hinder_each_other(line, attempt):
    assert race(*[deciding(line, party, "validated") for party in ("ars", "fund")]) == ["ok", "ok"]


def test_a_review_opened_twice_at_once_opens_once():
    table = Table(factories.cpts())
    with everything("test data"):
        year = make.year(size_3(table.cpts))
    assert race(*[lambda: open_year_review(year, day=DAY, by=None)] * 2) == ["NotPossible", "ok"]
