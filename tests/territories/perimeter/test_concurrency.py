"""Two CPTS at the same instant on a real PostgreSQL: only one takes the commune."""

from datetime import date

import pytest
from django.db import connection

from cpts_portal.core.versions import StaleEdit
from territories.models import CptsCommune
from territories.perimeter import TerritoryConflict, set_territory
from tests import factories
from tests.races import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")


TOLD = (TerritoryConflict, StaleEdit)


@pytest.mark.parametrize("attempt", range(5))
def test_two_cpts_cannot_both_take_a_commune(attempt):
    author = factories.administrator()
    commune = factories.commune(population=1000)
    both = [factories.cpts() for _ in range(2)]
    calls = [lambda cpts=cpts: set_territory(cpts, rows={commune.pk: None}, day=DAY, by=author) for cpts in both]
    assert race(*calls, told=TOLD) == ["TerritoryConflict", "ok"]
    assert CptsCommune.directory.filter(commune=commune).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_shares_taken_at_once_cannot_exceed_the_population(attempt):
    author = factories.administrator()
    commune = factories.commune(population=1000)
    several = [factories.cpts() for _ in range(3)]
    calls = [lambda cpts=cpts: set_territory(cpts, rows={commune.pk: 400}, day=DAY, by=author) for cpts in several]
    assert race(*calls, told=TOLD) == ["TerritoryConflict", "ok", "ok"]
    assert sum(CptsCommune.directory.filter(commune=commune).values_list("inhabitants", flat=True)) == 800


def test_two_people_on_the_same_cpts_the_second_is_told():
    author, cpts = factories.administrator(), factories.cpts()
    communes = [factories.commune() for _ in range(2)]
    calls = [
        lambda commune=commune: set_territory(cpts, rows={commune.pk: None}, day=DAY, by=author, version=0)
        for commune in communes
    ]
    assert race(*calls, told=TOLD) == ["StaleEdit", "ok"]


def test_crossed_territories_do_not_deadlock():
    author = factories.administrator()
    communes = [factories.commune() for _ in range(40)]
    first, second = factories.cpts(), factories.cpts()
    forward = {commune.pk: None for commune in communes}
    backward = {commune.pk: None for commune in reversed(communes)}
    outcome = race(
        lambda: set_territory(first, rows=forward, day=DAY, by=author),
        lambda: set_territory(second, rows=backward, day=DAY, by=author),
        told=TOLD,
    )
    assert outcome == ["TerritoryConflict", "ok"]
