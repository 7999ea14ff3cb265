"""The composition screen stays quick with a large territory."""

from datetime import date

import pytest

from territories.models import Commune, CptsCommune
from tests import factories
from tests.territories.cpts.composition import Composition

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def screen(client, ours):
    return Composition(client, ours)


def test_the_page_takes_as_many_queries_for_one_commune_as_for_thirty(screen, ours, django_assert_num_queries):
    for _ in range(2):
        factories.in_territory(ours, factories.commune(epci=factories.epci()))
    screen.get()
    with django_assert_num_queries(16) as captured:
        screen.get()
    for _ in range(30):
        factories.in_territory(ours, factories.commune(epci=factories.epci()))
    with django_assert_num_queries(len(captured)):
        screen.get()


def test_a_territory_of_two_thousand_communes_stays_light(screen, ours):
    """The table is paginated: the page does not grow with the territory."""
    department = factories.department()
    communes = [
        Commune(code=f"{number // 1000 + 22}{number % 1000:03d}", name=f"Commune {number}", department=department)
        for number in range(2000)
    ]
    made = Commune.objects.bulk_create(communes)
    CptsCommune.directory.bulk_create([CptsCommune(cpts=ours, commune=each, start=date(2024, 1, 1)) for each in made])
    response = screen.get()
    assert response.context["simulation"].after.communes == 2000
    assert len(response.context["page"]) == 100
    assert len(response.content) < 200_000
