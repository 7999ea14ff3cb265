"""The import of the national directory, from the file to the report: one transaction, all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.tasks import silent
from cpts_portal.imports.lifecycle import advance
from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports.columns import HEADER_BYTES, Columns, read_columns
from members.directory.imports.errors import ImportBusy
from members.directory.imports.movements import find_moves, follow, is_first_on, last_import, store_moves
from members.directory.imports.people import Professions, Reading
from members.directory.imports.perimeter import Perimeter
from members.directory.imports.scanning import Scan, Spools
from members.directory.imports.sources import Extract, Report, opened
from members.directory.imports.tally import Tally
from members.directory.imports.writing import DirectoryWriter, add_specialties
from members.models import DirectoryImport

MEMBER_OF_ZIP = "personne_activite"
LOCK_NUMBER = 5_252_019  # any number of our own, shared by the two imports of public directories
SCAN_SHARE = 70  # percent of the progress bar given to the reading of the file
FIGURES = (
    "lines",
    "in_perimeter",
    "kept",
    "by_postal_code",
    "without_place",
    "students",
    "without_rpps",
    "refused",
    "doubtful_keys",
    "unknown_modes",
    "people",
    "entries_created",
    "entries_updated",
    "practices_started",
    "practices_updated",
    "practices_ended",
    "practices_kept",
    "specialties_created",
    "communes",
    "new_communes",
    "arrivals",
    "departures",
    "moves",
)


@dataclass(frozen=True)
class How:
    """Choices of one run: only try it, accept a heavy loss, and the day whose territories count (today)."""

    dry_run: bool = False
    accept_losses: bool = False
    today: date | None = None

    @property
    def day(self) -> date:
        return self.today or timezone.localdate()


def import_directory(
    source: Any,
    *,
    observed_on: date,
    by: User,
    report: Report = silent,
    how: How | None = None,
    into: DirectoryImport | None = None,
) -> DirectoryImport:
    """Import the extract found at a path or in a binary file, as it was on `observed_on`.

    Raises `ImportRefused` (and writes nothing) when the file is something else, is older than the last import, looks
    cut short, or when another import is running. With `how.dry_run` the same work is done, then given up. `into` is
    the import prepared by the page; otherwise one is created.
    """
    how = how or How()
    perimeter = checked_perimeter(how.day)
    refuse_older(observed_on, DirectoryImport.Source.RPPS)
    refuse_future(observed_on, how.day)
    tally = Tally()

    def tell(share: float) -> None:
        report(int(share * SCAN_SHARE), "Lecture du fichier…")

    with Spools() as spools:
        with opened(source, member=MEMBER_OF_ZIP, tell=tell) as extract:
            columns = _scanned(extract, perimeter, tally, spools)
        imported = into or DirectoryImport(source=DirectoryImport.Source.RPPS, author=by)
        imported.filename = imported.filename or extract.name[:200]
        imported.observed_on = observed_on
        imported.sha256 = extract.sha256
        report(SCAN_SHARE, "Comparaison avec l’annuaire enregistré…")
        with only_one_at_a_time(dry_run=how.dry_run):
            refuse_older(observed_on, DirectoryImport.Source.RPPS)
            _apply(imported, columns, spools, tally, perimeter, how)
    if how.dry_run:
        imported.pk = into.pk if into else None
    report(100, "Import terminé")
    return imported


def mark_written(imported: DirectoryImport) -> None:
    """The row of a page moves on; the one of a command is born applied. The caller saves it."""
    if imported.status != DirectoryImport.Status.APPLIED:
        advance(imported, "apply")


def checked_perimeter(day: date) -> Perimeter:
    perimeter = Perimeter.on(day)
    if not perimeter.covered:
        raise ImportRefused(
            "Aucune commune n’appartient aujourd’hui à une CPTS : composez d’abord les territoires, puis recommencez."
        )
    return perimeter


def refuse_older(observed_on: date, source: str) -> None:
    """Going back in time would end practices that a newer file knows."""
    last = last_import(source)
    if last is not None and observed_on < last.observed_on:
        raise ImportRefused(
            f"Les données de ce fichier datent du {observed_on:%d/%m/%Y}, avant le dernier import "
            f"({last.observed_on:%d/%m/%Y}) : choisissez un fichier plus récent, ou corrigez la date des données."
        )


def refuse_future(observed_on: date, today: date) -> None:
    if observed_on > today:
        raise ImportRefused(
            f"La date des données ({observed_on:%d/%m/%Y}) est dans le futur : indiquez le jour de l’extraction."
        )


@contextmanager
def only_one_at_a_time(*, dry_run: bool) -> Iterator[None]:
    """One transaction, held by one import at a time. SQLite waits a while for the other one; PostgreSQL says no."""
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_NUMBER])
                    if not cursor.fetchone()[0]:
                        raise ImportBusy
            yield
            if dry_run:
                transaction.set_rollback(True)
    except OperationalError as error:
        if "locked" in str(error):
            raise ImportBusy from error
        raise


def _scanned(extract: Extract, perimeter: Perimeter, tally: Tally, spools: Spools) -> Columns:
    with extract.lines() as lines:
        columns = read_columns(lines.readline(HEADER_BYTES))
        Scan(columns, perimeter, tally, spools).run(lines)
    return columns


def _apply(
    imported: DirectoryImport, columns: Columns, spools: Spools, tally: Tally, perimeter: Perimeter, how: How
) -> None:
    day = imported.observed_on
    professions = Professions()
    reading = Reading(columns, professions, tally)
    writer = DirectoryWriter(day, perimeter, professions, tally)
    first = is_first_on(day, imported.source)
    followed = follow(perimeter, day, imported.source)
    writer.write(reading.people(spools.read()))
    writer.end_the_missing(accept_losses=how.accept_losses)
    counts = tally.counts
    counts["specialties_created"] = add_specialties(reading.specialties)
    counts["communes"] = len(perimeter.covered)
    counts["new_communes"] = len(perimeter.covered - followed)
    if not first:
        imported.save()  # the rows of its moves point to it
        moves = find_moves(perimeter, followed, day=day, territory_on=how.day)
        for (_, _, kind), count in store_moves(imported, moves).items():
            counts[kind] += count
    imported.counts = {**tally.stored(*FIGURES), "first": first}
    imported.refused = tally.refused
    mark_written(imported)
    imported.save()
