"""The shared admin: the same permission table and the same scope as the pages."""

import csv
import io

import pytest
from django.contrib import admin
from django.forms import BooleanField
from django.urls import reverse

from cpts_portal.accounts.models import Access, Invitation, User
from cpts_portal.accounts.roles import Role
from cpts_portal.adminsite import PortalAdmin
from territories.models import Cpts, CptsCommune, DeclaredFigures
from tests import factories

pytestmark = pytest.mark.django_db


def of(model: type, name: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def exported(client, model: type) -> list[list[str]]:
    """The rows of the CSV export with every column ticked: what anybody who may export can get."""
    form = client.get(of(model, "export")).context["form"]
    ticked = {name: "on" for name, field in form.fields.items() if isinstance(field, BooleanField)}
    response = client.post(of(model, "export"), {"format": "0", "resource": "0", **ticked})
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode())))


def test_every_table_of_ours_shares_the_base_and_no_librarys_is_there():
    assert [model for model, found in admin.site._registry.items() if not isinstance(found, PortalAdmin)] == []


def test_the_index_shows_each_role_what_she_may_open(client):
    client.force_login(factories.administrator())
    assert b"Utilisateurs" in client.get("/gestion/").content
    client.force_login(factories.observer())
    response = client.get("/gestion/")
    assert response.status_code == 200
    assert "accounts" not in {app["app_label"] for app in response.context["app_list"]}


class TestUsers:
    def test_search_without_accents(self, client):
        person = factories.user(first_name="Éloïse")
        client.force_login(factories.administrator())
        response = client.get(of(User, "changelist"), {"q": "eloise"})
        assert list(response.context["cl"].queryset) == [person]

    def test_no_secret_leaves_in_an_export(self, client):
        person = factories.administrator(email="alix@example.org")
        client.force_login(person)
        header, *rows = exported(client, User)
        assert {"password", "token", "search"} & set(header) == set()
        assert [row[header.index("email")] for row in rows] == ["alix@example.org"]

    def test_not_created_nor_deactivated_nor_deleted_here(self, client):
        person = factories.user()
        client.force_login(factories.administrator())
        assert client.get(of(User, "add")).status_code == 403
        assert client.post(of(User, "delete", person.pk), {"post": "yes"}).status_code == 403
        data = {"first_name": "Alix", "last_name": "Modèle", "email": "alix@example.org", "is_active": ""}
        assert client.post(of(User, "change", person.pk), data).status_code == 302
        person.refresh_from_db()
        assert (person.first_name, person.is_active) == ("Alix", True)

    def test_the_history_reads_as_on_the_page(self, client):
        person, by = factories.user(), factories.administrator(first_name="Camille", last_name="Essai")
        client.force_login(by)
        response = client.get(of(User, "history", person.pk))
        assert [event.sentence for event in response.context["events"]] == [f"a créé le compte de {person}"]

    def test_leads_to_the_page(self, client):
        person = factories.user()
        client.force_login(factories.administrator())
        assert f'href="{person.get_absolute_url()}"' in client.get(of(User, "change", person.pk)).content.decode()


class TestAccesses:
    def test_given_here_under_the_same_rules(self, client):
        person, by = factories.user(), factories.administrator()
        cpts = factories.cpts("A")
        client.force_login(by)
        data = {"user": person.pk, "role": Role.BOARD, "cpts": cpts.pk, "agency": "", "start": "01/01/2026", "end": ""}
        assert client.post(of(Access, "add"), data).status_code == 302
        assert person.accesses.get().history.get().history_user == by
        response = client.post(of(Access, "add"), {**data, "end": "01/02/2026"})
        assert "a déjà cet accès" in str(response.context["adminform"].form.errors)
        assert client.post(of(Access, "add"), {**data, "role": Role.ARS_AGENT}).status_code == 200
        assert person.accesses.count() == 1

    def test_ended_on_the_page_only(self, client):
        access = factories.board_member(factories.cpts()).accesses.get()
        client.force_login(factories.administrator())
        assert client.get(of(Access, "change", access.pk)).status_code == 200
        assert client.post(of(Access, "change", access.pk), {"end": "01/02/2026"}).status_code == 403
        assert client.post(of(Access, "delete", access.pk), {"post": "yes"}).status_code == 403


class TestScope:
    def test_a_coordinator_sees_the_invitations_she_handles(self, client):
        ours, other = factories.cpts("A"), factories.cpts("B")
        by = factories.administrator()
        made = [
            Invitation.by_link.create(email=f"{cpts.pk}@example.org", role=Role.BOARD, cpts=cpts, invited_by=by)
            for cpts in (ours, other)
        ]
        client.force_login(factories.coordinator(ours))
        assert list(client.get(of(Invitation, "changelist")).context["cl"].result_list) == [made[0]]
        assert client.get(of(Invitation, "change", made[0].pk)).status_code == 200
        assert made[0].token not in client.get(of(Invitation, "change", made[0].pk)).content.decode()
        assert client.get(of(Invitation, "change", made[1].pk)).status_code == 404

    @pytest.fixture
    def ours(self) -> Cpts:
        return factories.cpts("A")

    def test_a_row_cannot_be_written_into_another_cpts(self, client, ours):
        """She sees both CPTS, coordinates one, sits on the board of the other: only the first is offered."""
        other = factories.cpts("B")
        person = factories.coordinator(ours)
        Access.objects.create(user=person, role=Role.BOARD, cpts=other)
        client.force_login(person)
        data = {"declared_on": "01/01/2026", "population": "1000", "communes": "", "source": "communiqué"}
        form_page = client.get(of(DeclaredFigures, "add"))
        assert form_page.status_code == 200
        response = client.post(of(DeclaredFigures, "add"), {**data, "cpts": other.pk})
        assert response.status_code == 200
        assert "cpts" in response.context["adminform"].form.errors
        assert client.post(of(DeclaredFigures, "add"), {**data, "cpts": ours.pk}).status_code == 302
        client.force_login(factories.administrator())
        assert [row.cpts for row in client.get(of(DeclaredFigures, "changelist")).context["cl"].result_list] == [ours]

    def test_a_board_member_reads_and_changes_nothing(self, client, ours):
        client.force_login(factories.board_member(ours))
        response = client.get(of(Cpts, "change", ours.pk))
        assert response.status_code == 200
        assert not response.context["has_change_permission"]
        assert client.post(of(Cpts, "change", ours.pk), {"name": "Autre"}).status_code == 403

    def test_an_export_holds_the_rows_of_the_scope(self, client, ours):
        factories.in_territory(ours, factories.commune(name="Erquy"))
        factories.in_territory(factories.cpts("B"), factories.commune(name="Plurien"))
        client.force_login(factories.coordinator(ours))
        assert client.get(of(CptsCommune, "changelist")).context["cl"].result_count == 1
        header, *rows = exported(client, CptsCommune)
        assert [row[header.index("cpts")] for row in rows] == [str(ours.pk)]
