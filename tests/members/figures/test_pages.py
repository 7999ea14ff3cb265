"""Statistics of a register on screen and in files: the printed table, rates, dates, who may read."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from members.models import DirectoryCoverage, DirectoryEntry, DirectoryPractice
from tests import factories
from tests import member_factories as make
from tests.home.test_demo_members import PRINTED_IN_2019, fill_for_tests

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 30)


def url(cpts, query: str = "") -> str:
    return reverse("members:statistics", args=[cpts.pk]) + query


def at(day: date, more: str = "") -> str:
    return f"?jour={day.isoformat()}{more}"


@pytest.fixture
def town():
    return factories.commune("22093", "Lamballe-Armor")


@pytest.fixture
def cpts(town):
    made = factories.cpts("du Penthièvre")
    factories.in_territory(made, town)
    return made


def in_directory(commune, code: str, number: int, since: date = date(2025, 1, 1)) -> None:
    """So many professionals of the national directory in a commune, followed since a day."""
    DirectoryCoverage.objects.get_or_create(commune=commune, defaults={"start": since})
    profession = make.profession(code)
    for rank in range(number):
        rpps = make.fictitious_rpps(int(code) * 1000 + rank)
        entry = DirectoryEntry.objects.create(rpps=rpps, last_name="X", first_name="Y", profession=profession)
        DirectoryPractice.objects.create(entry=entry, commune=commune, profession=profession, mode="L", start=since)


def tables(response) -> dict[str, list[list[str]]]:
    """Caption -> rows of text of each table of the page, totals included."""
    found = {}
    for table in html.fromstring(response.content.decode()).iter("table"):
        caption = table.findtext("caption").strip()
        rows = table.xpath("./tbody/tr | ./tfoot/tr")
        found[caption] = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    return found


def exported(client, cpts, query: str) -> list[list[str]]:
    response = client.get(url(cpts, query + "&export=csv"))
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


# --- What it says -------------------------------------------------------------------------------------------------
def test_the_table_of_nord_cantal_comes_out_as_printed(client):
    cpts = fill_for_tests()["nord-cantal"]
    client.force_login(factories.coordinator(cpts))
    found = tables(client.get(url(cpts, "?jour=2019-12-31")))["Adhérents par catégorie"]
    assert found == [[label, str(count)] for label, count in PRINTED_IN_2019] + [["Total", "56"]]
    assert len(found) == 17 + 1


def test_the_day_asked_decides_who_counts(client, cpts, town):
    make.member(cpts, start=date(2024, 1, 1), end=date(2025, 1, 1), commune=town)
    make.member(cpts, start=date(2025, 2, 1), profession=make.profession("10"), commune=town)
    client.force_login(factories.board_member(cpts))
    now = tables(client.get(url(cpts, at(DAY))))
    then = tables(client.get(url(cpts, at(date(2024, 6, 30)))))
    assert now["Adhérents par profession"] == [["Médecin", "1"], ["Total", "1"]]
    assert then["Adhérents par profession"] == [["Infirmier", "1"], ["Total", "1"]]
    assert now["Adhérents par commune"] == [["Lamballe-Armor (22093)", "1"]]
    assert now["Évolution du nombre d’adhérents"] == [["Au 31 décembre 2024", "1"], ["Au 30 juin 2025", "1"]]


def test_colleges_structures_and_unknown_places_are_counted(client, cpts):
    make.member(cpts, college=make.college(cpts, "Soignants"))
    make.member_structure(cpts)
    client.force_login(factories.coordinator(cpts))
    response = client.get(url(cpts, at(DAY)))
    found = tables(response)
    assert found["Adhérents par collège"] == [["Soignants", "1"], ["Sans collège", "1"], ["Total", "2"]]
    assert found["Adhérents par commune"] == [["Commune non renseignée", "1"]]
    assert (response.context["figures"].persons, response.context["figures"].structures) == (1, 1)


def test_rates_compare_members_with_the_professionals_of_the_territory(client, cpts, town):
    in_directory(town, "60", 4)
    in_directory(town, "10", 2)
    for _ in range(3):
        make.member(cpts, profession=make.profession("10"), commune=town)
    make.member(cpts, commune=town)
    client.force_login(factories.coordinator(cpts))
    response = client.get(url(cpts, at(DAY)))
    found = tables(response)
    assert found["Adhérents par profession"] == [
        ["Infirmier", "1", "4", "25,0 %"],
        ["Médecin à vérifier", "3", "2", "150,0 %"],
    ]
    assert found["Adhérents par commune"] == [["Lamballe-Armor (22093)", "4", "6", "66,7 %"]]
    assert "66,7\u202f%" in response.content.decode()


def test_without_the_national_directory_the_page_says_so_and_still_counts(client, cpts, town):
    make.member(cpts, commune=town)
    client.force_login(factories.coordinator(cpts))
    assert "Annuaire non chargé" in client.get(url(cpts)).content.decode()
    in_directory(town, "60", 2, since=date(2025, 1, 1))
    before = client.get(url(cpts, at(date(2024, 6, 30)))).content.decode()
    assert "n’est connu pour ce territoire que depuis le 1er janvier 2025" in before
    assert "Annuaire non chargé" not in client.get(url(cpts)).content.decode()


def test_an_empty_register_says_what_to_do(client, cpts):
    client.force_login(factories.coordinator(cpts))
    response = client.get(url(cpts))
    assert "Aucun adhérent à cette date" in response.content.decode()
    assert tables(response) == {}


@pytest.mark.parametrize(
    ("asked", "said"),
    [("tomorrow", "Cette date est à venir"), ("31/13/2025", "Écrivez la date sous la forme"), ("", None)],
)
def test_a_day_that_cannot_be_read_is_explained_and_today_is_shown(client, cpts, asked, said):
    client.force_login(factories.coordinator(cpts))
    if asked == "tomorrow":
        asked = (timezone.localdate() + timedelta(days=1)).isoformat()
    response = client.get(url(cpts, f"?jour={asked}"))
    assert response.status_code == 200
    assert response.context["figures"].day == timezone.localdate()
    errors = " ".join(response.context["form"].errors.get("jour", []))
    assert bool(errors) == bool(said)
    if said:
        assert said in errors


# --- Files --------------------------------------------------------------------------------------------------------
def test_csv_xlsx_and_pdf_say_the_same_figures(client, cpts, town):
    make.member(cpts, commune=town)
    client.force_login(factories.coordinator(cpts))
    rows = exported(client, cpts, at(DAY))
    assert rows[0] == ["Tableau", "Ligne", "Adhérents", "Professionnels du territoire", "Taux d’adhésion (%)"]
    assert ["Adhérents par catégorie", "IDEL", "1", "", ""] in rows
    book = load_workbook(io.BytesIO(client.get(url(cpts, at(DAY, "&export=xlsx"))).content))
    assert [[str(cell.value or "") for cell in row] for row in book.active.rows] == rows
    document = client.get(url(cpts, at(DAY, "&export=pdf")))
    assert document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF")


# --- Who may ------------------------------------------------------------------------------------------------------
def test_agents_observers_and_administrators_have_their_own_page_instead(client, cpts):
    for user in (factories.ars_agent(cpts.ars), factories.observer(), factories.administrator()):
        client.force_login(user)
        assert client.get(url(cpts)).status_code == 403


def test_another_cpts_does_not_exist_and_only_reading_is_possible(client, cpts):
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.get(url(cpts)).status_code == 404
    client.force_login(factories.coordinator(cpts))
    assert client.post(url(cpts)).status_code == 405


def test_a_coordinator_who_is_also_an_agent_elsewhere_reads_no_detail_there(client, cpts):
    user = factories.coordinator(factories.cpts())
    factories.Access.objects.create(user=user, role="ars_agent", agency=cpts.ars, start=date(2024, 1, 1))
    client.force_login(user)
    assert client.get(url(cpts)).status_code == 403
    assert client.get(reverse("members:agency-overview", args=[cpts.pk])).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_register(client, cpts, town):
    in_directory(town, "60", 2)
    client.force_login(factories.coordinator(cpts))
    counted = []
    for number in (1, 2):
        for _ in range(number):
            make.member(cpts, commune=factories.commune(), college=make.college(cpts))
        client.get(url(cpts))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(cpts))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 20
