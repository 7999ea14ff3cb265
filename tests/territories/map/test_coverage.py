"""Coverage by CPTS: what counts as covered, white zones, shared communes."""

from datetime import date

import pytest

from territories.map.coverage import Sharing, Tally, percent, shared_communes, tallies, white_zones
from territories.models import Commune
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def tally(day: date = DAY, vintage: int = 2026) -> Tally:
    """Figures of the single department of the test."""
    (found,) = tallies(Commune.objects.existing_on(day), day, vintage, "department_id").values()
    return found


def test_a_whole_commune_is_covered_for_its_population_and_the_others_are_white():
    make.in_territory(make.cpts(), make.commune(population=700))
    make.commune(population=300)
    assert tally() == Tally(communes=2, white_communes=1, inhabitants=1000, covered=700, white_inhabitants=300, cpts=1)


def test_a_shared_commune_is_covered_for_the_sum_of_its_shares_at_most_its_population():
    incomplete, exceeding = make.commune(population=1000), make.commune(population=1000)
    one, other = make.cpts(), make.cpts()
    make.in_territory(one, incomplete, inhabitants=400)
    make.in_territory(other, incomplete, inhabitants=100)
    make.in_territory(one, exceeding, inhabitants=900)
    make.in_territory(other, exceeding, inhabitants=900)
    found = tally()
    assert (found.covered, found.uncovered, found.white_communes, found.cpts) == (1500, 500, 0, 2)


def test_a_commune_of_unknown_population_counts_as_a_commune_and_for_no_inhabitant():
    make.in_territory(make.cpts(), make.commune(population=None), inhabitants=50)
    assert tally() == Tally(communes=1, white_communes=0, inhabitants=0, covered=0, white_inhabitants=0, cpts=1)
    assert tally().percent_covered is None


def test_coverage_is_read_on_the_day_asked_and_a_territory_ends_the_day_it_says():
    covered = make.commune(population=10)
    make.in_territory(make.cpts(), covered, start=date(2024, 1, 1), end=date(2025, 1, 1))
    assert [tally(day).covered for day in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31))] == [0, 10, 10]
    assert tally(date(2025, 1, 1)).covered == 0


def test_a_merged_commune_counts_its_former_communes_in_an_older_vintage():
    today = make.commune(code="22900", population=100, vintage=2024)
    make.commune(code="22901", population=40, vintage=2024, ended_on=date(2026, 1, 1), successor=today)
    assert tally(DAY, 2024).inhabitants == 140
    assert tally(date(2025, 6, 1), 2024).inhabitants == 140  # two communes then, the same inhabitants


def test_the_share_is_rounded_down_so_that_100_means_everybody():
    assert percent(99_999, 100_000) == 99.9
    assert percent(100_000, 100_000) == 100.0
    assert percent(0, 0) is None


def test_white_zones_leave_out_ended_and_delegated_communes():
    white = make.commune(name="Blanche")
    make.commune(name="Finie", ended_on=date(2025, 1, 1), successor=white)
    make.commune(name="Déléguée", kind=Commune.Kind.DELEGATED, parent=white)
    assert [found.name for found in white_zones(DAY, 2026)] == ["Blanche"]


def test_a_commune_held_for_a_part_is_shared_not_white():
    held = make.commune(population=100)
    make.in_territory(make.cpts(), held, inhabitants=60)
    assert list(white_zones(DAY, 2026)) == []
    assert [found.sharing for found in shared_communes(DAY, 2026)] == [Sharing.INCOMPLETE]


@pytest.mark.parametrize(
    ("population", "shares", "expected"),
    [
        (100, [60, 40], Sharing.COMPLETE),
        (100, [60, 30], Sharing.INCOMPLETE),
        (100, [60, 50], Sharing.EXCEEDS),
        (100, [None, 50], Sharing.CONFLICT),
        (None, [60, 50], Sharing.UNKNOWN),
    ],
)
def test_how_shares_add_up(population, shares, expected):
    held = make.commune(population=population)
    for share in shares:
        make.in_territory(make.cpts(), held, inhabitants=share)
    make.in_territory(make.cpts(), make.commune())  # an ordinary commune is not listed
    assert [(found, found.sharing) for found in shared_communes(DAY, 2026)] == [(held, expected)]
