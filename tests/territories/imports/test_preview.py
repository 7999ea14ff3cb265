"""The preview: only what changes, refused lines, doubtful readings, successors to choose."""

import pytest

from territories.imports import drafts as import_drafts
from territories.models import Commune, CommuneImport
from tests import factories
from tests.territories.commune_files import full_file, full_line, simple_file
from tests.territories.imports.steps import BAD, RENAMED, TWO, Status, applied, confirm, deposited, page

pytestmark = pytest.mark.django_db


# --- Preview --------------------------------------------------------------------------------------------------------
def test_preview_says_what_would_change_and_writes_nothing(as_admin):
    applied(as_admin, TWO, "communes_2024.csv")

    imported = deposited(as_admin, RENAMED)
    answer = as_admin.get(page("detail", imported))

    counts = answer.context["plan"].counts
    assert {key: counts[key] for key in ("created", "renamed", "unchanged", "ended", "refused")} == {
        "created": 0,
        "renamed": 1,
        "unchanged": 1,
        "ended": 0,
        "refused": 0,
    }
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc", "Andel"}


def test_preview_shows_only_what_changes_filtered_by_kind(as_admin):
    applied(as_admin, TWO, "communes_2024.csv")
    imported = deposited(as_admin, RENAMED)

    every = as_admin.get(page("detail", imported), {"volet": "changements"})
    names = as_admin.get(page("detail", imported), {"volet": "changements", "nature": "nom"})

    assert [(row.record.before, row.record.after) for row in names.context["table"].rows] == [
        ("Allineuc", "Allineuc-le-Neuf")
    ]
    assert {row.record.code for row in every.context["table"].rows} <= {"22001", "22002"}


def test_a_preview_of_thousands_of_communes_stays_a_small_page(as_admin):
    factories.department("22")
    lines = [full_line(f"22{number:03d}", f"Commune {number}", 100 + number) for number in range(1, 1000)]
    imported = deposited(as_admin, full_file(*lines))

    answer = as_admin.get(page("detail", imported), {"volet": "changements"})

    assert answer.context["plan"].counts["created"] == 999
    assert len(answer.context["table"].page.object_list) == 50
    assert len(answer.content) < 200_000


def test_a_page_number_out_of_bounds_shows_a_page(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)

    assert as_admin.get(page("detail", imported), {"volet": "changements", "page": "999"}).status_code == 200


def test_doubtful_readings_are_told_in_sentences(as_admin):
    factories.commune("22001", "Allineuc")
    imported = deposited(as_admin, simple_file([("22001", "Allineuc", "14\u202f854")]))

    answer = as_admin.get(page("detail", imported), {"volet": "lectures"})

    assert "« 14\u202f854 » lu « 14854 »" in answer.context["table"].rows[0].record.sentence


def test_a_file_with_a_bad_line_is_kept_as_refused_and_cannot_be_confirmed(as_admin):
    factories.department("22")
    imported = deposited(as_admin, BAD)

    assert imported.status == Status.REFUSED
    assert as_admin.get(page("detail", imported)).url == page("report", imported)
    answer = as_admin.get(page("report", imported))
    refused = answer.context["table"].rows[0].record
    assert (refused.line, refused.column, refused.value) == (3, "PMUN", "beaucoup")
    as_admin.post(page("confirm", imported), {"seen_state": import_drafts.map_state()})
    assert not Commune.objects.exists()


def test_refused_lines_are_downloaded_as_csv(as_admin):
    factories.department("22")
    imported = deposited(as_admin, BAD)

    rows = as_admin.get(page("refusals", imported)).content.decode("utf-8-sig").splitlines()

    assert rows[0] == "Ligne;Colonne;Valeur;Motif"
    assert rows[1].startswith("3;PMUN;beaucoup;")


def test_the_file_is_given_back_as_it_was_uploaded(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)

    answer = as_admin.get(page("file", imported))

    assert b"".join(answer.streaming_content) == TWO
    assert 'filename="communes_2026.csv"' in answer["Content-Disposition"]


def test_the_same_file_again_says_it_was_applied_and_changes_nothing(as_admin):
    first = applied(as_admin, TWO)
    second = deposited(as_admin, TWO)

    answer = as_admin.get(page("detail", second), follow=True)

    assert (second != first, second.status) == (True, Status.NOTHING)
    assert answer.request["PATH_INFO"] == page("report", second)
    assert answer.context["already"] == first
    assert "Rien à changer" in answer.content.decode()


# --- Successors chosen by hand --------------------------------------------------------------------------------------
@pytest.fixture
def vanishing(as_admin) -> CommuneImport:
    """A draft whose file forgets a commune that a CPTS holds, without saying what became of it."""
    applied(as_admin, TWO, "communes_2024.csv")
    territory = factories.cpts("des Deux Rives")
    factories.in_territory(territory, Commune.objects.get(code="22001"))
    return deposited(as_admin, full_file(full_line("22002", "Andel", 1700)))


def test_an_unknown_successor_blocks_until_it_is_chosen(as_admin, vanishing):
    before = as_admin.get(page("detail", vanishing))
    confirm(as_admin, vanishing)
    vanishing.refresh_from_db()

    assert not before.context["plan"].is_applicable
    assert vanishing.status == Status.PREVIEW

    as_admin.post(page("successors", vanishing), {"code_22001": "22002"})
    after = as_admin.get(page("detail", vanishing))

    assert after.context["plan"].is_applicable
    assert [gone.successor_code for gone in after.context["plan"].ended] == ["22002"]


def test_a_malformed_successor_comes_back_with_its_error(as_admin, vanishing):
    answer = as_admin.post(page("successors", vanishing), {"code_22001": "ici"})

    assert answer.status_code == 422
    assert "5 caractères" in answer.context["form"].errors["code_22001"][0]
    assert answer.context["form"]["code_22001"].value() == "ici"


def test_chosen_successors_may_be_chosen_again(as_admin, vanishing):
    as_admin.post(page("successors", vanishing), {"code_22001": "22002"})
    as_admin.post(page("forget-successors", vanishing))

    assert not as_admin.get(page("detail", vanishing)).context["plan"].is_applicable
