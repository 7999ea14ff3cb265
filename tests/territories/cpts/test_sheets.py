"""The « fiche territoire »: what it says, who may print it, what happens where no PDF can be made."""

import io
from datetime import date

import pikepdf
import pytest
from django.urls import reverse

from cpts_portal.core import pdf
from territories.cpts.sheets import sheet_filename, territory_sheet
from territories.models import DeclaredFigures
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def ours():
    cpts = factories.cpts("du Penthièvre")
    factories.in_territory(cpts, factories.commune("22093", "Lamballe-Armor", population=39_500))
    factories.in_territory(cpts, factories.commune("35238", "Rennes", population=1000), inhabitants=400)
    return cpts


@pytest.mark.usefixtures("see_everything")
def test_the_sheet_says_the_territory_its_size_and_the_declared_difference(ours):
    DeclaredFigures.objects.create(cpts=ours, declared_on=DAY, population=40_000, source="Communiqué")
    sheet = territory_sheet(ours, day=DAY, printed_on=DAY)
    assert (sheet["perimeter"].communes, sheet["perimeter"].population, sheet["size"].size) == (2, 39_900, 1)
    assert sheet["near"].startswith("La population est 100\u00a0habitants au-dessous du seuil de la taille 2")
    assert sheet["people_difference"] == "calculé 39\u202f900, soit −100 (−0,2\u00a0%)"
    assert sheet["communes_difference"] == "–"
    assert [(part["name"], part["communes"], part["percent"]) for part in sheet["by_department"]] == [
        ("Département 22 (22)", 1, "99,0"),
        ("Département 35 (35)", 1, "1,0"),
    ]


@pytest.mark.usefixtures("see_everything")
def test_an_empty_territory_has_a_sheet_too():
    sheet = territory_sheet(factories.cpts(), day=DAY, printed_on=DAY)
    assert (sheet["perimeter"].communes, sheet["epci"], sheet["declared"]) == (0, [], None)


def test_the_file_is_named_after_the_cpts_and_the_day(ours):
    assert sheet_filename(ours, DAY) == "fiche-territoire-cpts-du-penthievre-2026-11-22.pdf"


def test_the_pdf_is_given_to_who_may_read_the_card(client, ours):
    client.force_login(factories.ars_agent(ours.ars))
    response = client.get(reverse("territories:cpts-sheet", args=[ours.pk]), {"jour": "2026-11-22"})
    assert response.headers["Content-Type"] == "application/pdf"
    assert "2026-11-22.pdf" in response.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(response.content)) as document:
        assert document.docinfo["/Title"] == "Fiche territoire – CPTS du Penthièvre"


def test_without_pango_the_page_says_what_to_install(client, ours, monkeypatch):
    def missing() -> None:
        raise OSError("cannot load library 'pango'")

    monkeypatch.setattr(pdf, "import_weasyprint", missing)
    client.force_login(factories.coordinator(ours))
    response = client.get(reverse("territories:cpts-sheet", args=[ours.pk]), follow=True)
    assert response.redirect_chain == [(reverse("territories:cpts-detail", args=[ours.pk]), 302)]
    assert "brew install pango" in response.content.decode()
