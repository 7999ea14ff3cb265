"""What the admin exports, the importer reads back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from territories.models import Commune
from territories.resources import CommuneResource
from tests.territories.commune_import.files import HEADER, MAP_2024, load_map, preview

pytestmark = pytest.mark.django_db


def test_an_exported_list_imported_again_changes_nothing():
    load_map()

    content = CommuneResource().export(Commune.objects.order_by("kind", "code")).export("csv")

    assert content.splitlines()[0] == HEADER
    assert sorted(content.splitlines()[1:]) == sorted(MAP_2024)
    plan = preview(content.encode(), 2024)
    assert (plan.is_applicable, plan.writes_nothing) == (True, True)


def test_the_export_takes_as_many_queries_for_one_commune_as_for_six():
    load_map()

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as found:
            CommuneResource().export(Commune.objects.order_by("pk")[:count])
        return len(found)

    assert queries(1) == queries(6)
