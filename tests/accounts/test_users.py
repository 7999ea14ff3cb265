"""Users and accesses, as administrators manage them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts import administration
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.refusals import NotPossible
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client) -> User:
    found = factories.administrator(first_name="Camille", last_name="Essai")
    client.force_login(found)
    return found


def shown(client, **query) -> list[User]:
    response = client.get(reverse("accounts:user-list"), query)
    assert response.status_code == 200
    return [row.record for row in response.context["table"].rows]


class TestList:
    def test_search_without_accents_in_names_and_addresses(self, client, admin):
        person = factories.user(first_name="Éloïse", last_name="Le Guéven", email="e.lg@example.org")
        assert shown(client, q="eloise guev") == [person]
        assert shown(client, q="E.LG@example") == [person]
        assert shown(client, q="inconnue") == []

    def test_filters_read_the_same_active_access(self, client, admin):
        ars, cpts = factories.agency("ars"), factories.cpts("A")
        agent, coordinator = factories.ars_agent(ars), factories.coordinator(cpts)
        former = factories.coordinator(cpts)
        former.accesses.update(end=timezone.localdate())
        inactive = factories.user(is_active=False)
        assert shown(client, role=Role.ARS_AGENT) == [agent]
        assert shown(client, agency=ars.pk) == [agent]
        assert shown(client, cpts=cpts.pk) == [coordinator]
        assert shown(client, role=Role.BOARD, cpts=cpts.pk) == []
        assert shown(client, state="inactive") == [inactive]
        assert set(shown(client, state="without")) == {former, inactive}
        assert set(shown(client, state="active")) == {admin, agent, coordinator, former}

    def test_export_holds_what_is_shown(self, client, admin):
        factories.coordinator(factories.cpts("A"), first_name="Alix", last_name="Modèle", email="alix@example.org")
        response = client.get(reverse("accounts:user-list"), {"q": "alix", "export": "csv"})
        header, row = response.content.decode("utf-8-sig").split("\r\n")[:2]
        assert header == "Nom;Adresse électronique;Accès aujourd’hui;Compte;Dernière connexion"
        assert row.startswith("Alix Modèle;alix@example.org;Coordination de CPTS – CPTS A;Actif;")

    def test_same_queries_for_one_and_three_rows(self, client, admin):
        def queries(q: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert shown(client, q=q) != []
            return len(captured)

        factories.coordinator(factories.cpts(), last_name="Seule")
        one = queries("seule")
        for _ in range(3):
            factories.coordinator(factories.cpts(), last_name="Plusieurs")
        assert queries("plusieurs") == one

    def test_administrators_only(self, client):
        for person in (factories.observer(), factories.coordinator(factories.cpts())):
            client.force_login(person)
            assert client.get(reverse("accounts:user-list")).status_code == 403


class TestCard:
    def test_shows_accesses_with_their_dates_and_the_history(self, client, admin):
        person = factories.coordinator(factories.cpts("du Penthièvre"))
        access = person.accesses.get()
        response = client.get(person.get_absolute_url())
        assert response.context["rows"] == [(access, ("actif", "success"))]
        assert next(event.sentence for event in response.context["events"]).startswith("a donné l’accès Coordination")

    def test_same_queries_for_one_and_three_accesses(self, client, admin):
        def queries(person: User) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(person.get_absolute_url()).status_code == 200
            return len(captured)

        one, three = factories.coordinator(factories.cpts()), factories.coordinator(factories.cpts())
        for _ in range(2):
            Access.objects.create(user=three, role=Role.BOARD, cpts=factories.cpts())
        assert queries(one) == queries(three)

    def test_unknown_user(self, client, admin):
        assert client.get(reverse("accounts:user-detail", args=[999999])).status_code == 404


class TestEdit:
    def edit(self, client, person: User, **data):
        page = reverse("accounts:user-edit", args=[person.pk])
        return client.post(page, {"first_name": "Alix", "last_name": "Modèle", "email": "alix@example.org", **data})

    def test_names_and_address(self, client, admin):
        person = factories.user()
        assert self.edit(client, person, email="Alix@Example.org").headers["Location"] == person.get_absolute_url()
        person.refresh_from_db()
        assert (str(person), person.email, person.search) == (
            "Alix Modèle",
            "alix@example.org",
            "alix modele alix example org",
        )
        assert person.history.first().history_user == admin

    def test_an_address_already_used_whatever_the_case(self, client, admin):
        factories.user(email="alix@example.org")
        response = self.edit(client, factories.user(), email="ALIX@example.org")
        assert response.status_code == 422
        assert response.context["form"]["first_name"].value() == "Alix"
        assert "existe déjà" in str(response.context["form"].errors)

    def test_somebody_elses_change_meanwhile_is_not_overwritten(self, client, admin):
        person = factories.user(first_name="Avant")
        seen = client.get(reverse("accounts:user-edit", args=[person.pk])).context["form"]["seen"].value()
        person.first_name = "Entre-temps"
        person.save()
        response = self.edit(client, person, seen=seen)
        assert response.status_code == 422
        assert response.context["form"].non_field_errors() == [administration.CHANGED_MEANWHILE]
        person.refresh_from_db()
        assert person.first_name == "Entre-temps"


class TestAccesses:
    def give(self, client, person: User, **data):
        page = reverse("accounts:access-add", args=[person.pk])
        return client.post(page, {"start": "2026-01-01", **data})

    def test_given_on_a_cpts(self, client, admin):
        person, cpts = factories.user(), factories.cpts("A")
        assert self.give(client, person, role=Role.BOARD, cpts=cpts.pk).status_code == 302
        access = person.accesses.get()
        assert (access.role, access.cpts_id, access.start) == (Role.BOARD, cpts.pk, date(2026, 1, 1))
        assert access.history.get().history_user == admin

    @pytest.mark.parametrize(
        ("role", "field"),
        [(Role.BOARD, "cpts"), (Role.ARS_AGENT, "agency"), (Role.FUND_AGENT, "agency")],
    )
    def test_the_place_must_fit_the_role(self, client, admin, role, field):
        response = self.give(client, factories.user(), role=role)
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]

    def test_an_ars_agent_is_not_of_a_fund(self, client, admin):
        response = self.give(client, factories.user(), role=Role.ARS_AGENT, agency=factories.agency("cpam").pk)
        assert response.context["form"].errors["agency"] == ["Cette agence ne correspond pas au rôle choisi."]

    def test_two_alike_do_not_overlap(self, client, admin):
        cpts = factories.cpts("A")
        person = factories.coordinator(cpts)
        response = self.give(client, person, role=Role.COORDINATOR, cpts=cpts.pk)
        assert response.status_code == 422
        assert person.accesses.count() == 1

    def test_ended_on_a_day_never_deleted(self, client, admin):
        access = factories.coordinator(factories.cpts()).accesses.get()
        page = reverse("accounts:access-end", args=[access.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, {"on": "2026-06-30"}).status_code == 302
        access.refresh_from_db()
        assert access.end == date(2026, 6, 30)
        assert client.post(page, {"on": "2026-07-30"}).status_code == 422
        assert client.post(page, {"on": "pas une date"}).status_code == 422

    def test_ended_on_its_first_day_it_stops_at_once_and_may_be_given_again(self, admin):
        person, cpts = factories.user(), factories.cpts("A")
        for _ in range(2):
            access = administration.add_access(access=Access(user=person, role=Role.BOARD, cpts=cpts), by=admin)
            assert Actor(person).roles == {Role.BOARD}
            administration.end_access(access=access, by=admin)
            assert Actor(person).roles == set()

    def test_the_database_refuses_a_second_open_access(self, admin):
        person = factories.administrator()
        with pytest.raises(IntegrityError), transaction.atomic():
            Access.objects.create(user=person, role=Role.ADMINISTRATOR)


class TestTheLastAdministrator:
    def test_keeps_the_access(self, client, admin):
        access = admin.accesses.get()
        response = client.post(reverse("accounts:access-end", args=[access.pk]), {"on": timezone.localdate()})
        assert response.status_code == 422
        assert "Camille Essai est la dernière personne" in str(response.context["form"].errors)
        access.refresh_from_db()
        assert access.end is None

    def test_is_not_deactivated(self, admin):
        other = factories.administrator()
        administration.deactivate(user=admin, by=other)
        with pytest.raises(NotPossible, match="dernière personne"):
            administration.deactivate(user=other, by=factories.user())

    def test_one_whose_access_ends_later_does_not_count(self, admin):
        leaving = factories.administrator()
        leaving.accesses.update(end=timezone.localdate() + timedelta(days=10))
        with pytest.raises(NotPossible):
            administration.end_access(access=admin.accesses.get(), by=leaving)

    def test_may_leave_once_there_is_another(self, admin):
        factories.administrator()
        administration.end_access(access=admin.accesses.get(), by=admin)
        assert Actor(admin).roles == set()


class TestDeactivating:
    def test_asks_first_then_closes_the_account(self, client, admin):
        person = factories.coordinator(factories.cpts())
        page = reverse("accounts:user-deactivate", args=[person.pk])
        assert client.get(page).context["question"] == f"Désactiver le compte de {person} ?"
        person.refresh_from_db()
        assert person.is_active
        assert client.post(page).headers["Location"] == person.get_absolute_url()
        person.refresh_from_db()
        assert not person.is_active
        assert person.accesses.get().end is None
        client.post(reverse("accounts:user-reactivate", args=[person.pk]))
        person.refresh_from_db()
        assert person.is_active

    def test_not_oneself(self, client, admin):
        factories.administrator()
        response = client.post(reverse("accounts:user-deactivate", args=[admin.pk]))
        assert response.status_code == 422
        admin.refresh_from_db()
        assert admin.is_active


class TestAgencies:
    def test_created_with_its_departments_and_read_in_its_history(self, client, admin):
        department = factories.department("22", "Côtes-d’Armor")
        response = client.post(
            reverse("accounts:agency-new"),
            {"name": "ARS Bretagne", "kind": "ars", "departments": [department.pk], "is_active": "on", "seen": ""},
        )
        page = client.get(response.headers["Location"])
        assert page.context["agency"].name == "ARS Bretagne"
        assert list(page.context["agency"].departments.all()) == [department]
        assert [(event.who, event.sentence) for event in page.context["events"]] == [
            ("Camille Essai", "a créé l’agence ARS Bretagne")
        ]

    def test_edited_unless_somebody_did_meanwhile(self, client, admin):
        agency = factories.agency("ars", "ARS Bretagne")
        page = reverse("accounts:agency-edit", args=[agency.pk])
        form = client.get(page).context["form"]
        data = {"name": "ARS de Bretagne", "kind": "ars", "departments": form.initial["departments"][0].pk}
        data = {**data, "is_active": "on", "seen": form["seen"].value()}
        assert client.post(page, data).status_code == 302
        agency.refresh_from_db()
        assert agency.name == "ARS de Bretagne"
        assert client.post(page, data).status_code == 422

    def test_list_search_filters_and_queries(self, client, admin):
        def queries(q: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse("accounts:agency-list"), {"q": q}).status_code == 200
            return len(captured)

        brittany = factories.agency("ars", "ARS Réunion")
        assert [r.record for r in client.get("/compte/agences/?q=reunion").context["table"].rows] == [brittany]
        one = queries("reunion")
        for n in range(3):
            factories.agency("cpam", f"CPAM {n}")
        assert queries("cpam") == one

    def test_everybody_reads_only_administrators_write(self, client):
        agency = factories.agency("ars")
        client.force_login(factories.ars_agent(agency))
        assert client.get(reverse("accounts:agency-list")).status_code == 200
        page = client.get(reverse("accounts:agency-detail", args=[agency.pk]))
        assert (page.context["events"], page.context["agents"]) == (None, None)
        assert client.get(reverse("accounts:agency-edit", args=[agency.pk])).status_code == 403
        assert client.post(reverse("accounts:agency-new")).status_code == 403
