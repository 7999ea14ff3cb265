"""Home of each persona: the right figures, the next steps, the chosen CPTS, nobody else's figures."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.accounts.models import Access, Invitation
from cpts_portal.accounts.roles import Role
from cpts_portal.core.scoping import everything
from territories.models import CommuneImport, Cpts, DeclaredFigures, Population, Stage
from tests import factories as make
from tests.signing import client_of

pytestmark = pytest.mark.django_db
HOME = reverse("home:dashboard")
IDENTITY = {
    "rna": "W221000001",
    "siren": "732829320",
    "finess": "010780054",
    "address": "1 rue du Port",
    "email": "contact@demo.example",
    "phone": "02 96 00 00 00",
}


def home(client: Client):
    response = client.get(HOME)
    assert response.status_code == 200
    return response


def complete_cpts(name: str = "", **fields) -> Cpts:
    return make.cpts(name, seat=make.commune(name="Siège"), **{**IDENTITY, **fields})


def labels(steps) -> list[str]:
    return [step.label.replace("\u00a0", " ") for step in steps]


# --- Coordinator and board ---------------------------------------------------------------------------------------
def test_a_coordinator_sees_her_territory_by_epci_with_size_and_next_threshold():
    mine = complete_cpts()
    make.in_territory(mine, make.commune(population=30_000, epci=make.epci("200000001", "CC Une")))
    make.in_territory(mine, make.commune(population=20_000, epci=make.epci("200000002", "CC Deux")))
    context = home(client_of(make.coordinator(mine))).context
    assert context["page_title"] == mine.full_name
    assert [(bar["label"], bar["percent"]) for bar in context["home"].epci_bars] == [
        ("CC Une", 60.0),
        ("CC Deux", 40.0),
    ]
    assert (context["size_value"], context["threshold_value"], context["threshold_hint"]) == (
        "Taille 2",
        "80\u202f000",
        "il manque 30\u202f000\u00a0habitants",
    )
    assert context["home"].steps == []
    assert "Tout est en ordre" in home(client_of(make.board_member(mine))).content.decode()


def test_declared_figures_stand_beside_the_computed_ones():
    mine = complete_cpts()
    make.in_territory(mine, make.commune(population=900))
    with everything("test data"):
        DeclaredFigures.objects.create(
            cpts=mine, declared_on=date(2024, 9, 1), population=1000, communes=1, source="communiqué"
        )
    context = home(client_of(make.coordinator(mine))).context
    assert context["declared_rows"] == [("Habitants", "1\u202f000", "900", "−100"), ("Communes", "1", "1", "0")]
    assert labels(context["home"].steps) == ["Les chiffres déclarés diffèrent des chiffres calculés"]


def test_an_empty_territory_leads_the_coordinator_to_compose_it_and_the_board_to_the_card():
    mine = complete_cpts()
    compose = reverse("territories:cpts-compose", args=[mine.pk])
    pages = [home(client_of(user)) for user in (make.coordinator(mine), make.board_member(mine))]
    assert [labels(page.context["home"].steps) for page in pages] == [["Composer le territoire"]] * 2
    assert [f'href="{compose}"' in page.content.decode() for page in pages] == [True, False]


def test_what_deserves_a_look_is_listed_most_pressing_first():
    mine = make.cpts(**{**IDENTITY, "finess": "", "rna": ""}, seat=make.commune())
    near = make.commune(name="Grande", population=39_900)
    Population.objects.create(commune=near, vintage=2024, municipal=40_100)
    make.in_territory(mine, near)
    make.in_territory(mine, make.commune(name="Inconnue", population=None))
    steps = home(client_of(make.coordinator(mine))).context["home"].steps
    assert labels(steps) == [
        "La population est à moins de 2 % d’un seuil de taille",
        "Le millésime 2026 change la taille : de 2 à 1",
        "Compléter l’identité de la CPTS",
        "Population inconnue pour 1 commune",
    ]
    assert [step.hint.replace("\u00a0", " ") for step in steps[2:]] == [
        "Il manque : numéro RNA, FINESS.",
        "Inconnue ne compte pas dans le total.",
    ]


def test_a_person_with_two_cpts_sees_the_one_she_chose():
    first, second = make.cpts("Abricot"), make.cpts("Banane")
    user = make.coordinator(first)
    other = Access.objects.create(user=user, role=Role.COORDINATOR, cpts=second, start=date(2024, 1, 1))
    client = client_of(user)
    assert home(client).context["home"].cpts == first
    client.post(reverse("accounts:access-choose"), {"access": other.pk})
    context = home(client).context
    assert (context["home"].cpts, [access.cpts for access in context["others"]]) == (second, [first])


def test_a_coordinator_reads_nothing_of_another_cpts():
    mine, other = complete_cpts("Mienne"), complete_cpts("Autre")
    make.in_territory(mine, make.commune(population=11_111))
    make.in_territory(other, make.commune(population=22_222))
    page = home(client_of(make.coordinator(mine))).content.decode()
    assert ["11\u202f111" in page, "22\u202f222" in page, "Autre" in page] == [True, False, False]


# --- Agencies ----------------------------------------------------------------------------------------------------
def test_an_agent_sees_the_portfolio_of_her_agency_with_totals_alerts_and_coverage():
    ars, fund = make.agency("ars"), make.agency("cpam")
    followed = complete_cpts("Suivie", ars=ars, lead_fund=fund, stage=Stage.SIGNED)
    complete_cpts("Vide", ars=ars, lead_fund=fund)
    make.in_territory(followed, make.commune(population=40_100))
    make.in_territory(complete_cpts("Ailleurs"), make.commune(population=59_900))
    for user in (make.ars_agent(ars), make.fund_agent(fund)):
        context = home(client_of(user)).context
        summary = context["home"]
        rows = list(context["table"].paginated_rows)
        assert [row.record.name for row in rows] == ["Suivie", "Vide"]
        assert (summary.count, summary.signed, summary.near, summary.empty) == (2, 1, 1, 1)
        assert (summary.inhabitants, summary.communes) == (40_100, 1)
        alerts = [str(row.get_cell("alerts")) for row in rows]
        assert ["proche d’un seuil" in alerts[0], "territoire vide" in alerts[1]] == [True, True]
        # 3 seats of 1 000 inhabitants are white; the two territories of the department are covered.
        assert (summary.coverage.white_communes, summary.coverage.covered) == (3, 100_000)


def test_an_agent_reaches_the_missions_and_the_participation_of_each_cpts():
    mine = complete_cpts()
    client = client_of(make.ars_agent(mine.ars))
    shown = home(client).content.decode()
    for name in ("missions:missions", "missions:participation"):
        address = reverse(name, args=[mine.pk])
        assert f'href="{address}"' in shown
        assert client.get(address).status_code == 200


def test_an_agent_of_another_agency_has_an_empty_portfolio_that_says_why():
    make.cpts("Lointaine")
    page = home(client_of(make.ars_agent(make.agency("ars")))).content.decode()
    assert ["Lointaine" in page, "Aucune CPTS rattachée" in page] == [False, True]


# --- Nation ------------------------------------------------------------------------------------------------------
def test_an_observer_sees_the_nation_by_stage_and_by_size():
    small, large = make.cpts(stage=Stage.SIGNED), make.cpts(stage=Stage.SIGNED)
    make.cpts(stage=Stage.NEGOTIATION)
    make.in_territory(small, make.commune(population=10_000))
    make.in_territory(large, make.commune(population=90_000), inhabitants=85_000)
    context = home(client_of(make.observer())).context
    summary = context["home"]
    assert (summary.count, summary.signed, summary.shared) == (3, 2, 1)
    assert {bar["label"]: bar["value"] for bar in summary.by_stage if bar["value"] != "0"} == {
        "Contrat ACI en négociation": "1",
        "Contrat ACI signé": "2",
    }
    assert [bar["value"] for bar in summary.by_size] == ["1", "0", "1", "0", "1"]
    assert context["percent_covered"] == "95,0\u202f%"


# --- Administration ----------------------------------------------------------------------------------------------
def test_an_administrator_of_an_empty_portal_is_led_to_the_first_import():
    context = home(client_of(make.administrator())).context
    assert labels(context["to_do"])[0] == "Importer la liste des communes"
    assert context["to_do"][0].url == reverse("territories:import-upload")
    assert "Enregistrer les premières CPTS" in labels(context["to_do"])


def test_an_administrator_sees_the_state_of_the_data_and_what_remains_to_do():
    admin = make.administrator(first_name="Ada", last_name="Ministre")
    CommuneImport.objects.create(
        filename="communes_2026.csv",
        sha256="0" * 64,
        vintage=2026,
        status=CommuneImport.Status.APPLIED,
        applied_at=timezone.now(),
        author=admin,
    )
    make.in_territory(make.cpts(), make.commune())
    make.cpts()
    make.user()
    Invitation.objects.create(
        email="a@example.org", role=Role.OBSERVER, invited_by=admin, expires_at=timezone.now() - timedelta(days=1)
    )
    Invitation.objects.create(email="b@example.org", role=Role.OBSERVER, invited_by=admin)
    response = home(client_of(admin))
    people = response.context["home"].people
    assert (people.users, people.without_access, people.accesses) == (2, 1, 1)
    assert (people.open_invitations, people.expired_invitations) == (1, 1)
    assert response.context["home"].without_territory == 1
    done, to_do = labels(response.context["done"]), labels(response.context["to_do"])
    assert "Importer la liste des communes" in done
    assert {
        "Composer le territoire de chaque CPTS",
        "Donner un accès à chaque utilisateur",
        "Relancer ou annuler les invitations expirées",
    } <= set(to_do)
    assert "par Ada Ministre" in response.content.decode()


def test_a_failed_import_is_the_first_thing_to_look_at():
    make.commune()
    CommuneImport.objects.create(
        filename="abîmé.csv", sha256="0" * 64, vintage=2026, status=CommuneImport.Status.FAILED
    )
    context = home(client_of(make.administrator())).context
    assert labels(context["to_do"])[0] == "Le dernier import a échoué"


# --- Everybody ---------------------------------------------------------------------------------------------------
def test_the_dashboard_asks_for_a_login_and_an_access_and_refuses_a_post(client):
    assert client.get(HOME).status_code == 302
    assert client_of(make.user()).get(HOME).status_code == 403
    assert client_of(make.observer()).post(HOME).status_code == 405


@pytest.mark.parametrize("persona", ["coordinator", "agent", "observer", "administrator"])
def test_the_number_of_queries_does_not_depend_on_the_rows(persona):
    ars, mine = make.agency("ars"), make.cpts()
    users = {
        "coordinator": lambda: make.coordinator(mine),
        "agent": lambda: make.ars_agent(ars),
        "observer": make.observer,
        "administrator": make.administrator,
    }
    client = client_of(users[persona]())

    def add_rows() -> None:
        make.in_territory(mine, make.commune(epci=make.epci()))
        make.in_territory(make.cpts(ars=ars), make.commune())
        make.user()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            home(client)
        return len(captured)

    add_rows()
    with_one = queries()
    add_rows()
    add_rows()
    assert queries() == with_one
