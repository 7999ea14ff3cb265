"""Global search: what is found, by whom, and what is explained instead of shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make
from tests.signing import client_of

pytestmark = pytest.mark.django_db
SEARCH = reverse("home:search")


def groups(client: Client, text: str) -> dict[str, list[tuple[str, bool]]]:
    """Title of each group -> (label, may be opened) of its results."""
    response = client.get(SEARCH, {"q": text})
    assert response.status_code == 200
    return {
        group.title: [(result.label, bool(result.url)) for result in group.results]
        for group in response.context["groups"]
    }


def test_communes_epci_and_cpts_are_found_whatever_the_accents():
    make.commune(name="Étables")
    make.epci("200000001", "CC des Étables")
    cpts = make.cpts("des Étables")
    assert groups(client_of(make.coordinator(cpts)), "etables") == {
        "CPTS": [("CPTS des Étables", True)],
        "Communes": [("Étables", True)],
        "Intercommunalités (EPCI)": [("CC des Étables", True)],
    }


def test_a_code_goes_straight_to_its_object():
    commune = make.commune(code="22093", name="Lamballe-Armor", postal_codes="22400")
    make.epci("200069391", "Une CA")
    client = client_of(make.observer())
    assert groups(client, "22400") == groups(client, "22093") == {"Communes": [(commune.name, True)]}
    assert groups(client, "200069391") == {"Intercommunalités (EPCI)": [("Une CA", True)]}


def test_a_cpts_out_of_reach_is_explained_and_not_opened():
    mine, other = make.cpts("du Goëlo Sud"), make.cpts("du Goëlo Nord")
    client = client_of(make.coordinator(mine))
    assert groups(client, "goelo") == {"CPTS": [("CPTS du Goëlo Sud", True), ("CPTS du Goëlo Nord", False)]}
    page = client.get(SEARCH, {"q": "goelo"}).content.decode()
    assert f"Rattachée à {other.ars} et {other.lead_fund}" in page
    assert reverse("territories:cpts-detail", args=[other.pk]) not in page


def test_an_agent_opens_the_cpts_of_her_agency_only():
    agency = make.agency("ars", "ARS Une")
    make.cpts("Goëlo Une", ars=agency)
    make.cpts("Goëlo Deux")
    assert groups(client_of(make.ars_agent(agency)), "cpts goelo") == {
        "CPTS": [("CPTS Goëlo Une", True), ("CPTS Goëlo Deux", False)]
    }


def test_only_administrators_find_users():
    person = make.user(first_name="Maëlle", last_name="Quintin", email="mq@example.org")
    for text in ("quintin", "maelle", "mq@example.org"):
        assert groups(client_of(make.administrator()), text) == {"Utilisateurs": [(str(person), True)]}
        assert groups(client_of(make.observer()), text) == {}


@pytest.mark.parametrize("text", ["", "😀", "a" * 300, "\x00", "%", "introuvable"])
def test_a_search_that_finds_nothing_helps(text):
    make.commune(name="Plouha")
    response = client_of(make.administrator()).get(SEARCH, {"q": text})
    assert (response.status_code, response.context["groups"]) == (200, [])
    assert 'class="empty"' in response.content.decode()


def test_the_search_asks_for_a_login_and_an_access_and_refuses_a_post():
    assert Client().get(SEARCH).status_code == 302
    assert client_of(make.user()).get(SEARCH).status_code == 403
    assert client_of(make.observer()).post(SEARCH).status_code == 405


def test_the_number_of_queries_does_not_depend_on_the_results():
    client = client_of(make.administrator())

    def add_results(number: int) -> None:
        make.commune(name=f"Goëlo {number}")
        make.epci(f"20000000{number}", f"CC Goëlo {number}")
        make.cpts(f"Goëlo {number}")
        make.user(last_name=f"Goëlo{number}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            groups(client, "goelo")
        return len(captured)

    add_results(1)
    with_one = queries()
    add_results(2)
    add_results(3)
    assert queries() == with_one
