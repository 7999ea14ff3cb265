"""One vintage after another: what ends, what appears, what becomes of it, and in which order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import import undo_last, why_not_undo
from territories.models import Commune, CommuneChange, CommuneImport, CommuneMovement, Population
from tests.territories.commune_import.files import (
    EPCI_A,
    EPCI_B,
    MAP_2024,
    counts,
    csv_file,
    dump,
    load,
    load_map,
    preview,
    replaced,
)

pytestmark = pytest.mark.django_db
# 22003 merges into 22002 (told by the file), renamed on that occasion.
MERGED = (
    *replaced(MAP_2024, c22002=f"COM,22002,Bégard-Calorguen,,22,53,{EPCI_A},2480,22140 22100", c22003=None),
    "COMD,22003,Calorguen,22002,22,53,,,",
    "COMD,22002,Bégard,22002,22,53,,,",
)
MOVEMENTS = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
    "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP"
)


def movement(kind: int, day: str, before: str, after: str) -> str:
    return f"{kind},{day},COM,{before},,,,{before},COM,{after},,,,{after}"


def load_movements(*rows: str, vintage: int = 2026) -> CommuneImport:
    return load(csv_file(*rows, header=MOVEMENTS), vintage)


def test_a_vanished_commune_ends_on_the_first_of_january_and_points_at_its_successor():
    load_map()

    imported = load(csv_file(*MERGED), 2026)

    gone = Commune.objects.get(kind="COM", code="22003")
    assert (str(gone.ended_on), gone.successor.code, gone.name) == ("2026-01-01", "22002", "Calorguen")
    assert counts(imported, "created", "changed", "renamed", "unchanged", "ended", "parts_created") == (
        0,
        1,
        1,
        3,
        1,
        2,
    )
    assert sorted(gone.changes.values_list("field", "after")) == [("ended_on", "2026-01-01"), ("successor", "22002")]
    assert Commune.objects.current().count() == 4


def test_the_preview_shows_only_what_changes():
    load_map()

    plan = preview(csv_file(*MERGED))

    assert [(change.action, change.code, change.field, change.before, change.after) for change in plan.changes] == [
        ("created", "22003", "commune déléguée", "", ""),
        ("created", "22002", "commune déléguée", "", ""),
        ("changed", "22002", "nom", "Bégard", "Bégard-Calorguen"),
        ("changed", "22002", "codes postaux", "22140", "22140 22100"),
        ("ended", "22003", "devenue", "", "Bégard-Calorguen (22002)"),
    ]


def test_the_same_file_again_writes_no_row():
    load_map()
    load(csv_file(*MERGED), 2026)
    before = dump()

    plan = preview(csv_file(*MERGED))
    again = load(csv_file(*MERGED), 2026)

    assert plan.writes_nothing
    assert counts(again, "created", "changed", "unchanged", "ended", "populations_added") == (0, 0, 4, 0, 0)
    assert dump() == before


def test_an_older_list_after_a_newer_one_is_refused_with_the_reason():
    load_map(vintage=2026)

    with pytest.raises(
        ImportRefused, match="du millésime 2024, alors que les communes du portail sont déjà celles de 2026"
    ):
        load(csv_file(*MAP_2024), 2024)


def test_a_population_corrected_in_the_same_vintage_is_kept_as_a_change():
    load_map()

    imported = load(csv_file(*replaced(MAP_2024, c22003=f"COM,22003,Calorguen,,22,53,{EPCI_A},520,22100")))

    assert counts(imported, "changed", "populations_corrected", "populations_added") == (1, 1, 0)
    change = CommuneChange.objects.get()
    assert (change.commune.code, change.field, change.before, change.after) == ("22003", "population", "500", "520")
    assert Population.objects.get(commune__code="22003").municipal == 520


def test_the_movements_tell_the_successor_that_the_file_does_not_following_the_chain():
    load_map()
    load_movements(
        movement(32, "2025-01-01", "22003", "22099"),
        movement(41, "01/01/2026", "22099", "22001"),
        movement(21, "2026-01-01", "22003", "22004"),
    )

    plan = preview(csv_file(*replaced(MAP_2024, c22003=None)))

    (ended,) = plan.ended
    assert (ended.code, ended.successor_code, ended.found_by) == ("22003", "22001", "mouvements")


def test_movements_that_turn_in_circles_lead_nowhere_and_do_not_hang():
    load_map()
    load_movements(movement(32, "2025-01-01", "22003", "22098"), movement(32, "2025-01-01", "22098", "22003"))

    plan = preview(csv_file(*replaced(MAP_2024, c22003=None)))

    assert plan.ended[0].successor_code is None


def test_without_any_trace_likely_successors_are_proposed_and_a_choice_is_followed():
    load_map()
    content = csv_file(
        *replaced(MAP_2024, c22001=f"COM,22001,Aucaleuc-Calorguen,,22,53,{EPCI_A},1490,22100", c22003=None)
    )

    plan = preview(content)

    assert plan.is_applicable  # no CPTS is concerned
    assert [(found.code, found.reason) for found in plan.ended[0].proposals] == [
        (
            "22001",
            "son nom contient celui de la commune disparue ; elle gagne 490 habitants, pour 500 dans la commune "
            "disparue ; même EPCI",
        )
    ]
    load(content, 2026, successors={"22003": "22001"})
    assert Commune.objects.get(code="22003").successor.code == "22001"


def test_a_choice_that_is_no_commune_of_the_file_is_refused():
    load_map()

    plan = preview(csv_file(*replaced(MAP_2024, c22003=None)), successors={"22003": "22999"})

    assert plan.blocking == [
        "22999 a été choisi pour remplacer Calorguen (22003), mais ce n’est pas le code d’une commune du fichier : "
        "choisissez-en une autre."
    ]


def test_movements_loaded_late_link_the_communes_that_were_left_without_successor():
    load_map()
    load(csv_file(*replaced(MAP_2024, c22003=None)), 2026)

    imported = load_movements(movement(32, "2026-01-01", "22003", "22002"))

    assert Commune.objects.get(code="22003").successor.code == "22002"
    assert counts(imported, "movements_added", "changed") == (1, 1)
    undo_last(by=None)
    assert Commune.objects.get(code="22003").successor is None


def test_a_change_of_code_is_the_same_commune_under_another_code():
    load_map()
    content = csv_file(
        *replaced(
            MAP_2024, c22004=f"COM,22044,Duault,,22,53,{EPCI_B},300,22160", c22044="COMD,22004,Duault,22044,22,53,,,"
        )
    )

    imported = load(content, 2026)

    assert counts(imported, "created", "recoded", "restored", "ended") == (1, 1, 0, 1)
    old, new = Commune.objects.filter(kind="COM", name="Duault").order_by("code")
    assert (old.successor, str(old.ended_on), str(new.started_on)) == (new, "2026-01-01", "2026-01-01")


def test_a_commune_restored_by_a_split_gets_a_new_row():
    load(csv_file(*MERGED), 2024)
    rows = (*MAP_2024, "COMD,22002,Bégard,22002,22,53,,,")

    plan = preview(csv_file(*rows))
    load(csv_file(*rows), 2026)

    assert counts(plan, "created", "restored", "recoded") == (1, 1, 0)
    found = Commune.objects.get(kind="COM", code="22003")
    assert (str(found.started_on), found.ended_on) == ("2026-01-01", None)
    assert [(c.action, c.before) for c in plan.changes if c.code == "22003" and c.action == "restored"] == [
        ("restored", "Bégard-Calorguen (22002)")
    ]


def test_a_commune_that_vanished_then_came_back_has_two_rows():
    load_map()
    load(csv_file(*MERGED), 2025)
    load(csv_file(*MAP_2024), 2026)

    periods = Commune.objects.filter(kind="COM", code="22003").order_by("pk").values_list("started_on", "ended_on")
    assert [(str(start), str(end)) for start, end in periods] == [("None", "2025-01-01"), ("2026-01-01", "None")]


def test_a_list_that_misses_many_communes_without_explanation_is_taken_for_partial():
    many = [f"COM,22{n:03d},Commune {n},,22,53,{EPCI_A},100,22100" for n in range(100, 160)]
    load_map(*many)

    plan = preview(csv_file(*many[:30]))

    assert plan.blocking == [
        "30 communes connues sur 60 manquent dans ce fichier sans qu’il dise ce qu’elles sont devenues (surtout "
        "dans : 22). Il est sans doute incomplet : vérifiez qu’il contient toutes les communes et leurs communes "
        "déléguées."
    ]


def test_collectivities_that_the_insee_list_leaves_out_stay_as_they_are():
    load_map(*MAP_2024, "COM,98735,Papeete,,987,987,,26925,98714")
    cog = ["COM,22001,53,22,Aucaleuc,", "COM,22002,53,22,Bégard,", "COM,22003,53,22,Calorguen,"]
    cog += ["COM,22004,53,22,Duault,", "COM,2A004,94,2A,Ajaccio,", "COMD,22044,,,Corlay-le-Haut,22004"]

    plan = preview(csv_file(*cog, header="TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT"))

    assert (plan.layout, counts(plan, "ended", "changed", "unchanged")) == ("cog", (0, 0, 6))
    assert [remark.sentence for remark in plan.remarks] == [
        "Le fichier ne contient aucune commune du 987 : 1 commune(s) de cette collectivité restent telles quelles."
    ]


def test_the_official_list_keeps_what_it_does_not_say():
    load_map()
    cog = ["COM,22001,53,22,Aucaleuc-sur-Rance,", "COM,22002,53,22,Bégard,", "COM,22044,53,22,Duault,"]
    cog += ["COM,2A004,94,2A,Ajaccio,", "COMD,22003,,,Calorguen,22002", "COMD,22004,,,Duault,22044"]

    load(csv_file(*cog, header="TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT"), 2026)

    new = Commune.objects.get(kind="COM", code="22044")
    assert (new.epci.siren, new.postal_codes) == (EPCI_B, "22160")
    renamed = Commune.objects.get(kind="COM", code="22001")
    assert (renamed.name, renamed.epci.siren, renamed.search) == (
        "Aucaleuc-sur-Rance",
        EPCI_A,
        "aucaleuc sur rance 22001 22100",
    )


def test_a_commune_cannot_end_with_the_vintage_that_made_it_appear():
    load_map()
    load(csv_file(*MAP_2024, f"COM,22005,Évran,,22,53,{EPCI_A},10,22630"), 2026)

    plan = preview(csv_file(*MAP_2024))

    assert plan.blocking == [
        "Évran (22005) : apparue avec ce même millésime par un import précédent, et absente de ce fichier. "
        "Annulez d’abord cet import précédent."
    ]


@pytest.mark.parametrize(
    ("name", "vintage", "read", "guessed"),
    [
        ("communes_2026.csv", None, 2026, 2026),
        ("v_commune_01012025.csv", None, 2025, 2025),
        ("communes_2024_2026.csv", None, None, None),
        ("communes_2024.csv", 2026, 2026, 2024),
        ("communes.csv", None, None, None),
    ],
)
def test_the_vintage_is_the_one_given_or_the_only_year_of_the_file_name(name, vintage, read, guessed):
    plan = preview(csv_file(*MAP_2024), vintage, name)

    assert (plan.vintage, plan.guessed_vintage) == (read, guessed)
    assert bool(plan.blocking) == (read is None)


def test_undoing_the_last_import_restores_everything_exactly():
    load_map()
    before = dump()
    load(csv_file(*MERGED, "COM,22005,Évran,,22,53,219300011,10,22630".replace("219300011", EPCI_B)), 2026)
    assert dump() != before

    undone = undo_last(by=None)

    assert (undone.status, dump()) == ("undone", before)
    undo_last(by=None)
    assert (Commune.objects.count(), Population.objects.count()) == (0, 0)
    with pytest.raises(ImportRefused, match="Aucun import n’est appliqué"):
        undo_last(by=None)


def test_only_the_last_import_is_undone_and_the_next_one_becomes_the_last():
    first = load_map()
    second = load(csv_file(*MERGED), 2026)

    assert why_not_undo(second) == ""
    assert (
        why_not_undo(first) == "Seul le dernier import appliqué peut être annulé : c’est « communes_2026.csv » (2026)."
    )
    undo_last(by=None)
    assert why_not_undo(first) == ""


def test_a_commune_corrected_by_hand_since_is_not_lost_by_undoing():
    load_map()
    imported = load(csv_file(*MERGED), 2026)
    commune = Commune.objects.get(kind="COM", code="22002")
    commune.name = "Bégard-Calorguen-Neuf"
    commune.save()

    assert why_not_undo(imported) == (
        "Bégard-Calorguen-Neuf a été modifiée depuis cet import : l’annuler perdrait cette correction."
    )


def test_the_number_of_queries_does_not_depend_on_the_number_of_communes():
    def queries(count: int, vintage: int) -> int:
        rows = [f"COM,35{n:03d},Commune {vintage},,35,53,{EPCI_A},{n + vintage},35000" for n in range(count)]
        with CaptureQueriesContext(connection) as found:
            load(csv_file(*rows), vintage)
        return len(found)

    queries(1, 2020)
    few, many = queries(3, 2021), queries(900, 2022)
    assert few == many
    assert many <= 50


def test_movements_of_the_insee_are_read_once_whatever_their_date_form():
    rows = [movement(31, "2024-01-01", "22003", "22002"), movement(31, "01/01/19", "22009", "22002")]
    rows += [movement(10, "2024-01-01", "22003", "22003"), rows[0]]

    first, again = load_movements(*rows), load_movements(*rows)

    assert counts(first, "rows", "movements_added") == (4, 2)
    assert counts(again, "movements_added") == (0,)
    assert sorted(str(found.effective_on) for found in CommuneMovement.objects.all()) == ["2019-01-01", "2024-01-01"]
