"""The actions of a CPTS as lists read them: filtered, by state, by month, with their money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Case, CharField, DecimalField, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.expressions import OuterRef
from django.db.models.functions import Coalesce

from cpts_portal.core.money import ZERO
from missions.models import Action, ActionState, BudgetLine, Envelope
from territories.models import Cpts

_MONEY = DecimalField(max_digits=12, decimal_places=2)


def with_state(actions: QuerySet, day: date) -> QuerySet:
    """Annotate `state_value`, with the same rule as `Action.state_on`."""
    return actions.annotate(
        state_value=Case(
            When(dropped_on__lte=day, then=Value(ActionState.DROPPED)),
            When(done_on__lte=day, then=Value(ActionState.DONE)),
            When(started_on__lte=day, then=Value(ActionState.RUNNING)),
            default=Value(ActionState.PLANNED),
            output_field=CharField(),
        )
    )


def with_money(actions: QuerySet) -> QuerySet:
    """Annotate `planned` and `spent`: euros of all envelopes together."""

    def total(column: str) -> Coalesce:
        rows = BudgetLine.objects.filter(action=OuterRef("pk")).order_by().values("action")
        return Coalesce(Subquery(rows.annotate(total=Sum(column)).values("total")), Value(ZERO), output_field=_MONEY)

    return actions.annotate(planned=total("planned"), spent=total("spent"))


def actions_of(cpts: Cpts, day: date) -> QuerySet:
    found = Action.objects.filter(cpts=cpts).prefetch_related("missions__mission", "leads")
    return with_money(with_state(found, day))


def late_on(day: date) -> Q:
    """Promised to be over by now, or to have begun, and it is not (`Action.is_late_on`)."""
    going_on = Q(done_on__isnull=True, dropped_on__isnull=True)
    not_begun = Q(started_on__isnull=True, start__lt=day)
    return going_on & (Q(end__lte=day) | not_begun)


@dataclass(frozen=True)
class Lane:
    """One state of the board and its actions."""

    state: ActionState
    actions: list[Action]


def board(actions: Iterable[Action]) -> list[Lane]:
    found = list(actions)
    return [Lane(state, [each for each in found if vars(each)["state_value"] == state]) for state in ActionState]


@dataclass(frozen=True)
class Month:
    """What begins, goes on and ends in one month."""

    first: date
    is_now: bool
    begins: list[Action]
    goes_on: list[Action]
    ends: list[Action]


def calendar(actions: Iterable[Action], first: date, months: int, day: date) -> list[Month]:
    """The months from `first` on, with the promised calendar of each action (what happened, when it did)."""
    found = [each for each in actions if each.dropped_on is None]
    rows = []
    for rank in range(months):
        start = first + relativedelta(months=rank)
        stop = start + relativedelta(months=1)
        begins = [each for each in found if _between(_begins(each), start, stop)]
        ends = [
            each for each in found if _between(_ends(each), start + relativedelta(days=1), stop + relativedelta(days=1))
        ]
        goes_on = [each for each in found if each not in begins and each not in ends and _covers(each, start)]
        rows.append(Month(start, start <= day < stop, begins, goes_on, ends))
    return rows


def _begins(action: Action) -> date | None:
    return action.started_on or action.start


def _ends(action: Action) -> date | None:
    """The first day it is over."""
    return action.done_on or action.end


def _last_day(action: Action) -> date | None:
    over = _ends(action)
    return over - relativedelta(days=1) if over else None


def _between(day: date | None, start: date, stop: date) -> bool:
    return day is not None and start <= day < stop


def _covers(action: Action, day: date) -> bool:
    begins, ends = _begins(action), _ends(action)
    return begins is not None and begins < day and (ends is None or ends > day)


@dataclass(frozen=True)
class EnvelopeTotal:
    """Money of one envelope: ACI and own resources stay apart."""

    label: str
    is_aci: bool
    planned: Decimal
    committed: Decimal
    spent: Decimal


def budget_by_envelope(lines: Iterable[BudgetLine]) -> list[EnvelopeTotal]:
    """One row for each envelope used (an ACI mission by its name), ACI first; then the total of each kind."""
    sums: dict[tuple[bool, str], list[Decimal]] = {}
    for line in lines:
        envelope = Envelope(line.envelope)
        label = f"ACI – {line.mission}" if envelope == Envelope.MISSION else envelope.label
        kept = sums.setdefault((not envelope.is_aci, label), [ZERO, ZERO, ZERO])
        for rank, amount in enumerate((line.planned, line.committed, line.spent)):
            kept[rank] += amount
    return [EnvelopeTotal(label, not outside, *amounts) for (outside, label), amounts in sorted(sums.items())]
