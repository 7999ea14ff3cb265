"""The gallery of components: open while developing, for administrators otherwise."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from cpts_portal.accounts.actor import Actor
from cpts_portal.core.scoping import everything
from cpts_portal.home.navigation import navigation_for
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ["liste", "formulaire", "confirmation"]


def labels(user, path="/") -> list[str]:
    return [item.label for section in navigation_for(Actor(user), path) for item in section.items]


def current(user, path) -> list[str]:
    return [item.label for section in navigation_for(Actor(user), path) for item in section.items if item.is_current]


def test_anybody_opens_the_gallery_while_developing(client: Client, settings):
    settings.DEBUG = True
    assert client.get(reverse("home:gallery")).status_code == 200


def test_in_production_it_asks_for_an_administrator(client: Client, settings):
    settings.DEBUG = False
    assert client.get(reverse("home:gallery")).status_code == 302
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(reverse("home:gallery")).status_code == 403
    client.force_login(factories.administrator())
    assert client.get(reverse("home:gallery")).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_whole_pages_have_their_own_address(client: Client, settings, page):
    settings.DEBUG = True
    response = client.get(reverse("home:gallery-page", args=[page]))
    assert response.status_code == 200
    assert response.content.decode().count("<h1>") == 1


def test_an_unknown_page_of_the_gallery_is_not_found(client: Client, settings):
    settings.DEBUG = True
    assert client.get(reverse("home:gallery-page", args=["autre"])).status_code == 404


def test_the_sample_form_comes_back_with_its_errors(client: Client, settings):
    settings.DEBUG = True
    response = client.post(reverse("home:gallery-page", args=["formulaire"]), {"name": "du Penthièvre"})
    assert response.status_code == 422
    assert 'value="du Penthièvre"' in response.content.decode()
    assert "5\u00a0erreurs à corriger" in response.content.decode()


def test_the_sample_table_sorts_and_says_so(client: Client, settings):
    settings.DEBUG = True
    html = client.get(reverse("home:gallery-page", args=["liste"]), {"sort": "-name", "q": "x"}).content.decode()
    assert html.index("Lamballe-Armor") < html.index("Fougères")
    assert html.count('aria-sort="descending"') == 1
    assert 'href="?sort=-name&amp;q=x&amp;export=csv"' in html


def test_the_server_error_page_needs_neither_context_nor_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "Le portail a rencontré un problème" in render_to_string("500.html")


def test_the_menu_follows_the_roles():
    with everything("test of the menu"):
        coordinator = factories.coordinator(factories.cpts())
    found = labels(coordinator)
    assert found[:5] == ["Tableau de bord", "Ma CPTS", "Communes et EPCI", "Couverture", "Registre"]
    assert found[-1] == "Invitations"
    assert labels(factories.observer())[:4] == ["Tableau de bord", "CPTS", "Communes et EPCI", "Couverture"]
    assert labels(factories.administrator())[-5:] == ["Imports", "Utilisateurs", "Invitations", "Agences", "Gestion"]
    assert labels(factories.user()) == []


def test_the_menu_marks_the_entry_with_the_longest_address():
    administrator = factories.administrator()
    coverage = reverse("territories:coverage")
    assert current(administrator, coverage) == ["Couverture"]
    assert current(administrator, reverse("territories:communes")) == ["Communes et EPCI"]
    assert current(administrator, reverse("home:dashboard")) == ["Tableau de bord"]
    assert current(administrator, reverse("home:legal")) == []


def test_somebody_with_two_accesses_may_switch_and_the_others_only_read_the_place(client: Client, settings):
    settings.DEBUG = True
    first, second = factories.cpts("du Penthièvre"), factories.cpts("de Ploërmel")
    user = factories.coordinator(first)
    client.force_login(user)
    url, choose = reverse("home:gallery-page", args=["confirmation"]), reverse("accounts:access-choose")
    assert f'action="{choose}"' not in client.get(url).content.decode()
    factories.Access.objects.create(user=user, role="board", cpts=second, start="2024-01-01")
    assert client.get(url).content.decode().count(f'action="{choose}"') == 1
