"""Who may come to the pages of the importer of spreadsheets, and with which verb."""

import pytest
from django.urls import reverse

from tests import factories
from tests.members.register_import.pages.steps import BACKEND, LUC, dropped, sheet
from tests.members.register_import.steps import page

pytestmark = pytest.mark.django_db
PAGES = ("detail", "mapping", "progress", "report", "file", "undo", "abandon")
ACTS = ("correct", "decide", "take-back", "resubmit", "confirm", "resume")
OF_CPTS = ("list", "upload", "example")


@pytest.fixture
def imported(as_coordinator, cpts):
    return dropped(as_coordinator, cpts, sheet(LUC))


def asked(client, name: str, imported):
    return getattr(client, "post" if name in ACTS else "get")(page(name, imported))


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_strangers_are_sent_to_the_login_page(client, imported, name):
    client.logout()

    answer = asked(client, name, imported)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_the_coordinator_of_another_cpts_finds_nothing(client, imported, name):
    client.force_login(factories.coordinator(factories.cpts()), backend=BACKEND)

    assert asked(client, name, imported).status_code == 404


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_an_import_is_not_reached_through_another_cpts(client, imported, name):
    """The address of one's own CPTS with the import of another one."""
    mine = factories.cpts()
    client.force_login(factories.coordinator(mine), backend=BACKEND)
    imported.cpts_id = mine.pk

    assert asked(client, name, imported).status_code == 404


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_board_members_and_agents_do_not_import(client, imported, cpts, name):
    for person in (factories.board_member(cpts), factories.ars_agent(cpts.ars)):
        client.force_login(person, backend=BACKEND)

        assert asked(client, name, imported).status_code == 403


@pytest.mark.parametrize("name", OF_CPTS)
def test_list_upload_and_example_are_those_of_the_coordinator(client, as_coordinator, cpts, name):
    url = reverse(f"members:spreadsheet-{name}", args=[cpts.pk])
    assert as_coordinator.get(url).status_code == 200
    client.force_login(factories.board_member(cpts), backend=BACKEND)
    assert client.get(url).status_code == 403
    client.force_login(factories.coordinator(factories.cpts()), backend=BACKEND)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_acts_are_not_opened_as_pages(as_coordinator, imported, name):
    assert as_coordinator.get(page(name, imported)).status_code == 405


@pytest.mark.parametrize("name", ["detail", "progress", "report", "file"])
def test_pages_are_not_posted_to(as_coordinator, imported, name):
    assert as_coordinator.post(page(name, imported)).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_an_unknown_import_is_not_found(as_coordinator, imported, name):
    imported.pk += 1000

    assert asked(as_coordinator, name, imported).status_code == 404
