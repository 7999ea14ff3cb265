"""The panel of a yearly review on the page of its file: where the decisions stand, and the way to the year."""

from typing import Any

from django.utils import timezone

from contracts.models import AGENCIES, Party, ReviewKind
from contracts.yearly.decision_rows import preparation_of
from contracts.yearly.lines import board_of, unsettled
from contracts.yearly.submission import year_of


def year_panel_context(page: Any) -> dict[str, Any] | None:
    """Nothing for another kind of file."""
    year = year_of(page.review) if page.review.kind == ReviewKind.YEAR else None
    if year is None:
        return None
    board, day = board_of(year), timezone.localdate()
    holders = {Party.ARS: str(page.cpts.ars), Party.FUND: str(page.cpts.lead_fund)}
    count = len(board.states)
    return {
        "year": year,
        "board": board,
        "decided": [(holders[party], count - len(board.waiting_for(party)), count) for party in AGENCIES],
        "unsettled": unsettled(board),
        "incomplete": 0 if board.states else len(preparation_of(year, day)),
    }
