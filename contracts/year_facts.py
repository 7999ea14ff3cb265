"""What a year of a contract brings, read from the database: its terms, its missions, what its indicators earned."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from contracts.contracting import sealed_versions, terms_of_version
from contracts.funding import Entitlement, YearFacts, entitlement
from contracts.models import Contract, ContractYear
from contracts.terms import Terms
from cpts_portal.core.refusals import NotPossible
from missions.models import CptsMission


def year_facts(year: ContractYear, earned: Mapping[str, Decimal]) -> YearFacts:
    """The period of the year, when its missions really started and stopped, the euros retained by mission (codes)."""
    exercise = year.exercise
    missions = CptsMission.objects.filter(cpts=exercise.cpts_id).select_related("mission")
    dates = [(each.mission.code, each.started_on, each.stopped_on) for each in missions]
    return YearFacts(
        number=exercise.number,
        start=exercise.start,
        end=exercise.end,
        started={code: started for code, started, _stopped in dates if started},
        stopped={code: stopped for code, _started, stopped in dates if stopped},
        earned=earned,
        has_crisis=year.crisis_on is not None,
    )


def terms_in_force(contract: Contract) -> Callable[[date], Terms]:
    """The terms of any day, read once; before the first text took effect, its own."""
    texts = [(version.effective_on, terms_of_version(version)) for version in sealed_versions(contract)]
    if not texts:
        raise NotPossible("Ce contrat n’a pas encore de texte signé : ses montants ne sont pas connus.")

    def terms_on(day: date) -> Terms:
        return next((terms for start, terms in reversed(texts) if start <= day), texts[0][1])

    return terms_on


def entitlement_of(year: ContractYear, earned: Mapping[str, Decimal]) -> Entitlement:
    """Every envelope of the year; raises `NotPossible` without a signed text."""
    return entitlement(terms_in_force(year.contract), year_facts(year, earned))
