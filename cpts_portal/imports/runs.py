"""What people do with an import: deposit a file, confirm its preview, take it up again, give it up, undo it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from cpts_portal.core.authors import Author
from cpts_portal.core.tasks import ProgressReporter
from cpts_portal.imports.importer import Importer, Planned, Run, mark_undone
from cpts_portal.imports.lifecycle import NO_DECISION, advance, check
from cpts_portal.imports.models import Status, is_stalled
from cpts_portal.imports.refusals import ImportConflict, ImportRefused
from cpts_portal.imports.tasks import apply_import, read_import

WAITING_TO_START = "En attente de démarrage…"
MADE_AGAIN = "L’aperçu a été refait : vérifiez-le avant de confirmer."
STILL_AT_WORK = "Cet import est en cours : attendez qu’il se termine."


# --- Deposit ----------------------------------------------------------------------------------------------------------
def keep_file(run: Run, content: bytes, filename: str) -> None:
    """The file under a name that tells nothing, with its print; the row is not saved."""
    run.filename, run.sha256 = PurePath(filename).name[:200], sha256(content).hexdigest()
    suffix = PurePath(run.filename).suffix.lower()[:8]
    run.file.save(f"{run.sha256[:16]}{suffix}", ContentFile(content), save=False)


def deposit(kind: Importer[Run, Planned], run: Run, content: bytes, filename: str) -> Run:
    """Keep a file and prepare its preview; `run`: a row with its author and its own columns, not saved yet."""
    with transaction.atomic():
        keep_file(run, content, filename)
        run.status = Status.PREVIEW
        run.save()
        if kind.reads_by_job:
            start_reading(kind, run)
    run.refresh_from_db()
    return run


def start_reading(kind: Importer[Run, Planned], run: Run, *, move: str = "read", now: datetime | None = None) -> None:
    """A job makes the preview; the caller holds the row."""
    advance(run, move, now=now)
    run.started_at, run.failure = now or timezone.now(), ""
    run.save()
    ProgressReporter(run.progress_key)(0, WAITING_TO_START)
    read_import.enqueue(kind.path, run.pk)


# --- Preview ----------------------------------------------------------------------------------------------------------
def read_plan(kind: Importer[Run, Planned], run: Run) -> Planned | None:
    """What applying this file now would do; None when it has to be read again."""
    plan: Planned | None = cache.get(kind.plan_key(run))
    return plan


def plan_of(kind: Importer[Run, Planned], run: Run) -> Planned | None:
    """The plan as of now. None: it is being read again by a job."""
    if not kind.reads_by_job:
        return kind.plan_of(run)
    plan = read_plan(kind, run)
    if plan is not None:
        return plan
    with transaction.atomic():
        draft = _rows(kind).filter(pk=run.pk, status=Status.PREVIEW).first()
        if draft is not None:
            start_reading(kind, draft)
    return read_plan(kind, run)  # some task runners have finished already


# --- Confirmation -----------------------------------------------------------------------------------------------------
def confirm(
    kind: Importer[Run, Planned], run: Run, *, seen: str, by: Author, consents: Mapping[str, bool] | None = None
) -> None:
    """Start the import this person has previewed, on the state she has seen. Raises `ImportConflict`."""
    with transaction.atomic():
        kind.hold(run)
        now = timezone.now()
        refuse_beside_another(kind, run, now)
        draft = locked(kind, run, "confirm", refusal=kind.not_confirmable)
        if seen != kind.state(draft):
            raise ImportConflict(kind.stale)
        kind.consent(draft, consents or {})
        plan = read_plan(kind, draft) if kind.reads_by_job else kind.plan_of(draft)
        obstacle = MADE_AGAIN if plan is None else kind.obstacle(draft, plan)
        if obstacle:
            raise ImportConflict(obstacle)
        advance(draft, "confirm")
        begin(draft, now)
    apply_import.enqueue(kind.path, draft.pk, by.pk)


def begin(run: Run, now: datetime) -> None:
    """The job of a row just moved is about to start."""
    run.started_at, run.failure = now, ""
    run.save()
    ProgressReporter(run.progress_key)(0, WAITING_TO_START)


def refuse_beside_another(kind: Importer[Run, Planned], run: Run, now: datetime) -> None:
    """Raise `ImportConflict` when another import works, unless its process has died."""
    at_work = kind.rivals(run).filter(status__in=[Status.WAITING, Status.RUNNING])
    running = next((each for each in at_work if each.pk != run.pk and not is_stalled(each, now)), None)
    if running is not None:
        raise ImportConflict(kind.busy(running, run))


# --- Afterwards -------------------------------------------------------------------------------------------------------
def resume(kind: Importer[Run, Planned], run: Run, *, now: datetime) -> None:
    """Bring a failed or interrupted import back to its preview."""
    with transaction.atomic():
        draft = _held(kind, run)
        refusal = STILL_AT_WORK if draft.is_at_work else ""
        if kind.reads_by_job:
            check(draft, "read again", now=now, refusal=refusal)
            start_reading(kind, draft, move="read again", now=now)
        else:
            advance(draft, "resume", now=now, refusal=refusal)
            draft.save_state()


def queue(kind: Importer[Run, Planned], run: Run, *, by: Author, now: datetime) -> None:
    """Start the job of a kind without preview, on a row just made or held. Raises `ImportConflict`."""
    refuse_beside_another(kind, run, now)
    advance(run, "queue")
    begin(run, now)
    apply_import.enqueue(kind.path, run.pk, by.pk)


def give_up_for_dead(kind: Importer[Run, Planned], run: Run, *, now: datetime) -> None:
    """Say that an import whose process died has failed, so that it may be tried again."""
    with transaction.atomic():
        dead = _held(kind, run)
        advance(dead, "give up for dead", now=now)
        dead.failure = kind.interrupted.format(untouched=kind.untouched)
        dead.save_state()


def give_up(kind: Importer[Run, Planned], run: Run) -> None:
    """Forget a file that was never applied: the row and the stored files go."""
    with transaction.atomic():
        draft = locked(kind, run, "give up")
        kind.forget_plan(draft)
        kept = [(file.storage, file.name) for file in draft.stored_files() if file]
        draft.delete()
        transaction.on_commit(lambda: [storage.delete(name) for storage, name in kept] and None)


def undo(kind: Importer[Run, Planned], run: Run, *, by: Author) -> None:
    """Take an applied import back. Raises `ImportRefused` with the reason."""
    with transaction.atomic():
        kind.hold(run)
        applied = _held(kind, run)
        obstacle = kind.why_not_undo(applied)
        if obstacle:
            raise ImportRefused(obstacle, imported=applied)
        kind.undo(applied, by=by)
        if applied.status != Status.UNDONE:
            mark_undone(applied)
        applied.save()


def locked(kind: Importer[Run, Planned], run: Run, move: str, *, refusal: str = "") -> Run:
    """The row, held until the end of the transaction, when it may make this move. Raises `ImportConflict`."""
    held = _held(kind, run)
    check(held, move, refusal=refusal)
    return held


def _held(kind: Importer[Run, Planned], run: Run) -> Run:
    held = _rows(kind).filter(pk=run.pk).first()
    if held is None:
        raise ImportConflict(NO_DECISION)
    return held


def _rows(kind: Importer[Run, Planned]) -> Any:
    return kind.model._default_manager.select_for_update(of=("self",))
