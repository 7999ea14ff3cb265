"""Life cycles as data: a table of moves, and one function that makes them.

Making a move locks the row, checks the version the person was looking at, her role, the present status and every
blocking reason (all of them, as shown before the click), writes the status and what goes with it, and tells whoever
must know, in one transaction. Nothing else writes the status.

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

from cpts_portal.core.history import save_as, update_many
from cpts_portal.core.refusals import NotPossible, refuse_any_invalid, refuse_invalid
from cpts_portal.core.versions import check_version, next_version, next_versions


@dataclass(frozen=True)
class Act:
    """Who moves, in which roles, when, on which version of the object, with what besides (an opinion, a date)."""

    by: Any
    roles: frozenset[str]
    moment: datetime
    version: str = ""
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

    `target`: the status after, or a function of the object as changed (the second visa decides).
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
    needs_reason: bool = False
    blockers: Callable[[Any, Act], list[str]] = _free
    prepare: Callable[[Any, Act], Any] = _nothing  # outside of the transaction; writes nothing, refuses nothing
    effect: Callable[[Any, Act], None] = _nothing
    danger: bool = False

    def concerns(self, subject: Any) -> bool:
        return not self.kinds or subject.kind in self.kinds

    def is_open_to(self, subject: Any, act: Act) -> bool:
        held = not self.roles.isdisjoint(act.roles)
        return held and self.concerns(subject) and subject.status in self.sources and self.when(subject, act)

    def status_after(self, subject: Any) -> str:
        return self.target(subject) if callable(self.target) else self.target


@dataclass(frozen=True)
class Offer:
    """A move somebody may make now, with what still blocks it."""

    move: Move
    blockers: tuple[str, ...]


class LifeCycle:
    def __init__(self, moves: Sequence[Move], *, after: Callable[[Any, Move, Act], None] = lambda *_: None) -> None:
        self.moves = {move.name: move for move in moves}
        self._after = after

    def offers(self, subject: Any, act: Act) -> list[Offer]:
        """What these roles may do now, blocked or not, in the order of the table."""
        return [
            Offer(move, tuple(move.blockers(subject, act)))
            for move in self.moves.values()
            if move.is_open_to(subject, act)
        ]

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
        found = _locked(subject)
        self._apply(found, move, act)
        refuse_invalid(found, exclude=_authors(found))
        save_as(found, by=act.by, reason=_reason(move, act))
        next_version(found)
        self._after(found, move, act)
        return found

    @transaction.atomic
    def make_all(self, rows: Sequence[Any], name: str, acts: Sequence[Act]) -> list[Any]:
        """The same move of rows of one table, which the caller holds, each with its act; written in sets.

        Same refusals as `make`. Telling is left to the caller, who can tell many at once.
        """
        move, by_reason = self.moves[name], defaultdict(list)
        for row, act in zip(rows, acts, strict=True):
            self._apply(row, move, act)
            by_reason[(act.by, _reason(move, act))].append(row)
        for (by, reason), own in by_reason.items():
            with refuse_any_invalid(own, exclude=_authors(own[0])):
                update_many(type(own[0]), own, _written_fields(own[0]), by=by, reason=reason)
            next_versions(type(own[0])._default_manager.filter(pk__in=[row.pk for row in own]))
        for row in rows:
            row.version += 1
        return list(rows)

    @staticmethod
    def _apply(found: Any, move: Move, act: Act) -> None:
        """Refuse, or change the object in memory."""
        if move.roles.isdisjoint(act.roles) or not move.concerns(found):
            raise PermissionDenied(f"« {move.label} » ne vous revient pas.")
        check_version(found, act.version)
        if found.status not in move.sources or not move.when(found, act):
            raise NotPossible(f"Ce dossier est « {found.get_status_display().lower()} » : il a changé entre-temps.")
        reasons = [*move.blockers(found, act)]
        if move.needs_reason and not act.reason.strip():
            reasons.append("Indiquez le motif.")
        if reasons:
            raise NotPossible(" ".join(reasons))
        move.effect(found, act)
        found.status = move.status_after(found)


def _reason(move: Move, act: Act) -> str:
    return act.reason.strip() or move.label


def _authors(row: models.Model) -> list[str]:
    """Those who acted may be nobody: an account that was removed, the portal itself."""
    return [field.name for field in row._meta.fields if field.name.endswith("_by")]


def _written_fields(row: models.Model) -> list[str]:
    fields = row._meta.concrete_fields
    return [each.name for each in fields if not (each.primary_key or each.generated or each.name == "version")]


def _locked(subject: models.Model) -> Any:
    return type(subject)._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)
