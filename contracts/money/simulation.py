"""« Et si… »: what a year would bring with other starts, another population, other results. Nothing is saved.

The year is computed twice by the same function, as it stands and under the hypotheses, and told line by line. A
population that changes the size takes the grid amounts of that size on the first day of the year; the same size keeps
the amounts of the contract. A percentage of the targets earns that share of the variable part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from contracts.models import ContractYear, Part
from contracts.money.entitlements import TermsOn, facts_of, missions_of, terms_reader
from contracts.money.funding import Entitlement, YearFacts, entitlement
from contracts.terms.grid import amounts_for
from contracts.terms.terms import MissionTerm, Terms
from cpts_portal.core.text import NO_BREAK_SPACE, euros_fr, number_fr
from territories.map.sizing import SizeGrid

ZERO, CENT, HUNDRED = Decimal("0.00"), Decimal("0.01"), Decimal(100)


@dataclass(frozen=True)
class Hypotheses:
    """What is changed; whatever is absent stays as it is."""

    population: int | None = None
    starts: Mapping[str, date] = field(default_factory=dict)  # by mission code
    percent: int | None = None  # of the targets of every mission
    percents: Mapping[str, int] = field(default_factory=dict)  # of those of one mission
    has_crisis: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Hypotheses()

    def percent_of(self, code: str) -> int | None:
        return self.percents.get(code, self.percent)


@dataclass(frozen=True)
class Compared:
    """One line, as it stands and as it would be."""

    label: str
    now: Decimal
    then: Decimal
    explanation: tuple[str, ...] = ()
    is_verified: bool = True

    @property
    def difference(self) -> Decimal:
        return self.then - self.now

    @property
    def loss(self) -> Decimal:
        return -self.difference

    @property
    def signed(self) -> str:
        """« +4 000,00 € », « −4 000,00 € », « – » when nothing changes."""
        if not self.difference:
            return "–"
        return f"{'+' if self.difference > 0 else ''}{euros_fr(self.difference)}"


@dataclass(frozen=True)
class Simulation:
    rows: tuple[Compared, ...]
    size_now: int | None
    size_then: int | None
    remarks: tuple[str, ...]

    @property
    def total(self) -> Compared:
        return Compared("Total", sum((row.now for row in self.rows), ZERO), sum((row.then for row in self.rows), ZERO))

    @property
    def changes(self) -> bool:
        return any(row.difference for row in self.rows)


@dataclass(frozen=True)
class Start:
    """What a simulation starts from: the facts and terms of a year as they stand."""

    facts: YearFacts
    terms_on: TermsOn

    @classmethod
    def of(cls, year: ContractYear, day: date) -> "Start":
        terms_on = terms_reader(year.contract)
        return cls(facts_of(year, day, terms_on), terms_on)

    @property
    def terms(self) -> Terms:
        return self.terms_on(self.facts.start)

    @property
    def missions(self) -> list[MissionTerm]:
        return missions_of(self.terms_on, self.facts.start)

    def now(self) -> Entitlement:
        return entitlement(self.terms_on, self.facts)


def simulate(start: Start, hypotheses: Hypotheses) -> Simulation:
    """The year as it stands beside the year as it would be."""
    size, remarks = _size(start, hypotheses)
    terms_on = start.terms_on if size == start.terms.size else _resized(start, size)
    now, then = start.now(), entitlement(terms_on, _changed(start, hypotheses, terms_on))
    keys = list(dict.fromkeys([line.key for line in (*now.lines, *then.lines)]))
    rows = tuple(_compared(now, then, key) for key in keys)
    if size != start.terms.size and not terms_on(start.facts.start).amounts:
        remarks = (*remarks, f"Le barème ne connaît aucun montant pour la taille {size or '–'} à cette date.")
    return Simulation(rows, start.terms.size, size, remarks)


def _size(start: Start, hypotheses: Hypotheses) -> tuple[int | None, tuple[str, ...]]:
    if hypotheses.population is None or hypotheses.population == start.terms.population:
        return start.terms.size, ()
    size = SizeGrid.on(start.facts.start).class_of(hypotheses.population)
    inhabitants = f"{number_fr(hypotheses.population)} habitants"
    if size == start.terms.size:
        return size, (f"Avec {inhabitants}, la CPTS reste en taille {size} : ses montants ne changent pas.",)
    return size, (
        f"Avec {inhabitants}, la CPTS passe de la taille {start.terms.size or '–'} à la taille {size or '–'}.",
    )


def _resized(start: Start, size: int | None) -> TermsOn:
    codes = [mission.code for mission in start.missions]
    amounts = amounts_for(size, codes, start.facts.start)

    def terms_on(day: date) -> Terms:
        return replace(start.terms_on(day), size=size, amounts=amounts)

    return terms_on


def _changed(start: Start, hypotheses: Hypotheses, terms_on: TermsOn) -> YearFacts:
    facts, earned, results = start.facts, dict(start.facts.earned), dict(start.facts.results)
    for mission in start.missions:
        percent = hypotheses.percent_of(mission.code)
        amount = terms_on(facts.start).amount_of(mission.code, Part.VARIABLE)
        if percent is None or amount is None:
            continue
        earned[mission.code] = (amount.amount * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP)
        results[mission.code] = (f"Hypothèse : {percent}{NO_BREAK_SPACE}% de {euros_fr(amount.amount)}.",)
    return replace(
        facts,
        started={**facts.started, **hypotheses.starts},
        earned=earned,
        results=results,
        has_crisis=facts.has_crisis or hypotheses.has_crisis,
    )


def _compared(now: Entitlement, then: Entitlement, key: tuple[str, str]) -> Compared:
    before, after = now.line(*key), then.line(*key)
    told = after or before
    assert told is not None  # noqa: S101 (the key comes from one of the two)
    return Compared(
        told.label,
        before.due if before else ZERO,
        after.due if after else ZERO,
        told.explanation if after else ("Cette enveloppe n’existe pas pour cette taille.",),
        told.is_verified,
    )
