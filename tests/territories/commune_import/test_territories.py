"""Territories follow their communes, with dates: yesterday still reads as it was."""

from datetime import date

import pytest

from cpts_portal.core.periods import active_on
from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import import undo_last, why_not_undo
from territories.models import Commune, Cpts, CptsCommune
from tests import factories
from tests.territories.commune_import.files import (
    EPCI_A,
    EPCI_B,
    MAP_2024,
    csv_file,
    dump,
    load,
    load_map,
    preview,
    replaced,
)
from tests.territories.commune_import.test_vintages import MERGED

pytestmark = pytest.mark.django_db
START = date(2024, 3, 1)
BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)


@pytest.fixture
def mapped():
    load_map()


def commune(code: str) -> Commune:
    return Commune.objects.filter(kind="COM", code=code).latest("pk")


def holding(name: str, *codes: str, start: date = START, **shares: int) -> Cpts:
    made = factories.cpts(name)
    for code in codes:
        factories.in_territory(made, commune(code), start=start, inhabitants=shares.get(f"c{code}"))
    return made


def territory(cpts: Cpts, day: date) -> list[tuple[str, int | None]]:
    rows = CptsCommune.directory.filter(active_on(day), cpts=cpts)
    return sorted(rows.values_list("commune__code", "inhabitants"))


def test_the_successor_enters_the_territory_and_yesterday_still_reads_as_before(mapped):
    cpts = holding("du Val", "22003", "22004")

    load(csv_file(*MERGED), 2026)

    assert territory(cpts, BEFORE) == [("22003", None), ("22004", None)]
    assert territory(cpts, AFTER) == [("22002", None), ("22004", None)]
    row = CptsCommune.directory.get(cpts=cpts, commune=commune("22002"))
    assert (row.origin, row.carried_from.commune.code, row.start, row.end) == ("carried", "22003", AFTER, None)


def test_the_report_says_what_land_comes_with_the_successor_and_both_populations(mapped):
    holding("du Val", "22003", "22004")

    (effect,) = preview(csv_file(*MERGED)).effects

    assert (effect.name, effect.population_before, effect.population_after) == ("CPTS du Val", 800, 2780)
    assert (effect.size_before, effect.size_after, effect.to_arbitrate) == (1, 1, False)
    assert effect.sentences == (
        "Calorguen (22003) : désormais dans Bégard-Calorguen (22002), qui entre dans le territoire. Elle comprend "
        "aussi, hors du territoire jusqu’ici : l’ancienne commune de Bégard (22002) (2\u202f000\u00a0habitants).",
        "Population : 800 habitants au millésime 2024, 2\u202f780 au millésime 2026.",
    )


def test_a_territory_that_already_holds_the_successor_just_loses_the_vanished_row(mapped):
    cpts = holding("du Val", "22002", "22003")

    imported = load(csv_file(*MERGED), 2026)

    assert territory(cpts, BEFORE) == [("22002", None), ("22003", None)]
    assert territory(cpts, AFTER) == [("22002", None)]
    assert imported.report["effects"][0]["sentences"][0] == (
        "Calorguen (22003) : dans Bégard-Calorguen (22002), qui est déjà dans le territoire."
    )


def test_two_cpts_that_meet_on_the_successor_share_it_by_their_former_populations(mapped):
    one, two = holding("du Nord", "22002"), holding("du Sud", "22003")

    plan = preview(csv_file(*MERGED))
    load(csv_file(*MERGED), 2026)

    # 2 000 + 500 former inhabitants for 2 480 today: reduced in proportion, never above the population.
    assert (territory(one, AFTER), territory(two, AFTER)) == ([("22002", 1984)], [("22002", 496)])
    assert (territory(one, BEFORE), territory(two, BEFORE)) == ([("22002", None)], [("22003", None)])
    assert [(found.name, found.to_arbitrate) for found in plan.effects] == [
        ("CPTS du Nord", True),
        ("CPTS du Sud", True),
    ]
    assert (
        plan.effects[0]
        .sentences[0]
        .startswith("À arbitrer : Bégard-Calorguen (22002) est désormais partagée avec 1\u00a0autre CPTS")
    )


def test_several_vanished_communes_make_one_row_on_their_successor(mapped):
    cpts = holding("du Val", "22001", "22003")
    rows = replaced(
        MAP_2024,
        c22001=None,
        c22003=None,
        c22002=f"COM,22002,Bégard,,22,53,{EPCI_A},3400,22140",
    )
    content = csv_file(*rows, "COMD,22001,Aucaleuc,22002,22,53,,,", "COMD,22003,Calorguen,22002,22,53,,,")

    load(content, 2026)

    assert territory(cpts, AFTER) == [("22002", None)]


def test_a_change_of_code_keeps_the_share_of_each_cpts(mapped):
    one = holding("du Nord", "22004", c22004=200)
    two = holding("du Sud", "22004", c22004=100)
    rows = replaced(
        MAP_2024, c22004=f"COM,22044,Duault,,22,53,{EPCI_B},310,22160", c22044="COMD,22004,Duault,22044,22,53,,,"
    )

    plan = preview(csv_file(*rows))
    load(csv_file(*rows), 2026)

    assert (territory(one, AFTER), territory(two, AFTER)) == ([("22044", 200)], [("22044", 100)])
    assert [effect.sentences for effect in plan.effects] == [("Duault (22004) change de code : 22044.",)] * 2


def test_a_restored_commune_stays_with_the_cpts_that_held_its_parent_whole():
    load(csv_file(*MERGED), 2024)
    cpts = holding("du Val", "22002")

    plan = preview(csv_file(*MAP_2024, "COMD,22002,Bégard,22002,22,53,,,"))
    load(csv_file(*MAP_2024, "COMD,22002,Bégard,22002,22,53,,,"), 2026)

    assert territory(cpts, BEFORE) == [("22002", None)]
    assert territory(cpts, AFTER) == [("22002", None), ("22003", None)]
    assert plan.effects[0].sentences[0] == (
        "Calorguen (22003), rétablie, s’est détachée de Bégard-Calorguen (22002) : elle reste dans le territoire."
    )


def test_a_restored_commune_whose_parent_is_shared_is_left_to_arbitrate():
    load(csv_file(*MERGED), 2024)
    cpts = holding("du Val", "22002", c22002=1000)

    plan = preview(csv_file(*MAP_2024, "COMD,22002,Bégard,22002,22,53,,,"))

    assert (plan.effects[0].to_arbitrate, plan.counts["territory_rows"]) == (True, 0)
    load(csv_file(*MAP_2024, "COMD,22002,Bégard,22002,22,53,,,"), 2026)
    assert territory(cpts, AFTER) == [("22002", 1000)]


def test_a_held_commune_without_known_successor_blocks_until_somebody_chooses(mapped):
    cpts = holding("du Val", "22003")
    content = csv_file(*replaced(MAP_2024, c22003=None))

    plan = preview(content)

    assert plan.blocking == [
        "Calorguen (22003), du territoire de la CPTS du Val, disparaît sans que le fichier dise quelle commune lui "
        "succède : choisissez-la, ou importez d’abord le fichier des mouvements de l’INSEE."
    ]
    assert plan.ended[0].needs_choice
    with pytest.raises(ImportRefused):
        load(content, 2026)
    load(content, 2026, successors={"22003": "22001"})
    assert territory(cpts, AFTER) == [("22001", None)]


def test_a_territory_composed_late_on_an_old_list_is_moved_in_place(mapped):
    late = date(2026, 11, 22)
    cpts = holding("du Val", "22003", "22004", start=late)

    load(csv_file(*MERGED), 2026)

    assert territory(cpts, late) == [("22002", None), ("22004", None)]
    assert CptsCommune.directory.filter(cpts=cpts).count() == 2


def test_late_rows_on_the_successor_and_on_the_vanished_commune_become_one(mapped):
    late = date(2026, 11, 22)
    cpts = holding("du Val", "22002", "22003", start=late)

    load(csv_file(*MERGED), 2026)

    assert territory(cpts, late) == [("22002", None)]
    assert list(CptsCommune.history.filter(history_type="-").values_list("commune__code", flat=True)) == ["22003"]


def test_territories_closed_before_the_vintage_are_left_alone(mapped):
    cpts = holding("du Val", "22003")
    CptsCommune.directory.filter(cpts=cpts).update(end=date(2025, 6, 1))

    load(csv_file(*MERGED), 2026)

    assert [(row.commune.code, row.end) for row in CptsCommune.directory.filter(cpts=cpts)] == [
        ("22003", date(2025, 6, 1))
    ]


def test_the_carry_over_is_in_the_history_under_its_author_and_counts_as_an_edit(mapped):
    cpts = holding("du Val", "22003")
    author = factories.administrator()

    load(csv_file(*MERGED), 2026, by=author)

    log = CptsCommune.history.filter(history_change_reason="Évolution des communes au millésime 2026")
    assert sorted(log.values_list("history_type", "commune__code", "history_user")) == [
        ("+", "22002", author.pk),
        ("~", "22003", author.pk),
    ]
    assert Cpts.directory.get(pk=cpts.pk).version == cpts.version + 1


def test_a_new_census_that_changes_the_size_class_is_reported(mapped):
    holding("de Corse", "2A004")

    (effect,) = preview(
        csv_file(*replaced(MAP_2024, c2A004=f"COM,2A004,Ajaccio,,2A,94,{EPCI_B},80500,20000 20090"))
    ).effects

    assert (effect.size_before, effect.size_after, effect.changes_size) == (2, 3, True)
    assert effect.sentences == (
        "Population : 75\u202f000 habitants au millésime 2024, 80\u202f500 au millésime 2026.",
        "La CPTS passe de la taille 2 à la taille 3.",
    )


def test_a_list_without_populations_keeps_those_of_the_vanished_communes(mapped):
    holding("du Val", "22002", "22003")
    cog = ["COM,22001,53,22,Aucaleuc,", "COM,22002,53,22,Bégard,", "COM,22004,53,22,Duault,"]
    cog += ["COM,2A004,94,2A,Ajaccio,", "COMD,22003,,,Calorguen,22002", "COMD,22044,,,Corlay-le-Haut,22004"]

    (effect,) = preview(csv_file(*cog, header="TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT")).effects

    assert (effect.population_before, effect.population_after) == (2500, 2500)


def test_undoing_brings_every_territory_back_row_for_row(mapped):
    holding("du Nord", "22002")
    holding("du Sud", "22003")
    holding("Tardive", "22001", start=date(2026, 5, 1))
    before = dump()
    rows = replaced(MERGED, c22001=None)
    load(csv_file(*rows, "COMD,22001,Aucaleuc,22004,22,53,,,"), 2026)
    assert dump(without=("commune", "population")) != before

    undo_last(by=factories.administrator())

    assert dump() == before


def test_undoing_brings_withdrawn_rows_back(mapped):
    holding("du Val", "22002", "22003", start=date(2026, 11, 22))
    before = dump()
    load(csv_file(*MERGED), 2026)

    undo_last(by=None)

    assert dump() == before


def test_a_territory_edited_since_the_import_cannot_be_undone(mapped):
    cpts = holding("du Val", "22003")
    imported = load(csv_file(*MERGED), 2026)
    CptsCommune.directory.filter(cpts=cpts, commune=commune("22002")).update(end=date(2026, 6, 1))

    assert why_not_undo(imported) == (
        "Le territoire a été modifié depuis cet import (CPTS du Val) : l’annuler perdrait ces changements. "
        "Corrigez plutôt les communes concernées."
    )
    with pytest.raises(ImportRefused):
        undo_last(by=None)


def test_a_commune_that_the_import_created_and_a_cpts_took_cannot_be_undone(mapped):
    imported = load(csv_file(*MAP_2024, f"COM,22005,Évran,,22,53,{EPCI_A},10,22630"), 2026)
    holding("du Val", "22005", start=AFTER)

    assert "CPTS du Val" in why_not_undo(imported)


def test_a_commune_that_the_import_created_and_is_a_seat_cannot_be_undone(mapped):
    imported = load(csv_file(*MAP_2024, f"COM,22005,Évran,,22,53,{EPCI_A},10,22630"), 2026)
    factories.cpts("du Val", seat=commune("22005"))

    assert why_not_undo(imported) == (
        "Des communes créées par cet import sont utilisées depuis (CPTS) : l’import ne peut plus être annulé."
    )
