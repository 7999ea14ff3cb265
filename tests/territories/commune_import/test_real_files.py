"""The real lists of France, as delivered: 2024, then 2026. Slow (seconds), so everything is asked of one run."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpts_portal.core.scoping import everything
from territories.commune_import import prepare, undo_last
from territories.models import Commune, CommuneImport, Department, Epci, Population, Region
from territories.reference import load_reference
from territories.shipped import COMMUNE_LISTS, shipped_bytes
from tests import factories
from tests.territories.commune_import.files import counts, dump

pytestmark = pytest.mark.django_db
NEWCOMERS = {"12218": "12076", "14581": "14011", "49126": "49069", "69114": "69159"}
RESTORED = ["15031", "15035", "15047", "15171"]


def test_france_from_2024_to_2026_and_back():
    load_reference(until=2024)
    assert Commune.objects.current().count() == 35_029
    with everything("test data"):
        factories.in_territory(factories.cpts("du Plateau"), Commune.objects.get(kind="COM", code="02311"))
    before = dump()

    content = shipped_bytes(COMMUNE_LISTS[2026])
    load_movements_and_2026(content)

    last = CommuneImport.objects.get(vintage=2026, layout="portal")
    assert counts(last, "ended", "created", "renamed", "restored", "recoded") == (68, 8, 63, 4, 4)
    assert Commune.objects.current().count() == 34_969
    ended = Commune.objects.filter(kind="COM", ended_on="2026-01-01")
    assert (ended.count(), ended.filter(successor__ended_on__isnull=True, successor__isnull=False).count()) == (68, 68)
    assert dict(ended.filter(code__in=NEWCOMERS.values()).values_list("successor__code", "code")) == NEWCOMERS
    new = Commune.objects.filter(kind="COM", started_on="2026-01-01").order_by("code")
    assert list(new.values_list("code", flat=True)) == sorted([*NEWCOMERS, *RESTORED])
    assert last.report["effects"][0]["name"] == "CPTS du Plateau"

    haute_saintonge = Commune.objects.current().filter(epci__siren="200041523")
    people = {
        vintage: sum(
            Population.objects.filter(commune__in=haute_saintonge, vintage=vintage).values_list("municipal", flat=True)
        )
        for vintage in (2024, 2026)
    }
    assert (haute_saintonge.count(), people) == (129, {2024: 68_842, 2026: 69_164})
    assert (Region.objects.count(), Department.objects.count(), Epci.objects.count()) == (26, 109, 1255)

    with CaptureQueriesContext(connection) as again:
        assert load_reference() == {"departments": 0, "epcis": 0, "epcis_named": 0}
    assert len(again) < 10
    assert prepare(content, "communes_2026.csv", vintage=2026).writes_nothing

    undo_last(by=None)
    undo_last(by=None)
    assert dump() == before


def load_movements_and_2026(content: bytes) -> None:
    with CaptureQueriesContext(connection) as found:
        done = load_reference()
    assert done["imports"] == 2
    assert len(found) <= 60  # two imports
