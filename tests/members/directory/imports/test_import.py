"""The import of the national directory: what is kept, what is refused, what a second run changes."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpts_portal.imports.refusals import ImportRefused
from members.directory import fictitious_people as fictitious
from members.directory.fictitious import fictitious_rpps as rpps
from members.directory.imports import How, import_directory
from members.models import DirectoryCoverage, DirectoryEntry, DirectoryImport, DirectoryPractice, Specialty
from members.shared.nomenclatures import PORTAL
from territories.models import CommuneMovement, CptsCommune
from tests import factories
from tests.members.directory.imports.conftest import FIRST_DAY, NEXT_DAY, THIRD_DAY, TODAY, extract, person, run

pytestmark = pytest.mark.django_db


def practices(**fields) -> list[tuple]:
    found = DirectoryPractice.objects.filter(**fields).order_by("entry__rpps", "commune__code", "start", "pk")
    return list(found.values_list("entry__rpps", "commune__code", "start", "end"))


def test_only_the_communes_of_a_territory_are_kept(territory):
    done = run(person(1), person(2, "22278"), person(3, "22113"), person(4, "99999"))
    assert practices() == [
        (rpps(1), "22093", FIRST_DAY, None),
        (rpps(2), "22278", FIRST_DAY, None),
    ]
    assert (done.counts["lines"], done.counts["kept"], done.counts["people"]) == (4, 2, 2)
    assert done.status == DirectoryImport.Status.APPLIED


def test_a_territory_that_has_ended_keeps_nobody(territory):
    ended = factories.commune("22004")
    factories.in_territory(territory.cpts, ended, end=date(2026, 1, 1))
    assert run(person(1, "22004")).counts["kept"] == 0


def test_one_entry_per_person_with_each_practice_once(territory):
    lines = [person(1), person(1), person(1, mode="S"), person(1, "22278"), person(1, profession="71")]
    run(*lines)
    entry = DirectoryEntry.objects.get()
    assert (entry.last_name, entry.first_name, entry.profession.code) == ("EXEMPLE 1", "Camille", "60")
    found = entry.practices.order_by("commune__code", "profession__rank", "mode")
    assert list(found.values_list("commune__code", "profession__code", "mode")) == [
        ("22093", "60", "L"),
        ("22093", "60", "S"),
        ("22093", "71", "L"),
        ("22278", "60", "L"),
    ]


def test_the_order_of_the_lines_changes_nothing(territory):
    lines = [
        person(1, last_name="MARTINE", place="A"),
        person(1, "22278", last_name="MARTIN", place="B"),
        person(1, place="A", street_number="3", street="DU PORT", skill="SM54", skill_type="S"),
    ]
    run(*lines)
    again = run(*reversed(lines), on=NEXT_DAY)
    changes = ("entries_created", "entries_updated", "practices_started", "practices_updated", "practices_ended")
    assert [again.counts[name] for name in changes] == [0, 0, 0, 0, 0]


def test_the_same_file_again_writes_nothing_in_the_directory(territory):
    lines = [person(n, "22278" if n % 2 else "22093") for n in range(30)]
    run(*lines)
    before = (practices(), list(DirectoryEntry.objects.values_list()), list(DirectoryCoverage.objects.values_list()))
    for day in (FIRST_DAY, NEXT_DAY):
        with CaptureQueriesContext(connection) as queries:
            run(*lines, on=day)
        written = [q["sql"] for q in queries if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
        assert [sql.split('"')[1] for sql in written] == ["members_directoryimport"]
        assert before == (
            practices(),
            list(DirectoryEntry.objects.values_list()),
            list(DirectoryCoverage.objects.values_list()),
        )


def test_practices_that_disappear_end_and_nothing_is_deleted(territory):
    run(person(1), person(2))
    done = run(person(2), person(3, "22278"), on=NEXT_DAY)
    assert practices() == [
        (rpps(1), "22093", FIRST_DAY, NEXT_DAY),
        (rpps(2), "22093", FIRST_DAY, None),
        (rpps(3), "22278", NEXT_DAY, None),
    ]
    assert DirectoryEntry.objects.count() == 3
    assert (done.counts["practices_started"], done.counts["practices_ended"]) == (1, 1)


def test_somebody_who_comes_back_gets_a_new_period(territory):
    run(person(1), person(2))
    run(person(2), on=NEXT_DAY)
    run(person(1), person(2), on=THIRD_DAY)
    assert practices(entry__rpps=rpps(1)) == [
        (rpps(1), "22093", FIRST_DAY, NEXT_DAY),
        (rpps(1), "22093", THIRD_DAY, None),
    ]


def test_a_corrected_file_of_the_same_day_reopens_what_it_had_ended(territory):
    run(person(1), person(2))
    run(person(2), on=NEXT_DAY)
    run(person(1), person(2), on=NEXT_DAY)
    assert practices(entry__rpps=rpps(1)) == [(rpps(1), "22093", FIRST_DAY, None)]


def test_a_corrected_name_or_address_is_not_a_new_practice(territory):
    run(person(1, siret="99999999900017", place="CABINET A", street="DU PORT"))
    done = run(person(1, siret="99999999900017", place="CABINET B", last_name="MARIEE", street="DU LAC"), on=NEXT_DAY)
    practice = DirectoryPractice.objects.get()
    assert (practice.place, practice.address, practice.start, practice.end) == ("CABINET B", "DU LAC", FIRST_DAY, None)
    assert practice.entry.last_name == "MARIEE"
    assert practice.entry.search == f"camille mariee {rpps(1)}"
    assert (done.counts["entries_updated"], done.counts["practices_updated"]) == (1, 1)


def test_a_commune_that_leaves_the_territories_is_frozen_rather_than_emptied(territory):
    run(person(1), person(2, "22278"))
    CptsCommune.directory.filter(commune=territory.there).update(end=date(2026, 9, 15))
    done = run(person(1), person(2, "22278"), on=NEXT_DAY)
    assert practices(commune=territory.there) == [(rpps(2), "22278", FIRST_DAY, None)]
    assert (done.counts["kept"], done.counts["practices_ended"]) == (1, 0)
    assert list(DirectoryCoverage.objects.filter(commune=territory.there).values_list("end", flat=True)) == [NEXT_DAY]


def test_an_older_file_is_refused_with_the_reason(territory):
    run(person(1), on=NEXT_DAY)
    with pytest.raises(ImportRefused) as refusal:
        run(person(1), on=FIRST_DAY)
    assert str(refusal.value) == (
        "Les données de ce fichier datent du 01/09/2026, avant le dernier import (01/10/2026) : choisissez un fichier "
        "plus récent, ou corrigez la date des données."
    )


def test_a_date_in_the_future_is_refused(territory):
    with pytest.raises(ImportRefused, match="dans le futur"):
        run(person(1), on=date(2026, 11, 21))


def test_students_and_lines_without_rpps_are_counted_apart(territory):
    done = run(person(1), person(2, category="E"), fictitious.line(type="0", rpps="229301234", commune="22093"))
    assert [done.counts[name] for name in ("kept", "students", "without_rpps", "refused")] == [1, 1, 1, 0]
    assert DirectoryEntry.objects.count() == 1


def test_a_code_unknown_to_the_nomenclature_is_kept_under_other_profession(territory):
    done = run(person(1, profession="777"), person(2, profession="777"), person(3, profession=""))
    assert set(DirectoryEntry.objects.values_list("profession__nomenclature", "profession__code")) == {
        (PORTAL, "AUTRE")
    }
    assert done.counts["unknown_professions"] == {"(vide)": 1, "777": 2}


@pytest.mark.parametrize(
    ("code", "nomenclature"), [("10", "TRE_G15"), ("93", "TRE_R95"), ("71", "TRE_R95"), ("41", "TRE_R94")]
)
def test_the_code_finds_its_nomenclature(territory, code, nomenclature):
    run(person(1, profession=code))
    assert DirectoryEntry.objects.get().profession.nomenclature == nomenclature


def test_a_new_specialty_is_added_to_the_nomenclature(territory):
    run(person(1, profession="10", skill_type="S", skill="SM99", skill_name="Médecine fictive"))
    assert Specialty.objects.get(code="SM99").name == "Médecine fictive"
    assert DirectoryEntry.objects.get().specialty_code == "SM99"


def test_malformed_lines_are_refused_with_their_place_and_the_others_imported(territory):
    short = b"|".join(person(1).split(b"|")[:40]) + b"\n"
    done = run(person(2), short, person(3), fictitious.line(rpps="12345", commune="22093"), b"\n")
    assert done.counts["refused"] == 2
    assert done.refused[0]["line"] == 3
    assert done.refused[0]["reason"] == "40 colonnes au lieu de 56 : la ligne est coupée ou décalée."
    assert done.refused[1] == {
        "line": 5,
        "column": "Identifiant PP",
        "value": "12345",
        "reason": "Le numéro RPPS compte 11 chiffres.",
    }
    assert DirectoryEntry.objects.count() == 2


def test_only_the_first_refused_lines_are_kept_but_all_are_counted(territory):
    done = run(*(fictitious.line(rpps="x", commune="22093") for _ in range(250)))
    assert (done.counts["refused"], len(done.refused)) == (250, 200)


def test_a_wrong_key_is_doubtful_and_not_refused(territory):
    right = rpps(1)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    done = run(fictitious.line(rpps=wrong, commune="22093"), fictitious.line(rpps=wrong, commune="22278"))
    assert (done.counts["doubtful_keys"], done.counts["refused"]) == (1, 0)
    assert DirectoryEntry.objects.get().rpps == wrong


@pytest.mark.parametrize(
    ("postal_code", "name", "expected"),
    [
        ("22400", "LAMBALLE ARMOR", "22093"),
        ("22000", "St Brieuc", "22278"),
        ("22099", "SAINT-BRIEUC CEDEX 9", "22278"),
        ("22300", "LANNION", None),
        ("22400", "AILLEURS", None),
        ("35000", "SAINT-BRIEUC CEDEX", None),
    ],
)
def test_a_line_without_commune_code_is_found_by_postal_code_and_name(territory, postal_code, name, expected):
    done = run(person(1, "", postal_code=postal_code, commune_name=name))
    assert [code for _, code, _, _ in practices()] == ([expected] if expected else [])
    assert done.counts["by_postal_code"] == (1 if expected else 0)


def test_two_communes_of_the_same_name_and_postal_code_are_not_guessed(territory):
    factories.commune("22099", "Lamballe-Armor", postal_codes="22400")
    assert run(person(1, "", postal_code="22400", commune_name="LAMBALLE ARMOR")).counts["kept"] == 0


def test_the_code_of_a_city_district_leads_to_its_city(territory):
    paris = factories.commune("75056", "Paris", postal_codes="75001 75015")
    factories.commune("75115", "Paris 15e Arrondissement", kind="ARM", parent=paris, postal_codes="75015")
    factories.in_territory(territory.cpts, paris)
    run(person(1, "75115"), person(2, "", postal_code="75015", commune_name="PARIS CEDEX 15"))
    assert [code for _, code, _, _ in practices()] == ["75056", "75056"]


def test_a_territory_made_of_districts_keeps_them_apart(territory):
    paris = factories.commune("75056", "Paris", postal_codes="75014 75015")
    district = factories.commune("75115", "Paris 15e Arrondissement", kind="ARM", parent=paris, postal_codes="75015")
    factories.in_territory(territory.cpts, district)
    lines = [person(1, "75115"), person(2, "", postal_code="75015", commune_name="PARIS"), person(3, "75056")]
    run(*lines, person(4, "75114"))
    assert practices() == [
        (rpps(1), "75115", FIRST_DAY, None),
        (rpps(2), "75115", FIRST_DAY, None),
    ]


def test_former_codes_lead_to_what_the_commune_became(territory):
    factories.commune("22184", "Planguenoual", ended_on=date(2019, 1, 1), successor=territory.here)

    for before, after in (("22001", "22002"), ("22002", "22093"), ("22003", "22003"), ("22005", "22006")):
        CommuneMovement.objects.create(kind=32, effective_on=date(2015, 1, 1), before=before, after=after, source="t")
    CommuneMovement.objects.create(kind=21, effective_on=date(2016, 1, 1), before="22006", after="22005", source="t")
    run(person(1, "22184"), person(2, "22001"), person(3, "22003"), person(4, "22005"))
    assert [(number, code) for number, code, _, _ in practices()] == [
        (rpps(1), "22093"),
        (rpps(2), "22093"),
    ]


@pytest.mark.parametrize("columns", [52, 53, 56, 57])
@pytest.mark.parametrize("variant", range(len(fictitious.VARIANTS)))
def test_headers_are_recognised_whatever_their_spelling_and_number(territory, columns, variant):
    line = fictitious.line(columns, rpps=rpps(1), commune="22093", siret="99999999900017")
    source = extract(line, columns=columns, variant=variant, bom=variant % 2 == 1)
    import_directory(source, observed_on=FIRST_DAY, by=None, how=How(today=TODAY))
    assert DirectoryPractice.objects.get().siret == "99999999900017"


def test_windows_line_ends_missing_last_bar_and_encoding_are_read(territory):
    first = person(1, last_name="GUÉNOLÉ").replace(b"\n", b"\r\n")
    second = person(2, last_name="GUÉNOLÉ").decode().encode("cp1252").removesuffix(b"|\n")
    run(first, second)
    assert list(DirectoryEntry.objects.values_list("last_name", flat=True)) == ["GUÉNOLÉ", "GUÉNOLÉ"]


def test_long_or_odd_values_fit_both_databases(territory):
    run(person(1, last_name="X" * 200, place="P" * 500, street="R" * 500, mode="Z", finess="12", siret="\x00"))
    practice = DirectoryPractice.objects.get()
    assert (len(practice.entry.last_name), len(practice.place), len(practice.address)) == (80, 160, 200)
    assert (practice.mode, practice.finess, practice.siret) == ("", "", "")
