"""A commune file between its upload and its application: kept, previewed, confirmed or given up.

One `CommuneImport` row follows the whole way: `preview` (waiting for a decision), `refused` (bad lines: kept with
them, nothing can be applied), `running` (the job of `territories/tasks.py`), then `applied`, `failed` or `undone`.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cpts_portal.core.tasks import ProgressReporter
from territories.commune_import import ImportRefused, Plan, keep_attempt, prepare, undo_last, why_not_undo
from territories.models import CommuneImport, CptsCommune
from territories.tasks import apply_commune_import, progress_key

Status = CommuneImport.Status
PLAN_SECONDS = 15 * 60
STALLED_AFTER = timedelta(minutes=15)


class ImportConflict(Exception):
    """The import cannot move on: somebody else did something first. The message is for the user."""


def map_state() -> str:
    """Changes each time an import is applied or undone: a preview is worth only for the state it was made on."""
    seen = CommuneImport.objects.aggregate(applied=Max("applied_at"), undone=Max("undone_at"))
    return "/".join(moment.isoformat() if moment else "-" for moment in (seen["applied"], seen["undone"]))


def deposit(content: bytes, filename: str, *, vintage: int, by: Any) -> CommuneImport:
    """Keep the file and its preview. The same file left waiting by the same person is taken up again.

    A file with bad lines, or that nothing can make applicable, is kept as « refusé » with the reasons. One that cannot
    be read at all raises `ImportRefused`.
    """
    name = PurePath(filename).name[:200]
    plan = prepare(content, name, vintage=vintage)
    if not plan.layout:
        raise ImportRefused(" ".join(plan.blocking), plan=plan)
    if plan.refusals or (plan.blocking and not any(gone.needs_choice for gone in plan.ended)):
        return keep_attempt(plan, content, by=by, origin=CommuneImport.Source.PAGE)
    with transaction.atomic():
        waiting = CommuneImport.objects.filter(status=Status.PREVIEW, author=by)
        draft = waiting.filter(sha256=plan.sha256, vintage=vintage).first()
        if draft is None:
            draft = CommuneImport(filename=name, sha256=plan.sha256, vintage=vintage, author=by)
            draft.file.save(f"{plan.sha256[:16]}{PurePath(name).suffix.lower()[:8]}", ContentFile(content), save=False)
        draft.layout = plan.layout
        draft.counts = plan.counts
        draft.report = {}
        draft.save()
    cache.set(_plan_key(draft), plan, PLAN_SECONDS)
    return draft


def read_content(imported: CommuneImport) -> bytes:
    with imported.file.open("rb") as kept:
        return kept.read()


def successors_of(imported: CommuneImport) -> dict[str, str]:
    """Successors chosen by hand for ended communes, by former code."""
    return imported.report.get("successors", {})


def plan_of(imported: CommuneImport) -> Plan:
    """What applying this file now would do; computed again whenever the map or a territory has changed."""
    key = _plan_key(imported)
    plan = cache.get(key)
    if plan is None:
        plan = prepare(
            read_content(imported), imported.filename, vintage=imported.vintage, successors=successors_of(imported)
        )
        cache.set(key, plan, PLAN_SECONDS)
    return plan


def _plan_key(imported: CommuneImport) -> str:
    territories = CptsCommune.history.aggregate(last=Max("history_id"))["last"]
    parts = f"{map_state()}|{territories}|{sorted(successors_of(imported).items())}"
    return f"commune-plan:{imported.pk}:{sha256(parts.encode()).hexdigest()}"


def choose_successors(imported: CommuneImport, chosen: dict[str, str]) -> None:
    """Keep the successors chosen by hand (former code -> code of a current commune)."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        draft.report = {**draft.report, "successors": {**successors_of(draft), **chosen}}
        draft.save(update_fields=["report"])


def forget_successors(imported: CommuneImport) -> None:
    """Choose again from the start."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        draft.report = {key: value for key, value in draft.report.items() if key != "successors"}
        draft.save(update_fields=["report"])


def confirm(imported: CommuneImport, *, seen_state: str, by: Any) -> None:
    """Start the import this person has previewed. Raises `ImportConflict` with a sentence when it may not start."""
    if imported.status == Status.PREVIEW:
        _refuse_useless(plan_of(imported))
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
        if seen_state != map_state():
            raise ImportConflict(
                "Un autre import a été appliqué ou annulé depuis cet aperçu. L’aperçu ci-dessous a été refait : "
                "vérifiez-le avant de confirmer."
            )
        draft.status = Status.RUNNING
        draft.report = {**draft.report, "started_at": now.isoformat()}
        draft.save(update_fields=["status", "report"])
    ProgressReporter(progress_key(draft.pk))(0, "En attente de démarrage…")
    apply_commune_import.enqueue(draft.pk, by.pk)


def _refuse_useless(plan: Plan) -> None:
    if not plan.is_applicable:
        raise ImportConflict(" ".join(["Cet import ne peut pas être appliqué en l’état.", *plan.reasons]))
    if plan.writes_nothing:
        raise ImportConflict("Il n’y a rien à appliquer : les communes du portail sont déjà identiques à ce fichier.")


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
    started = imported.report.get("started_at")
    return bool(imported.status == Status.RUNNING and started and datetime.fromisoformat(started) < now - STALLED_AFTER)


def prepare_again(imported: CommuneImport, *, now: datetime) -> None:
    """Bring a failed or interrupted import back to its preview."""
    with transaction.atomic():
        draft = CommuneImport.objects.select_for_update().get(pk=imported.pk)
        if draft.status != Status.FAILED and not is_stalled(draft, now):
            raise ImportConflict("Cet import ne peut pas être repris : il n’a ni échoué ni été interrompu.")
        draft.status = Status.PREVIEW
        draft.report = {"successors": successors_of(draft)}
        draft.save(update_fields=["status", "report"])


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
