"""Global search: what is found, by whom, and what is explained instead of shown."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make
from tests import member_factories as members
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


# --- The register -------------------------------------------------------------------------------------------------
def test_a_coordinator_finds_the_persons_and_structures_of_her_register():
    ours, other = make.cpts("du Penthièvre"), make.cpts("voisine")
    person = members.professional(ours, civil_first_name="Maëlle", civil_last_name="Le Gôff", rpps="99000000018")
    members.professional(ours, civil_last_name="Le Goff", merged_into=person)
    members.professional(ours, civil_last_name="Le Goff", anonymised_on=date(2025, 1, 1))
    members.professional(other, civil_last_name="Le Goff")
    house = members.structure(ours, name="EHPAD Le Goff", finess="990000009")
    for role in (make.coordinator, make.board_member):
        client = client_of(role(ours))
        assert groups(client, "le goff") == {
            "Personnes du registre": [("Maëlle Le Gôff", True)],
            "Structures du registre": [("EHPAD Le Goff", True)],
        }
    assert groups(client, "99000000018") == groups(client, "goff MAELLE")
    page = client.get(SEARCH, {"q": "goff"})
    urls = [result.url for group in page.context["groups"] for result in group.results]
    assert urls == [
        reverse("members:person-detail", args=[ours.pk, person.pk]),
        reverse("members:structure-detail", args=[ours.pk, house.pk]),
    ]
    assert page.context["groups"][0].results[0].hint == "Infirmier · RPPS 99000000018"


@pytest.mark.parametrize("role", ["ars_agent", "fund_agent", "observer", "administrator"])
def test_whoever_may_not_read_the_register_finds_no_name_in_it(role):
    ours = make.cpts()
    members.professional(ours, civil_last_name="Le Goff")
    place = {"ars_agent": [ours.ars], "fund_agent": [ours.lead_fund]}
    assert groups(client_of(getattr(make, role)(*place.get(role, []))), "goff") == {}


def test_an_agent_who_coordinates_one_cpts_finds_the_names_of_that_one_only():
    agency = make.agency("ars", "ARS Une")
    ours, reviewed = make.cpts("A", ars=agency), make.cpts("B", ars=agency)
    user = make.coordinator(ours)
    access = make.ars_agent(agency).accesses.get()
    access.user = user
    access.save()
    for cpts in (ours, reviewed):
        members.professional(cpts, civil_first_name=cpts.name, civil_last_name="Goff")
    assert groups(client_of(user), "goff") == {"Personnes du registre": [("A Goff", True)]}


def test_too_many_persons_lead_to_the_list_already_searched():
    ours = make.cpts()
    for _ in range(9):
        members.professional(ours, civil_last_name="Goff")
    [group] = client_of(make.coordinator(ours)).get(SEARCH, {"q": "Gôff"}).context["groups"]
    assert (len(group.results), group.more_url) == (
        8,
        reverse("members:register", args=[ours.pk]) + "?situation=all&q=goff",
    )


def test_the_register_is_searched_in_a_constant_number_of_queries():
    ours = make.cpts()
    client = client_of(make.coordinator(ours))
    counts = []
    for _ in range(2):
        for _person in range(1 + 2 * len(counts)):
            members.professional(ours, civil_last_name="Goff", commune=make.commune())
            members.structure(ours, name="Goff", commune=make.commune())
        client.get(SEARCH, {"q": "goff"})
        with CaptureQueriesContext(connection) as read:
            client.get(SEARCH, {"q": "goff"})
        counts.append(len(read))
    assert counts[0] == counts[1]
