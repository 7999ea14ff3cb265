"""The plan of a file as of now, kept while nothing moves: the pages show it, and the import writes the one kept when
the register is still, under the lock, exactly as the preview saw it; otherwise it builds it again."""

from datetime import date
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from cpts_portal.core.tasks import silent
from members.models import CustomField, DuesRate, RegisterImport
from members.register_import.applying import tracked_models
from members.register_import.known import Known
from members.register_import.plan import Decisions, Plan
from members.register_import.preparing import prepare
from members.register_import.reading import Table
from members.register_import.records import Reporter

PLAN_SECONDS = 15 * 60
LARGEST_CACHED = 20_000  # refusals and matches together


def table_of(imported: RegisterImport) -> Table:
    with imported.table.open("rb") as kept:
        return Table.unpacked(kept.read())


def mapping_of(imported: RegisterImport) -> dict[int, str]:
    return {int(column): key for column, key in imported.mapping.items()}


def payment_dates_of(imported: RegisterImport) -> dict[int, date]:
    return {int(column): date.fromisoformat(day) for column, day in imported.payment_dates.items()}


def known_of(imported: RegisterImport) -> Known:
    decisions = Decisions.of(imported.decisions)
    dates = payment_dates_of(imported)
    return Known(imported.cpts, timezone.localdate(), new_colleges=decisions.colleges, payment_dates=dates)


def build_plan(imported: RegisterImport, *, report: Reporter = silent) -> tuple[Plan, Known]:
    """The plan as of now, with what it writes."""
    known = known_of(imported)
    plan = prepare(
        table_of(imported),
        mapping_of(imported),
        known,
        decisions=Decisions.of(imported.decisions),
        corrections=imported.corrections,
        layout=imported.layout,
        report=report,
    )
    return plan, known


def plan_of(imported: RegisterImport) -> Plan:
    """What applying this file now would do, without the rows to write; made again when anything has changed."""
    key = plan_key(imported)
    plan: Plan | None = cache.get(key)
    if plan is None:
        plan, _known = build_plan(imported)
        if plan.is_applicable and not plan.writes_nothing:
            cache.set(_steps_key(key), plan.steps, PLAN_SECONDS)
        plan.steps = []
        plan.matches = [match for match in plan.matches if not _is_settled(match)]
        if len(plan.refusals) + len(plan.matches) < LARGEST_CACHED:
            cache.set(key, plan, PLAN_SECONDS)
    return plan


def plan_to_write(imported: RegisterImport, *, report: Reporter = silent) -> tuple[Plan, Known]:
    """The plan that was previewed when nothing has moved since (the caller holds the lock), else a new one."""
    key = plan_key(imported)
    plan: Plan | None = cache.get(key)
    steps = cache.get(_steps_key(key)) if plan is not None else None
    if plan is None or steps is None:
        return build_plan(imported, report=report)
    plan.steps = steps
    cache.delete_many([key, _steps_key(key)])  # names and addresses are not left behind
    return plan, known_of(imported)


def forget_plan(imported: RegisterImport) -> None:
    """The plan kept for a file given up is of no use any more."""
    key = plan_key(imported)
    cache.delete_many([key, _steps_key(key)])


def _is_settled(match: Any) -> bool:
    """The card says all the line says: nothing to show."""
    return bool(match.is_default and match.chosen and not match.chosen.differences)


def register_state(cpts_id: int) -> str:
    """Changes with every change of the register of this CPTS, and with what decides how its lines are read."""
    marks = [_last_change(model, cpts_id) for model in [*tracked_models().values(), DuesRate]]
    fields = list(CustomField.objects.filter(cpts=cpts_id).order_by("pk").values_list())
    return f"{'.'.join(map(str, marks))}.{sha256(str(fields).encode()).hexdigest()[:8]}"


def _last_change(model: Any, cpts_id: int) -> int:
    found = model.history.filter(**{model.scope_path: cpts_id}).aggregate(last=Max("history_id"))
    return int(found["last"] or 0)


def plan_key(imported: RegisterImport) -> str:
    chosen = (imported.sha256, imported.mapping, imported.payment_dates, imported.decisions, imported.corrections)
    told = (register_state(imported.cpts_id), *chosen, timezone.localdate())
    return f"register-plan:{imported.pk}:{sha256(str(told).encode()).hexdigest()}"


def _steps_key(key: str) -> str:
    return f"{key}:steps"
