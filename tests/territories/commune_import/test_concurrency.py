"""Two people at once: the second import waits, then sees what the first one wrote."""

import threading

import pytest
from django.db import connection, connections

from cpts_portal.core.scoping import everything
from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import import apply_import
from territories.models import Commune, CommuneImport, Population
from tests.territories.commune_import.files import MAP_2024, csv_file, load_map, replaced

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite writes one transaction at a time"),
]


def at_once(*files: tuple[bytes, int]) -> list[str]:
    """Apply the files in as many threads, started together; returns each outcome."""
    start = threading.Barrier(len(files))
    outcomes = [""] * len(files)

    def apply(place: int, content: bytes, vintage: int) -> None:
        start.wait()
        try:
            with everything("test"):
                done = apply_import(content, f"communes_{vintage}.csv", vintage=vintage, by=None, origin="command")
            outcomes[place] = f"created {done.counts['created']}"
        except ImportRefused as refusal:
            outcomes[place] = refusal.message
        finally:
            connections.close_all()

    threads = [threading.Thread(target=apply, args=(place, *file)) for place, file in enumerate(files)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_the_same_list_twice_at_once_is_written_once():
    assert connection.vendor == "postgresql"
    content = csv_file(*MAP_2024)

    assert at_once((content, 2024), (content, 2024)) == ["created 0", "created 5"]

    assert (Commune.objects.count(), Population.objects.count()) == (6, 5)


def test_of_two_vintages_at_once_the_older_never_comes_second():
    load_map()
    old, new = csv_file(*MAP_2024), csv_file(*replaced(MAP_2024, c22001="COM,22001,Neuf,,22,53,,9,22100"))

    outcomes = at_once((old, 2025), (new, 2026))

    assert Commune.objects.get(code="22001").name == "Neuf"
    assert CommuneImport.objects.filter(status="applied").latest("applied_at").vintage == 2026
    assert outcomes[-1].startswith("created 0")
