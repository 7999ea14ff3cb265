"""Arrivals, departures and moves per CPTS and profession, and the sentences that say them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpts_portal.core.scoping import everything
from members.directory.imports import (
    as_text,
    counts_by_commune,
    counts_by_commune_and_profession,
    counts_by_profession,
    known_since,
    movement_sentences,
    practitioners_of,
    sentences_for,
)
from members.models import DirectoryEntry, DirectoryImport, DirectoryMovement, DirectoryPractice, Profession
from territories.models import CptsCommune
from tests import factories
from tests.member_factories import profession
from tests.members.directory.imports.conftest import FIRST_DAY, NEXT_DAY, THIRD_DAY, person, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


def texts(sentences) -> list[str]:
    return [as_text(sentence) for sentence in sentences]


def moved(cpts) -> dict[str, tuple[int, int, int]]:
    last = DirectoryImport.objects.order_by("-pk").first()
    rows = DirectoryMovement.objects.filter(imported=last, cpts=cpts)
    return {row.profession.name: (row.arrivals, row.departures, row.moves) for row in rows}


def test_the_first_import_reports_no_arrival_and_says_so(territory):
    assert texts(sentences_for(territory.cpts)) == ["L’annuaire national n’a pas encore été importé."]
    done = run(person(1), person(2))
    assert (done.counts["first"], done.counts["arrivals"], moved(territory.cpts)) == (True, 0, {})
    assert texts(sentences_for(territory.cpts)) == [
        "Premier import de l’annuaire : la situation de départ est enregistrée. Les arrivées et les départs seront "
        "connus à partir du prochain import."
    ]


def test_three_nurses_arrive_one_doctor_leaves_and_a_nurse_moves(territory):
    run(person(1, profession="10"), person(2), person(3))
    run(person(2, "22278"), person(3), *(person(n) for n in (4, 5, 6)), on=NEXT_DAY)
    assert moved(territory.cpts) == {"Infirmier": (3, 0, 1), "Médecin": (0, 1, 0)}
    assert texts(sentences_for(territory.cpts)) == [
        "3\u00a0nouveaux infirmiers depuis le dernier import, 1\u00a0médecin parti.",
        "1\u00a0infirmier a changé de commune.",
    ]


def test_one_more_practice_in_the_territory_is_no_movement(territory):
    run(person(1), person(2))
    run(person(1), person(1, "22278"), person(2, mode="S"), on=NEXT_DAY)
    assert moved(territory.cpts) == {}
    assert texts(sentences_for(territory.cpts)) == ["Aucun mouvement depuis le dernier import."]


def test_a_person_with_two_practices_counts_once(territory):
    run(person(9))
    run(person(9), person(1), person(1, "22278"), person(1, mode="S"), on=NEXT_DAY)
    assert moved(territory.cpts) == {"Infirmier": (1, 0, 0)}


def test_leaving_one_cpts_for_another_is_a_departure_and_an_arrival(territory):
    other = factories.cpts("du Trégor")
    factories.in_territory(other, territory.outside)
    run(person(1), person(2, "22113"))
    run(person(1, "22113"), person(2, "22113"), on=NEXT_DAY)
    assert moved(territory.cpts) == {"Infirmier": (0, 1, 0)}
    assert moved(other) == {"Infirmier": (1, 0, 0)}


def test_professionals_of_a_commune_that_joins_have_not_arrived(territory):
    run(person(1))
    factories.in_territory(territory.cpts, territory.outside)
    done = run(person(1), person(2, "22113"), on=NEXT_DAY)
    assert (moved(territory.cpts), done.counts["new_communes"]) == ({}, 1)
    run(person(1), person(2, "22113"), person(3, "22113"), on=THIRD_DAY)
    assert moved(territory.cpts) == {"Infirmier": (1, 0, 0)}


def test_a_merger_of_communes_moves_nobody(territory):
    run(person(1), person(2, "22278"))
    territory.here.ended_on, territory.here.successor = date(2026, 9, 20), territory.there
    territory.here.save()
    CptsCommune.directory.filter(commune=territory.here).update(end=date(2026, 9, 20))
    run(person(1, "22278"), person(2, "22278"), on=NEXT_DAY)
    assert moved(territory.cpts) == {}
    assert sum(counts_by_profession(territory.cpts, NEXT_DAY).values()) == 2
    assert sum(counts_by_profession(territory.cpts, FIRST_DAY).values()) == 2


def test_a_second_run_of_the_same_day_reports_the_same_movements(territory):
    run(person(1))
    run(person(1), person(2), on=NEXT_DAY)
    run(person(1), person(2), on=NEXT_DAY)
    assert moved(territory.cpts) == {"Infirmier": (1, 0, 0)}


def test_the_number_of_queries_does_not_grow_with_the_cpts_nor_the_movements(territory):
    run(*(person(n, place="A") for n in range(20)), person(99))
    with CaptureQueriesContext(connection) as few:
        run(person(99), *(person(n) for n in range(100, 120)), on=NEXT_DAY)
    for number in range(5):
        made = factories.commune(f"2260{number}")
        factories.in_territory(factories.cpts(), made)
    run(*(person(n, f"2260{n % 5}") for n in range(20)), person(99), on=NEXT_DAY, accept_losses=True)
    with CaptureQueriesContext(connection) as more:
        run(*(person(n, f"2260{n % 5}", profession="10") for n in range(20)), person(99), on=THIRD_DAY)
    # SQLite splits a bulk insert or update by number of parameters: only reads are compared.
    reads = [sum(q["sql"].startswith("SELECT") for q in captured) for captured in (few, more)]
    assert reads[0] == reads[1]


@pytest.mark.parametrize(
    ("code", "arrivals", "departures", "expected"),
    [
        ("60", 1, 0, "1\u00a0nouvel infirmier depuis le dernier import"),
        ("10", 1, 1, "1\u00a0nouveau médecin depuis le dernier import, 1\u00a0médecin parti"),
        ("50", 2, 1, "2\u00a0nouvelles sages-femmes depuis le dernier import, 1\u00a0sage-femme partie"),
        ("40", 0, 2, "2\u00a0chirurgiens-dentistes partis depuis le dernier import"),
        ("85", 1, 0, "1\u00a0nouvel épithésiste depuis le dernier import"),
    ],
)
def test_sentences_agree_in_gender_and_number(code, arrivals, departures, expected):
    row = DirectoryMovement(profession=profession(code), arrivals=arrivals, departures=departures)
    assert texts(movement_sentences([row])) == [f"{expected}."]


def test_other_professions_are_named_in_words():
    other = Profession.objects.get(nomenclature="PORTAIL", code="AUTRE")
    assert texts(movement_sentences([DirectoryMovement(profession=other, arrivals=2)])) == [
        "2\u00a0nouveaux professionnels d’une autre profession depuis le dernier import."
    ]


def test_professionals_of_the_territory_by_profession_and_commune_at_a_date(territory, django_assert_num_queries):
    nurse, osteopath = profession("60").pk, profession("71", "TRE_R95").pk
    run(person(1), person(1, "22278"), person(1, profession="71"), person(2), person(3, "22278"))
    run(person(1), person(1, "22278"), person(1, profession="71"), person(3, "22278"), on=NEXT_DAY)
    with django_assert_num_queries(4):
        assert counts_by_profession(territory.cpts, FIRST_DAY) == {nurse: 3, osteopath: 1}
        assert counts_by_profession(territory.cpts, NEXT_DAY) == {nurse: 2, osteopath: 1}
        assert counts_by_commune(territory.cpts, NEXT_DAY) == {territory.here.pk: 1, territory.there.pk: 2}
        assert counts_by_commune_and_profession(territory.cpts, FIRST_DAY) == {
            (territory.here.pk, nurse): 2,
            (territory.here.pk, osteopath): 1,
            (territory.there.pk, nurse): 2,
        }
    assert practitioners_of(territory.cpts, FIRST_DAY).count() == 3
    assert practitioners_of(territory.cpts, NEXT_DAY).count() == 2
    assert known_since(territory.cpts) == FIRST_DAY
    assert known_since(factories.cpts()) is None


@pytest.fixture
def neighbour(territory):
    other = factories.cpts("du Trégor")
    factories.in_territory(other, territory.outside)
    return other


communes = st.sampled_from(["22093", "22278", "22113", "22999"])
rows = st.lists(
    st.tuples(st.integers(0, 8), communes, st.sampled_from(["60", "10", "71"]), st.sampled_from("LS")), max_size=14
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=rows, after=rows)
def test_counts_after_are_counts_before_plus_arrivals_minus_departures(territory, neighbour, before, after):
    for model in (DirectoryPractice, DirectoryEntry, DirectoryImport):
        model.objects.all().delete()
    first, second = ([person(n, c, profession=p, mode=m) for n, c, p, m in lines] for lines in (before, after))
    with everything("property"):
        run(*first, on=FIRST_DAY)
        run(*first, on=NEXT_DAY)
        done = run(*second, on=THIRD_DAY)
        for cpts in (territory.cpts, neighbour):
            was, now = (counts_by_profession(cpts, day) for day in (NEXT_DAY, THIRD_DAY))
            change = {
                m.profession_id: m.arrivals - m.departures
                for m in DirectoryMovement.objects.filter(imported=done, cpts=cpts)
            }
            for pk in was.keys() | now.keys() | change.keys():
                assert now.get(pk, 0) == was.get(pk, 0) + change.get(pk, 0)
            followed = {"22093", "22278"} if cpts == territory.cpts else {"22113"}
            persons = {(number, code) for number, commune, code, _ in after if commune in followed}
            assert sum(now.values()) == len(persons)
