"""Who may come to the pages of the importer, and with which verb."""

import pytest
from django.urls import reverse

from tests import factories
from tests.territories.imports.steps import BACKEND, page

pytestmark = pytest.mark.django_db


PAGES = ("detail", "abandon", "progress", "report", "refusals", "file", "undo")
ACTS = ("confirm", "successors", "forget-successors", "resume")


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_import_pages_send_strangers_to_the_login_page(client, kept, name):
    answer = client.get(page(name, kept))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_import_pages_are_closed_to_coordinators(client, kept, name):
    coordinator = factories.coordinator(factories.cpts())
    client.force_login(coordinator, backend=BACKEND)

    assert client.get(page(name, kept)).status_code == 403


@pytest.mark.parametrize("name", ["territories:import-list", "territories:import-upload"])
def test_list_and_upload_are_closed_to_agents(client, name):
    agent = factories.ars_agent(factories.agency())
    client.force_login(agent, backend=BACKEND)

    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_acts_refuse_to_be_opened_as_pages(as_admin, kept, name):
    assert as_admin.get(page(name, kept)).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_an_unknown_import_is_not_found(as_admin, kept, name):
    kept.pk += 1

    assert getattr(as_admin, "post" if name in ACTS else "get")(page(name, kept)).status_code == 404
