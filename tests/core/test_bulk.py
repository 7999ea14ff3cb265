"""Bulk writing: COPY, executemany and Django's own bulk methods write the same rows."""

import pytest

from cpts_portal.core.bulk import insert_rows, reserve_ids, update_rows
from territories.models import Commune, Population
from tests import factories

pytestmark = pytest.mark.django_db
COLUMNS = ("id", "kind", "code", "name", "department_id", "postal_codes", "search")
AWKWARD = "L'Haÿ \\ \t« x » %s"


@pytest.fixture(params=[False, True], ids=["accelerated", "portable"])
def portable(request):
    return request.param


def communes(count: int) -> list[tuple]:
    department = factories.department().pk
    return [
        (pk, "COM", f"22{place:03d}", AWKWARD, department, "", "")
        for place, pk in enumerate(reserve_ids(Commune, count))
    ]


def test_rows_are_inserted_under_their_reserved_ids(portable):
    rows = communes(5)

    assert insert_rows(Commune, COLUMNS, iter(rows), portable=portable) == 5

    assert list(Commune.objects.order_by("pk").values_list(*COLUMNS)) == rows
    later = factories.commune("22900")
    assert later.pk not in [row[0] for row in rows]


def test_rows_are_updated_by_key_with_nulls_and_dates(portable):
    rows = communes(3)
    insert_rows(Commune, COLUMNS, rows)
    day = "2026-01-01"

    changed = [(rows[0][0], day, rows[2][0]), (rows[1][0], None, None)]
    assert update_rows(Commune, ("ended_on", "successor_id"), changed, portable=portable) == 2

    found = Commune.objects.order_by("pk").values_list("ended_on", "successor_id")
    assert [(str(ended), successor) for ended, successor in found] == [
        (day, rows[2][0]),
        ("None", None),
        ("None", None),
    ]


def test_no_row_is_no_query(portable, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows(Population, ("commune_id",), [], portable=portable) == 0
        assert update_rows(Population, ("municipal",), [], portable=portable) == 0
        assert reserve_ids(Population, 0) == []
