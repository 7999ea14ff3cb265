"""Choosing the access one acts with, and saying whose rows appear."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
CHOOSE = "/compte/acces/choisir/"


@pytest.fixture
def person() -> User:
    made = factories.coordinator(factories.cpts("A"))
    Access.objects.create(user=made, role=Role.BOARD, cpts=factories.cpts("B"))
    return made


def current(client):
    return client.get(reverse("accounts:profile")).wsgi_request.actor.current_access


def test_choosing_an_access_of_mine(client, person):
    client.force_login(person)
    first, second = Actor(person).accesses
    assert current(client) == first
    response = client.post(CHOOSE, {"access": second.pk, "next": reverse("accounts:profile")})
    assert response.headers["Location"] == reverse("accounts:profile")
    assert current(client) == second


@pytest.mark.parametrize("wanted", ["", "abc", "999999"])
def test_anything_else_changes_nothing(client, person, wanted):
    client.force_login(person)
    before = current(client)
    assert client.post(CHOOSE, {"access": wanted}).status_code == 302
    assert current(client) == before


def test_somebody_elses_or_an_ended_access_is_refused(client, person):
    client.force_login(person)
    before = current(client)
    others = factories.administrator().accesses.get()
    ended = Access.objects.create(
        user=person, role=Role.ADMINISTRATOR, start=timezone.localdate(), end=timezone.localdate()
    )
    for access in (others, ended):
        client.post(CHOOSE, {"access": access.pk})
        assert current(client) == before


def test_next_is_one_of_our_pages(client, person):
    client.force_login(person)
    access = Actor(person).accesses[1]
    for unsafe in ("https://ailleurs.example.org/", "//ailleurs.example.org", "javascript:alert(1)"):
        response = client.post(CHOOSE, {"access": access.pk, "next": unsafe})
        assert response.headers["Location"] == reverse("home:dashboard")


def test_an_access_that_ends_meanwhile_falls_back_on_another(client, person):
    client.force_login(person)
    first, second = Actor(person).accesses
    client.post(CHOOSE, {"access": second.pk})
    second.end = timezone.localdate()
    second.save()
    assert current(client) == first


def test_by_post_and_logged_in_only(client, person):
    assert client.post(CHOOSE, {"access": 1}).headers["Location"].startswith("/compte/connexion/")
    client.force_login(person)
    assert client.get(CHOOSE).status_code == 405


class TestScopeSentence:
    def test_of_an_agency(self):
        agent = factories.ars_agent(factories.agency("ars", "ARS Bretagne"))
        assert Actor(agent).scope_sentence == (
            "Vous agissez pour l’ARS Bretagne : seules les CPTS rattachées à cette agence apparaissent."
        )

    def test_of_one_cpts(self):
        person = factories.coordinator(factories.cpts("du Penthièvre"))
        assert Actor(person).scope_sentence == "Vous agissez pour la CPTS du Penthièvre : seule cette CPTS apparaît."

    def test_of_several(self, person):
        assert (
            Actor(person).scope_sentence == "Vous agissez pour la CPTS A et la CPTS B : seules ces CPTS apparaissent."
        )

    def test_empty_for_those_who_see_everything(self):
        assert Actor(factories.observer()).scope_sentence == ""
        assert Actor(factories.user()).scope_sentence == ""


def test_a_wrong_role_is_told_which_roles_may_open_the_page(client):
    client.force_login(factories.ars_agent(factories.agency("ars", "ARS Bretagne")))
    response = client.get(reverse("accounts:user-list"))
    assert response.status_code == 403
    assert response.context["explanation"] == (
        "Cette page est réservée à : Administration du portail. Vous agissez pour l’ARS Bretagne (Agent d’ARS)."
    )


def test_the_page_of_one_cpts_follows_to_the_other(client, person):
    client.force_login(person)
    first, second = Actor(person).accesses
    card = "/territoires/cpts/{}/"
    response = client.post(CHOOSE, {"access": second.pk, "next": card.format(first.cpts_id)})
    assert response.headers["Location"] == card.format(second.cpts_id)


def test_what_belongs_to_one_cpts_leads_to_the_home_of_the_other(client, person):
    client.force_login(person)
    first, second = Actor(person).accesses
    stood_on = reverse("members:person-detail", args=[first.cpts_id, 1])
    response = client.post(CHOOSE, {"access": second.pk, "next": stood_on})
    assert response.headers["Location"] == reverse("home:dashboard")
