"""Files as people really have them: the known failures of stock importers are read here, or refused clearly."""

import pytest

from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import import LAYOUTS, refusals_csv, table_schema, template_rows
from territories.models import Commune, CommuneImport, Epci, Population
from tests.territories.commune_import.files import (
    EPCI_A,
    HEADER,
    MAP_2024,
    counts,
    csv_file,
    dump,
    load,
    load_map,
    preview,
    replaced,
    xlsx_file,
)

pytestmark = pytest.mark.django_db
SIX_CREATED = (5, 1)
CREATED = ("created", "parts_created")


def names() -> list[str]:
    return list(Commune.objects.order_by("kind", "code").values_list("name", flat=True))


ALL_NAMES = ["Aucaleuc", "Bégard", "Calorguen", "Duault", "Ajaccio", "Corlay-le-Haut"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(csv_file(*MAP_2024), id="commas, UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + csv_file(*MAP_2024), id="byte order mark"),
        pytest.param(csv_file(*MAP_2024, end="\r\n"), id="CRLF"),
        pytest.param(csv_file(*MAP_2024).replace(b",", b";"), id="semicolons"),
        pytest.param(csv_file(*MAP_2024).replace(b",", b"\t"), id="tabs"),
        pytest.param(csv_file(*MAP_2024).decode().encode("cp1252"), id="Windows-1252"),
        pytest.param(csv_file(*MAP_2024).decode().encode("utf-16"), id="UTF-16 (Excel « texte Unicode »)"),
        pytest.param(
            csv_file(*MAP_2024).decode().encode("utf-8").decode("cp1252").encode("utf-8"), id="mangled accents"
        ),
        pytest.param(xlsx_file(row.split(",") for row in (HEADER, *MAP_2024)), id="XLSX named .csv"),
        pytest.param(b"\n\nListe des communes\n" + csv_file(*MAP_2024), id="title above the header"),
        pytest.param(csv_file(*MAP_2024).replace(b"\nCOM,22002", b"\n,,,,,,,,\n\nCOM,22002"), id="empty lines"),
    ],
)
def test_the_same_list_is_read_whatever_its_encoding_separator_and_container(content):
    imported = load(content)

    assert counts(imported, *CREATED) == SIX_CREATED
    assert sorted(names()) == sorted(ALL_NAMES)
    assert imported.layout == "portal"


def test_headers_may_come_in_another_order_and_spelling_with_extra_columns():
    rows = [row.split(",") for row in MAP_2024]
    shuffled = [[row[7], row[2], "x", row[1], row[0], row[3], row[4], row[5], row[6], row[8]] for row in rows]
    header = (
        "Population Municipale;NOM;Remarque du maire;code insee;typecom;Comparent;Département;Région;Epci;Code postal"
    )

    plan = preview(csv_file(*(";".join(row) for row in shuffled), header=header))

    assert counts(plan, *CREATED) == SIX_CREATED
    assert [remark.sentence for remark in plan.remarks] == [
        "La colonne « Remarque du maire » n’est pas utilisée par le portail : elle est ignorée."
    ]


@pytest.mark.parametrize("written", ["14\u202f854", "14\u00a0854", "14 854", "14854,0", "14854.0", "'14854"])
def test_a_number_written_for_readers_is_understood_and_the_reading_is_shown(written):
    row = f'COM;22001;Aucaleuc;;22;53;{EPCI_A};"{written}";22100'

    plan = preview(csv_file(row, header=HEADER.replace(",", ";")))

    (remark,) = plan.remarks
    assert (remark.line, remark.column, remark.value, remark.read_as) == (2, "PMUN", written, "14854")
    assert remark.sentence == f"Ligne 2, colonne PMUN : « {written} » lu « 14854 »."
    load(csv_file(row, header=HEADER.replace(",", ";")))
    assert Population.objects.get().municipal == 14854


def test_leading_zeros_eaten_by_a_spreadsheet_are_put_back_with_a_remark():
    plan = preview(csv_file(f"COM,1001,L'Abergement-Clémenciat,,1,84,{EPCI_A},860,1400"))

    assert [(remark.column, remark.value, remark.read_as) for remark in plan.remarks] == [
        ("COM", "1001", "01001"),
        ("DEP", "1", "01"),
        ("CODES_POSTAUX", "1400", "01400"),
    ]
    assert plan.refusals == []


def test_numbers_of_a_workbook_are_read_as_codes():
    rows = [HEADER.split(","), ["COM", 1001, "L'Abergement", None, 1, 84, 200069391, 860.0, 1400]]

    load(xlsx_file(rows))

    found = Commune.objects.get()
    assert (found.code, found.department.code, found.epci.siren, found.postal_codes) == (
        "01001",
        "01",
        EPCI_A,
        "01400",
    )


def test_corsican_codes_are_upper_cased_and_never_read_as_numbers():
    load(csv_file(f"COM,2a004,Ajaccio,,2a,94,{EPCI_A},75000,20000"))

    assert list(Commune.objects.values_list("code", "department__code")) == [("2A004", "2A")]


@pytest.mark.parametrize(
    ("row", "line", "column", "reason"),
    [
        (f"COM,96001,Nulle-Part,,96,53,{EPCI_A},10,", 2, "DEP", "Le département « 96 » est inconnu du portail."),
        (
            f"COM,96001,Nulle-Part,,,53,{EPCI_A},10,",
            2,
            "COM",
            "Le département « 96 » de ce code est inconnu du portail.",
        ),
        (
            f"COM,35001,Acigné,,22,53,{EPCI_A},10,",
            2,
            "DEP",
            "La commune 35001 ne peut pas être dans le département « 22 ».",
        ),
        (
            f"COM,22001,Aucaleuc,,22,53,{EPCI_A},1.00E+05,",
            2,
            "PMUN",
            "Nombre en notation scientifique, écrit par un tableur : les chiffres d’origine sont perdus. "
            "Mettez la colonne au format texte et recopiez la valeur.",
        ),
        (
            f"COM,1E+05,Aucaleuc,,22,53,{EPCI_A},10,",
            2,
            "COM",
            "Nombre en notation scientifique, écrit par un tableur : les chiffres d’origine sont perdus. "
            "Mettez la colonne au format texte et recopiez la valeur.",
        ),
        (
            f"COM,22001,Aucaleuc,,22,53,{EPCI_A},douze,",
            2,
            "PMUN",
            "Ce n’est pas un nombre entier d’habitants, écrit par exemple 14854.",
        ),
        (f"COM,22001,,,22,53,{EPCI_A},10,", 2, "LIBELLE", "Le nom de la commune manque."),
        (
            "COM,22001,Aucaleuc,,22,53,200069392,10,",
            2,
            "EPCI",
            "Ce SIREN n’est pas valide (clé fausse) et n’est pas un EPCI connu.",
        ),
        (
            f"COM,22001,Aucaleuc,,22,53,{EPCI_A},10,221",
            2,
            "CODES_POSTAUX",
            "Un code postal compte 5 chiffres, par exemple 22400.",
        ),
        (
            f"VILLE,22001,Aucaleuc,,22,53,{EPCI_A},10,",
            2,
            "TYPECOM",
            "Type de commune inconnu : COM, COMD, COMA ou ARM sont attendus.",
        ),
        (
            "COMD,22044,Corlay,22999,22,53,,,",
            2,
            "COMPARENT",
            "La commune de rattachement 22999 n’est pas dans le fichier.",
        ),
        (
            f"COM,22001,Saint,Brieuc,,22,53,{EPCI_A},10,22100",
            2,
            "colonne 10",
            "La ligne a plus de cellules que l’en-tête : un nom contient sans doute le séparateur, mettez-le entre "
            "guillemets.",
        ),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line_column_and_reason(row, line, column, reason):
    plan = preview(csv_file(row))

    assert [(found.line, found.column, found.reason) for found in plan.refusals] == [(line, column, reason)]
    assert not plan.is_applicable


def test_a_key_written_twice_is_refused_and_both_lines_are_named():
    plan = preview(csv_file(*MAP_2024, MAP_2024[1]))

    assert [(found.line, found.column, found.value, found.reason) for found in plan.refusals] == [
        (8, "COM", "22002", "La commune COM 22002 figure déjà à la ligne 3.")
    ]


def test_a_commune_and_its_delegated_part_may_share_a_code():
    plan = preview(csv_file(*MAP_2024, "COMD,22004,Duault,22004,22,53,,,"))

    assert (plan.refusals, counts(plan, *CREATED)) == ([], (5, 2))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Le fichier est vide : choisissez le fichier des communes, avec sa ligne d’en-tête."),
        (b"\xef\xbb\xbf\r\n\r\n", "Le fichier est vide : choisissez le fichier des communes, avec sa ligne d’en-tête."),
        (
            csv_file(),
            "Le fichier ne contient que sa ligne d’en-tête, sans aucune commune : vérifiez qu’il est complet.",
        ),
        (
            b"code;prenom\n22001;Jean\n",
            "L’en-tête du fichier n’est pas reconnu. Le format le plus proche est « Liste simple : code, nom, "
            "population », mais il manque : « population ». Colonnes attendues : code ; population.",
        ),
        (
            b"a;b\n1;2\n",
            "L’en-tête du fichier n’est pas reconnu. Aucune colonne connue n’a été trouvée en tête du fichier. Le "
            "format le plus simple attend les colonnes « code ; nom ; population », la liste complète « TYPECOM ; "
            "COM ; LIBELLE ; COMPARENT ; EPCI ; PMUN ».",
        ),
        (
            b"\xd0\xcf\x11\xe0rest",
            "C’est un classeur Excel 97-2003 (.xls) : enregistrez-le en .xlsx ou en CSV, puis recommencez.",
        ),
        (
            b"PK\x03\x04 not a workbook",
            "Ce fichier compressé n’est pas un classeur Excel (.xlsx) : décompressez-le et choisissez le CSV.",
        ),
        (b"\x00\x01\x02", "Ce n’est pas un fichier texte : il faut un fichier CSV ou un classeur Excel (.xlsx)."),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_clear_sentence(content, sentence):
    plan = preview(content)

    assert plan.blocking == [sentence]
    assert not plan.is_applicable


def test_one_bad_line_writes_nothing_and_the_attempt_is_kept_with_its_refusal():
    before = dump()
    content = csv_file(*MAP_2024, f"COM,22005,Évran,,22,53,{EPCI_A},beaucoup,22630")

    with pytest.raises(ImportRefused, match="1 ligne est refusée : corrigez le fichier, rien n’a été enregistré"):
        load(content)

    assert dump() == before
    kept = CommuneImport.objects.get()
    assert (kept.status, kept.refused[0]["line"], kept.refused[0]["column"]) == ("refused", 8, "PMUN")
    with kept.file.open("rb") as stored:
        assert stored.read() == content


def test_the_preview_writes_nothing(django_assert_num_queries):
    load_map()
    before = dump()
    imports = CommuneImport.objects.count()

    plan = preview(csv_file(*replaced(MAP_2024, c22002=f"COM,22002,Bégard-Neuf,,22,53,{EPCI_A},2100,22140")))

    assert counts(plan, "changed", "populations_added") == (1, 5)
    assert (dump(), CommuneImport.objects.count()) == (before, imports)


def test_an_unknown_epci_is_created_under_a_name_to_complete():
    unknown = "219300019"  # a valid SIREN that is no EPCI

    plan = preview(csv_file(f"COM,22001,Aucaleuc,,22,53,{unknown},10,22100"))

    assert [remark.sentence for remark in plan.remarks] == [
        f"Ligne 2 : l’EPCI {unknown} est inconnu du portail, il est créé sous le nom "
        f"« EPCI {unknown} (nom à compléter) »."
    ]
    load(csv_file(f"COM,22001,Aucaleuc,,22,53,{unknown},10,22100"))
    assert Epci.objects.get().name == f"EPCI {unknown} (nom à compléter)"


def test_a_known_epci_needs_no_loading_beforehand():
    load_map()

    assert Epci.objects.get(siren=EPCI_A).name == "CA Lamballe Terre et Mer"


def test_refused_rows_are_downloaded_as_a_file_that_excel_opens_safely():
    plan = preview(csv_file(f'COM,22001,Aucaleuc,,22,53,{EPCI_A},"=1+1",22100'))

    assert refusals_csv(plan) == (
        "\ufeffLigne;Colonne;Valeur;Raison\r\n"
        "2;PMUN;'=1+1;Ce n’est pas un nombre entier d’habitants, écrit par exemple 14854.\r\n"
    )


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_each_published_format_describes_its_template_which_is_recognised(layout):
    schema, rows = table_schema(layout), template_rows(layout)

    assert [found["name"] for found in schema["fields"]] == list(rows[0])
    plan = preview("\n".join(";".join(row) for row in rows).encode())
    assert plan.layout == layout.key
