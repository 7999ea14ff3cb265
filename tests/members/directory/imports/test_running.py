"""Ways in: the two commands, the task of the page."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from cpts_portal.core.tasks import read_progress
from cpts_portal.imports.tasks import apply_import
from members.directory.importer import DIRECTORIES
from members.models import DirectoryEntry, DirectoryImport, DirectoryStructure
from tests import factories
from tests.members.directory.imports.conftest import FIRST_DAY, extract, person
from tests.members.directory.imports.test_finess import official

pytestmark = pytest.mark.django_db
NAME = "PS_LibreAcces_Personne_activite_202609010830.txt"


@pytest.fixture
def on_disk(tmp_path):
    def write(*lines: bytes, name: str = NAME):
        path = tmp_path / name
        path.write_bytes(extract(*lines).getvalue())
        return path

    return write


def test_the_command_imports_and_says_what_it_did(territory, on_disk, capsys):
    call_command("import_directory", on_disk(person(1), person(2, "22113"), person(3, profession="777")))
    said = capsys.readouterr().out
    assert said.splitlines()[:3] == [
        "Annuaire Santé (extraction en libre accès), données du 01/09/2026",
        "  lignes lues : 3",
        "  lignes des communes des CPTS : 2",
    ]
    assert "  code de profession inconnu 777 : 1 lignes" in said
    assert DirectoryImport.objects.get().observed_on == FIRST_DAY


def test_the_command_can_only_try(territory, on_disk, capsys):
    call_command("import_directory", on_disk(person(1)), "--dry-run")
    assert capsys.readouterr().out.endswith("Essai seulement : rien n’a été écrit.\n")
    assert (DirectoryEntry.objects.count(), DirectoryImport.objects.count()) == (0, 0)


def test_the_command_refuses_with_line_and_reason(territory, tmp_path, on_disk):
    other = tmp_path / "autre_20260901.txt"
    other.write_text("nom;prenom\n")
    with pytest.raises(CommandError, match=r"^Ligne 1 : Ce fichier n’est pas l’extraction"):
        call_command("import_directory", other)
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("import_directory", tmp_path / "absent_20260901.txt")
    with pytest.raises(CommandError, match="--observed-on"):
        call_command("import_directory", on_disk(person(1), name="annuaire.txt"))


def test_the_finess_command_imports(territory, tmp_path, capsys):
    path = tmp_path / "etalab-cs1100502-stock-20260512-0339.csv"
    path.write_text("finess;etalab;111;2026-05-12\n" + official() + "\n", encoding="latin-1")
    call_command("import_finess", path)
    assert "  structures créées : 1" in capsys.readouterr().out
    assert DirectoryStructure.objects.get().start == date(2026, 5, 12)


@pytest.fixture
def waiting(territory):
    def make(content: bytes, **fields) -> DirectoryImport:
        fields.setdefault("source", DirectoryImport.Source.RPPS)
        made = DirectoryImport(status="waiting", filename=NAME, observed_on=FIRST_DAY, **fields)
        made.file.save(NAME, ContentFile(content))
        return made

    return make


def test_the_task_applies_an_import_left_by_the_page(waiting):
    author = factories.administrator()
    made = waiting(extract(person(1)).getvalue(), author=author)
    apply_import.call(DIRECTORIES.path, made.pk, author.pk)
    made.refresh_from_db()
    assert (made.status, made.counts["people"], made.author) == ("applied", 1, author)
    progress = read_progress(made.progress_key)
    assert (progress.percent, progress.finished, progress.failed) == (100, True, False)
    assert DirectoryImport.objects.count() == 1


def test_the_task_reads_finess_too(waiting):
    made = waiting((official() + "\n").encode(), source=DirectoryImport.Source.FINESS)
    apply_import.call(DIRECTORIES.path, made.pk, factories.administrator().pk)
    assert DirectoryStructure.objects.count() == 1


def test_a_refusal_stays_on_the_import_and_can_be_tried_again(waiting):
    author = factories.administrator()
    made = waiting(b"nom;prenom\n")
    apply_import.call(DIRECTORIES.path, made.pk, author.pk)
    made.refresh_from_db()
    assert made.status == "failed"
    assert made.failure.startswith("Ligne 1 : Ce fichier n’est pas l’extraction")
    assert read_progress(made.progress_key).failed
    made.file.save(NAME, ContentFile(extract(person(1)).getvalue()))
    apply_import.call(DIRECTORIES.path, made.pk, author.pk)
    made.refresh_from_db()
    assert (made.status, made.failure) == ("applied", "")


def test_an_import_already_taken_is_not_run_twice(waiting):
    made = waiting(extract(person(1)).getvalue())
    DirectoryImport.objects.filter(pk=made.pk).update(status="running")
    apply_import.call(DIRECTORIES.path, made.pk, factories.administrator().pk)
    assert DirectoryEntry.objects.count() == 0
