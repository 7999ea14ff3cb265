"""List and card of a CPTS, its identity, the figures it declares: what each person sees and may do."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from territories.models import Cpts, Population
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"territories:{name}", args=args)


def listed(client, query: str = "") -> list[list[str]]:
    """The rows of the list, read from its CSV export, without the header."""
    response = client.get(f"{url('cpts-list')}?{query}&export=csv")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))[1:]


def names(client, query: str = "") -> list[str]:
    return [row[0] for row in listed(client, query)]


@pytest.fixture
def ours():
    cpts = factories.cpts("du Penthièvre", siren="732829320")
    lamballe = factories.commune("22093", "Lamballe-Armor", population=39_500, epci=factories.epci(name="CA Lamballe"))
    factories.in_territory(cpts, lamballe)
    return cpts


# --- List ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_the_figures_of_each_territory(client, ours):
    factories.in_territory(ours, factories.commune("22001", population=200))
    client.force_login(factories.observer())
    assert listed(client) == [["du Penthièvre", "Département 22 (22)", "2", "39700", "1", "oui", "En émergence"]]
    page = client.get(url("cpts-list")).content.decode()
    assert "39\u202f700" in page
    assert "à moins de 2 % d’un seuil" in page


def test_an_agent_sees_the_cpts_of_her_agency_only(client, ours):
    factories.cpts("du Voisin")
    client.force_login(factories.ars_agent(ours.ars))
    assert names(client) == ["du Penthièvre"]
    page = client.get(url("cpts-list")).content.decode()
    assert "Vous agissez pour" in page
    assert "du Voisin" not in page


def test_filters_and_search_without_accents(client, ours):
    brittany, other = ours, factories.cpts("du Voisin", stage="signed")
    dijon = factories.department("21", of=factories.region("27", "Bourgogne"))
    with everything("test data"):
        other.departments.set([dijon])
    factories.in_territory(other, factories.commune("21231", "Dijon", population=160_000))
    client.force_login(factories.observer())
    expected = {
        "q=penthievre": [brittany.name],
        "q=732829320": [brittany.name],
        f"region={dijon.region_id}": [other.name],
        f"department={dijon.pk}": [other.name],
        f"ars={brittany.ars_id}": [brittany.name],
        f"lead_fund={other.lead_fund_id}": [other.name],
        "stage=signed": [other.name],
        "size=3": [other.name],
        "near=yes": [brittany.name],
        "near=no": [other.name],
        "sort=-population": [other.name, brittany.name],
        "sort=size": [brittany.name, other.name],
        "size=neuf": [brittany.name, other.name],
    }
    found = {query: names(client, query) for query in expected}
    assert found == expected


def test_a_cpts_in_two_departments_of_a_region_appears_once(client, ours):
    with everything("test data"):
        ours.departments.add(factories.department("35"))
    client.force_login(factories.observer())
    assert names(client, f"region={factories.region().pk}") == [ours.name]


def test_the_export_holds_exactly_what_is_filtered(client, ours):
    factories.cpts("du Voisin")
    client.force_login(factories.observer())
    response = client.get(f"{url('cpts-list')}?q=penthievre&export=csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["CPTS", "Départements", "Communes", "Population", "Taille", "Proche d’un seuil", "Étape"],
        ["du Penthièvre", "Département 22 (22)", "1", "39500", "1", "oui", "En émergence"],
    ]


def test_an_empty_list_says_why(client):
    client.force_login(factories.ars_agent(factories.agency("ars", "ARS Bretagne")))
    page = client.get(url("cpts-list")).content.decode()
    assert "Aucune CPTS ne correspond" in page
    assert "ARS Bretagne" in page


def test_the_list_takes_as_many_queries_for_one_cpts_as_for_three(client, ours, django_assert_num_queries):
    client.force_login(factories.observer())
    client.get(url("cpts-list"))
    with django_assert_num_queries(15):
        client.get(url("cpts-list"))
    for _ in range(2):
        factories.in_territory(factories.cpts(), factories.commune())
    with django_assert_num_queries(15):
        page = client.get(url("cpts-list")).content.decode()
    assert "3\u00a0résultats" in page


def test_list_and_card_give_the_same_figures(client, ours):
    """Shared communes, unknown populations and mergers are counted the same way by both."""
    day = timezone.localdate()
    rennes = factories.commune("35238", population=1000)
    merged = factories.commune("35001", population=300)
    gone = factories.commune("35002", population=77, ended_on=date(day.year, 1, 1), successor=merged)
    factories.in_territory(ours, rennes, inhabitants=400)
    factories.in_territory(ours, merged)
    factories.in_territory(ours, factories.commune("55039", population=None))
    factories.in_territory(ours, gone, end=date(day.year, 1, 1))
    client.force_login(factories.observer())
    (row,) = listed(client)
    card = client.get(url("cpts-detail", ours.pk)).context["perimeter"]
    assert (int(row[2]), int(row[3])) == (card.communes, card.population) == (4, 40_277)


# --- Card ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["coordinator", "board_member", "ars_agent", "fund_agent", "observer", "administrator"])
def test_everybody_concerned_reads_the_card_and_only_some_may_change_it(client, ours, who):
    place = {"coordinator": [ours], "board_member": [ours], "ars_agent": [ours.ars], "fund_agent": [ours.lead_fund]}
    client.force_login(getattr(factories, who)(*place.get(who, [])))
    response = client.get(url("cpts-detail", ours.pk))
    assert response.status_code == 200
    may_change = who in ("coordinator", "administrator")
    page = response.content.decode()
    for name in ("cpts-edit", "cpts-compose", "cpts-declared"):
        assert (url(name, ours.pk) in page) == may_change
        assert client.get(url(name, ours.pk)).status_code == (200 if may_change else 403)


def test_the_card_of_another_cpts_is_not_found_and_says_why(client, ours):
    other = factories.cpts("du Voisin")
    client.force_login(factories.coordinator(ours))
    for name in ("cpts-detail", "cpts-edit", "cpts-compose", "cpts-abandon", "cpts-declared", "cpts-sheet"):
        response = client.get(url(name, other.pk))
        assert response.status_code == 404
        assert "Vous agissez pour" in response.content.decode()
        assert client.get(url(name, other.pk + 100)).status_code == 404


def test_nobody_reads_a_card_without_login(client, ours):
    for name in ("cpts-detail", "cpts-edit", "cpts-compose", "cpts-declared", "cpts-sheet"):
        assert client.get(url(name, ours.pk)).status_code == 302
    assert client.get(url("cpts-list")).status_code == 302


def test_the_card_warns_within_two_per_cent_of_a_threshold(client, ours):
    client.force_login(factories.coordinator(ours))
    page = client.get(url("cpts-detail", ours.pk)).content.decode()
    assert "500\u00a0habitants au-dessous du seuil de la taille 2" in page


def test_the_card_reads_yesterday_and_another_vintage(client, ours):
    old = factories.commune("22002", "Morieux", population=700, vintage=2020)
    factories.in_territory(ours, old, start=date(2020, 1, 1), end=date(2023, 1, 1))
    Population.objects.create(commune=ours.territory.model.directory.first().commune, vintage=2020, municipal=1)
    client.force_login(factories.coordinator(ours))
    response = client.get(url("cpts-detail", ours.pk), {"jour": "2021-05-01"})
    perimeter = response.context["perimeter"]
    assert [row.commune.name for row in perimeter.rows] == ["Morieux"]
    assert (perimeter.vintage, perimeter.population) == (2020, 700)
    assert "Territoire au 1er mai 2021" in response.content.decode()
    response = client.get(url("cpts-detail", ours.pk), {"millesime": "2020"})
    assert response.context["perimeter"].population == 1


@pytest.mark.parametrize("query", [{"jour": "hier"}, {"jour": "0206-01-01"}, {"millesime": "1900"}, {"millesime": "x"}])
def test_a_date_or_a_vintage_that_means_nothing_shows_today_with_the_error(client, ours, query):
    client.force_login(factories.coordinator(ours))
    response = client.get(url("cpts-detail", ours.pk), query)
    assert response.status_code == 200
    assert response.context["reading"].errors
    assert response.context["perimeter"].day == timezone.localdate()


def test_the_card_tells_what_is_planned_and_the_figures_of_the_vintage_before(client, ours):
    commune = factories.commune(population=2_000)
    Population.objects.create(commune=commune, vintage=2024, municipal=1_900)
    cpts = factories.cpts()
    factories.in_territory(cpts, commune)
    factories.in_territory(cpts, factories.commune(population=40_000), start=date(2099, 1, 1))
    client.force_login(factories.coordinator(cpts))
    page = client.get(url("cpts-detail", cpts.pk)).content.decode().replace("\u00a0", " ")
    assert "millésime 2026 ; 1\u202f900 au millésime 2024" in page
    assert "Changement prévu le 1er janvier 2099 : 1 commune entre" in page
    assert "Le territoire aura alors 2 communes et 42\u202f000 habitants, taille 2." in page


def test_who_may_open_the_cpts_is_told_to_its_coordination_only(client, ours):
    cpts = factories.cpts()
    coordinator, board = factories.coordinator(cpts), factories.board_member(cpts)
    for person, expected in [(coordinator, True), (board, False)]:
        client.force_login(person)
        assert ("a donné l’accès" in client.get(url("cpts-detail", cpts.pk)).content.decode()) == expected


def test_the_card_takes_as_many_queries_for_one_commune_as_for_three(client, ours, django_assert_num_queries):
    client.force_login(factories.coordinator(ours))
    client.get(url("cpts-detail", ours.pk))
    counts = []
    for _ in range(2):
        with django_assert_num_queries(counts[0] if counts else 26, exact=bool(counts)) as captured:
            client.get(url("cpts-detail", ours.pk))
        counts.append(len(captured))
        for _more in range(2):
            factories.in_territory(ours, factories.commune(epci=factories.epci()))


# --- Identity -----------------------------------------------------------------------------------------------------
def identity(cpts: Cpts, **changes) -> dict:
    return {"legal_name": "", "rna": "", "siren": "", "finess": "", "address": "", "seat": "", "email": "",
            "phone": "", "website": "", "version": cpts.version, **changes}  # fmt: skip


def saved(cpts: Cpts) -> Cpts:
    return Cpts.directory.get(pk=cpts.pk)


def test_the_coordination_changes_the_identity_and_the_history_says_who(client, ours):
    user = factories.coordinator(ours)
    client.force_login(user)
    response = client.post(
        url("cpts-edit", ours.pk),
        identity(ours, rna="w 220000001", siren="732 829 320", seat="Lamballe-Armor (22093)", phone="02 96 00 00 00"),
    )
    assert response.headers["Location"] == url("cpts-detail", ours.pk)
    found = saved(ours)
    assert (found.rna, found.siren, found.seat.code, found.version) == ("W220000001", "732829320", "22093", 1)
    assert Cpts.history.filter(id=ours.pk).first().history_user == user
    assert user.get_full_name() in client.get(url("cpts-detail", ours.pk)).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("siren", "732829321", "n’est pas valide"),
        ("rna", "220000001", "W suivi de 9 chiffres"),
        ("finess", "12", "9 caractères"),
        ("phone", "0296", "10 chiffres"),
        ("email", "contact", "courriel valide"),
        ("seat", "Nullepart", "Aucune commune actuelle"),
        ("seat", "Sainte-Colombe", "Plusieurs communes"),
    ],
)
def test_a_wrong_identifier_comes_back_with_the_reason(client, ours, field, value, reason):
    factories.commune("21544", "Sainte-Colombe")
    factories.commune("35262", "Sainte-Colombe")
    client.force_login(factories.coordinator(ours))
    response = client.post(url("cpts-edit", ours.pk), identity(ours, **{field: value, "address": "1 rue du Port"}))
    assert response.status_code == 422
    assert reason in " ".join(response.context["form"].errors[field])
    assert "1 rue du Port" in response.content.decode()
    assert saved(ours).version == 0


def test_a_doubtful_finess_is_a_warning_that_may_be_overridden(client, ours):
    client.force_login(factories.coordinator(ours))
    sent = identity(ours, finess="010780055")
    response = client.post(url("cpts-edit", ours.pk), sent)
    assert response.status_code == 422
    assert 'type="checkbox" name="finess_anyway"' in response.content.decode()
    client.post(url("cpts-edit", ours.pk), {**sent, "finess_anyway": "on"})
    assert saved(ours).finess == "010780055"


def test_somebody_else_saved_meanwhile_and_both_versions_are_shown(client, ours):
    client.force_login(factories.coordinator(ours))
    client.post(url("cpts-edit", ours.pk), identity(ours, phone="02 96 11 11 11"))
    sent = identity(ours, phone="02 96 22 22 22")
    response = client.post(url("cpts-edit", ours.pk), sent)
    assert response.status_code == 409
    assert response.context["comparison"] == [("Téléphone", "02 96 11 11 11", "02 96 22 22 22")]
    assert saved(ours).phone == "02 96 11 11 11"
    again = {**sent, "version": response.context["form"].data["version"]}
    assert client.post(url("cpts-edit", ours.pk), again).status_code == 302
    assert saved(ours).phone == "02 96 22 22 22"


def test_the_coordination_cannot_rename_nor_move_its_cpts(client, ours):
    client.force_login(factories.coordinator(ours))
    client.post(url("cpts-edit", ours.pk), identity(ours, name="Autre", stage="signed", phone="02 96 00 00 00"))
    found = saved(ours)
    assert (found.name, found.stage, found.phone) == ("du Penthièvre", "emergence", "02 96 00 00 00")


def administration(cpts: Cpts, **changes) -> dict:
    departments = [department.pk for department in cpts.departments.all()]
    own = {"name": cpts.name, "stage": cpts.stage, "ars": cpts.ars_id, "lead_fund": cpts.lead_fund_id}
    return identity(cpts, departments=departments, **{**own, **changes})


def test_the_administration_changes_everything_and_creates(client, ours):
    client.force_login(factories.administrator())
    fields = {**administration(ours), "name": "du Pays de Lamballe", "stage": "signed"}
    assert client.post(url("cpts-edit", ours.pk), fields).status_code == 302
    assert (saved(ours).name, saved(ours).stage) == ("du Pays de Lamballe", "signed")
    response = client.post(url("cpts-create"), {**administration(ours), "name": "Nouvelle"})
    made = Cpts.directory.get(name="Nouvelle")
    assert response.headers["Location"] == url("cpts-detail", made.pk)
    assert list(made.departments.all()) == list(ours.departments.all())
    refused = client.post(url("cpts-create"), {**administration(ours), "name": "Nouvelle"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["name"]


def test_only_the_administration_creates(client, ours):
    client.force_login(factories.coordinator(ours))
    assert client.get(url("cpts-create")).status_code == 403
    assert client.post(url("cpts-create"), administration(ours, name="Nouvelle")).status_code == 403


# --- Declared figures ---------------------------------------------------------------------------------------------
def test_wrong_verbs_are_refused(client, ours):
    client.force_login(factories.coordinator(ours))
    for name in ("cpts-detail", "cpts-sheet"):
        assert client.post(url(name, ours.pk)).status_code == 405
    assert client.post(url("cpts-list")).status_code == 405
    assert client.delete(url("cpts-edit", ours.pk)).status_code == 405
