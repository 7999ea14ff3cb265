"""The territory of a CPTS on one day, counted in one vintage."""

from datetime import date

import pytest

from territories.map.vintages import vintage_for
from territories.models import DeclaredFigures, Population
from territories.perimeter import differences, perimeter_of, perimeters_of, simulate
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 11, 22)


def test_totals_by_epci_and_department():
    ours = factories.cpts()
    penthievre = factories.epci("200070688", "CC A")
    other = factories.epci("200070689", "CC B")
    for code, people, epci in [("22001", 1200, penthievre), ("22002", 300, penthievre), ("35001", 2000, other)]:
        factories.in_territory(ours, factories.commune(code, population=people, epci=epci))
    factories.in_territory(ours, factories.commune("22003", population=50))
    found = perimeter_of(ours, day=DAY)
    assert (found.communes, found.population, found.vintage, found.size.size) == (4, 3550, 2026, 1)
    assert [(str(part.place), part.communes, part.population) for part in found.by_epci] == [
        ("CC B", 1, 2000),
        ("CC A", 2, 1500),
        ("None", 1, 50),
    ]
    assert [(part.place.code, part.communes, part.population) for part in found.by_department] == [
        ("35", 1, 2000),
        ("22", 3, 1550),
    ]


def test_only_the_communes_held_on_the_day_count():
    ours = factories.cpts()
    factories.in_territory(ours, factories.commune("22001"), start=date(2024, 1, 1), end=date(2025, 1, 1))
    factories.in_territory(ours, factories.commune("22002"), start=date(2025, 1, 1))
    codes = {
        day: [row.commune.code for row in perimeter_of(ours, day=day).rows]
        for day in (date(2023, 12, 31), date(2024, 12, 31), date(2025, 1, 1))
    }
    assert codes == {date(2023, 12, 31): [], date(2024, 12, 31): ["22001"], date(2025, 1, 1): ["22002"]}


def test_a_shared_commune_counts_its_declared_inhabitants():
    ours, other = factories.cpts(), factories.cpts()
    rennes = factories.commune("35238", "Rennes", population=225_000)
    factories.in_territory(ours, rennes, inhabitants=90_000)
    factories.in_territory(other, rennes, inhabitants=60_000)
    found = perimeters_of([ours.pk, other.pk], day=DAY)
    assert [found[cpts.pk].population for cpts in (ours, other)] == [90_000, 60_000]
    assert found[ours.pk].size.size == 3


def test_a_commune_without_known_population_is_listed_not_hidden():
    ours = factories.cpts()
    factories.in_territory(ours, factories.commune("55039", "Beaumont-en-Verdunois", population=None))
    factories.in_territory(ours, factories.commune("22001", population=10))
    found = perimeter_of(ours, day=DAY)
    assert (found.communes, found.population) == (2, 10)
    assert [row.commune.code for row in found.unknown] == ["55039"]


@pytest.mark.parametrize(
    ("loaded", "day", "expected"),
    [
        ([2024, 2026], date(2026, 1, 1), 2026),
        ([2024, 2026], date(2025, 12, 31), 2024),
        ([2024, 2026], date(2031, 1, 1), 2026),
        ([2024, 2026], date(2020, 1, 1), 2024),
        ([], date(2026, 1, 1), None),
    ],
)
def test_the_vintage_in_force_on_a_day(loaded, day, expected):
    commune = factories.commune(population=None)
    for vintage in loaded:
        Population.objects.create(commune=commune, vintage=vintage, municipal=1)
    assert vintage_for(day) == expected


def test_figures_of_a_later_year_are_said_to_be_so():
    ours = factories.cpts()
    factories.in_territory(ours, factories.commune(vintage=2026), start=date(2020, 1, 1))
    assert [perimeter_of(ours, day=date(year, 6, 1)).vintage_is_later for year in (2020, 2026)] == [True, False]


def test_in_an_older_vintage_a_merged_commune_counts_what_it_absorbed():
    ours = factories.cpts()
    kept = factories.commune("22001", population=900, vintage=2024)
    Population.objects.create(commune=kept, vintage=2026, municipal=1500)
    first = factories.commune("22002", population=400, vintage=2024, ended_on=date(2026, 1, 1), successor=kept)
    factories.commune("22003", population=100, vintage=2024, ended_on=date(2025, 1, 1), successor=first)
    factories.in_territory(ours, kept)
    assert perimeter_of(ours, day=DAY, vintage=2026).population == 1500
    assert perimeter_of(ours, day=DAY, vintage=2024).population == 1400
    assert perimeter_of(ours, day=date(2024, 6, 1)).population == 900


def test_the_number_of_queries_does_not_depend_on_the_territory(django_assert_num_queries):
    small, large = factories.cpts(), factories.cpts()
    for _ in range(2):
        factories.in_territory(small, factories.commune(epci=factories.epci()))
    for _ in range(20):
        factories.in_territory(large, factories.commune(epci=factories.epci()))
    for cpts in (small, large):
        with django_assert_num_queries(5):
            found = perimeter_of(cpts, day=DAY)
            assert found.by_epci
            assert found.by_department
            assert found.size.size == 1


def test_declared_figures_are_kept_beside_the_computed_ones():
    ours = factories.cpts()
    factories.in_territory(ours, factories.commune(population=68_842))
    declared = DeclaredFigures(cpts=ours, population=75_000, communes=None)
    found = differences(declared, perimeter_of(ours, day=DAY))
    assert list(found) == ["population"]
    assert found["population"].absolute == -6158
    assert found["population"].percent == pytest.approx(-8.21, abs=0.01)
    assert differences(None, perimeter_of(ours, day=DAY)) == {}


def test_simulation_shows_what_a_commune_changes():
    ours = factories.cpts()
    factories.in_territory(ours, factories.commune("22001", population=39_000))
    factories.commune("22002", population=1500)
    found = simulate(ours, add=["22002"], day=DAY)
    assert (found.before.population, found.after.population) == (39_000, 40_500)
    assert (found.before.size.size, found.after.size.size, found.size_changes) == (1, 2, True)
    assert (found.before.size.to_next, found.after.size.to_lose, found.after.size.is_near) == (1000, 500, True)
    assert found.conflicts == ()
    assert [row.commune.code for row in found.added] == ["22002"]


def test_simulation_of_removal_share_and_vintage():
    ours = factories.cpts()
    kept = factories.commune("22001", population=1000)
    Population.objects.create(commune=kept, vintage=2024, municipal=800)
    factories.in_territory(ours, kept)
    factories.in_territory(ours, factories.commune("22002", population=500))
    found = simulate(ours, remove=["22002"], shares={"22001": 300}, day=DAY)
    assert (found.before.population, found.after.population) == (1500, 300)
    assert [old.population for old, _new in found.reshared] == [1000]
    assert simulate(ours, vintage=2024, day=DAY).after.population == 800


def test_simulation_names_every_conflict():
    ours, other = factories.cpts(), factories.cpts("du Voisin")
    factories.in_territory(other, factories.commune("22001", "Lamballe"))
    shared = factories.commune("22002", "Dinan", population=1000)
    factories.in_territory(other, shared, inhabitants=700)
    heir = factories.commune("22003", "Beaussais")
    factories.commune("22004", "Ploubalay", ended_on=date(2017, 1, 1), successor=heir)
    found = simulate(ours, add=["22001", "22004", "99999"], shares={"22002": 400}, day=DAY)
    assert [conflict.message for conflict in found.conflicts] == [
        "Le code 99999 n’est celui d’aucune commune.",
        "Lamballe (22001) appartient entièrement à la CPTS du Voisin : retirez-la, ou partagez-la entre les deux CPTS "
        "avec un nombre d’habitants pour chacune.",
        "Dinan (22002) compte 1\u202f000 habitants, et la CPTS du Voisin en compte déjà 700 : vous pouvez en retenir "
        "au plus 300, pas 400.",
        "Ploubalay (22004) n’existe plus depuis le 1er janvier 2017 : prenez Beaussais (22003), qui lui succède.",
    ]
    assert found.conflicts[3].proposal == heir
