"""An extract of a public directory between its upload and its import: kept, started, tried again.

One `DirectoryImport` row follows the whole way: waiting, running, then applied or failed
(`cpts_portal.imports.lifecycle`). The file is kept as long as the import may be tried again.
"""

from datetime import date, datetime
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.imports import runs
from cpts_portal.imports.refusals import ImportConflict, ImportRefused
from members.directory.importer import ACCEPT_LOSSES, DIRECTORIES, HEAVY_LOSS
from members.directory.imports.running import refuse_future, refuse_older
from members.models import DirectoryImport

Status = DirectoryImport.Status


@transaction.atomic
def deposit(sent: UploadedFile, *, source: str, observed_on: date, by: User, now: datetime) -> DirectoryImport:
    """Keep the file and start its import. Raises `ImportRefused` (wrong day) or `ImportConflict` (one is running)."""
    refuse_future(observed_on, timezone.localdate(now))
    refuse_older(observed_on, source)
    name = PurePath(sent.name or "fichier").name[:200]
    imported = DirectoryImport(source=source, filename=name, observed_on=observed_on, author=by, status=Status.WAITING)
    runs.refuse_beside_another(DIRECTORIES, imported, now)
    imported.file.save(f"{source}-{observed_on:%Y-%m-%d}{PurePath(name).suffix.lower()[:5]}", sent, save=False)
    runs.queue(DIRECTORIES, imported, by=by, now=now)
    return imported


@transaction.atomic
def try_again(imported: DirectoryImport, *, by: User, now: datetime, accept_losses: bool = False) -> DirectoryImport:
    """Run a failed import again, with the file kept; `accept_losses` only after a refusal for heavy losses."""
    failed = DirectoryImport.objects.select_for_update(of=("self",)).get(pk=imported.pk)
    if not may_try_again(failed):
        raise ImportConflict("Cet import ne peut pas être relancé : déposez de nouveau le fichier.")
    if accept_losses and not is_heavy_loss(failed):
        raise ImportConflict("Cet import n’a pas été refusé pour des pertes : relancez-le sans les accepter.")
    try:
        refuse_older(failed.observed_on, failed.source)
    except ImportRefused as refusal:
        raise ImportConflict(str(refusal)) from refusal
    failed.counts = {ACCEPT_LOSSES: accept_losses}
    runs.queue(DIRECTORIES, failed, by=by, now=now)
    return failed


def may_try_again(imported: DirectoryImport) -> bool:
    return imported.status == Status.FAILED and bool(imported.file)


def is_heavy_loss(imported: DirectoryImport) -> bool:
    """Refused because too many known rows would disappear: the only refusal that may be overruled."""
    return imported.status == Status.FAILED and bool(imported.counts.get(HEAVY_LOSS))
