"""Size classes: bounds inclusive as the agreement reads, dated, loaded by a migration."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.map.sizing import SizeBound, SizeGrid
from territories.models import SizeClass

DAY = date(2026, 11, 22)
GRID = SizeGrid((SizeBound(1, 0), SizeBound(2, 40_000), SizeBound(3, 80_000, to_confirm=True), SizeBound(4, 175_001)))
populations = st.integers(min_value=0, max_value=3_000_000)


@pytest.mark.parametrize(
    ("population", "size"),
    [(0, 1), (39_999, 1), (40_000, 2), (68_842, 2), (79_999, 2), (80_000, 3), (175_000, 3), (175_001, 4)],
)
def test_bounds_are_read_as_the_agreement_says(population, size):
    assert GRID.class_of(population) == size


@given(populations)
def test_every_population_has_exactly_one_class(population):
    starts = [0, 40_000, 80_000, 175_001, 10**9]
    owners = [n + 1 for n in range(4) if starts[n] <= population < starts[n + 1]]
    assert [GRID.class_of(population)] == owners


@given(populations, populations)
def test_a_larger_population_never_has_a_smaller_class(a, b):
    assert GRID.class_of(min(a, b)) <= GRID.class_of(max(a, b))


@given(populations)
def test_distances_lead_exactly_to_the_neighbouring_classes(population):
    place = GRID.place(population)
    assert place.size == GRID.class_of(population)
    if place.to_next is not None:
        assert GRID.class_of(population + place.to_next) == place.size + 1
        assert GRID.class_of(population + place.to_next - 1) == place.size
    if place.to_lose is not None:
        assert GRID.class_of(population - place.to_lose) == place.size
        assert GRID.class_of(population - place.to_lose - 1) == place.size - 1
    assert (place.to_next is None) == (place.size == 4)
    assert (place.to_lose is None) == (place.size == 1)


@given(populations)
def test_a_population_is_flagged_within_two_per_cent_of_a_threshold(population):
    near = [t for t in (40_000, 80_000, 175_001) if abs(population - t) <= t * 0.02]
    place = GRID.place(population)
    assert place.near_threshold == (near[0] if near else None)
    assert place.is_near == bool(near)


def test_two_per_cent_is_included_on_both_sides():
    flagged = [GRID.place(n).is_near for n in (39_199, 39_200, 40_800, 40_801)]
    assert flagged == [False, True, True, False]


def test_without_a_grid_there_is_no_class():
    place = SizeGrid().place(50_000)
    assert (place.size, place.to_next, place.to_lose, place.is_near) == (None, None, None, False)


@pytest.mark.django_db
def test_the_migration_loads_the_four_classes_of_2019():
    rows = SizeClass.objects.order_by("size").values_list("size", "min_population", "start", "confidence")
    assert list(rows) == [
        (1, 0, date(2019, 6, 20), "verified"),
        (2, 40_000, date(2019, 6, 20), "verified"),
        (3, 80_000, date(2019, 6, 20), "to_confirm"),
        (4, 175_001, date(2019, 6, 20), "verified"),
    ]


@pytest.mark.django_db
def test_classes_depend_on_the_date(django_assert_num_queries):
    assert SizeGrid.on(date(2019, 6, 19)).class_of(50_000) is None
    assert SizeGrid.on(date(2019, 6, 20)).class_of(50_000) == 2
    SizeClass.objects.update(end=date(2027, 1, 1))
    for size, start in [(1, 0), (2, 60_000)]:
        SizeClass.objects.create(size=size, min_population=start, start=date(2027, 1, 1), source="Avenant fictif")
    assert [SizeGrid.on(day).class_of(50_000) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [2, 1]
    with django_assert_num_queries(1):
        grid = SizeGrid.on(DAY)
        assert [grid.class_of(n) for n in (1, 50_000, 200_000)] == [1, 2, 4]
    assert [bound.to_confirm for bound in grid.bounds] == [False, False, True, False]
