"""`import_communes`: the same importer from a terminal, in figures, with an exit status."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from territories.models import Commune, CommuneImport
from tests.territories.commune_import.files import MAP_2024, csv_file, load_map, replaced
from tests.territories.commune_import.test_territories import holding

pytestmark = pytest.mark.django_db


def run(path: Path, **options) -> str:
    out = StringIO()
    call_command("import_communes", path, stdout=out, no_color=True, **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "communes_2024.csv"
    path.write_bytes(csv_file(*MAP_2024))
    return path


def test_it_imports_and_says_what_it_did_in_figures(file):
    said = run(file, vintage=2024)

    assert said.splitlines()[:4] == [
        "communes_2024.csv : Liste complète des communes (format du portail), millésime 2024",
        "  Lignes lues : 6",
        "  Communes créées : 5",
        "  Populations ajoutées : 5",
    ]
    imported = CommuneImport.objects.get()
    assert said.splitlines()[-1] == f"Import n° {imported.pk} appliqué (millésime 2024)."
    assert (imported.origin, imported.status, imported.author) == ("command", "applied", None)


def test_a_dry_run_says_the_same_and_writes_nothing(file):
    said = run(file, dry_run=True)

    assert "  Communes créées : 5" in said.splitlines()
    assert said.splitlines()[-1] == "Essai : rien n’a été enregistré."
    assert (Commune.objects.count(), CommuneImport.objects.count()) == (0, 0)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_refused_line_stops_the_command_with_line_column_and_reason(file, dry_run):
    file.write_bytes(csv_file(*replaced(MAP_2024, c22003="COM,22003,Calorguen,,22,53,,beaucoup,22100")))

    with pytest.raises(CommandError) as stopped:
        run(file, dry_run=dry_run)

    assert str(stopped.value).splitlines() == [
        "Import refusé, rien n’a été enregistré.",
        "Ligne 4, colonne PMUN, « beaucoup » : Ce n’est pas un nombre entier d’habitants, écrit par exemple 14854.",
        "1 ligne est refusée : corrigez le fichier, rien n’a été enregistré.",
    ]
    assert [kept.status for kept in CommuneImport.objects.all()] == ([] if dry_run else ["refused"])


def test_a_missing_file_is_told_plainly(tmp_path):
    with pytest.raises(CommandError, match="ne peut pas être lu : No such file or directory"):
        run(tmp_path / "absent.csv", vintage=2026)


def test_a_successor_may_be_given(tmp_path):
    load_map()
    holding("du Val", "22003")
    path = tmp_path / "communes_2026.csv"
    path.write_bytes(csv_file(*replaced(MAP_2024, c22003=None)))

    with pytest.raises(CommandError, match="choisissez-la"):
        run(path)
    said = run(path, successor=["22003=22001"])

    assert Commune.objects.get(code="22003").successor.code == "22001"
    assert "  CPTS du Val : Calorguen (22003) : désormais dans Aucaleuc (22001)" in said
    with pytest.raises(CommandError, match="ANCIEN=NOUVEAU"):
        run(path, successor=["22003"])
