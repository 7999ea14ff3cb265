"""What a contract year brings on a day: the terms in force, the missions as they started, the indicators as they stand.

A closed year is told by the figures the three parties closed, never computed again. A mission counts from the day it
really started; from the day the contract promises as long as that day is to come; not at all once a promised day has
passed without a start recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.deal.contracting import sealed_versions, terms_of_version
from contracts.models import Closing, Contract, ContractYear
from contracts.money.funding import Entitlement, YearFacts, entitlement, from_json
from contracts.terms.terms import MissionTerm, Terms
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import date_fr, euros_fr
from missions.indicators.results import YearState, year_states
from missions.models import CptsMission
from territories.models import Cpts

TermsOn = Callable[[date], Terms]


@dataclass(frozen=True)
class YearMoney:
    """A year with what it brings; `closing` when its figures are those of a closed year, `late` what is awaited."""

    year: ContractYear
    found: Entitlement
    closing: Closing | None
    late: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.closing is not None


def years_of(cpts: Cpts) -> list[ContractYear]:
    """The financed years of every contract of the CPTS, in order."""
    found = ContractYear.objects.filter(contract__cpts=cpts).select_related("exercise", "contract__cpts")
    return list(found.order_by("exercise__start"))


def terms_reader(contract: Contract) -> TermsOn:
    """The terms in force on any day, each sealed text being read once; the first one holds before its own date."""
    texts = [(version.first_day, terms_of_version(version)) for version in sealed_versions(contract)]

    def terms_on(day: date) -> Terms:
        in_force = [terms for since, terms in texts if since <= day]
        return in_force[-1] if in_force else texts[0][1] if texts else Terms()

    return terms_on


def closing_of(year: ContractYear) -> Closing | None:
    return Closing.objects.filter(year=year, reopened_at__isnull=True).first()


def money_of(year: ContractYear, day: date, terms_on: TermsOn | None = None) -> YearMoney:
    """What this year brings, as closed or as it stands on this day."""
    if closing := closing_of(year):
        return YearMoney(year, from_json(closing.entitlement), closing)
    terms_on = terms_on or terms_reader(year.contract)
    facts = facts_of(year, day, terms_on)
    return YearMoney(year, entitlement(terms_on, facts), None, tuple(late_starts(facts, terms_on, day)))


def money_of_years(years: Sequence[ContractYear], day: date) -> list[YearMoney]:
    """The same for several years, the terms of each contract being read once."""
    readers: dict[int, TermsOn] = {}
    for year in years:
        readers.setdefault(year.contract_id, terms_reader(year.contract))
    return [money_of(year, day, readers[year.contract_id]) for year in years]


def facts_of(year: ContractYear, day: date, terms_on: TermsOn, states: Sequence[YearState] | None = None) -> YearFacts:
    """The dates of the missions, the achievements of the year (read, unless they are given), the crisis recognised."""
    exercise, cpts = year.exercise, year.contract.cpts
    held = {each.mission.code: each for each in CptsMission.objects.filter(cpts=cpts).select_related("mission")}
    promised = {each.code: each for each in missions_of(terms_on, exercise.start, exercise.last_day)}
    states = year_states(cpts, exercise, day) if states is None else states
    ended = year.contract.ended_on
    return YearFacts(
        number=exercise.number,
        start=exercise.start,
        end=exercise.end,
        started={code: _start(held.get(code), term, day) for code, term in promised.items()},
        stopped={code: _earliest(held[code].stopped_on if code in held else None, ended) for code in promised},
        earned=_earned(states),
        results=_results(states),
        has_crisis=year.crisis_on is not None,
    )


def missions_of(terms_on: TermsOn, *days: date) -> list[MissionTerm]:
    """The missions of the terms in force on these days, each one once."""
    found = {mission.code: mission for day in reversed(days) for mission in terms_on(day).missions}
    return list(found.values())


def _start(held: CptsMission | None, term: MissionTerm, day: date) -> date | None:
    if held is None:
        return term.start
    if held.started_on:
        return held.started_on
    return term.start if term.start and term.start > day else None


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def late_starts(facts: YearFacts, terms_on: TermsOn, day: date) -> Iterable[str]:
    """The missions that the contract promises for a day now past, and that nobody has started."""
    for mission in missions_of(terms_on, facts.start):
        if mission.start and mission.start <= day and mission.start < facts.end and not facts.started[mission.code]:
            yield f"{mission.name} : démarrage promis le {date_fr(mission.start)}, pas encore constaté."


def _earned(states: Sequence[YearState]) -> Mapping[str, Decimal]:
    found: dict[str, Decimal] = {}
    for state in states:
        code = state.indicator.mission.mission.code
        found[code] = found.get(code, ZERO) + state.achieved.earned
    return found


def _results(states: Sequence[YearState]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for state in states:
        code = state.indicator.mission.mission.code
        found[code] = (*found.get(code, ()), _sentence(state))
    return found


def _sentence(state: YearState) -> str:
    """« Soirées pluripro : Tout ou rien : cible de 4 atteinte avec 5. 5 000,00 € sur 5 000,00 €. »"""
    achieved = state.achieved
    gain = f"{euros_fr(achieved.earned)} sur {euros_fr(state.target.amount)}"
    return f"« {state.indicator.name} ». {achieved.explanation} Soit {gain}."
