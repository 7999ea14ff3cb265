"""What agencies and national roles read of a register: figures, the board, the mission leads; nothing else."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.membership.adhesion import give_mandate
from members.models import Contact
from tests import factories
from tests import member_factories as make
from tests.members.figures.test_pages import in_directory, tables

pytestmark = pytest.mark.django_db
SECRETS = (
    *("Discrete", "discrete", "zoe.discrete@example.org", "06 39 98 00 01", "Ehpad-Secret", "Représentante-Secrète"),
)


def overview(cpts, query: str = "") -> str:
    return reverse("members:agency-overview", args=[cpts.pk]) + query


@pytest.fixture
def cpts():
    """A president, a mission lead, a director without office, and an ordinary member with much to leak."""
    made = factories.cpts("du Penthièvre")
    town = factories.commune("22093", "Lamballe-Armor")
    factories.in_territory(made, town)
    with everything("test data"):
        for name, office, subject in (
            ("Presidente", "president", ""),
            ("Referente", "mission_lead", "Accès aux soins"),
            ("Administratrice", "director", ""),
        ):
            person = make.member(made, civil_last_name=name, commune=town).professional
            give_mandate(person, office=office, subject=subject, start=date(2024, 1, 1), by=None)
        ordinary = make.member(made, civil_last_name="Discrete", civil_first_name="Zoé", commune=town).professional
        ordinary.practices.update(place="Cabinet Discrete", address="3 rue Discrete")
        Contact.objects.create(professional=ordinary, channel="email", value="zoe.discrete@example.org", consent=True)
        Contact.objects.create(professional=ordinary, channel="mobile", value="06 39 98 00 01", consent=True)
        make.member_structure(made, name="Ehpad-Secret", representative_name="Représentante-Secrète")
        made.ordinary_rpps = ordinary.rpps
    return made


def outsiders(cpts):
    return [
        factories.ars_agent(cpts.ars),
        factories.fund_agent(cpts.lead_fund),
        factories.observer(),
        factories.administrator(),
    ]


def test_they_read_the_figures_and_the_names_of_the_board_and_mission_leads(client, cpts):
    for user in outsiders(cpts):
        client.force_login(user)
        response = client.get(overview(cpts))
        found = tables(response)
        assert found["Bureau et référents de mission"] == [
            ["Présidence", "Dominique Presidente"],
            ["Référence de mission : Accès aux soins", "Dominique Referente"],
        ]
        assert found["Adhérents par catégorie"] == [["IDEL", "4"], ["EHPAD", "1"], ["Total", "5"]]


def test_no_other_name_address_or_number_leaves_by_this_page_or_its_files(client, cpts):
    client.force_login(factories.coordinator(cpts))
    register = client.get(reverse("members:person-data", args=[cpts.pk, ordinary_pk(cpts)])).content.decode()
    assert [secret for secret in SECRETS[2:4] if secret not in register] == []  # there is something to leak
    assert cpts.ordinary_rpps in register

    client.force_login(factories.ars_agent(cpts.ars))
    for query in ("", "?export=csv", "?jour=2024-06-30"):
        shown = client.get(overview(cpts, query)).content.decode()
        assert "IDEL" in shown
        for secret in (*SECRETS, "Administratrice", cpts.ordinary_rpps):
            assert secret not in shown


def ordinary_pk(cpts) -> int:
    with everything("test data"):
        return cpts.professionals.get(civil_last_name="Discrete").pk


@pytest.mark.parametrize("name", ["privacy", "directory-of-members", "statistics", "anonymise"])
def test_the_inside_pages_are_closed_to_them(client, cpts, name):
    for user in outsiders(cpts):
        client.force_login(user)
        assert client.get(reverse(f"members:{name}", args=[cpts.pk])).status_code == 403
        assert client.get(reverse("members:person-data", args=[cpts.pk, ordinary_pk(cpts)])).status_code == 403


def test_a_former_president_is_named_for_the_days_of_her_mandate_only(client, cpts):
    with everything("test data"):
        mandate = cpts.mandates.get(office="president")
        mandate.end = date(2025, 1, 1)
        mandate.save()
    client.force_login(factories.ars_agent(cpts.ars))
    assert "Presidente" not in client.get(overview(cpts)).content.decode()
    assert "Presidente" in client.get(overview(cpts, "?jour=2024-06-30")).content.decode()


def test_an_agent_of_another_agency_gets_404_and_nobody_may_post(client, cpts):
    client.force_login(factories.ars_agent(factories.agency("ars")))
    assert client.get(overview(cpts)).status_code == 404
    client.force_login(factories.coordinator(cpts))
    assert client.get(overview(cpts)).status_code == 200
    assert client.post(overview(cpts)).status_code == 405


# --- Comparison ---------------------------------------------------------------------------------------------------
def compared(client, query: str = "") -> list[list[str]]:
    response = client.get(reverse("members:comparison") + f"?export=csv{query}")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_an_agent_compares_the_cpts_of_her_portfolio(client, cpts):
    in_directory(factories.Commune.objects.get(code="22093"), "60", 8)
    other = factories.cpts("du Voisin", ars=cpts.ars)
    make.member(other)
    make.member(other, start=date(2023, 1, 1), end=date(2024, 1, 1))
    factories.cpts("d’ailleurs")
    client.force_login(factories.ars_agent(cpts.ars))
    rows = compared(client)
    assert [row[:4] + row[5:] for row in rows] == [
        ["CPTS", "Adhérents", "Personnes", "Au 31/12", "Professionnels", "Taux"],
        ["CPTS du Penthièvre", "5", "4", "5", "8", "50.0"],
        ["CPTS du Voisin", "1", "1", "1", "", ""],
    ]
    assert compared(client, "&q=voisin")[1:] == [rows[2]]
    page = client.get(reverse("members:comparison")).content.decode()
    assert "Vous agissez pour" in page
    assert "50,0\u202f%" in page


@pytest.mark.parametrize("order", ["name", "-members", "persons", "change", "-practitioners", "rate", "-rate"])
def test_every_column_sorts(client, cpts, order):
    client.force_login(factories.observer())
    assert client.get(reverse("members:comparison"), {"sort": order}).status_code == 200


def test_the_comparison_is_not_for_one_cpts_and_costs_the_same_for_one_and_three(client, cpts):
    client.force_login(factories.coordinator(cpts))
    assert client.get(reverse("members:comparison")).status_code == 403
    client.force_login(factories.ars_agent(cpts.ars))
    counted = []
    for _ in range(2):
        client.get(reverse("members:comparison"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("members:comparison"))
        counted.append(len(queries))
        for _ in range(2):
            make.member(factories.cpts(ars=cpts.ars))
    assert counted[0] == counted[1] <= 10
