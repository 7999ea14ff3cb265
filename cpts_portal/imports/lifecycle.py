"""The life cycle of an import, as a table: nothing else writes its status.

    deposit ─ MAPPING (columns to check) ─┐
            ─ READING (a job reads) ──────┼─ PREVIEW ── RUNNING (a job writes) ── APPLIED ── UNDONE
            ─ WAITING (without preview) ──┼───────────────┘        │
              REFUSED, NOTHING (read, and left there)            FAILED ── back to PREVIEW, READING or WAITING

Who may do it is said by the pages (the permission table), and each row is held by the function that moves it.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from cpts_portal.core.workflow import PAGE, Act, LifeCycle, Move
from cpts_portal.imports.models import AT_WORK, ImportRun, Status, is_stalled
from cpts_portal.imports.refusals import ImportConflict

NO_DECISION = "Cet import n’attend plus de décision : il a été confirmé ou abandonné entre-temps."
NOT_CONFIRMABLE = "Cet import n’attend plus de confirmation : il a déjà été appliqué ou abandonné."
NOT_RESUMABLE = "Cet import ne peut pas être repris : il n’a ni échoué ni été interrompu."
NOT_DEAD = "Cet import n’est pas bloqué : il avance, ou il est déjà terminé."
NOT_APPLIED = "Seul un import appliqué peut être annulé."
OVER = "Cet import n’attend plus d’être appliqué."


def _ended_or_stalled(run: Any, act: Act) -> bool:
    return run.status == Status.FAILED or is_stalled(run, act.moment)


def _stalled(run: Any, act: Act) -> bool:
    return is_stalled(run, act.moment)


def _move(name: str, sources: Any, target: Any, refusal: str, **more: Any) -> Move:
    """`refusal` is what somebody reads when the import is elsewhere."""
    return Move(name, name, name, sources=sources, roles=PAGE, target=target, wrong_status=lambda _run: refusal, **more)


_DECIDED = (Status.MAPPING, Status.PREVIEW)
MOVES = LifeCycle(
    [
        _move("read", (Status.READING, Status.PREVIEW), Status.READING, NO_DECISION),
        _move("choose columns", _DECIDED, Status.PREVIEW, NO_DECISION),
        _move("show", (Status.READING,), Status.PREVIEW, NO_DECISION),
        _move("refuse", (Status.READING,), Status.REFUSED, NO_DECISION),
        _move("leave alone", (Status.READING,), Status.NOTHING, NO_DECISION),
        _move("decide", (Status.PREVIEW,), Status.PREVIEW, NO_DECISION),
        _move("confirm", (Status.PREVIEW,), Status.RUNNING, NOT_CONFIRMABLE),
        _move("queue", (Status.WAITING, Status.FAILED), Status.WAITING, NO_DECISION),
        _move("take", (Status.WAITING, Status.FAILED), Status.RUNNING, OVER),
        _move("apply", (*AT_WORK, Status.PREVIEW), Status.APPLIED, OVER),
        _move("fail", (*AT_WORK, Status.PREVIEW), Status.FAILED, OVER),
        _move("resume", (*AT_WORK, Status.FAILED), Status.PREVIEW, NOT_RESUMABLE, when=_ended_or_stalled),
        _move("read again", (*AT_WORK, Status.FAILED), Status.READING, NOT_RESUMABLE, when=_ended_or_stalled),
        _move("give up for dead", AT_WORK, Status.FAILED, NOT_DEAD, when=_stalled),
        _move("give up", (*_DECIDED, Status.FAILED), Status.FAILED, NO_DECISION),
        _move("undo", (Status.APPLIED,), Status.UNDONE, NOT_APPLIED),
    ]
)


def check(run: ImportRun, name: str, *, now: datetime | None = None, refusal: str = "") -> Move:
    """The move, when this import may make it now. Raises `ImportConflict`: `refusal`, or the sentence of the table."""
    move = MOVES.moves[name]
    act = Act(by=None, roles=PAGE, moment=now or timezone.now())
    if not MOVES.is_open(run, move, act):
        raise ImportConflict(refusal or (move.wrong_status(run) if move.wrong_status else ""))
    return move


def advance(run: ImportRun, name: str, *, now: datetime | None = None, refusal: str = "") -> None:
    """Move a row that the caller holds, and saves."""
    run.status = check(run, name, now=now, refusal=refusal).status_after(run)
