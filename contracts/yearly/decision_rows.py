"""What the page of a year shows: one row per line with both decisions, filters, what is still to be entered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from contracts.models import AGENCIES, ContractYear, LineVerdict, Party, Verdict
from contracts.yearly.forms import DecisionForm
from contracts.yearly.lines import LineOpinion, LineState, MissionLines, YearBoard
from contracts.yearly.record import decision_words
from contracts.yearly.retained import Outcome
from missions.indicators.results import YearState, year_states
from territories.models import Cpts

TO_DECIDE, TO_SETTLE, CONTESTED = "a-decider", "a-trancher", "contestes"


@dataclass(frozen=True)
class Said:
    """One agency on one line, in words."""

    holder: str
    words: str
    opinion: LineOpinion
    is_mine: bool


@dataclass(frozen=True)
class Row:
    state: LineState
    said: tuple[Said, ...]
    form: DecisionForm | None  # None: this person decides nothing here
    stamp: str
    comment_url: str  # to the file, its form about this line; empty for who writes no comment
    saved: bool = False

    @property
    def mine(self) -> LineVerdict | None:
        return next((each.opinion.verdict for each in self.said if each.is_mine), None)

    @property
    def is_validated(self) -> bool:
        return bool(self.mine and self.mine.verdict == Verdict.VALIDATED)

    @property
    def has_errors(self) -> bool:
        return bool(self.form and self.form.errors)


def row_of(
    state: LineState,
    cpts: Cpts,
    party: str,
    *,
    may_decide: bool,
    form: DecisionForm | None = None,
    saved: bool = False,
) -> Row:
    holders = {Party.ARS: str(cpts.ars), Party.FUND: str(cpts.lead_fund)}
    said = tuple(
        Said(holders[Party(each.party)], decision_words(each.verdict, state.line.unit), each, each.party == party)
        for each in state.opinions
    )
    own = form or (_form(state, party) if may_decide and party in AGENCIES else None)
    return Row(state, said, own, state.stamp(party), comment_url(state, cpts) if party else "", saved)


def comment_url(state: LineState, cpts: Cpts) -> str:
    review = state.line.year.review_id
    page = reverse("contracts:review-detail", args=[cpts.pk, review]) if review else ""
    return f"{page}?sur=line:{state.line.pk}#commenter" if page else ""


def _form(state: LineState, party: str) -> DecisionForm:
    """Filled with what the agency said, on the version it is looking at."""
    mine = state.of(party)
    initial = {"verdict": mine.verdict, "value": mine.value, "reason": mine.reason} if mine else {}
    return DecisionForm(initial={**initial, "stamp": state.stamp(party)}, auto_id=f"line{state.line.pk}_%s")


def wanted(board: YearBoard, party: str, asked: str) -> list[LineState]:
    """The lines of a filter; all of them for an unknown one."""
    filters: dict[str, Callable[[], list[LineState]]] = {
        TO_DECIDE: lambda: board.waiting_for(party),
        TO_SETTLE: lambda: board.with_outcome(Outcome.DIFFERENT),
        CONTESTED: lambda: board.with_outcome(Outcome.CONTESTED),
    }
    return filters[asked]() if asked in filters else board.states


def tabs_of(board: YearBoard, party: str, asked: str, url: str) -> list[tuple[str, str, bool]]:
    labels = {"": "Tous", TO_DECIDE: "À décider", TO_SETTLE: "À trancher", CONTESTED: "Contestés"}
    return [
        (f"{label} ({len(wanted(board, party, name))})", f"{url}?voir={name}" if name else url, asked == name)
        for name, label in labels.items()
    ]


def filtered(
    board: YearBoard, party: str, asked: str, row: Callable[[LineState], Row]
) -> list[tuple[MissionLines, list[Row]]]:
    """The missions with at least one line to show; their totals are always those of the whole mission."""
    kept = {state.line.pk for state in wanted(board, party, asked)}
    found = [(each, [row(state) for state in each.states if state.line.pk in kept]) for each in board.missions]
    return [(mission, rows) for mission, rows in found if rows]


def preparation_of(year: ContractYear, day: date) -> list[YearState]:
    """What the CPTS still has to enter or to prove."""
    states = year_states(year.exercise.cpts, year.exercise, day)
    return [state for state in states if state.due or state.value is None or state.missing_proofs]
