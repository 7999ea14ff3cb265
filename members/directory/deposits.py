"""An extract of a public directory between its upload and its import: kept, started, tried again, given up for dead.

One `DirectoryImport` row follows the whole way: waiting, running (the job of `members/directory/tasks.py`), then
applied or failed. The file is kept as long as the import may be tried again.
"""

from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from cpts_portal.core.tasks import ProgressReporter
from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports.running import refuse_future, refuse_older
from members.directory.tasks import directory_progress_key, run_directory_import
from members.models import DirectoryImport

Status = DirectoryImport.Status
STALLED_AFTER = timedelta(minutes=30)
STARTED_AT = "started_at"
STALLED = (
    "L’import a été interrompu : le serveur a sans doute redémarré. Rien n’a été écrit : l’annuaire est comme avant. "
    "Vous pouvez le relancer."
)


class DepositConflict(Exception):
    """The import cannot move on: somebody else did something first. The message is for the user."""


@transaction.atomic
def deposit(sent: UploadedFile, *, source: str, observed_on: date, by: Any, now: datetime) -> DirectoryImport:
    """Keep the file and start its import. Raises `ImportRefused` (wrong day) or `DepositConflict` (one is running)."""
    refuse_future(observed_on, timezone.localdate(now))
    refuse_older(observed_on, source)
    _refuse_beside_another(now)
    name = PurePath(sent.name or "fichier").name[:200]
    imported = DirectoryImport(source=source, filename=name, observed_on=observed_on, author=by)
    imported.file.save(f"{source}-{observed_on:%Y-%m-%d}{PurePath(name).suffix.lower()[:5]}", sent, save=False)
    _start(imported, by=by, now=now, accept_losses=False)
    return imported


@transaction.atomic
def try_again(imported: DirectoryImport, *, by: Any, now: datetime, accept_losses: bool = False) -> DirectoryImport:
    """Run a failed import again, with the file kept; `accept_losses` only after a refusal for heavy losses."""
    found = DirectoryImport.objects.select_for_update().get(pk=imported.pk)
    if not may_try_again(found):
        raise DepositConflict("Cet import ne peut pas être relancé : déposez de nouveau le fichier.")
    if accept_losses and not is_heavy_loss(found):
        raise DepositConflict("Cet import n’a pas été refusé pour des pertes : relancez-le sans les accepter.")
    try:
        refuse_older(found.observed_on, found.source)
    except ImportRefused as refusal:
        raise DepositConflict(str(refusal)) from refusal
    _refuse_beside_another(now)
    _start(found, by=by, now=now, accept_losses=accept_losses)
    return found


@transaction.atomic
def give_up_for_dead(imported: DirectoryImport, *, now: datetime) -> DirectoryImport:
    """Say that an import whose process died has failed, so that it may be tried again."""
    found = DirectoryImport.objects.select_for_update().get(pk=imported.pk)
    if not is_stalled(found, now):
        raise DepositConflict("Cet import n’est pas bloqué : il avance, ou il est déjà terminé.")
    found.status = Status.FAILED
    found.failure = STALLED
    found.save(update_fields=["status", "failure"])
    return found


def is_pending(imported: DirectoryImport) -> bool:
    return imported.status in (Status.WAITING, Status.RUNNING)


def is_stalled(imported: DirectoryImport, now: datetime) -> bool:
    """Started more than thirty minutes ago and not finished: its process is gone."""
    started = imported.counts.get(STARTED_AT)
    since = datetime.fromisoformat(started) if started else imported.created_at
    return is_pending(imported) and since < now - STALLED_AFTER


def may_try_again(imported: DirectoryImport) -> bool:
    return imported.status == Status.FAILED and bool(imported.file)


def is_heavy_loss(imported: DirectoryImport) -> bool:
    """Refused because too many known rows would disappear: the only refusal that may be overruled."""
    return imported.status == Status.FAILED and bool(imported.counts.get("heavy_loss"))


def _refuse_beside_another(now: datetime) -> None:
    pending = DirectoryImport.objects.filter(status__in=[Status.WAITING, Status.RUNNING])
    running = next((row for row in pending if not is_stalled(row, now)), None)
    if running is not None:
        raise DepositConflict(f"Un autre import est en cours : « {running.filename} ». Attendez qu’il se termine.")


def _start(imported: DirectoryImport, *, by: Any, now: datetime, accept_losses: bool) -> None:
    imported.status = Status.WAITING
    imported.failure = ""
    imported.counts = {STARTED_AT: now.isoformat()}
    imported.save()
    ProgressReporter(directory_progress_key(imported.pk))(0, "En attente de démarrage…")
    run_directory_import.enqueue(imported.pk, by.pk, accept_losses=accept_losses)
