"""The preview: lines corrected in the page or in a file, left out, taken back; duplicates settled one by one."""

import csv
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cpts_portal.core.exports import csv_bytes
from cpts_portal.core.scoping import everything
from members.models import Contact, PersonalDataExport, Professional
from tests.member_factories import profession, professional
from tests.members.register_import.pages.steps import BAD, EVA, LUC, Status, previewed, said, sheet, shown
from tests.members.register_import.steps import confirm, fresh, page, plan_of, uploaded

pytestmark = pytest.mark.django_db
ANNE = {"cell-4-2": "IDEL", "cell-4-3": "anne@demo.example"}


@pytest.fixture
def imported(as_coordinator, cpts):
    """Two good lines and one with two mistakes."""
    return previewed(as_coordinator, cpts, sheet(LUC, EVA, BAD))


# --- Refused lines ----------------------------------------------------------------------------------------------------
def test_the_preview_shows_each_mistake_and_proposes_no_confirmation(as_coordinator, imported):
    answer = shown(as_coordinator, imported)

    assert [(found.line, found.column, found.value) for found in answer.context["page"]] == [
        (4, "Profession", "Grand Schtroumpf"), (4, "Mail", "anne(at)demo.example"),
    ]  # fmt: skip
    assert "Confirmer l’import" not in answer.content.decode()
    assert "1 ligne à corriger" in answer.content.decode()


def test_confirming_a_refused_file_writes_nothing_and_says_why(as_coordinator, imported):
    seen = shown(as_coordinator, imported).context["seen"]
    answer = as_coordinator.post(page("confirm", imported), {"seen": seen}, follow=True)

    assert said(answer)[0].startswith("1 ligne à corriger")
    with everything("test"):
        assert not Professional.objects.exists()


def test_cells_are_corrected_in_the_page(as_coordinator, imported):
    as_coordinator.post(page("correct", imported), ANNE)

    assert shown(as_coordinator, imported).context["plan"].is_applicable
    confirm(as_coordinator, imported)
    with everything("test"):
        assert set(Professional.objects.values_list("civil_last_name", flat=True)) == {"Riou", "Tanguy", "Salaün"}


def test_a_cell_that_was_not_shown_cannot_be_changed(as_coordinator, imported):
    as_coordinator.post(page("correct", imported), {"cell-2-0": "Autre", "cell-99-0": "Autre", "cell-4-0": "Autre"})

    assert fresh(imported).corrections == {}


def test_the_same_mistake_is_corrected_everywhere_when_asked(as_coordinator, cpts):
    imported = previewed(as_coordinator, cpts, sheet("A;B;Schtroumpf;;;2024", "C;D;schtroumpf;;;2024"))

    as_coordinator.post(page("correct", imported), {"cell-2-2": "IDEL", "alike": "1"})

    assert plan_of(imported).counts["people_created"] == 2


def test_lines_are_left_out_then_taken_back(as_coordinator, imported):
    as_coordinator.post(page("correct", imported), {"leave": "4"})
    left = shown(as_coordinator, imported, "ecartees")
    assert [line for line, _text in left.context["left_out"]] == [4]

    as_coordinator.post(page("take-back", imported), {"line": ["4", "2", "bientôt"]})

    assert plan_of(imported).counts["refused"] == 1
    as_coordinator.post(page("correct", imported), {"leave_all": "1"})
    as_coordinator.post(page("take-back", imported), {"all": "1"})
    assert plan_of(imported).left_out == []


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_refused_lines_are_downloaded_corrected_and_dropped_again(as_coordinator, cpts, imported, file_format):
    answer = as_coordinator.get(page("refused", imported, file_format=file_format))
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = table_of(content, file_format)
    assert rows[0] == [
        "Ligne du fichier (ne pas modifier)", "Nom", "Prénom", "Profession", "Mail", "Téléphone", "Adhérent depuis",
        "Motif du refus",
    ]  # fmt: skip
    assert (rows[1][0], rows[1][1], len(rows)) == ("4", "Salaün", 2)
    assert rows[1][7].startswith("Profession : profession inconnue")
    rows[1][3], rows[1][4] = "IDEL", "anne@demo.example"

    sent = as_coordinator.post(
        page("resubmit", imported), {"file": uploaded(csv_bytes(iter(rows)), "corrige.csv")}, follow=True
    )

    assert said(sent) == ["2\u00a0cellules corrigées par ce fichier."]
    assert plan_of(imported).is_applicable
    with everything("test"):
        log = PersonalDataExport.objects.get()
        assert (log.cpts, log.what, log.persons, log.file_format) == (
            cpts, "Lignes refusées d’un tableur : adherents.csv", 1, file_format,
        )  # fmt: skip


def table_of(content: bytes, file_format: str) -> list[list[str]]:
    if file_format == "csv":
        return list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "est vide"), (b"Nom;Prenom;Profession\nA;B;IDEL\n", "La colonne « Ligne du fichier"), (b"%PDF", "PDF")],
)
def test_another_file_dropped_as_corrections_is_explained(as_coordinator, imported, content, sentence):
    answer = as_coordinator.post(page("resubmit", imported), {"file": uploaded(content)}, follow=True)

    assert sentence in said(answer)[0]
    assert fresh(imported).corrections == {}


def test_a_line_number_nobody_refused_is_ignored_in_the_corrections(as_coordinator, imported):
    rows = [
        ["Ligne du fichier (ne pas modifier)", "Nom", "Prénom", "Profession"],
        ["99", "A", "B", "IDEL"],
        ["x", "", "", ""],
    ]

    answer = as_coordinator.post(page("resubmit", imported), {"file": uploaded(csv_bytes(iter(rows)))}, follow=True)

    assert said(answer) == ["0\u00a0cellule corrigée par ce fichier."]


def test_refused_lines_have_two_formats_and_a_preview(as_coordinator, imported):
    assert as_coordinator.get(page("refused", imported, file_format="pdf")).status_code == 404
    as_coordinator.post(page("correct", imported), ANNE)
    confirm(as_coordinator, imported)
    assert as_coordinator.get(page("refused", imported, file_format="csv")).status_code == 404


# --- Duplicates -------------------------------------------------------------------------------------------------------
@pytest.fixture
def cards(cpts):
    """Four persons of the register that lines look like, by name and profession."""
    names = ("Riou", "Tanguy", "Penvenn", "Morvan")
    return {
        name: professional(cpts, civil_last_name=name, civil_first_name="Luc", profession=profession("10"), rpps="")
        for name in names
    }


@pytest.fixture
def alike(as_coordinator, cpts, cards):
    rows = [f"{name};Luc;MG;{name.lower()}@demo.example;;2024" for name in cards]
    return previewed(as_coordinator, cpts, sheet(*rows, EVA))


def test_duplicates_are_settled_row_by_row(as_coordinator, cpts, cards, alike):
    answer = shown(as_coordinator, alike)
    assert answer.context["opened"] == "doublons"
    assert [each["label"] for each in answer.context["matches"]] == [f"Luc {name}" for name in cards]
    linked, updated = cards["Riou"].pk, cards["Tanguy"].pk

    as_coordinator.post(
        page("decide", alike),
        {
            "do-2": f"link:{linked}",
            "do-3": f"update:{updated}",
            f"fields-3-{updated}": ["email"],
            "do-4": "create",
            "do-5": "skip",
            "do-99": "create",
            "do-6": "n’importe quoi",
        },
    )

    counts = shown(as_coordinator, alike).context["plan"].counts
    assert {key: counts[key] for key in ("linked", "updated", "people_created", "left_out", "undecided")} == {
        "linked": 1, "updated": 1, "people_created": 2, "left_out": 1, "undecided": 0,
    }  # fmt: skip
    confirm(as_coordinator, alike)
    with everything("test"):
        assert Professional.objects.filter(cpts=cpts).count() == 6
        assert Professional.objects.filter(cpts=cpts, civil_last_name="Penvenn").count() == 2
        assert set(Contact.objects.values_list("value", flat=True)) == {
            "tanguy@demo.example", "penvenn@demo.example", "eva@demo.example", "02 96 00 00 02",
        }  # fmt: skip
        assert cards["Riou"].memberships.count() == 1
        assert cards["Morvan"].memberships.count() == 0


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("link", {"linked": 4, "people_created": 1}),
        ("fill", {"updated": 4, "people_created": 1}),
        ("update", {"updated": 4, "people_created": 1}),
        ("create", {"people_created": 5}),
        ("skip", {"left_out": 4, "people_created": 1}),
    ],
)
def test_duplicates_are_settled_all_at_once(as_coordinator, alike, choice, expected):
    answer = as_coordinator.post(page("decide", alike), {"all": choice}, follow=True)

    counts = plan_of(alike).counts
    assert said(answer) == ["4\u00a0lignes tranchées."]
    assert {key: counts[key] for key in expected} == expected
    assert counts["undecided"] == 0


def test_a_decision_is_changed_from_the_linked_lines(as_coordinator, cards, alike):
    as_coordinator.post(page("decide", alike), {"all": "link"})
    panel = shown(as_coordinator, alike, "rattachees")
    assert [each["action"] for each in panel.context["matches"]] == ["link"] * 4

    as_coordinator.post(page("decide", alike), {"do-2": "create"})

    assert plan_of(alike).counts["people_created"] == 2


def test_two_lines_cannot_be_the_same_card(as_coordinator, cpts, cards):
    imported = previewed(as_coordinator, cpts, sheet("Riou;Luc;MG;;;2024", "Autre;Nom;MG;luc.riou@demo.example;;2024"))
    with everything("test"):
        Contact.objects.create(professional=cards["Riou"], channel="email", value="luc.riou@demo.example")
    card = cards["Riou"].pk

    as_coordinator.post(page("decide", imported), {"do-2": f"link:{card}", "do-3": f"link:{card}"})

    assert [(found.line, found.kind) for found in plan_of(imported).refusals] == [(3, "twice")]


def test_a_choice_that_comes_late_changes_nothing(as_coordinator, imported):
    as_coordinator.post(page("correct", imported), ANNE)
    confirm(as_coordinator, imported)
    assert fresh(imported).status == Status.APPLIED

    for name in ("correct", "decide", "take-back", "resubmit"):
        answer = as_coordinator.post(page(name, imported), {"leave": "2", "do-2": "skip", "all": "1"})
        assert answer.url.startswith(page("detail", imported))

    assert fresh(imported).decisions.get("rows", {}) == {}
