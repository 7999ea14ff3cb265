"""Files that are not extracts, cut short or damaged; trial runs and progress."""

import io
import zipfile
from datetime import date

import pytest
from django.core.files.base import ContentFile

from cpts_portal.imports.refusals import ImportRefused
from members.directory.fictitious import fictitious_rpps as rpps
from members.directory.imports import How, import_directory, observed_on_in
from members.models import DirectoryEntry, DirectoryImport, DirectoryPractice
from tests.members.directory.imports.conftest import FIRST_DAY, NEXT_DAY, TODAY, extract, person, run

pytestmark = pytest.mark.django_db


def practices(**fields) -> list[tuple]:
    found = DirectoryPractice.objects.filter(**fields).order_by("entry__rpps", "commune__code", "start", "pk")
    return list(found.values_list("entry__rpps", "commune__code", "start", "end"))


@pytest.mark.parametrize(
    "content", [b"", b"nom;prenom;rpps\n", b"\x89PNG\r\n\x1a\n" + bytes(1000), b"a|b|c|d|e|f|g|h|\n"]
)
def test_another_kind_of_file_is_refused_in_one_sentence(territory, content):
    with pytest.raises(ImportRefused) as refusal:
        import_directory(io.BytesIO(content), observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert str(refusal.value).startswith("Ligne 1 : Ce fichier n’est pas l’extraction")
    assert DirectoryImport.objects.count() == 0


def test_a_zip_is_read_as_it_is_with_the_same_fingerprint(territory, tmp_path):
    plain = tmp_path / "PS_LibreAcces_Personne_activite_202609010830.txt"
    plain.write_bytes(extract(person(1), person(2)).getvalue())
    zipped = tmp_path / "annuaire.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("PS_LibreAcces_Dipl_AutExerc_202609010830.txt", "x" * 100_000)
        archive.write(plain, plain.name)
    first = import_directory(plain, observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    second = import_directory(zipped, observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert first.sha256 == second.sha256
    assert (second.counts["practices_kept"], second.counts["practices_started"]) == (2, 0)


def test_a_damaged_zip_is_refused_and_nothing_is_written(territory):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.txt", extract(*(person(n) for n in range(500))).getvalue())
    damaged = bytearray(packed.getvalue())
    damaged[2000:2100] = bytes(100)
    with pytest.raises(ImportRefused, match="ZIP est abîmé"):
        import_directory(io.BytesIO(damaged), observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert DirectoryEntry.objects.count() == 0


def test_an_uploaded_file_is_read(territory):
    upload = ContentFile(extract(person(1)).getvalue(), name="annuaire.txt")
    assert import_directory(upload, observed_on=FIRST_DAY, by=None, how=How(today=TODAY)).counts["people"] == 1


def test_a_file_cut_short_is_refused_unless_the_loss_is_accepted(territory):
    run(*(person(n) for n in range(150)))
    with pytest.raises(ImportRefused, match="paraît incomplet : 100 lignes connues sur 150"):
        run(*(person(n) for n in range(50)), on=NEXT_DAY)
    assert DirectoryPractice.objects.filter(end__isnull=True).count() == 150
    run(*(person(n) for n in range(50)), on=NEXT_DAY, accept_losses=True)
    assert DirectoryPractice.objects.filter(end__isnull=True).count() == 50


def test_a_trial_run_counts_the_same_and_writes_nothing(territory):
    tried = run(person(1), person(2), dry_run=True)
    assert (tried.pk, DirectoryEntry.objects.count(), DirectoryImport.objects.count()) == (None, 0, 0)
    assert run(person(1), person(2)).counts == tried.counts


def test_an_error_half_way_leaves_everything_as_it_was(territory, monkeypatch):
    run(person(1))
    monkeypatch.setattr("members.directory.imports.running.add_specialties", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(person(2), on=NEXT_DAY)
    assert practices() == [(rpps(1), "22093", FIRST_DAY, None)]


def test_without_any_territory_the_import_says_what_to_do_first(db):
    with pytest.raises(ImportRefused, match="composez d’abord les territoires"):
        run(person(1))


def test_progress_goes_up_to_the_end(territory):
    told = []
    source = extract(*(person(n) for n in range(4000)))
    import_directory(
        source, observed_on=FIRST_DAY, by=None, how=How(today=TODAY), report=lambda percent, _: told.append(percent)
    )
    assert told == sorted(told)
    assert told[-1] == 100


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PS_LibreAcces_Personne_activite_202611010830.txt", date(2026, 11, 1)),
        ("finess/etalab-cs1100502-stock-20260512-0339.csv", date(2026, 5, 12)),
        ("annuaire 2026-11-03.zip", date(2026, 11, 3)),
        ("annuaire.zip", None),
    ],
)
def test_the_day_of_an_extract_is_read_in_its_name(name, expected):
    assert observed_on_in(name) == expected
