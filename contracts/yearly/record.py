"""The record of decisions of a yearly review: indicators and decisions, amounts, envelopes, signatures to sign.

A closed year is printed with its figures as closed; before that, the document says that it is a draft.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from contracts.models import AGENCIES, Closing, ContractYear, LineVerdict, Party, Verdict
from contracts.money.funding import Entitlement, from_json
from contracts.yearly.facts import entitlement_of
from contracts.yearly.lines import LineState, YearBoard, board_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import short_number_fr

TEMPLATE = "pdf/year_record.html"


@dataclass(frozen=True)
class EnvelopeRow:
    label: str
    due: Decimal
    words: str


@dataclass(frozen=True)
class Envelopes:
    """What is due for the year; `problem` says why it is not known."""

    rows: Sequence[EnvelopeRow] = ()
    total: Decimal = Decimal("0.00")
    problem: str = ""


def year_record(year: ContractYear, *, day: date) -> dict[str, Any]:
    """Everything the record says on a day; figures stay numbers, the template writes them."""
    board, closing = board_of(year), closing_in_force(year)
    cpts = year.exercise.cpts
    holders = {Party.CPTS: cpts.full_name, Party.ARS: str(cpts.ars), Party.FUND: str(cpts.lead_fund)}
    return {
        "title": f"Relevé de décisions – {year.review or year.exercise}",
        "year": year,
        "cpts": cpts,
        "holders": holders,
        "missions": [(each, [_row(state) for state in each.states]) for each in board.missions],
        "board": board,
        "closing": closing,
        "envelopes": envelopes(year, board, closing, day),
        "carried_by_hand": [each for each in _kept(closing).get("carried", []) if each["why_not"]],
        "printed_on": day,
    }


def closing_in_force(year: ContractYear) -> Closing | None:
    return Closing.objects.filter(year=year, reopened_at__isnull=True).first()


def _kept(closing: Closing | None) -> Mapping[str, Any]:
    return closing.entitlement if closing else {}


def envelopes(year: ContractYear, board: YearBoard, closing: Closing | None, day: date) -> Envelopes:
    """As closed, or as they would be today; the indicators have their own table."""
    if closing:
        return _told(from_json(closing.entitlement))
    try:
        return _told(entitlement_of(year, board, day))
    except NotPossible as refusal:
        return Envelopes(problem=str(refusal))


def _told(found: Entitlement) -> Envelopes:
    rows = [EnvelopeRow(line.label, line.due, " ".join(_calculation(line.explanation))) for line in found.lines]
    return Envelopes(rows, found.total)


def _calculation(explanation: Sequence[str]) -> list[str]:
    """Without the row of the grid, nor the sentence of each indicator."""
    return [words for words in explanation[1:] if not words.startswith("«")]


def _row(state: LineState) -> dict[str, Any]:
    return {
        "state": state,
        "said": [decision_words(state.of(party), state.line.unit) for party in AGENCIES],
        "reasons": reasons_of(state),
    }


def reasons_of(state: LineState) -> list[str]:
    """« ARS : … », « caisse : … »; once only when both gave the same."""
    verdicts = [each.verdict for each in state.opinions if each.verdict and each.verdict.reason]
    by_reason: dict[str, list[str]] = {}
    for verdict in verdicts:
        by_reason.setdefault(verdict.reason, []).append(str(Party(verdict.party).label))
    return [f"{' et '.join(agencies)} : {reason}" for reason, agencies in by_reason.items()]


def decision_words(verdict: LineVerdict | None, unit: str) -> str:
    """« Validé », « Corrigé : 95 patients », « en attente »."""
    if verdict is None:
        return "en attente"
    label = verdict.get_verdict_display()
    if verdict.verdict != Verdict.CORRECTED or verdict.value is None:
        return label
    return f"{label} : {short_number_fr(verdict.value)} {unit}"


def record_filename(year: ContractYear) -> str:
    return f"releve-de-decisions-annee-{year.exercise.number}-{slugify(year.exercise.cpts.name)[:50]}.pdf"
