"""Imports once decided: given up, undone, listed, read in the admin."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from territories.models import Commune, CommuneImport, CommuneMovement, Population
from tests import factories
from tests.territories.commune_files import simple_file
from tests.territories.imports.steps import BACKEND, RENAMED, TWO, UPLOAD, Status, applied, deposited, page, said

pytestmark = pytest.mark.django_db


# --- Giving up, undoing ---------------------------------------------------------------------------------------------
def test_giving_up_forgets_the_draft_and_its_file(as_admin, django_capture_on_commit_callbacks):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    storage, name = imported.file.storage, imported.file.name

    assert as_admin.get(page("abandon", imported)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(page("abandon", imported))

    assert not CommuneImport.objects.exists()
    assert not storage.exists(name)


def test_an_applied_import_cannot_be_given_up(as_admin):
    factories.department("22")
    imported = applied(as_admin, TWO)

    answer = as_admin.post(page("abandon", imported), follow=True)

    assert said(answer) == ["Cet import n’attend plus de décision : il a été confirmé ou abandonné entre-temps."]
    assert CommuneImport.objects.filter(pk=imported.pk).exists()


def test_only_the_last_import_may_be_undone(as_admin):
    factories.department("22")
    first = applied(as_admin, TWO, "communes_2024.csv")
    applied(as_admin, RENAMED)

    answer = as_admin.post(page("undo", first), follow=True)

    first.refresh_from_db()
    assert first.status == Status.APPLIED
    assert len(said(answer)) == 1
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc-le-Neuf", "Andel"}


def test_undoing_twice_undoes_once(as_admin):
    factories.department("22")
    applied(as_admin, TWO, "communes_2024.csv")
    second = applied(as_admin, RENAMED)

    as_admin.post(page("undo", second))
    as_admin.post(page("undo", second))

    assert list(CommuneImport.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.APPLIED,
        Status.UNDONE,
    ]


# --- List -----------------------------------------------------------------------------------------------------------
def test_the_empty_list_proposes_to_import(as_admin):
    assert "Aucun fichier de communes n’a encore été importé" in (
        as_admin.get(reverse("territories:import-list")).content.decode()
    )


def test_the_list_shows_each_import_and_proposes_to_undo_the_last(as_admin):
    factories.department("22")
    last = applied(as_admin, TWO)

    answer = as_admin.get(reverse("territories:import-list"))

    assert [row.record for row in answer.context["table"].rows] == [last]
    assert page("undo", last) in answer.content.decode()


@pytest.mark.parametrize("name", ["list", "report"])
def test_lists_take_the_same_queries_for_one_and_three_rows(as_admin, name):
    factories.department("22")
    counted = []
    for number in (1, 3):
        for _ in range(number):
            applied(as_admin, simple_rows(number), f"communes_{2020 + CommuneImport.objects.count()}.csv")
        last = CommuneImport.objects.latest("pk")
        url = reverse("territories:import-list") if name == "list" else page("report", last)
        counted.append(queries_of(as_admin, url))

    assert counted[0] == counted[1]


def simple_rows(number: int) -> bytes:
    """A simple file over `number` communes, with populations that no earlier file has given."""
    codes = [f"22{place:03d}" for place in range(1, number + 1)]
    for code in codes:
        if not Commune.objects.filter(code=code).exists():
            factories.commune(code, population=None)
    seen = Population.objects.count()
    return simple_file([(code, f"Commune {code}", 500 + seen) for code in codes])


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- Admin ----------------------------------------------------------------------------------------------------------
def test_adding_an_import_in_the_admin_leads_to_the_upload_page(as_admin):
    answer = as_admin.get(reverse("admin:territories_communeimport_add"))

    assert (answer.status_code, answer.url) == (302, UPLOAD)


def test_an_import_is_read_in_the_admin_and_linked_to_its_page(as_admin):
    factories.department("22")
    imported = applied(as_admin, TWO)

    answer = as_admin.get(reverse("admin:territories_communeimport_change", args=[imported.pk]))

    assert answer.status_code == 200
    assert page("detail", imported) in answer.content.decode()


@pytest.mark.parametrize("name", ["communeimport_add", "communeimport_changelist"])
def test_imports_are_closed_to_coordinators_in_the_admin(client, name):
    coordinator = factories.coordinator(factories.cpts())
    client.force_login(coordinator, backend=BACKEND)

    assert client.get(reverse(f"admin:territories_{name}")).status_code == 403


@pytest.mark.parametrize("name", ["communeimport", "communechange"])
def test_imports_and_their_changes_are_searched_in_the_admin(as_admin, name):
    applied(as_admin, TWO, "communes_2024.csv")
    applied(as_admin, RENAMED)

    answer = as_admin.get(reverse(f"admin:territories_{name}_changelist"), {"q": "allineuc"})

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == (0 if name == "communeimport" else 1)


@pytest.mark.parametrize("model", ["commune", "population", "communemovement"])
def test_what_imports_write_is_only_read_in_the_admin(as_admin, model):
    """An ending, a successor or a population changed by hand would escape the territories and the undoing."""
    commune = factories.commune("22001")
    movement = CommuneMovement.objects.create(
        kind=32, effective_on=date(2026, 1, 1), before="22002", after="22001", source="x"
    )
    rows = {"commune": commune, "population": commune.populations.get(), "communemovement": movement}
    url = reverse(f"admin:territories_{model}_change", args=[rows[model].pk])

    assert as_admin.get(url).status_code == 200
    assert as_admin.post(url, {"ended_on": "2026-01-01", "municipal": "1"}).status_code == 403
    assert as_admin.get(reverse(f"admin:territories_{model}_add")).status_code == 403
