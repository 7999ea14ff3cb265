"""Dropping a file and saying what its columns hold."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cpts_portal.core.scoping import everything
from members.models import ColumnMapping, RegisterImport
from tests.members.register_import.pages.steps import EVA, LUC, Status, dropped, previewed, sheet, shown, upload_url
from tests.members.register_import.steps import csv, fresh, page, uploaded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "est vide"),
        (b"%PDF-1.4", "PDF"),
        (b"Nom;Pr\xc3\xa9nom;Profession\n", "que sa ligne d’en-tête"),
        (b"bonjour\n", "Aucune ligne d’en-tête"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(as_coordinator, cpts, content, sentence):
    answer = as_coordinator.post(upload_url(cpts), {"file": uploaded(content)})

    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors["file"][0]
    with everything("test"):
        assert not RegisterImport.objects.exists()


def test_a_missing_or_a_heavy_file_is_refused(as_coordinator, cpts, settings):
    assert as_coordinator.post(upload_url(cpts), {}).context["form"].errors == {
        "file": ["Choisissez le fichier à importer."]
    }
    settings.UPLOAD_MAX_BYTES = 10
    answer = as_coordinator.post(upload_url(cpts), {"file": uploaded(sheet(LUC))})
    assert "trop lourd" in answer.context["form"].errors["file"][0]


def test_the_example_is_offered_and_can_be_dropped(as_coordinator, cpts):
    url = reverse("members:spreadsheet-example", args=[cpts.pk])
    assert f'href="{url}"' in as_coordinator.get(upload_url(cpts)).content.decode()

    answer = as_coordinator.get(url)
    content = b"".join(answer.streaming_content)

    assert 'filename="exemple-adherents.xlsx"' in answer["Content-Disposition"]
    assert load_workbook(BytesIO(content)).active.max_row == 304
    assert dropped(as_coordinator, cpts, content, "exemple-adherents.xlsx").status == Status.MAPPING


def test_the_name_is_asked_for_and_no_data_comes_from_two_columns(as_coordinator, cpts):
    imported = dropped(as_coordinator, cpts, sheet(LUC))
    form = as_coordinator.get(page("mapping", imported)).context["form"]
    sent = {name: form[name].initial for name in form.fields}

    nameless = as_coordinator.post(page("mapping", imported), {**sent, "col-0": "ignore"})
    twice = as_coordinator.post(page("mapping", imported), {**sent, "col-4": "email"})

    assert (nameless.status_code, twice.status_code) == (422, 422)
    assert "Indiquez la colonne qui donne le nom" in nameless.context["form"].non_field_errors()[0]
    assert twice.context["form"].non_field_errors() == [
        "« Adresse électronique » est choisi pour deux colonnes : gardez-en une seule."
    ]
    assert fresh(imported).status == Status.MAPPING


def test_payments_without_a_day_ask_for_one_column_by_column(as_coordinator, cpts):
    content = csv(
        "Riou;Luc;MG;2024;20;25;03/02/2026", header="Nom;Prénom;Métier;Depuis;Cotis 2025;Cotis 2026;Payé le 2026"
    )
    imported = dropped(as_coordinator, cpts, content)
    form = as_coordinator.get(page("mapping", imported)).context["form"]
    assert [name for name in form.fields if name.startswith("date-")] == ["date-4"]
    sent = {name: form[name].initial for name in form.fields if name.startswith("col-")}
    tomorrow = timezone.localdate() + timedelta(days=1)

    for day in ("", "bientôt", tomorrow.isoformat()):
        refused = as_coordinator.post(page("mapping", imported), {**sent, "date-4": day})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["date-4"])
    accepted = as_coordinator.post(page("mapping", imported), {**sent, "date-4": "2025-12-31"})

    assert accepted.status_code == 302
    assert fresh(imported).payment_dates == {"4": "2025-12-31"}
    assert as_coordinator.get(page("mapping", imported)).context["form"]["date-4"].initial.year == 2025


def test_no_day_is_asked_once_the_column_is_left_out(as_coordinator, cpts):
    content = csv("Riou;Luc;MG;2024;20", header="Nom;Prénom;Métier;Depuis;Cotisation 2025")
    imported = dropped(as_coordinator, cpts, content)
    form = as_coordinator.get(page("mapping", imported)).context["form"]
    sent = {name: form[name].initial for name in form.fields if name.startswith("col-")}

    assert as_coordinator.post(page("mapping", imported), {**sent, "col-4": "ignore"}).status_code == 302


def test_columns_are_remembered_for_the_next_file_of_this_cpts(as_coordinator, cpts):
    content = csv("Riou;Luc;MG;quelque chose", header="Nom;Prénom;Métier;Truc")
    imported = dropped(as_coordinator, cpts, content)
    sent = {"col-0": "civil_last_name", "col-1": "civil_first_name", "col-2": "profession", "col-3": "place"}
    as_coordinator.post(page("mapping", imported), sent)

    again = dropped(as_coordinator, cpts, content + b"\n")

    assert as_coordinator.get(page("mapping", again)).context["form"]["col-3"].initial == "place"
    with everything("test"):
        assert ColumnMapping.objects.filter(cpts=cpts, header="truc").get().field == "place"


def test_the_columns_may_be_seen_again_from_the_preview_but_not_once_applied(as_coordinator, cpts):
    imported = previewed(as_coordinator, cpts, sheet(LUC))
    assert as_coordinator.get(page("mapping", imported)).status_code == 200
    seen = shown(as_coordinator, imported).context["seen"]
    as_coordinator.post(page("confirm", imported), {"seen": seen})

    assert as_coordinator.get(page("mapping", imported)).url.startswith(page("detail", imported))


def test_the_same_file_takes_up_the_choices_made_for_it(as_coordinator, cpts):
    first = previewed(as_coordinator, cpts, sheet(LUC, EVA))
    as_coordinator.post(page("correct", first), {})
    as_coordinator.post(page("decide", first), {"do-3": "skip"})

    again = previewed(as_coordinator, cpts, sheet(LUC, EVA))

    assert again.mapping == first.mapping


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_imports_takes_the_same_queries(as_coordinator, cpts, number):
    for place in range(number):
        dropped(as_coordinator, cpts, sheet(LUC) + b"\n" * place)
    url = reverse("members:spreadsheet-list", args=[cpts.pk])
    as_coordinator.get(url)

    with CaptureQueriesContext(connection) as captured:
        answer = as_coordinator.get(url)

    assert len(answer.context["table"].rows) == number
    assert len(captured) <= 14, [query["sql"][:80] for query in captured]
