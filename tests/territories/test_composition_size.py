"""The composition screen stays quick with a large territory."""

from datetime import date

import pytest
from django.urls import reverse

from territories.models import Commune, Cpts, CptsCommune
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def screen(client, ours):
    return Composition(client, ours)


class Composition:
    """The composition page of one CPTS, as its coordinator uses it."""

    def __init__(self, client, cpts: Cpts) -> None:
        self.client, self.cpts = client, cpts
        self.url = reverse("territories:cpts-compose", args=[cpts.pk])
        client.force_login(factories.coordinator(cpts))

    def get(self, **query):
        return self.client.get(self.url, query)

    def step(self, action: str, **fields):
        return self.client.post(self.url, {"action": action, **fields})

    def codes(self) -> list[str]:
        return [row.commune.code for row in self.get().context["simulation"].after.rows]

    def text(self) -> str:
        return self.get().content.decode()


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
