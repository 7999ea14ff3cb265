"""Life cycles as data: a table of moves, and one function that makes them.

Making a move locks the row, checks the version the person was looking at, her role, the present status and every
blocking reason (all of them, as shown before the click), writes the status and what goes with it, and tells whoever
must know, in one transaction. Nothing else writes the status.

Three ways to make one: `make` (somebody, on one row), `make_all` (one decision on many rows, or on none), and
`make_unless_changed` (the portal: a run that comes second does nothing). A status may be a column, or be read from
dates (`status_of`): its moves then write the dates, and must lead where the table says.

What takes long (a document to lay out) is prepared before the transaction, from what is read then. Under lock, the
effect compares: when the object says something else by now, it raises `Outdated`, and all is prepared again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from cpts_portal.core.acts import has_version, lock, lock_all, write
from cpts_portal.core.authors import Author
from cpts_portal.core.history import delete_as, update_many
from cpts_portal.core.refusals import NotPossible, refuse_any_invalid
from cpts_portal.core.versions import StaleEdit, check_version, next_versions

PAGE = frozenset({"page"})  # whoever the page lets in: the permission table has decided
PORTAL = frozenset({"portal"})  # the portal itself: no user holds this role
GONE = "gone"  # where a move leads that deletes the row


@dataclass(frozen=True)
class Act:
    """Who moves, in which roles, when, on which version of the object, with what besides (an opinion, a date).

    `version` None: nobody was looking at the object (the portal, one act on many rows).
    """

    by: Author | None
    roles: frozenset[str]
    moment: datetime
    version: str | int | None = ""
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    prepared: Any = None  # by `Move.prepare`, before the transaction

    @property
    def day(self) -> date:
        return timezone.localtime(self.moment).date()


class Outdated(Exception):
    """What was prepared before the transaction is not what the locked object says."""


ATTEMPTS = 3
STILL_MOVING = "Ce dossier a changé pendant que le document se préparait : recommencez."


def _nothing(_subject: Any, _act: Act) -> None:
    """A move that only changes the status."""


def _always(_subject: Any, _act: Act) -> bool:
    """A move that its state and roles alone decide of."""
    return True


def _free(_subject: Any, _act: Act) -> list[str]:
    """A move that nothing blocks."""
    return []


@dataclass(frozen=True)
class Move:
    """One line of a life cycle. `label` is the button, `done` what the journal says, `told` the answer on screen.

    `target`: the status after (`GONE`: the row is deleted), or a function of the object as changed (the second visa
    decides).
    """

    name: str
    label: str
    done: str
    sources: Collection[str]
    roles: frozenset[str]
    target: str | Callable[[Any], str]
    told: str = "C’est fait."
    kinds: Collection[str] = ()  # those it concerns; all of them when empty
    when: Callable[[Any, Act], bool] = _always  # not offered otherwise: there is no visa to take back
    needs_reason: bool | str = False  # or the sentence that asks for it
    blockers: Callable[[Any, Act], list[str]] = _free
    prepare: Callable[[Any, Act], Any] = _nothing  # outside of the transaction; writes nothing, refuses nothing
    effect: Callable[[Any, Act], None] = _nothing
    danger: bool = False
    note: str | None = None  # what the history says when no reason was typed; the label when None
    wrong_status: Callable[[Any], str] | None = None  # the sentence from another status; the life cycle's when None

    def concerns(self, subject: Any) -> bool:
        return not self.kinds or subject.kind in self.kinds

    def status_after(self, subject: Any) -> str:
        return self.target(subject) if callable(self.target) else self.target

    def reason_of(self, act: Act) -> str:
        return act.reason.strip() or (self.label if self.note is None else self.note)


@dataclass(frozen=True)
class Offer:
    """A move somebody may make now, with what still blocks it."""

    move: Move
    blockers: tuple[str, ...]


def _changed_meanwhile(subject: Any) -> str:
    return f"Ce dossier est « {subject.get_status_display().lower()} » : il a changé entre-temps."


class LifeCycle:
    """`after`: what follows every move. `rows`: the rows to lock, when the usual ones do not do. `wrong_status`: the
    sentence of a move from another status. `status_of`: the status read from dates instead of the column `status`."""

    def __init__(
        self,
        moves: Sequence[Move],
        *,
        after: Callable[[Any, Move, Act], None] = lambda *_: None,
        rows: Callable[[], models.QuerySet[Any]] | None = None,
        wrong_status: Callable[[Any], str] = _changed_meanwhile,
        status_of: Callable[[Any, datetime], str] | None = None,
    ) -> None:
        self.moves = {move.name: move for move in moves}
        self._after, self._rows, self._wrong_status, self._status_of = after, rows, wrong_status, status_of

    def offers(self, subject: Any, act: Act) -> list[Offer]:
        """What these roles may do now, blocked or not, in the order of the table."""
        return [
            Offer(move, tuple(move.blockers(subject, act)))
            for move in self.moves.values()
            if self.is_open(subject, move, act)
        ]

    def is_open(self, subject: Any, move: Move, act: Act) -> bool:
        return not move.roles.isdisjoint(act.roles) and move.concerns(subject) and self._starts(subject, move, act)

    def make(self, subject: Any, name: str, act: Act) -> Any:
        """The object, moved. Raises `StaleEdit`, `PermissionDenied`, or `NotPossible` with all the reasons."""
        move = self.moves[name]
        for _attempt in range(ATTEMPTS):
            try:
                return self._make(subject, move, replace(act, prepared=move.prepare(subject, act)))
            except Outdated:
                continue
        raise NotPossible(STILL_MOVING)

    @transaction.atomic
    def _make(self, subject: Any, move: Move, act: Act) -> Any:
        locked_row = self._locked(subject)
        self._refuse(locked_row, move, act)
        self._change(locked_row, move, act)
        if move.target == GONE:
            delete_as(locked_row, by=act.by, reason=move.reason_of(act))
        else:
            write(locked_row, by=act.by, reason=move.reason_of(act), exclude=_authors(locked_row))
        self._after(locked_row, move, act)
        return locked_row

    @transaction.atomic
    def make_all(self, subjects: Sequence[Any], name: str, act: Act) -> list[Any]:
        """The same move on all these rows of one table, or on none; saved and recorded in one go.

        The rows are held in one order; what they become comes from the table and not from a form, so the constraints
        of the database are enough. Raises as `make`, for the first row that says no.
        """
        if not subjects:
            return []
        move, model = self.moves[name], type(subjects[0])
        rows = (self._rows() if self._rows else model._default_manager.all()).filter(
            pk__in=[subject.pk for subject in subjects]
        )
        locked_rows = lock_all(rows)
        if len(locked_rows) != len(subjects):
            raise StaleEdit
        changes: set[str] = set()
        for row in locked_rows:
            self._refuse(row, move, act)
            before = _values(row)
            self._change(row, move, act)
            changes |= {name for name, value in _values(row).items() if before[name] != value}
        update_many(model, locked_rows, sorted(changes), by=act.by, reason=move.reason_of(act))
        if has_version(locked_rows[0]):
            next_versions(model._default_manager.filter(pk__in=[row.pk for row in locked_rows]))
        for row in locked_rows:
            self._after(row, move, act)
        return locked_rows

    @transaction.atomic
    def make_each(self, rows: Sequence[Any], name: str, acts: Sequence[Act]) -> list[Any]:
        """The same move of rows of one table, which the caller holds, each with its own act; written in sets.

        Same refusals as `make`. Telling is left to the caller, who can tell many at once.
        """
        move, by_reason = self.moves[name], defaultdict(list)
        for row, act in zip(rows, acts, strict=True):
            self._refuse(row, move, act)
            self._change(row, move, act)
            by_reason[(act.by, move.reason_of(act))].append(row)
        for (by, reason), own in by_reason.items():
            with refuse_any_invalid(own, exclude=_authors(own[0])):
                update_many(type(own[0]), own, _written_fields(own[0]), by=by, reason=reason)
            next_versions(type(own[0])._default_manager.filter(pk__in=[row.pk for row in own]))
        for row in rows:
            row.version += 1
        return list(rows)

    def make_unless_changed(self, subject: Any, name: str, act: Act) -> bool:
        """For the portal: False, and nothing written, when somebody or another run did it meanwhile."""
        try:
            self.make(subject, name, act)
        except (NotPossible, StaleEdit):
            return False
        return True

    def _locked(self, subject: Any) -> Any:
        return lock(subject, among=self._rows() if self._rows else None)

    def _refuse(self, subject: Any, move: Move, act: Act) -> None:
        if move.roles.isdisjoint(act.roles) or not move.concerns(subject):
            raise PermissionDenied(f"« {move.label} » ne vous revient pas.")
        if act.version is not None and has_version(subject):
            check_version(subject, act.version)
        if not self._starts(subject, move, act):
            raise NotPossible((move.wrong_status or self._wrong_status)(subject))
        reasons = [*move.blockers(subject, act)]
        if move.needs_reason and not act.reason.strip():
            reasons.append("Indiquez le motif." if move.needs_reason is True else move.needs_reason)
        if reasons:
            raise NotPossible(*reasons)

    def _starts(self, subject: Any, move: Move, act: Act) -> bool:
        return self._status(subject, act) in move.sources and move.when(subject, act)

    def _status(self, subject: Any, act: Act) -> str:
        return self._status_of(subject, act.moment) if self._status_of else subject.status

    def _change(self, subject: Any, move: Move, act: Act) -> None:
        """The effect of the move, then the status; one that is read from dates must be where the table says."""
        move.effect(subject, act)
        target = move.status_after(subject)
        if target == GONE:
            return
        if self._status_of is None:
            subject.status = target
        elif (status := self._status(subject, act)) != target:
            raise RuntimeError(f"« {move.name} » leads to {status}, and its table says {target}")


def _values(row: models.Model) -> dict[str, Any]:
    return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _authors(row: models.Model) -> list[str]:
    """Those who acted may be nobody: an account that was removed, the portal itself."""
    return [field.name for field in row._meta.fields if field.name.endswith("_by")]


def _written_fields(row: models.Model) -> list[str]:
    fields = row._meta.concrete_fields
    return [each.name for each in fields if not (each.primary_key or each.generated or each.name == "version")]
