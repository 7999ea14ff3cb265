"""Uploading a file: accepted formats, refusals before anything is kept, vintage."""

import json

import pytest
from django.urls import reverse

from territories.commune_import.preparing import guess_vintage
from territories.models import CommuneImport
from tests import factories
from tests.territories.imports.steps import TWO, UPLOAD, Status, deposited, page, upload

pytestmark = pytest.mark.django_db


# --- Accepted formats -----------------------------------------------------------------------------------------------
def test_formats_are_published_without_an_account(client):
    answer = client.get(reverse("territories:import-formats"))

    assert answer.status_code == 200
    assert "Liste simple : code, nom, population" in answer.content.decode()


def test_a_template_opens_in_a_french_spreadsheet(client):
    answer = client.get(reverse("territories:import-template", args=["minimal"]))

    assert answer.content.decode().splitlines()[0] == "\ufeffcode;nom;population"


def test_the_published_schema_names_the_columns_of_the_template(client):
    template = client.get(reverse("territories:import-template", args=["portal"]))
    schema = json.loads(client.get(reverse("territories:import-schema", args=["portal"])).content)

    header = template.content.decode("utf-8-sig").splitlines()[0]
    assert [field["name"] for field in schema["fields"]] == header.split(";")


@pytest.mark.parametrize("name", ["import-template", "import-schema"])
def test_an_unknown_format_is_not_found(client, name):
    assert client.get(reverse(f"territories:{name}", args=["nimporte"])).status_code == 404


# --- Upload ---------------------------------------------------------------------------------------------------------
def test_upload_page_explains_the_accepted_formats(as_admin):
    answer = as_admin.get(UPLOAD)

    assert answer.status_code == 200
    assert len(answer.context["layouts"]) == 6


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "communes_2026.csv", "Le fichier « communes_2026.csv » est vide."),
        (b"%PDF-1.7 ...", "communes_2026.pdf", "Ce fichier est un PDF."),
        (b"\x89PNG\r\n\x1a\n...", "carte_2026.png", "Ce fichier est une image."),
        (b"\xd0\xcf\x11\xe0....", "communes_2026.xls", "Ce fichier est un ancien classeur Excel (.xls)."),
    ],
)
def test_what_is_not_a_table_is_refused_with_a_sentence(as_admin, content, name, sentence):
    answer = upload(as_admin, content, name)

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"][0].startswith(sentence)
    attempt = CommuneImport.objects.get()
    assert (attempt.filename, attempt.status, attempt.vintage) == (name, Status.REFUSED, 2026)
    assert attempt.report["blocking"] == answer.context["form"].errors["file"]
    with attempt.file.open() as kept:
        assert kept.read() == content


def test_a_refused_file_without_a_year_is_kept_and_shown(as_admin):
    upload(as_admin, b"", "vide.csv")
    attempt = CommuneImport.objects.get()

    assert "Le fichier « vide.csv » est vide." in as_admin.get(page("report", attempt)).content.decode()
    assert as_admin.get(reverse("territories:import-list")).status_code == 200


def test_a_file_over_the_limit_is_refused_with_the_limit_and_not_kept(as_admin, settings):
    settings.UPLOAD_MAX_BYTES = 10

    answer = upload(as_admin, b"code;nom;population\n")

    assert not CommuneImport.objects.exists()

    assert "trop lourd (20\xa0octets ; au plus 10\xa0octets)" in answer.context["form"].errors["file"][0]


def test_a_missing_file_is_asked_for(as_admin):
    answer = as_admin.post(UPLOAD, {"vintage": "2026"})

    assert answer.context["form"].errors == {"file": ["Choisissez le fichier à importer."]}
    assert answer.context["form"]["vintage"].value() == "2026"


def test_a_file_whose_name_says_no_year_needs_a_vintage(as_admin):
    answer = upload(as_admin, TWO, "communes.csv")

    assert answer.context["form"].errors == {
        "vintage": ["Le nom « communes.csv » ne dit pas l’année : indiquez le millésime du fichier."]
    }


@pytest.mark.parametrize("year", ["bientôt", "1789", "3000"])
def test_an_absurd_vintage_is_refused(as_admin, year):
    answer = upload(as_admin, TWO, vintage=year)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["vintage"]


def test_unknown_columns_are_refused_with_the_expected_ones(as_admin):
    attempt = deposited(as_admin, b"couleur;forme\nrouge;rond\n")
    answer = as_admin.get(page("detail", attempt), follow=True)

    assert (attempt.status, attempt.layout) == (Status.REFUSED, "")
    assert answer.request["PATH_INFO"] == page("report", attempt)
    assert "code ; nom ; population" in answer.content.decode()


def test_the_vintage_typed_wins_over_the_name_of_the_file(as_admin):
    factories.department("22")

    assert deposited(as_admin, TWO, "communes_2024.csv", vintage="2026").vintage == 2026


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("communes_2026.csv", 2026),
        ("v_commune_2024.csv", 2024),
        ("communes-01012026.xlsx", 2026),
        ("de_2024_a_2026.csv", None),
        ("communes.csv", None),
    ],
)
def test_the_vintage_is_guessed_from_the_name(name, year):
    assert guess_vintage(name) == year


def test_the_same_file_uploaded_twice_waits_once(as_admin):
    factories.department("22")

    first, second = deposited(as_admin, TWO), deposited(as_admin, TWO)

    assert (first, CommuneImport.objects.count()) == (second, 1)
