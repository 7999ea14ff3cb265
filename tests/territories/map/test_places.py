"""The map of things, from France to the commune, and the search of communes."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from territories.map import places
from territories.map.directory import current_of, matches
from territories.models import Commune, CommuneChange, CommuneImport, CommuneMovement, Population
from tests import factories as make
from tests.signing import client_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def url(name: str, *args) -> str:
    return reverse(f"territories:{name}", args=args)


@pytest.fixture
def observer() -> Client:
    return client_of(make.observer())


def one_of_each() -> list[str]:
    """The address of a page of each kind, on one commune held by a CPTS."""
    held = make.commune(code="22001", epci=make.epci("200000001"))
    make.in_territory(make.cpts(), held)
    return [
        url("places"),
        url("region", "53"),
        url("department", "22"),
        url("epci", "200000001"),
        url("communes") + "?q=22001",
        url("commune", held.pk),
    ]


def test_every_role_reads_the_map():
    addresses, mine = one_of_each(), make.cpts()
    users = [make.coordinator(mine), make.board_member(mine), make.ars_agent(mine.ars), make.fund_agent(mine.lead_fund)]
    for client in map(client_of, [*users, make.observer(), make.administrator()]):
        assert [client.get(address).status_code for address in addresses] == [200] * 6


def test_nobody_reads_the_map_without_login_and_nothing_is_posted_to_it(observer):
    addresses = one_of_each()
    assert [Client().get(address).status_code for address in addresses] == [302] * 6
    assert [client_of(make.user()).get(address).status_code for address in addresses] == [403] * 6
    assert [observer.post(address).status_code for address in addresses] == [405] * 6


@pytest.mark.parametrize(
    ("name", "key"), [("region", "99"), ("department", "2Z"), ("epci", "0"), ("commune", 4_000_000_000)]
)
def test_an_unknown_place_is_not_found(observer, name, key):
    assert observer.get(url(name, key)).status_code == 404


def test_france_sums_departments_into_regions_and_counts_a_straddling_cpts_once():
    region = make.region()
    west, east = make.department("22", of=region), make.department("35", of=region)
    straddling = make.cpts()
    make.in_territory(straddling, make.commune(code="22001", population=100, department=west))
    make.in_territory(straddling, make.commune(code="35001", population=50, department=east))
    make.commune(code="35002", population=150, department=east)
    area = places.france(DAY)
    assert [(row.name, row.tally.communes, row.tally.inhabitants, row.tally.cpts) for row in area.rows] == [
        ("Bretagne", 3, 300, 1)
    ]
    assert (area.tally.cpts, area.tally.percent_covered) == (1, 50.0)
    assert [d.code for d in area.rows[0].parts] == ["22", "35"]


def test_a_department_lists_its_epci_with_their_cpts_and_the_communes_without_epci_last():
    held = make.commune(code="22001", epci=make.epci("200000009", "CC Zed"))
    make.commune(code="22002", epci=make.epci("200000008", "CC Abé"))
    make.commune(code="22003", epci=None)
    make.in_territory(make.cpts("du Large"), held)
    area = places.epcis_of(held.department, DAY)
    assert [(row.name, [cpts.full_name for cpts in row.cpts]) for row in area.rows] == [
        ("CC Abé", []),
        ("CC Zed", ["CPTS du Large"]),
        ("", []),
    ]


def test_the_breadcrumbs_of_a_commune_lead_back_to_france(observer):
    commune = make.commune(code="22001", epci=make.epci("200000001", "CC Une"))
    crumbs = observer.get(url("commune", commune.pk)).context["breadcrumbs"]
    assert [label for label, _ in crumbs] == ["France", "Bretagne", "Département 22 (22)", "CC Une"]
    assert [observer.get(address).status_code for _, address in crumbs] == [200] * 4


def story(client: Client, commune: Commune) -> list[str]:
    sentences = client.get(url("commune", commune.pk)).context["story"]
    return [" ".join(strip(sentence).split()) for sentence in sentences]


def strip(html: str) -> str:
    return strip_tags(html).replace("\u00a0", " ")


def test_a_merged_commune_tells_where_it_went_and_its_successor_where_it_comes_from(observer):
    today = make.commune(code="22900", name="Neuve")
    former = make.commune(code="22901", name="Vieille", ended_on=date(2025, 1, 1), successor=today)
    CommuneMovement.objects.create(
        kind=32, effective_on=date(2025, 1, 1), before="22901", after="22900", source="INSEE"
    )
    assert story(observer, former) == [
        "Elle fait partie de Neuve depuis le 1er janvier 2025.",
        "1er janvier 2025 : création d’une commune nouvelle (code 22901 → 22900).",
    ]
    assert story(observer, today) == [
        "Vieille en fait partie depuis le 1er janvier 2025.",
        "1er janvier 2025 : création d’une commune nouvelle (code 22901 → 22900).",
    ]


def test_a_commune_page_shows_each_vintage_and_what_an_import_changed(observer):
    commune = make.commune(name="Nouveau nom", population=1100, vintage=2026)
    Population.objects.create(commune=commune, vintage=2024, municipal=1000)
    imported = CommuneImport.objects.create(filename="communes_2026.csv", sha256="0" * 64, vintage=2026)
    CommuneChange.objects.create(
        imported=imported, commune=commune, field="name", before="Ancien nom", after="Nouveau nom"
    )
    CommuneChange.objects.create(imported=imported, commune=commune, field="population", before="990", after="1000")
    CommuneChange.objects.create(imported=imported, commune=commune, field="ended_on", after="2026-01-01")
    context = observer.get(url("commune", commune.pk)).context
    assert [(row.vintage, row.municipal, row.change) for row in context["populations"]] == [
        (2026, 1100, "+100"),
        (2024, 1000, ""),
    ]
    assert [(row.vintage, row.sentence) for row in context["changes"]] == [
        (2026, "date de disparition : 1er janvier 2026"),
        (2026, "nom : « Ancien nom » devient « Nouveau nom »"),
        (2026, "population municipale : « 990 » devient « 1\u202f000 »"),
    ]


def test_a_commune_page_names_its_cpts_now_and_before_and_what_nobody_counts(observer):
    commune = make.commune(population=1000)
    make.in_territory(make.cpts("Ancienne"), commune, start=date(2024, 1, 1), end=date(2025, 1, 1))
    make.in_territory(make.cpts("Actuelle"), commune, start=date(2025, 1, 1), inhabitants=600)
    context = observer.get(url("commune", commune.pk)).context
    assert [(strip(held.name), strip(held.what), held.period) for held in context["held_now"]] == [
        ("CPTS Actuelle", "600 habitants", "depuis le 1er janvier 2025")
    ]
    assert [(strip(held.name), held.period) for held in context["held_before"]] == [
        ("CPTS Ancienne", "du 1er janvier 2024 au 31 décembre 2024")
    ]
    assert context["file"].left_over == 400


def test_another_cpts_is_named_on_the_map_without_a_link_to_its_file():
    mine, other = make.cpts("Mienne"), make.cpts("Autre")
    place = make.epci("200000001")
    make.in_territory(mine, make.commune(code="22001", epci=place))
    make.in_territory(other, make.commune(code="22002", epci=place))
    client = client_of(make.coordinator(mine))
    links = [reverse("territories:cpts-detail", args=[cpts.pk]) for cpts in (mine, other)]
    for address in (url("epci", "200000001"), url("department", "22"), url("region", "53")):
        page = client.get(address).content.decode()
        assert "CPTS Autre" in page
        assert [f'href="{link}"' in page for link in links] == [True, False]


@pytest.mark.parametrize("page", ["places", "region", "department", "epci", "commune"])
def test_the_number_of_queries_does_not_depend_on_the_rows(observer, page):
    place, kept = make.epci("200000001"), make.commune(code="22999", epci=make.epci("200000001"))
    keys = {"places": [], "region": ["53"], "department": ["22"], "epci": ["200000001"], "commune": [kept.pk]}
    address = url(page, *keys[page])

    def add_rows() -> None:
        make.in_territory(make.cpts(), make.commune(epci=place))
        make.in_territory(make.cpts(), make.commune(epci=make.epci(), parent=None))
        make.in_territory(make.cpts(), kept, inhabitants=5)
        make.commune(ended_on=date(2025, 1, 1), successor=kept)
        make.commune(kind=Commune.Kind.DELEGATED, parent=kept)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert observer.get(address).status_code == 200
        return len(captured)

    add_rows()
    with_one = queries()
    add_rows()
    add_rows()
    assert queries() == with_one


# --- Search -----------------------------------------------------------------------------------------------------
def found(text: str) -> list[str]:
    return [match.commune.name for match in matches(text)[0]]


@pytest.mark.parametrize(
    "text", ["saint etienne", "SAINT-ÉTIENNE", "St-Etienne", "st etien", "42000", "42218", "  saint   étienne  "]
)
def test_a_commune_is_found_by_name_code_or_postal_code_without_accents(text):
    make.commune(code="42218", name="Saint-Étienne", postal_codes="42000 42100")
    make.commune(code="22278", name="Plouha", postal_codes="22580")
    assert found(text) == ["Saint-Étienne"]


def test_an_exact_name_comes_before_longer_ones_and_large_communes_before_small_ones():
    make.commune(name="Rennes-les-Bains", population=200)
    make.commune(name="Rennes-le-Château", population=90)
    make.commune(name="Rennes", population=230_000)
    make.commune(name="Varennes", population=900_000)
    assert found("rennes") == ["Rennes", "Rennes-les-Bains", "Rennes-le-Château"]


def test_one_letter_finds_only_the_commune_that_bears_it():
    make.commune(name="Y")
    make.commune(name="Yffiniac")
    assert found("y") == ["Y"]


@pytest.mark.parametrize("text", ["", "😀", "   ", "%", "'", "\x00"])
def test_a_text_without_letter_or_digit_finds_nothing(text):
    make.commune()
    assert found(text) == []


def test_the_names_of_ended_and_delegated_communes_lead_to_the_commune_of_today():
    today = make.commune(name="Lamballe-Armor")
    middle = make.commune(name="Lamballe d’hier", ended_on=date(2025, 1, 1), successor=today)
    make.commune(name="Morieux", ended_on=date(2019, 1, 1), successor=middle)
    make.commune(name="Planguenoual", kind=Commune.Kind.DELEGATED, parent=today)
    for text in ("Morieux", "planguenoual", "lamballe d hier"):
        (match,) = matches(text)[0]
        assert (match.commune, match.is_exact, len(match.former_names)) == (today, True, 1)


def test_a_cycle_of_successors_does_not_turn_for_ever():
    one = make.commune(ended_on=date(2025, 1, 1))
    other = make.commune(ended_on=date(2025, 1, 1), successor=one)
    one.successor = other
    one.save()
    assert current_of(one) in (one, other)


def test_the_search_page_lists_old_names_with_the_commune_of_today(observer):
    today = make.commune(name="Neuve")
    make.commune(name="Vieille", ended_on=date(2025, 1, 1), successor=today)
    rows = observer.get(url("communes"), {"q": "vieille"}).context["rows"]
    assert [(row.commune.name, row.kind, row.today.name) for row in rows] == [("Vieille", "commune disparue", "Neuve")]


@pytest.mark.parametrize("text", ["😀", "a", "x" * 300, "\x00", "introuvable"])
def test_the_search_page_survives_any_text(observer, text):
    make.commune(name="Plouha")
    response = observer.get(url("communes"), {"q": text})
    assert (response.status_code, response.context["rows"]) == (200, [])
