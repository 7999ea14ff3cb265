"""A spreadsheet between its upload and its application: columns checked, preview, corrections, confirmation, undo.

One `RegisterImport` follows the whole way: `mapping` (columns to check), `preview`, `running` (the job), then
`applied`, `failed` or `undone`. Nothing else is written before the confirmation.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from cpts_portal.core.tasks import ProgressReporter, silent
from cpts_portal.core.text import fold
from cpts_portal.imports.refusals import ImportRefused
from members.models import ColumnMapping, CustomField, RegisterImport
from members.register_import.applying import write_plan
from members.register_import.fields import is_known_title, layout_of, memory_key, missing_fields, propose
from members.register_import.plan import CREATE, LINK, SKIP, UPDATE, Plan
from members.register_import.previews import forget_plan, mapping_of, plan_of, plan_to_write, register_state
from members.register_import.reading import Table, read_table
from members.register_import.records import Reporter
from members.register_import.undated import missing_dates
from territories.models import Cpts

Status = RegisterImport.Status
UNDATED = "Indiquez la date à retenir pour les paiements sans date de la colonne"
STALLED_AFTER = timedelta(minutes=15)


class ImportConflict(Exception):
    """The import cannot move on: somebody else did something first. The message is for the user."""


def progress_key(import_id: int) -> str:
    return f"register-import:{import_id}"


def deposit(cpts: Cpts, content: bytes, filename: str, *, by: Any) -> RegisterImport:
    """Keep the file and the lines read. The choices made for the very same file are taken up again.

    Raises `Unreadable` when the file cannot be read.
    """
    table = read_table(content, is_known_title)
    name, digest = PurePath(filename).name[:200], sha256(content).hexdigest()
    with transaction.atomic():
        before = RegisterImport.objects.filter(cpts=cpts, sha256=digest).order_by("-pk").first()
        made = RegisterImport(cpts=cpts, filename=name, sha256=digest, author=by, layout=layout_of(table.headers))
        if before is not None:
            made.mapping, made.payment_dates = before.mapping, before.payment_dates
            made.corrections, made.decisions = before.corrections, before.decisions
        made.file.save(f"{digest[:16]}{PurePath(name).suffix.lower()[:8]}", ContentFile(content), save=False)
        made.table.save(f"{digest[:16]}.lines.gz", ContentFile(table.packed()), save=False)
        made.save()
    return made


def proposed_mapping(imported: RegisterImport, table: Table) -> dict[int, str]:
    """What was chosen for this import already, else what the titles and the memory propose."""
    if imported.mapping:
        return mapping_of(imported)
    remembered = dict(ColumnMapping.objects.filter(cpts=imported.cpts_id).values_list("header", "field"))
    return propose(table, remembered, list(CustomField.objects.filter(cpts=imported.cpts_id, is_active=True)))


def save_mapping(
    imported: RegisterImport, table: Table, mapping: Mapping[int, str], dates: Mapping[int, date] | None = None
) -> None:
    """Keep the meaning of the columns, for this file and for the next one; `dates`: of payments without a day."""
    missing = missing_fields(mapping)
    missing += [f"{UNDATED} « {table.label(column)} »." for column in missing_dates(table, mapping, dates or {})]
    if missing:
        raise ImportRefused(" ".join(missing))
    with transaction.atomic():
        draft = _locked(imported, Status.MAPPING, Status.PREVIEW)
        draft.mapping = {str(column): key for column, key in mapping.items()}
        draft.payment_dates = {str(column): day.isoformat() for column, day in (dates or {}).items()}
        draft.status = Status.PREVIEW
        draft.save(update_fields=["mapping", "payment_dates", "status"])
        rows = {memory_key(table, column): key for column, key in mapping.items() if memory_key(table, column)}
        ColumnMapping.objects.filter(cpts=draft.cpts_id, header__in=rows).delete()
        ColumnMapping.objects.bulk_create(
            [ColumnMapping(cpts_id=draft.cpts_id, header=header, field=key) for header, key in rows.items()]
        )


# --- Choices ----------------------------------------------------------------------------------------------------------
def correct(imported: RegisterImport, cells: Mapping[tuple[int, int], str]) -> None:
    """Keep cells typed again: (line, column) -> text."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        for (line, column), text in cells.items():
            draft.corrections.setdefault(str(line), {})[str(column)] = text[:2000]
        draft.save(update_fields=["corrections"])


def decide(imported: RegisterImport, choices: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what to do with lines: {"action": create, link, update or skip, "with": card, "fields": […]}."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        rows = draft.decisions.setdefault("rows", {})
        for line, choice in choices.items():
            if choice:
                rows[str(line)] = dict(choice)
            else:
                rows.pop(str(line), None)
        draft.save(update_fields=["decisions"])


def leave_out(imported: RegisterImport, lines: Iterable[int]) -> None:
    decide(imported, {line: {"action": SKIP} for line in lines})


def decide_all(imported: RegisterImport, action: str) -> int:
    """The same choice for every line still to decide; how many were decided. `fill`: update what the card leaves empty.

    A line that looks like several cards is left to be decided by hand, except to create or skip it.
    """
    choices: dict[int, dict[str, Any]] = {}
    for match in plan_of(imported).undecided:
        if action in (CREATE, SKIP):
            choices[match.record.line] = {"action": action}
        elif len(match.candidates) == 1:
            found = match.candidates[0]
            fields = [each.key for each in found.differences if action == UPDATE or not each.before]
            kept = {"action": LINK if action == LINK else UPDATE, "with": found.card.id}
            choices[match.record.line] = kept if action == LINK else {**kept, "fields": fields}
    decide(imported, choices)
    return len(choices)


def correct_alike(imported: RegisterImport, cells: Mapping[tuple[int, int], str]) -> None:
    """Correct these cells, and the other refused lines that hold the same text in the same column."""
    refused = plan_of(imported).refusals
    texts = {(found.line, found.index): found.value for found in refused}
    wanted = {(column, fold(texts.get((line, column), ""))): text for (line, column), text in cells.items()}
    alike = {
        (found.line, found.index): wanted[found.index, fold(found.value)]
        for found in refused
        if found.value and (found.index, fold(found.value)) in wanted
    }
    correct(imported, {**alike, **cells})


def create_colleges(imported: RegisterImport, names: Iterable[str]) -> None:
    """Colleges the import will create."""
    with transaction.atomic():
        draft = _locked(imported, Status.PREVIEW)
        wanted = dict.fromkeys([*draft.decisions.get("colleges", []), *(name.strip()[:120] for name in names)])
        draft.decisions["colleges"] = [name for name in wanted if name]
        draft.save(update_fields=["decisions"])


# --- Confirmation -----------------------------------------------------------------------------------------------------
def confirm(imported: RegisterImport, *, seen: str, by: Any) -> None:
    """Start the import that was previewed. `seen`: the state of the register the preview was made on."""
    # The job needs this module, and this one starts it.
    from members.register_import.job import run_register_import  # noqa: PLC0415 (they need each other)

    with transaction.atomic():
        Cpts.objects.select_for_update().get(pk=imported.cpts_id)
        now = timezone.now()
        others = RegisterImport.objects.filter(cpts=imported.cpts_id, status=Status.RUNNING).exclude(pk=imported.pk)
        running = next((each for each in others if not is_stalled(each, now)), None)
        if running is not None:
            raise ImportConflict(
                f"Un autre import est en cours : « {running.filename} ». Attendez qu’il se termine, puis confirmez."
            )
        draft = _locked(imported, Status.PREVIEW)
        if seen != register_state(imported.cpts_id):
            raise ImportConflict(
                "Le registre a changé depuis cet aperçu. L’aperçu ci-dessous a été refait : vérifiez-le avant de "
                "confirmer."
            )
        draft.status, draft.started_at, draft.failure = Status.RUNNING, now, ""
        draft.save(update_fields=["status", "started_at", "failure"])
    ProgressReporter(progress_key(imported.pk))(0, "En attente de démarrage…")
    run_register_import.enqueue(imported.pk, by.pk, imported.cpts_id)


def apply_now(import_id: int, *, by: Any, report: Reporter = silent) -> RegisterImport:
    """Write the plan under the lock of the CPTS, all or nothing; built again when anything moved since the preview."""
    with transaction.atomic():
        cpts_id = RegisterImport.objects.values_list("cpts_id", flat=True).get(pk=import_id)
        Cpts.objects.select_for_update().get(pk=cpts_id)
        imported = RegisterImport.objects.select_for_update(of=("self",)).select_related("cpts").get(pk=import_id)
        if imported.status not in (Status.RUNNING, Status.PREVIEW):
            raise ImportRefused("Cet import n’attend plus d’être appliqué.")
        plan, known = plan_to_write(imported, report=report)
        write_plan(plan, imported, known, by=by, report=report)
        imported.report = kept_report(plan)
        imported.save()
    return imported


def kept_report(plan: Plan) -> dict[str, Any]:
    """What the report shows later: remarks and lines left out (no personal detail is copied)."""
    return {
        "remarks": [
            {"column": found.column, "sentence": found.sentence, "lines": found.lines[:200], "count": len(found.lines)}
            for found in plan.remarks[:200]
        ],
        "left_out": sorted(plan.left_out)[:1000],
    }


def is_stalled(imported: RegisterImport, now: datetime) -> bool:
    """A job that started long ago and never ended: the server was restarted meanwhile, and nothing was written."""
    started = imported.started_at
    return bool(imported.status == Status.RUNNING and started and started < now - STALLED_AFTER)


def prepare_again(imported: RegisterImport, *, now: datetime) -> None:
    """Bring a failed or interrupted import back to its preview."""
    with transaction.atomic():
        draft = _locked(imported, Status.FAILED, Status.RUNNING)
        if draft.status == Status.RUNNING and not is_stalled(draft, now):
            raise ImportConflict("Cet import est en cours : attendez qu’il se termine.")
        draft.status = Status.PREVIEW
        draft.save(update_fields=["status"])


def give_up(imported: RegisterImport) -> None:
    """Forget a file that was never applied: the row and the stored files go."""
    with transaction.atomic():
        draft = _locked(imported, Status.MAPPING, Status.PREVIEW, Status.FAILED)
        forget_plan(draft)
        names = [(kept.storage, kept.name) for kept in (draft.file, draft.table) if kept]
        draft.delete()
        transaction.on_commit(lambda: [storage.delete(name) for storage, name in names] and None)


def _locked(imported: RegisterImport, *statuses: Any) -> RegisterImport:
    found = RegisterImport.objects.select_for_update().filter(pk=imported.pk, status__in=statuses).first()
    if found is None:
        raise ImportConflict("Cet import n’attend plus de décision : il a été confirmé ou abandonné entre-temps.")
    return found
