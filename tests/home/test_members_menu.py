"""The menu of the members app and the figure on the home page: each person finds what she may open, for her CPTS."""

import pytest
from django.urls import reverse

from cpts_portal.accounts.actor import Actor
from cpts_portal.core.scoping import everything
from cpts_portal.home.navigation import navigation_for
from tests import factories
from tests.member_factories import member

pytestmark = pytest.mark.django_db


def menu(user, access=None, path: str = "/") -> dict[str, str]:
    """label -> address of the section « Adhérents »."""
    actor = Actor(user, access.pk if access else None)
    found = {section.title: section.items for section in navigation_for(actor, path)}
    return {item.label: item.url for item in found.get("Adhérents", ())}


@pytest.mark.parametrize("who", ["coordinator", "board_member"])
def test_the_inside_of_a_cpts_finds_its_register(who):
    cpts = factories.cpts()
    found = menu(getattr(factories, who)(cpts))
    assert found["Registre"] == reverse("members:register", args=[cpts.pk])
    assert {url.startswith(f"/adherents/{cpts.pk}/") for url in found.values()} == {True}


@pytest.mark.parametrize("who", ["ars_agent", "observer", "administrator"])
def test_outside_nobody_is_led_to_a_register(who):
    cpts = factories.cpts()
    person = factories.ars_agent(cpts.ars) if who == "ars_agent" else getattr(factories, who)()
    assert "Registre" not in menu(person)


def test_the_menu_follows_the_cpts_chosen_in_the_header():
    first, second = factories.cpts("A"), factories.cpts("B")
    person = factories.coordinator(first)
    other = factories.coordinator(second).accesses.get()
    other.user = person
    other.save()
    for access in person.accesses.all():
        assert menu(person, access)["Registre"] == reverse("members:register", args=[access.cpts_id])


def test_a_page_under_the_register_keeps_its_entry_current():
    cpts = factories.cpts()
    path = reverse("members:register", args=[cpts.pk])
    sections = navigation_for(Actor(factories.coordinator(cpts)), f"{path}autre-page/")
    assert [item.label for section in sections for item in section.items if item.is_current] == ["Registre"]


def test_the_home_page_counts_the_members_and_leads_to_them(client):
    cpts = factories.cpts()
    factories.in_territory(cpts, factories.commune())
    for _ in range(2):
        member(cpts)
    member(factories.cpts())
    client.force_login(factories.coordinator(cpts))
    response = client.get(reverse("home:dashboard"))
    with everything("test"):
        assert response.context["home"].members == 2
    assert reverse("members:register", args=[cpts.pk]) in response.content.decode()
