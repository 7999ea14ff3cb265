"""Actions of a CPTS: planned, started, finished or dropped; their budget and what they hand over.

One action may serve two missions. Dates tell its state (`Action.state_on`); everything about it is saved in one
transaction under its author's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.money import ZERO
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from cpts_portal.core.versions import check_version, next_version
from members.models import Professional, Structure
from missions.models import Action, BudgetLine, CptsMission, Deliverable, Envelope, SubMission
from territories.models import Cpts


@dataclass(frozen=True)
class BudgetRow:
    """A line of the budget as typed; `pk` is empty for a new one, `gone` takes an old one away."""

    label: str
    envelope: str
    mission: CptsMission | None = None
    planned: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    pk: int | None = None
    gone: bool = False


@dataclass(frozen=True)
class DeliverableRow:
    name: str
    due_on: date | None = None
    delivered_on: date | None = None
    pk: int | None = None
    gone: bool = False


@dataclass(frozen=True)
class ActionSheet:
    """Everything a « fiche action » holds, as typed."""

    fields: dict[str, Any]
    missions: Sequence[CptsMission]
    parts: Sequence[SubMission] = ()
    leads: Sequence[Professional] = ()
    partner_structures: Sequence[Structure] = ()
    budget: Sequence[BudgetRow] = ()
    deliverables: Sequence[DeliverableRow] = field(default_factory=tuple)


@transaction.atomic
def add_action(cpts: Cpts, sheet: ActionSheet, *, by: User) -> Action:
    return _write(Action(cpts=cpts), sheet, by=by)


@transaction.atomic
def change_action(action: Action, sheet: ActionSheet, *, version: str, by: User) -> Action:
    """Raises `StaleEdit` when somebody else saved the action since the form was opened."""
    found = _locked(action)
    check_version(found, version)
    return _write(found, sheet, by=by)


def _locked(action: Action) -> Action:
    return Action.objects.select_for_update(of=("self",)).get(pk=action.pk)


def _write(action: Action, sheet: ActionSheet, *, by: User) -> Action:
    if not sheet.missions:
        raise NotPossible("Choisissez au moins une mission : l’action en sert une, ou deux.")
    if any(mission.cpts_id != action.cpts_id for mission in sheet.missions):
        raise NotPossible("Ces missions ne sont pas celles de la CPTS.")
    for name, value in sheet.fields.items():
        setattr(action, name, value)
    _save(action, by=by)
    action.missions.set(sheet.missions)
    action.parts.set(sheet.parts)
    action.leads.set(sheet.leads)
    action.partner_structures.set(sheet.partner_structures)
    for row in sheet.budget:
        _write_budget(action, row, by=by)
    for delivered in sheet.deliverables:
        _write_deliverable(action, delivered, by=by)
    return action


def _save(action: Action, *, by: User, reason: str = "") -> None:
    refuse_invalid(action)
    save_as(action, by=by, reason=reason)
    next_version(action)


def _write_budget(action: Action, row: BudgetRow, *, by: User) -> None:
    found = BudgetLine.objects.get(pk=row.pk, action=action) if row.pk else BudgetLine(action=action)
    if row.gone:
        if row.pk:
            delete_as(found, by=by)
        return
    if row.envelope == Envelope.MISSION and row.mission is None:
        raise NotPossible(f"Dépense « {row.label} » : indiquez la mission dont l’enveloppe la paie.")
    values = {name: getattr(row, name) for name in ("label", "envelope", "planned", "committed", "spent")}
    values["mission"] = row.mission if row.envelope == Envelope.MISSION else None
    _save_changed(found, values, by=by)


def _write_deliverable(action: Action, row: DeliverableRow, *, by: User) -> None:
    found = Deliverable.objects.get(pk=row.pk, action=action) if row.pk else Deliverable(action=action)
    if row.gone:
        if row.pk:
            delete_as(found, by=by)
        return
    _save_changed(found, {"name": row.name, "due_on": row.due_on, "delivered_on": row.delivered_on}, by=by)


def _save_changed(row: BudgetLine | Deliverable, values: dict[str, Any], *, by: User) -> None:
    """A line that did not change writes no history."""
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    save_as(row, by=by)


# --- What happened --------------------------------------------------------------------------------------------------
@transaction.atomic
def start_action(action: Action, *, on: date, day: date, by: User) -> Action:
    found = _locked(action)
    _refuse_over(found)
    if found.started_on:
        raise NotPossible(f"Cette action a déjà commencé, le {date_fr(found.started_on)}.")
    _refuse_future(on, day)
    found.started_on = on
    _save(found, by=by, reason="Début de l’action")
    return found


@transaction.atomic
def finish_action(action: Action, *, on: date, day: date, by: User) -> Action:
    found = _locked(action)
    _refuse_over(found)
    if found.started_on is None:
        raise NotPossible("Indiquez d’abord le début de l’action.")
    if on < found.started_on:
        raise NotPossible(f"L’action a commencé le {date_fr(found.started_on)} : elle se termine ensuite.")
    _refuse_future(on, day)
    found.done_on, found.progress = on, 100
    _save(found, by=by, reason="Fin de l’action")
    return found


@transaction.atomic
def drop_action(action: Action, *, on: date, reason: str, by: User) -> Action:
    """Given up, with the reason; its budget and its history stay."""
    found = _locked(action)
    _refuse_over(found)
    found.dropped_on, found.drop_reason = on, reason.strip()
    _save(found, by=by, reason="Abandon de l’action")
    return found


@transaction.atomic
def resume_action(action: Action, *, by: User) -> Action:
    """Undo an end or a drop recorded by mistake."""
    found = _locked(action)
    if not found.done_on and not found.dropped_on:
        raise NotPossible("Cette action n’est ni terminée ni abandonnée.")
    found.done_on = found.dropped_on = None
    found.drop_reason = ""
    _save(found, by=by, reason="Reprise de l’action")
    return found


@transaction.atomic
def note_progress(action: Action, *, progress: int, note: str, by: User) -> Action:
    found = _locked(action)
    _refuse_over(found)
    found.progress, found.progress_note = progress, note.strip()
    _save(found, by=by, reason="Point d’avancement")
    return found


def _refuse_over(action: Action) -> None:
    if action.done_on or action.dropped_on:
        raise NotPossible("Cette action est terminée ou abandonnée : reprenez-la d’abord.")


def _refuse_future(on: date, day: date) -> None:
    if on > day:
        raise NotPossible("Cette date est à venir : elle s’enregistre une fois passée.")
