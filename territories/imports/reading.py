"""Reading a kept commune file: its plan, kept in the cache for the pages, and the state it leaves the import in."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max

from cpts_portal.core.tasks import silent
from territories.commune_import import Plan, describe, prepare
from territories.commune_import.plan import Reporter
from territories.models import CommuneImport, CptsCommune

Status = CommuneImport.Status
PLAN_SECONDS = 15 * 60


def map_state() -> str:
    """Changes each time an import is applied or undone: a preview is worth only for the state it was made on."""
    seen = CommuneImport.objects.aggregate(applied=Max("applied_at"), undone=Max("undone_at"))
    return "/".join(_written(moment) for moment in (seen["applied"], seen["undone"]))


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "-"


def successors_of(imported: CommuneImport) -> dict[str, str]:
    """Successors chosen by hand for ended communes, by former code."""
    return imported.report.get("successors", {})


def plan_key(imported: CommuneImport) -> str:
    """The plan is worth for one state of the map, of the territories and of the choices made by hand."""
    territories = CptsCommune.history.aggregate(last=Max("history_id"))["last"]
    parts = f"{map_state()}|{territories}|{sorted(successors_of(imported).items())}"
    return f"commune-plan:{imported.pk}:{sha256(parts.encode()).hexdigest()}"


def read_plan(imported: CommuneImport) -> Plan | None:
    """What applying this file now would do; None when it has to be read again."""
    return cache.get(plan_key(imported))


def read_file(import_id: int, report: Reporter = silent) -> None:
    """Compute the plan of a file waiting to be read, and leave the import where this leads it."""
    draft = CommuneImport.objects.filter(pk=import_id, status=Status.READING).first()
    if draft is None:
        return  # given up, or read meanwhile
    key = plan_key(draft)
    with draft.file.open("rb") as kept:
        content = kept.read()
    plan = prepare(content, draft.filename, vintage=draft.vintage, successors=successors_of(draft), report=report)
    cache.set(key, plan, PLAN_SECONDS)
    with transaction.atomic():
        locked = CommuneImport.objects.select_for_update().filter(pk=import_id, status=Status.READING).first()
        if locked is not None:
            _settle(locked, plan)


def _settle(draft: CommuneImport, plan: Plan) -> None:
    describe(draft, plan)
    draft.status = _state_after(draft, plan)
    if draft.status != Status.PREVIEW:
        draft.report = {**draft.report, **plan.as_report()}
    draft.save()


def _state_after(draft: CommuneImport, plan: Plan) -> Any:
    """Bad lines, or an obstacle that no choice can lift, refuse the file; a decision is awaited only when useful."""
    chosen = bool(successors_of(draft)) or any(gone.needs_choice for gone in plan.ended)
    if plan.refusals or not plan.layout or (plan.blocking and not chosen):
        return Status.REFUSED
    return Status.NOTHING if plan.is_applicable and plan.writes_nothing else Status.PREVIEW
