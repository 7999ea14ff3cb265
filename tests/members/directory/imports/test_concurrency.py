"""Two imports of the directory at the same moment: the second one is told, and nothing of it is written."""

import threading

import pytest
from django.db import connection

from members.directory.imports import How, ImportBusy, import_directory
from members.directory.imports.running import only_one_at_a_time
from members.models import DirectoryEntry, DirectoryImport
from tests import factories
from tests.members.directory.imports.conftest import FIRST_DAY, NEXT_DAY, TODAY, extract, person


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_second_import_at_the_same_time_is_refused_in_a_sentence():
    made = factories.commune("22093", "Lamballe-Armor")
    factories.in_territory(factories.cpts(), made)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")
    started, done = threading.Event(), threading.Event()

    def first_import() -> None:
        try:
            with only_one_at_a_time(dry_run=False):
                if connection.vendor == "sqlite":
                    DirectoryImport.objects.create(source="finess", filename="x", observed_on=FIRST_DAY)
                started.set()
                done.wait(20)
        finally:
            started.set()
            connection.close()

    thread = threading.Thread(target=first_import)
    thread.start()
    try:
        assert started.wait(20)
        with pytest.raises(ImportBusy, match="Un autre import de l’annuaire est en cours"):
            import_directory(extract(person(1)), observed_on=NEXT_DAY, by=None, how=How(today=TODAY))
    finally:
        done.set()
        thread.join()
    assert DirectoryEntry.objects.count() == 0
    assert import_directory(extract(person(1)), observed_on=NEXT_DAY, by=None, how=How(today=TODAY)).pk
