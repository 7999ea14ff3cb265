"""Populations, postal codes and simple lists: they complete the map and never end a commune."""

from datetime import date

import pytest

from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import import undo_last
from territories.map.coverage import tallies, total
from territories.map.places import france
from territories.map.portfolio import with_territory
from territories.map.vintages import vintage_for
from territories.models import Commune, Cpts, Population
from territories.perimeter import perimeter_of
from tests import factories
from tests.territories.commune_import.files import HEADER, MAP_2024, counts, csv_file, dump, load, load_map, preview
from tests.territories.commune_import.test_territories import holding
from tests.territories.commune_import.test_vintages import MERGED

pytestmark = pytest.mark.django_db
INSEE = "CODREG;REG;CODDEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT"
MINIMAL = "code;nom;population"
POSTE_OLD = "Code_commune_INSEE;Nom_commune;Code_postal;Ligne_5;Libellé_d_acheminement;coordonnees_gps"
POSTE_NEW = "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5"


def population(code: str, vintage: int = 2026) -> int:
    return Population.objects.get(commune__code=code, commune__kind="COM", vintage=vintage).municipal


def insee(department: str, number: str, name: str, count: int) -> str:
    return f"53;Bretagne;{department};1;01;{number};{name};{count};10;{count + 10}"


def test_the_populations_of_the_insee_are_read_with_the_name_in_the_column_com():
    load_map()

    imported = load(
        csv_file(insee("22", "001", "Aucaleuc", 1010), insee("2A", "4", "Ajaccio", 76000), header=INSEE), 2026
    )

    assert imported.layout == "populations"
    assert (population("22001"), population("2A004")) == (1010, 76000)
    assert counts(imported, "populations_added", "ended", "unchanged") == (2, 0, 2)
    assert Commune.objects.current().count() == 5


def test_overseas_codes_are_put_together_from_either_writing_of_the_department():
    load_map(*MAP_2024, "COM,97101,Les Abymes,,971,01,,53000,97139", "COM,97102,Anse-Bertrand,,971,01,,4000,97121")

    load(
        csv_file(insee("971", "101", "Les Abymes", 53100), insee("971", "02", "Anse-Bertrand", 4100), header=INSEE),
        2026,
    )

    assert (population("97101"), population("97102")) == (53100, 4100)


def test_districts_are_summed_into_their_city_when_they_are_all_there():
    districts = [f"ARM,132{n:02d},Marseille {n},13055,13,93,,100,130{n:02d}" for n in range(1, 17)]
    load_map("COM,13055,Marseille,,13,93,,1600,13001", *districts)
    rows = [insee("13", f"2{n:02d}", f"Marseille {n}", 100 + n) for n in range(1, 17)]

    plan = preview(csv_file(*rows, header=INSEE))
    load(csv_file(*rows, header=INSEE), 2026)

    assert population("13055") == 16 * 100 + sum(range(1, 17))
    assert Population.objects.get(commune__code="13201", vintage=2026).municipal == 101
    assert [remark.sentence for remark in plan.remarks] == [
        "Marseille : somme de ses 16 arrondissements, 1\u202f736 habitants."
    ]
    partial = preview(csv_file(*rows[:3], header=INSEE))
    assert [remark.sentence for remark in partial.remarks] == [
        "3 arrondissements sur 16 : la population de Marseille n’est pas recalculée."
    ]


def test_a_former_code_is_translated_and_its_population_added_with_a_remark():
    load_map()
    load(csv_file(*MERGED), 2026)

    content = csv_file("22002;Bégard;2010", "22003;Calorguen;505", header=MINIMAL)
    plan = preview(content, 2027)

    assert [remark.sentence for remark in plan.remarks] == [
        "Ligne 2 : « Bégard » porte le code 22002, qui est celui de Bégard-Calorguen : le code fait foi, vérifiez "
        "qu’il est juste.",
        "Ligne 3 : le code 22003 est aujourd’hui dans Bégard-Calorguen (22002) ; sa population s’ajoute à la sienne.",
    ]
    load(content, 2027)
    assert population("22002", 2027) == 2515


def test_populations_of_an_older_vintage_go_to_the_communes_of_that_time():
    load_map()
    load(csv_file(*MERGED), 2026)

    load(csv_file("22003;Calorguen;490", header=MINIMAL), 2025)

    assert Population.objects.get(vintage=2025).commune.ended_on is not None


def test_a_code_that_nobody_ever_had_is_refused_line_by_line():
    load_map()

    plan = preview(csv_file("22001;Aucaleuc;1000", "22900;Nulle-Part;12", header=MINIMAL))

    assert [(found.line, found.column, found.value, found.reason) for found in plan.refusals] == [
        (3, "code", "22900", "Aucune commune connue ne porte ou n’a porté ce code.")
    ]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("22001;Aucaleuc;", "population", "Le nombre d’habitants manque."),
        ("22002;Bégard;1,00E+05", "population", "Nombre en notation scientifique, écrit par un tableur : les chiffres "
         "d’origine sont perdus. Mettez la colonne au format texte et recopiez la valeur."),
        ("22004;Duault;1", "code", "La commune 22004 figure déjà à la ligne 2."),
    ],
)  # fmt: skip
def test_wrong_lines_of_a_simple_list_are_refused(row, column, reason):
    load_map()

    plan = preview(csv_file("22004;Duault;300", row, header=MINIMAL))

    assert [(found.line, found.column, found.reason) for found in plan.refusals] == [(3, column, reason)]


def test_a_simple_list_before_any_complete_one_says_what_to_import_first():
    assert preview(csv_file("22004;Duault;300", header=MINIMAL)).blocking == [
        "Le portail ne connaît encore aucune commune : importez d’abord une liste complète "
        "(format du portail ou code officiel géographique)."
    ]


def test_the_same_populations_again_change_nothing_and_a_correction_can_be_undone():
    load_map()
    load(csv_file("22004;Duault;310", header=MINIMAL), 2026)
    before = dump()

    assert preview(csv_file("22004;Duault;310", header=MINIMAL)).writes_nothing
    load(csv_file("22004;Duault;320", header=MINIMAL), 2026)
    assert population("22004") == 320
    undo_last(by=None)

    assert dump() == before


def test_new_populations_are_reported_cpts_by_cpts():
    load_map()
    holding("du Val", "22004", "22003")

    plan = preview(csv_file("22004;Duault;310", "22003;Calorguen;520", header=MINIMAL))

    assert [(found.population_before, found.population_after) for found in plan.effects] == [(800, 830)]


@pytest.mark.parametrize("header", [POSTE_OLD, POSTE_NEW, POSTE_NEW.replace("é", "Ã©")])
def test_postal_codes_of_la_poste_are_gathered_per_commune(header):
    load_map()
    rows = ["22001;AUCALEUC;22100;;AUCALEUC", "22002;BEGARD;22140;;BEGARD", "22002;BEGARD;22141;X;BEGARD"]

    plan = preview(csv_file(*rows, "99138;MONACO;98000;;MONACO", header=header))
    load(csv_file(*rows, header=header), 2026)

    assert (plan.layout, counts(plan, "changed", "unchanged")) == ("postal", (1, 1))
    assert [remark.sentence for remark in plan.remarks if remark.line] == [
        "Ligne 5 : 99138 est à l’étranger, la ligne est ignorée."
    ]
    commune = Commune.objects.get(code="22002")
    assert (commune.postal_codes, commune.search) == ("22140 22141", "begard 22002 22140 22141")


def test_postal_codes_of_a_district_count_for_its_city():
    load_map("COM,69123,Lyon,,69,84,,500000,69001", "ARM,69381,Lyon 1er,69123,69,84,,28000,69001")

    load(csv_file("69381;LYON 01;69001;;LYON", "69382;LYON 02;69002;;LYON", header=POSTE_OLD), 2026)

    found = dict(Commune.objects.values_list("code", "postal_codes"))
    assert found == {"69123": "69001 69002", "69381": "69001"}


def test_figures_of_a_past_vintage_do_not_announce_effects():
    load_map()
    load(csv_file(*MAP_2024), 2026)
    factories.size_classes()
    holding("du Val", "22004")

    assert preview(csv_file("22004;Duault;999", header=MINIMAL), 2025).effects == []


# --- A vintage that leaves communes out -----------------------------------------------------------------------------
def test_communes_that_a_new_vintage_leaves_out_keep_their_latest_population():
    load_map()
    val = holding("du Val", "22001", "22003", "22004")

    plan = preview(csv_file("22004;Duault;310", header=MINIMAL), 2027)
    load(csv_file("22004;Duault;310", header=MINIMAL), 2027)

    assert [(found.population_before, found.population_after) for found in plan.effects] == [(1800, 1810)]
    found = perimeter_of(val, day=date(2027, 6, 1))
    assert (found.population, found.vintage) == (1810, 2027)
    assert [(row.commune.code, row.vintage) for row in found.older] == [("22001", 2024), ("22003", 2024)]
    assert perimeter_of(val, day=date(2026, 6, 1)).older == []


def test_every_reading_of_a_partial_vintage_agrees():
    load_map()
    val = holding("du Val", "22001", "22004")
    load(csv_file("22004;Duault;310", header=MINIMAL), 2027)
    day = date(2027, 6, 1)

    national = total(tallies(Commune.objects.existing_on(day), day, vintage_for(day), "department_id").values())
    listed = with_territory(Cpts.directory.filter(pk=val.pk), day=day).get()

    assert national.inhabitants == 1000 + 2000 + 500 + 310 + 75000
    assert (listed.population, listed.communes) == (1310, 2)
    assert (france(day).tally.inhabitants, france(day).older) == (national.inhabitants, 4)


def test_a_merger_without_new_populations_adds_up_the_former_ones():
    load_map()
    val = holding("du Val", "22002", "22003")
    cog = csv_file(*(",".join(row.split(",")[:6]) for row in MERGED), header="TYPECOM,COM,LIBELLE,COMPARENT,DEP,REG")

    plan = preview(cog)
    load(cog, 2026)
    load(csv_file("22004;Duault;310", header=MINIMAL), 2026)

    assert [(found.population_before, found.population_after) for found in plan.effects] == [(2500, 2500)]
    found = perimeter_of(val, day=date(2026, 6, 1))
    assert (found.population, [row.vintage for row in found.older]) == (2500, [2024])
    listed = with_territory(Cpts.directory.filter(pk=val.pk), day=date(2026, 6, 1)).get()
    assert listed.population == 2500


def test_a_new_vintage_of_few_communes_is_said_and_waits_for_a_consent():
    load_map()
    content = csv_file("22004;Duault;310", header=MINIMAL)

    plan = preview(content, 2027)

    assert plan.is_applicable
    assert plan.partial == (
        "Le millésime 2027 est nouveau, et ce fichier n’y donne la population que de "
        "1\xa0commune sur 5 : les 4 autres communes garderont leur dernière population connue, d’un millésime plus "
        "ancien."
    )
    with pytest.raises(ImportRefused, match="partiel"):
        load(content, 2027, accept_partial=False)
    load(content, 2027)
    assert preview(csv_file("22003;Calorguen;510", header=MINIMAL), 2027).partial == ""


def test_a_whole_vintage_waits_for_no_consent():
    load_map()
    rows = [(row.split(",")[1], row.split(",")[2]) for row in MAP_2024 if row.startswith("COM,")]

    assert preview(csv_file(*(f"{code};{name};10" for code, name in rows), header=MINIMAL), 2027).partial == ""


def test_departments_that_the_file_of_the_insee_leaves_out_are_named():
    load_map(*MAP_2024, "COM,97608,Mamoudzou,,976,06,,71000,97600", "COM,98735,Papeete,,987,,,26000,98714")
    rows = [insee("22", f"{n:03d}", "X", 500) for n in range(1, 5)]

    plan = preview(csv_file(*rows, header=INSEE))

    assert [remark.sentence for remark in plan.remarks] == [
        "Aucune population du millésime 2026 pour Corse-du-Sud (2A), Mayotte (976), Polynésie française (987) : "
        "3\xa0communes gardent la dernière population connue."
    ]


# --- Names of the columns -------------------------------------------------------------------------------------------
def test_refusals_and_remarks_name_the_column_as_the_file_does():
    load_map()
    header = "Code commune;Nom de la commune;Population municipale"

    plan = preview(csv_file("22001;Aucaleuc;beaucoup", "22004;Duault;1 310", header=header))
    header = HEADER.replace("PMUN", "Habitants")
    complete = preview(csv_file("COM,22001,Aucaleuc,,22,53,,beaucoup,22100", header=header))

    assert [found.column for found in plan.refusals] == ["Population municipale (population)"]
    assert [remark.sentence for remark in plan.remarks] == [
        "Ligne 3, colonne Population municipale (population) : « 1 310 » lu « 1310 »."
    ]
    assert [found.column for found in complete.refusals] == ["Habitants (PMUN)"]
