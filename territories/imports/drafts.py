"""A commune file between its upload and its application: kept, read, previewed, confirmed or given up.

One `CommuneImport` row follows the whole way: `reading` (the job of `territories/imports/tasks.py` makes the preview),
then `refused` (bad lines: kept with them), `nothing` (the portal knows it all already) or `preview` (waiting for a
decision); `running` (the job applies it), then `applied`, `failed` or `undone`.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from cpts_portal.core.tasks import ProgressReporter
from territories.commune_import import ImportRefused, Plan, keep_attempt, undo_last, why_not_undo
from territories.commune_import.preparing import guess_vintage
from territories.imports.reading import map_state, read_plan, successors_of
from territories.imports.tasks import apply_commune_import, progress_key, read_commune_file
from territories.models import CommuneImport

Status = CommuneImport.Status
STALLED_AFTER = timedelta(minutes=15)


class ImportConflict(Exception):
    """The import cannot move on: somebody else did something first. The message is for the user."""


def deposit(content: bytes, filename: str, *, vintage: int, by: Any) -> CommuneImport:
    """Keep the file and start reading it. The same file left waiting by the same person is taken up again."""
    name, digest = PurePath(filename).name[:200], sha256(content).hexdigest()
    with transaction.atomic():
        waiting = CommuneImport.objects.filter(status__in=[Status.READING, Status.PREVIEW], author=by)
        draft = waiting.filter(sha256=digest, vintage=vintage).first()
        if draft is None:
            draft = CommuneImport(filename=name, sha256=digest, vintage=vintage, author=by)
            draft.file.save(f"{digest[:16]}{PurePath(name).suffix.lower()[:8]}", ContentFile(content), save=False)
        _start_reading(draft)
    draft.refresh_from_db()
    return draft


def keep_unreadable(content: bytes, filename: str, *, vintage: int | None, by: Any, reason: str) -> CommuneImport:
    """The trace of a file that is no table at all: nothing can be read from it."""
    name, digest = PurePath(filename).name[:200], sha256(content).hexdigest()
    year = vintage or guess_vintage(name)
    plan = Plan(layout="", filename=name, sha256=digest, vintage=year, blocking=[reason])
    return keep_attempt(plan, content, by=by, origin=CommuneImport.Source.PAGE)


def _start_reading(draft: CommuneImport) -> None:
    draft.status = Status.READING
    draft.report = {"successors": successors_of(draft), "started_at": timezone.now().isoformat()}
    draft.save()
    ProgressReporter(progress_key(draft.pk))(0, "En attente de démarrage…")
    read_commune_file.enqueue(draft.pk)


def plan_of(imported: CommuneImport) -> Plan | None:
    """What applying this file now would do. None: the map or a territory has changed, it is being read again."""
    plan = read_plan(imported)
    if plan is not None:
        return plan
    with transaction.atomic():
        draft = CommuneImport.objects.select_for_update().filter(pk=imported.pk, status=Status.PREVIEW).first()
        if draft is not None:
            _start_reading(draft)
    return read_plan(imported)  # some task runners have finished already


def choose_successors(imported: CommuneImport, chosen: dict[str, str]) -> None:
    """Keep the successors chosen by hand (former code -> code of a current commune)."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        draft.report = {**draft.report, "successors": {**successors_of(draft), **chosen}}
        _start_reading(draft)


def forget_successors(imported: CommuneImport) -> None:
    """Choose again from the start."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        draft.report = {}
        _start_reading(draft)


def confirm(imported: CommuneImport, *, seen_state: str, by: Any, accept_partial: bool = False) -> None:
    """Start the import this person has previewed. Raises `ImportConflict` with a sentence when it may not start.

    `accept_partial`: she has consented to a new vintage that leaves out many communes.
    """
    if imported.status == Status.PREVIEW:
        _refuse_unseen(seen_state)
        _refuse_useless(read_plan(imported), accept_partial)
    with transaction.atomic():
        # Every draft is locked, in the same order for everybody: two confirmations follow one another.
        waiting = CommuneImport.objects.select_for_update().filter(status__in=[Status.PREVIEW, Status.RUNNING])
        rows = {row.pk: row for row in waiting.order_by("pk")}
        now = timezone.now()
        running = next((r for r in rows.values() if r.status == Status.RUNNING and not is_stalled(r, now)), None)
        if running is not None:
            raise ImportConflict(_busy_sentence(running, imported))
        draft = rows.get(imported.pk)
        if draft is None:
            raise ImportConflict("Cet import n’attend plus de confirmation : il a déjà été appliqué ou abandonné.")
        _refuse_unseen(seen_state)
        draft.status = Status.RUNNING
        draft.report = {**draft.report, "started_at": now.isoformat(), "accept_partial": accept_partial}
        draft.save(update_fields=["status", "report"])
    ProgressReporter(progress_key(draft.pk))(0, "En attente de démarrage…")
    apply_commune_import.enqueue(draft.pk, by.pk)


def _refuse_unseen(seen_state: str) -> None:
    if seen_state != map_state():
        raise ImportConflict(
            "Un autre import a été appliqué ou annulé depuis cet aperçu. L’aperçu ci-dessous a été refait : "
            "vérifiez-le avant de confirmer."
        )


def _refuse_useless(plan: Plan | None, accept_partial: bool) -> None:
    if plan is None:
        raise ImportConflict("L’aperçu a été refait : vérifiez-le avant de confirmer.")
    if not plan.is_applicable:
        raise ImportConflict(" ".join(["Cet import ne peut pas être appliqué en l’état.", *plan.reasons]))
    if plan.partial and not accept_partial:
        raise ImportConflict("Ce millésime est partiel : cochez la case qui l’accepte avant de confirmer l’import.")


def _busy_sentence(running: CommuneImport, wanted: CommuneImport) -> str:
    if running.pk == wanted.pk:
        return "Cet import est déjà en cours."
    who = running.author.get_full_name() if running.author else "une commande"
    return (
        f"Un autre import est en cours : « {running.filename} », lancé par {who}. "
        "Attendez qu’il se termine ; l’aperçu sera alors refait sur les communes à jour."
    )


def is_stalled(imported: CommuneImport, now: datetime) -> bool:
    """A job that started long ago and never ended: the server was restarted meanwhile, and nothing was written."""
    started, at_work = imported.report.get("started_at"), imported.status in (Status.READING, Status.RUNNING)
    return bool(at_work and started and datetime.fromisoformat(started) < now - STALLED_AFTER)


def prepare_again(imported: CommuneImport, *, now: datetime) -> None:
    """Bring a failed or interrupted import back to its preview."""
    with transaction.atomic():
        draft = CommuneImport.objects.select_for_update().get(pk=imported.pk)
        if draft.status != Status.FAILED and not is_stalled(draft, now):
            raise ImportConflict("Cet import ne peut pas être repris : il n’a ni échoué ni été interrompu.")
        _start_reading(draft)


def give_up(imported: CommuneImport) -> None:
    """Forget a file that was never applied: the row and the stored file go."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        name, storage = draft.file.name or "", draft.file.storage
        draft.delete()
        transaction.on_commit(lambda: storage.delete(name))


def undo(imported: CommuneImport, *, by: Any) -> None:
    """Undo this import if it is still the last one applied. Raises `ImportConflict` with a sentence otherwise."""
    with transaction.atomic():
        locked = CommuneImport.objects.select_for_update().get(pk=imported.pk)
        obstacle = why_not_undo(locked)
        if obstacle:
            raise ImportConflict(obstacle)
        try:
            undo_last(by=by)
        except ImportRefused as refusal:
            raise ImportConflict(refusal.message) from refusal


def already_applied(imported: CommuneImport) -> CommuneImport | None:
    """The last time this very file was applied, if ever."""
    same = CommuneImport.objects.filter(sha256=imported.sha256, vintage=imported.vintage, status=Status.APPLIED)
    return same.exclude(pk=imported.pk).select_related("author").order_by("-applied_at").first()


def last_applied() -> CommuneImport | None:
    return CommuneImport.objects.filter(status=Status.APPLIED).order_by("-applied_at", "-pk").first()


def _locked(imported: CommuneImport, status: Any) -> CommuneImport:
    found = CommuneImport.objects.select_for_update().filter(pk=imported.pk, status=status).first()
    if found is None:
        raise ImportConflict("Cet import n’attend plus de décision : il a été confirmé ou abandonné entre-temps.")
    return found
