"""What a year brings with the amounts that the two agencies retained, instead of the results as they stand today."""

from dataclasses import replace
from datetime import date

from contracts.models import ContractYear
from contracts.money.entitlements import facts_of, terms_reader
from contracts.money.funding import Entitlement, entitlement
from contracts.yearly.lines import LineState, YearBoard
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import euros_fr


def entitlement_of(year: ContractYear, board: YearBoard, day: date) -> Entitlement:
    """Every envelope of the year; raises `NotPossible` without a signed text."""
    terms_on = terms_reader(year.contract)
    results = {each.mission.code: tuple(_sentence(state) for state in each.states) for each in board.missions}
    facts = replace(facts_of(year, day, terms_on, states=()), earned=board.earned, results=results)
    found = entitlement(terms_on, facts)
    if not found.lines:
        raise NotPossible("Ce contrat n’a pas encore de texte signé : ses montants ne sont pas connus.")
    return found


def _sentence(state: LineState) -> str:
    """« Soirées pluripro ». Par paliers : … Retenu : 2 000,00 € sur 5 000,00 €."""
    kept = state.retained
    words = kept.explanation or f"{kept.outcome.label}."
    return f"« {state.line.name} ». {words} Retenu : {euros_fr(kept.amount)} sur {euros_fr(state.line.most)}."
