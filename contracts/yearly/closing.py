"""A year closed by the three parties, and opened again with a reason.

Closing stores what is due with its print, proposes the balances to the fund and asks the carried-over targets again the
next year. Opening it again keeps those figures: they stay readable beside the ones of the next closing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.models import AGENCIES, Closing, ContractYear, Review
from contracts.money.entitlements import YearMoney
from contracts.money.funding import Entitlement, to_json
from contracts.money.paying import call_of, withdraw_proposals, write_call
from contracts.shared.journal import digest_of
from contracts.shared.visas import clear_visa
from contracts.yearly.deciding import WITHOUT_YEAR, missing_from
from contracts.yearly.facts import entitlement_of
from contracts.yearly.lines import LineState, YearBoard, board_of
from contracts.yearly.retained import Outcome
from contracts.yearly.submission import year_of
from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.workflow import Act
from missions.indicators.rules import carry_over_unmet
from missions.models import Target


def missing_before_closing(review: Review, act: Act) -> list[str]:
    """Told before the click: what is not settled, or a contract without signed amounts."""
    year = year_of(review)
    if year is None:
        return [WITHOUT_YEAR]
    board = board_of(year)
    if missing := missing_from(board):
        return missing
    try:
        entitlement_of(year, board, act.day)
    except NotPossible as refusal:
        return [str(refusal)]
    return []


def close_year(review: Review, act: Act) -> None:
    """The figures are stored, the balances proposed, the carried-over targets asked again."""
    year = _locked(review)
    board = board_of(year)
    found = entitlement_of(year, board, act.day)
    carried = carry_lines(board.with_outcome(Outcome.CARRIED), by=act.by)
    kept = told(found, board, carried)
    closing = Closing(
        year=year,
        number=Closing.objects.filter(year=year).count() + 1,
        entitlement=kept,
        total=found.total,
        sha256=digest_of(kept),
        closed_at=act.moment,
        closed_by=act.by,
    )
    refuse_invalid(closing, exclude=["closed_by"])
    closing.save()
    call = call_of(year, act.day, YearMoney(year, found, closing))
    write_call(year, call, moment=act.moment, by=act.by)
    # The journal takes the print of this content: it covers the figures as closed.
    review.content = {
        **review.content,
        "closing": {"number": closing.number, "sha256": closing.sha256, "total": str(closing.total)},
    }


def _locked(review: Review) -> ContractYear:
    rows = ContractYear.objects.select_for_update(of=("self",))
    return rows.select_related("exercise__cpts", "contract__cpts", "review").get(review=review)


def told(found: Entitlement, board: YearBoard, carried: list["Carried"]) -> dict[str, Any]:
    """What is due and why, as JSON: the same text for the same figures."""
    return {
        **to_json(found),
        "indicators": [_indicator_told(state) for state in board.states],
        "carried": [{"indicator": each.name, "why_not": each.why_not} for each in carried],
        "fixed": str(found.fixed),
        "variable": str(found.variable),
    }


def _indicator_told(state: LineState) -> dict[str, Any]:
    value: Decimal | None = state.retained.value
    return {
        "target": state.line.target_id,
        "name": state.line.name,
        "outcome": str(state.retained.outcome),
        "value": None if value is None else str(value),
        "amount": str(state.retained.amount),
        "explanation": state.retained.explanation,
    }


# --- Carried over ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Carried:
    """An indicator asked again the next year; `why_not`: the reason why it has to be done by hand."""

    name: str
    why_not: str = ""


def carry_lines(states: Sequence[LineState], *, by: User | None) -> list[Carried]:
    """The whole amount, since nothing is paid for it this year. The next target may already be fixed: that is told."""
    targets = [state.line.target_id for state in states]
    done = set(Target.objects.filter(carried_from__in=targets).values_list("carried_from", flat=True))
    refusals = carry_over_unmet([target for target in targets if target not in done], by=by)
    return [Carried(state.line.name, refusals.get(state.line.target_id, "")) for state in states]


def take_back_carried(year: ContractYear, *, by: User | None) -> None:
    """The targets asked again by a closing that no longer holds, as long as nobody has entered anything for them."""
    found = Target.objects.filter(carried_from__year_lines__year=year, year_lines=None, results=None, proofs=None)
    for target in found:
        delete_as(target, by=by, reason="Année précédente rouverte")


# --- Opened again ---------------------------------------------------------------------------------------------------
def reopen_year(review: Review, act: Act) -> None:
    """The former figures stay with the reason; the three agreements start again, unpaid proposals are set aside."""
    year = _locked(review)
    closing = Closing.objects.select_for_update(of=("self",)).get(year=year, reopened_at__isnull=True)
    reason = act.reason.strip()
    closing.reopened_at, closing.reopened_by, closing.reopen_reason = act.moment, act.by, reason
    refuse_invalid(closing, exclude=["closed_by", "reopened_by"])
    closing.save()
    withdraw_proposals(year, reason=f"Année rouverte : {reason}", moment=act.moment, by=act.by)
    take_back_carried(year, by=act.by)
    for party in AGENCIES:
        clear_visa(review, party)
    review.cpts_agreed_at = review.cpts_agreed_by = None
    review.content = {name: part for name, part in review.content.items() if name != "closing"}
