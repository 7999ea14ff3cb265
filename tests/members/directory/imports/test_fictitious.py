"""The generator of fictitious extracts and its command: what it writes is imported without a doubt."""

import io
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.directory.fictitious_people import FictitiousPlace, places, write_extract
from members.directory.imports import How, import_directory, import_finess
from members.models import DirectoryEntry, DirectoryStructure
from tests.members.directory.imports.conftest import FIRST_DAY, NEXT_DAY, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
HERE = [FictitiousPlace("22093", "Lamballe-Armor", "22400"), FictitiousPlace("22278", "Saint-Brieuc", "22000")]


def content(rows: int, **how) -> io.BytesIO:
    found = io.BytesIO()
    write_extract(found, rows, HERE, **how)
    return found


def test_a_large_extract_is_written_whatever_the_number_of_persons():
    found = content(2_000).getvalue()
    assert found.count(b"\n") == 2_001
    assert len({line.count(b"|") for line in found.splitlines()}) == 1
    assert content(2_000).getvalue() == found
    assert content(2_000, seed=2).getvalue() != found


def test_what_is_generated_is_imported_and_more_rows_bring_arrivals(territory):
    first = import_directory(content(300), observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert (first.counts["refused"], first.counts["doubtful_keys"]) == (0, 0)
    assert first.counts["people"] == DirectoryEntry.objects.count() > 100
    then = import_directory(content(330), observed_on=NEXT_DAY, by=None, how=How(today=TODAY))
    assert then.counts["arrivals"] > 0
    assert then.counts["practices_ended"] == 0


def test_fictitious_communes_have_a_code_each():
    assert len({place.code for place in places(35_000)}) == 35_000


def test_the_command_writes_over_the_communes_of_the_map(territory, tmp_path):
    path, said = tmp_path / "PS_LibreAcces_20260901.txt", StringIO()
    call_command("make_fictitious_directory", str(path), "--rows", "500", "--dry-run", stdout=said)
    assert said.getvalue() == "Seraient écrites : 500 lignes sur 3 communes.\n"
    assert not path.exists()

    said = StringIO()
    call_command("make_fictitious_directory", str(path), "--rows", "500", stdout=said)
    assert said.getvalue().startswith(f"{path} : 500 lignes sur 3 communes, 0,2 Mo.")
    done = import_directory(path, observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert done.counts["lines"] == 500
    assert done.counts["refused"] == 0
    with pytest.raises(CommandError, match="existe déjà"):
        call_command("make_fictitious_directory", str(path))


def test_the_command_writes_structures_too(territory, tmp_path):
    path = tmp_path / "etalab-cs1100502_20260901.csv"
    call_command("make_fictitious_directory", str(path), "--rows", "200", "--finess", stdout=StringIO())
    done = import_finess(path, observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert (done.counts["refused"], done.counts["doubtful_keys"]) == (0, 0)
    assert done.counts["kept"] == DirectoryStructure.objects.count() > 50
    assert {"pharmacy", "care_home", "hospital"} <= set(DirectoryStructure.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("rows", ["0", "500001"])
def test_a_wrong_number_of_rows_is_refused(tmp_path, rows):
    with pytest.raises(CommandError, match="nombre de lignes"):
        call_command("make_fictitious_directory", str(tmp_path / "x.csv"), "--finess", "--rows", rows)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command("make_fictitious_directory", str(tmp_path / "nowhere" / "x.txt"), "--rows", "10")
