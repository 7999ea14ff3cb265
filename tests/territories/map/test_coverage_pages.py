"""Pages of the coverage: filters, exports that say what the screen says, roles, bad input."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories as make
from tests.signing import client_of

pytestmark = pytest.mark.django_db
PAGES = ("coverage", "white-zones", "shared-communes")


def url(name: str) -> str:
    return reverse(f"territories:{name}")


@pytest.fixture
def observer() -> Client:
    return client_of(make.observer())


def names(response) -> list[str]:
    return [row.record.name for row in response.context["table"].rows]


def csv_rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("page", PAGES)
def test_every_role_reads_the_coverage(page):
    mine = make.cpts()
    users = [make.coordinator(mine), make.board_member(mine), make.ars_agent(mine.ars), make.fund_agent(mine.lead_fund)]
    for user in [*users, make.observer(), make.administrator()]:
        assert client_of(user).get(url(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_nobody_reads_it_without_login_and_nothing_is_posted_to_it(page, observer):
    assert Client().get(url(page)).status_code == 302
    assert client_of(make.user()).get(url(page)).status_code == 403
    assert observer.post(url(page)).status_code == 405


def test_white_zones_of_a_department(observer):
    here = make.commune(code="22001", name="Ici")
    make.commune(code="35001", name="Ailleurs")
    make.in_territory(make.cpts(), make.commune(code="22002", name="Couverte"))
    response = observer.get(url("white-zones"), {"departement": here.department_id})
    assert names(response) == ["Ici"]
    assert response.context["inhabitants"] == "1\u202f000\u00a0habitants"


def test_white_zones_on_a_day_before_the_territory(observer):
    make.in_territory(make.cpts(), make.commune(name="Couverte depuis"), start=date(2025, 1, 1))
    assert names(observer.get(url("white-zones"))) == []
    assert names(observer.get(url("white-zones"), {"jour": "2024-12-31"})) == ["Couverte depuis"]


def test_white_zones_found_by_name_without_accents(observer):
    make.commune(name="Saint-Étienne")
    make.commune(name="Plouha")
    assert names(observer.get(url("white-zones"), {"q": "st etienne"})) == ["Saint-Étienne"]


@pytest.mark.parametrize("query", [{"jour": "hier"}, {"departement": "999999"}, {"region": "x"}, {"q": "é" * 300}])
@pytest.mark.parametrize("page", ["white-zones", "shared-communes"])
def test_a_bad_filter_is_an_error_on_its_field_and_the_page_stays(observer, page, query):
    make.commune()
    response = observer.get(url(page), query)
    assert response.status_code == 200
    assert list(response.context["filter"].form.errors) == list(query)


def test_the_export_holds_the_rows_of_the_screen_in_their_order(observer):
    for code, name in (("22003", "Cap"), ("22001", "Abri"), ("22002", "Baie")):
        make.commune(code=code, name=name, postal_codes="22000 22100", epci=make.epci("200000001", "CC Une"))
    make.commune(code="35001", name="Hors du filtre")
    query = {"departement": make.department("22").pk, "sort": "-name"}
    table = observer.get(url("white-zones"), query).context["table"]
    exported = csv_rows(observer.get(url("white-zones"), {**query, "export": "csv"}))
    assert exported == [[str(value) for value in row] for row in table.as_values()]
    assert exported[1] == ["Cap", "22003", "22000 22100", "Département 22 (22)", "CC Une", "1000"]
    assert [row[0] for row in exported[1:]] == ["Cap", "Baie", "Abri"]


def test_the_export_to_a_spreadsheet_keeps_numbers_as_numbers(observer):
    make.commune(code="01001", name="Une")
    response = observer.get(url("white-zones"), {"export": "xlsx"})
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert [(row[1], row[5]) for row in rows] == [("Code INSEE", "Habitants"), ("01001", 1000)]


def test_shared_communes_name_their_cpts_with_each_share(observer):
    city = make.commune(name="Ville", population=1000)
    make.in_territory(make.cpts("Nord"), city, inhabitants=600)
    make.in_territory(make.cpts("Sud"), city, inhabitants=300)
    (row,) = csv_rows(observer.get(url("shared-communes"), {"export": "csv"}))[1:]
    assert row[4] == "CPTS Nord (600\u00a0hab.) ; CPTS Sud (300\u00a0hab.)"
    assert row[5:] == ["900", "-100", "Incomplet"]
    assert names(observer.get(url("shared-communes"), {"sharing": "complete"})) == []


def test_a_coordinator_reads_the_names_of_other_cpts_without_a_link_to_their_file():
    mine, other, city = make.cpts("Mienne"), make.cpts("Autre"), make.commune()
    make.in_territory(mine, city, inhabitants=10)
    make.in_territory(other, city, inhabitants=20)
    page = client_of(make.coordinator(mine)).get(url("shared-communes")).content.decode()
    assert "CPTS Autre" in page
    links = [reverse("territories:cpts-detail", args=[pk]) for pk in (mine.pk, other.pk)]
    assert [f'href="{link}"' in page for link in links] == [True, False]


def test_the_summary_adds_up_departments_and_narrows_to_a_region(observer):
    far = make.region("24", "Centre-Val de Loire")
    make.in_territory(make.cpts(), make.commune(code="22001", population=800))
    make.commune(code="22002", population=200)
    make.commune(code="18001", population=1000, department=make.department("18", "Cher", of=far))
    everywhere = observer.get(url("coverage")).context
    assert (everywhere["percent_covered"], everywhere["total"]) == ("40,0\u202f%", 2)
    here = observer.get(url("coverage"), {"region": far.pk}).context
    assert (here["percent_covered"], here["total"]) == ("0,0\u202f%", 1)
    exported = csv_rows(observer.get(url("coverage"), {"region": far.pk, "export": "csv"}))
    assert [row[0] for row in exported[1:]] == ["Cher (18)"]


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_portal_says_so(observer, page):
    assert 'class="empty"' in observer.get(url(page)).content.decode()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_queries_does_not_depend_on_the_rows(observer, page):
    def add_rows() -> None:
        shared = make.commune(epci=make.epci())
        make.in_territory(make.cpts(), shared, inhabitants=10)
        make.in_territory(make.cpts(), shared, inhabitants=20)
        make.commune(epci=make.epci())

    add_rows()
    with_one = queries(observer, url(page))
    add_rows()
    add_rows()
    assert queries(observer, url(page)) == with_one
