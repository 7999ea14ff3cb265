"""What a year of the contract brings, line by line: pure functions, without query or clock.

Rules read in the agreement (ACI, art. 9.1) and the Senate report r25-032:
- functioning: in full at the signature for the first year, then an advance at each anniversary and the balance with
  the evaluation of the year;
- fixed part of a mission: prorated from its start to the end of the year, an advance at its start (or at the
  anniversary), then the balance;
- variable part: what the indicators earned, known and paid after the yearly review, never over its envelope;
- crisis top-up: only for a year in which the ARS recognised a crisis.
An amendment that changes an amount during a year applies from the next anniversary, or from the start of a mission that
starts later. Each line is rounded once, to the cent, half up; the advance too, and the balance is what is left.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from contracts.models import Part
from contracts.terms.terms import AmountTerm, MissionTerm, Terms
from cpts_portal.core.text import date_fr, euros_fr, plural

ZERO, CENT, HUNDRED = Decimal("0.00"), Decimal("0.01"), Decimal(100)
MONTHS = 12


@dataclass(frozen=True)
class YearFacts:
    """What happened in a year `[start, end[` of the contract, besides its terms."""

    number: int
    start: date
    end: date
    started: Mapping[str, date | None] = field(default_factory=dict)  # by mission code; absent: as the terms say
    stopped: Mapping[str, date | None] = field(default_factory=dict)
    earned: Mapping[str, Decimal] = field(default_factory=dict)  # euros earned by the indicators of a mission
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a sentence for each of these indicators
    has_crisis: bool = False


@dataclass(frozen=True)
class EntitlementLine:
    """One envelope in one year: what it brings, when, and the sentences that explain it."""

    mission: str
    part: str
    label: str
    base: Decimal
    due: Decimal
    advance: Decimal
    advance_on: date
    balance_on: date
    explanation: tuple[str, ...]
    is_verified: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.mission, self.part

    @property
    def balance(self) -> Decimal:
        return self.due - self.advance


@dataclass(frozen=True)
class Entitlement:
    lines: tuple[EntitlementLine, ...]

    def line(self, mission: str, part: str) -> EntitlementLine | None:
        return next((each for each in self.lines if each.key == (mission, part)), None)

    @property
    def total(self) -> Decimal:
        return sum((line.due for line in self.lines), ZERO)

    @property
    def advance(self) -> Decimal:
        return sum((line.advance for line in self.lines), ZERO)

    @property
    def balance(self) -> Decimal:
        return self.total - self.advance

    @property
    def fixed(self) -> Decimal:
        return self._sum(Part.FUNCTIONING, Part.FIXED)

    @property
    def variable(self) -> Decimal:
        return self._sum(Part.VARIABLE)

    @property
    def unconfirmed(self) -> list[EntitlementLine]:
        return [line for line in self.lines if not line.is_verified]

    def _sum(self, *parts: str) -> Decimal:
        return sum((line.due for line in self.lines if line.part in parts), ZERO)


def entitlement(terms_on: Callable[[date], Terms], facts: YearFacts) -> Entitlement:
    """Every envelope of the terms in force when the year opens, and of the missions that join during it."""
    return Entitlement(tuple(_lines(terms_on, facts)))


def _lines(terms_on: Callable[[date], Terms], facts: YearFacts) -> Iterator[EntitlementLine]:
    opening = terms_on(facts.start)
    if amount := opening.amount_of("", Part.FUNCTIONING):
        yield _functioning(amount, opening, facts)
    last = terms_on(facts.end - relativedelta(days=1))
    for mission in _missions(opening, last):
        start = facts.started.get(mission.code, mission.start)
        terms = terms_on(max(facts.start, start)) if start and start < facts.end else opening
        if amount := terms.amount_of(mission.code, Part.FIXED):
            yield _fixed(amount, mission, start, terms, facts)
        if amount := terms.amount_of(mission.code, Part.VARIABLE):
            yield _variable(amount, facts)
        if facts.has_crisis and (amount := terms.amount_of(mission.code, Part.CRISIS)):
            yield _at_the_end(amount, amount.amount, ("Crise sanitaire grave reconnue par l’ARS.",), facts)


def _missions(opening: Terms, last: Terms) -> list[MissionTerm]:
    known = {mission.code: mission for mission in opening.missions}
    return [*opening.missions, *(each for each in last.missions if each.code not in known)]


def _functioning(amount: AmountTerm, terms: Terms, facts: YearFacts) -> EntitlementLine:
    first = facts.number == 1
    percent = 100 if first else terms.advance_percent
    why = "Première année : versé en entier à la signature." if first else _advance_words(percent)
    return _line(amount, amount.amount, percent, facts.start, (why,), facts)


def _fixed(
    amount: AmountTerm, mission: MissionTerm, start: date | None, terms: Terms, facts: YearFacts
) -> EntitlementLine:
    stop = facts.stopped.get(mission.code)
    begins = max(facts.start, start) if start else None
    ends = min(facts.end, stop) if stop else facts.end
    if begins is None or begins >= ends:
        return _line(amount, ZERO, 0, facts.start, ("La mission n’est pas démarrée sur cette année.",), facts)
    share, words = prorata(facts.start, facts.end, begins, ends, terms.day_count)
    exact = amount.amount * share
    due = exact.quantize(CENT, ROUND_HALF_UP)
    said = [words] if due == amount.amount else [words, f"Soit {euros_fr(due)}{_rounded(exact, due)}."]
    percent = terms.advance_percent
    return _line(amount, due, percent, begins, (*said, _advance_words(percent)), facts)


def _rounded(exact: Decimal, due: Decimal) -> str:
    return "" if exact == due else ", arrondis une fois au centime"


def prorata(start: date, end: date, begins: date, ends: date, day_count: str) -> tuple[Decimal, str]:
    """The share of a year covered by `[begins, ends[`, in days or in whole months, and its sentence."""
    if day_count == "months":
        gap = relativedelta(ends, begins)
        done, whole, unit = min(gap.years * MONTHS + gap.months, MONTHS), MONTHS, "mois"
    else:
        done, whole, unit = (ends - begins).days, (end - start).days, "jour"
    if done == whole:
        return Decimal(1), "Année entière."
    words = f"Du {date_fr(begins)} au {date_fr(ends - relativedelta(days=1))} : "
    counted = f"{done} mois sur {whole}" if unit == "mois" else f"{plural(done, 'jour')} sur {whole}"
    return Decimal(done) / Decimal(whole), f"{words}{counted}."


def _variable(amount: AmountTerm, facts: YearFacts) -> EntitlementLine:
    earned = facts.earned.get(amount.mission, ZERO)
    due = min(earned, amount.amount)
    words = [f"Indicateurs : {euros_fr(earned)} gagnés sur {euros_fr(amount.amount)}."]
    words += facts.results.get(amount.mission, ())
    if earned > amount.amount:
        words.append("Ramené au montant de l’enveloppe : les indicateurs la dépassent.")
    return _at_the_end(amount, due, tuple(words), facts)


def _at_the_end(amount: AmountTerm, due: Decimal, words: tuple[str, ...], facts: YearFacts) -> EntitlementLine:
    return _line(amount, due, 0, facts.end, words, facts)


def _advance_words(percent: int) -> str:
    return f"Avance de {percent} %, solde avec l’évaluation de l’année."


def _line(
    amount: AmountTerm, due: Decimal, percent: int, advance_on: date, words: tuple[str, ...], facts: YearFacts
) -> EntitlementLine:
    source = (
        f"Barème : {euros_fr(amount.amount)} par an ({amount.source}{'' if amount.is_verified else ', à confirmer'})."
    )
    return EntitlementLine(
        mission=amount.mission,
        part=amount.part,
        label=amount.label,
        base=amount.amount,
        due=due,
        advance=(due * percent / HUNDRED).quantize(CENT, ROUND_HALF_UP),
        advance_on=advance_on,
        balance_on=facts.end,
        explanation=(source, *words),
        is_verified=amount.is_verified,
    )


# --- Stored with a closed year, and read back -----------------------------------------------------------------------
def to_json(found: Entitlement) -> dict[str, Any]:
    """Dates as ISO text, euros as decimal text: what a closed year keeps."""
    return {"lines": [_told(line) for line in found.lines], "total": str(found.total)}


def _told(line: EntitlementLine) -> dict[str, Any]:
    told: dict[str, Any] = asdict(line)
    for name in ("base", "due", "advance"):
        told[name] = str(told[name])
    for name in ("advance_on", "balance_on"):
        told[name] = told[name].isoformat()
    return {**told, "explanation": list(line.explanation)}


def from_json(stored: Mapping[str, Any]) -> Entitlement:
    """The figures of a closed year, as they were; an empty record gives no line."""
    return Entitlement(tuple(_read_line(each) for each in stored.get("lines", ())))


def _read_line(told: Mapping[str, Any]) -> EntitlementLine:
    euros = {name: Decimal(told[name]) for name in ("base", "due", "advance")}
    days = {name: date.fromisoformat(told[name]) for name in ("advance_on", "balance_on")}
    return EntitlementLine(**{**told, **euros, **days, "explanation": tuple(told["explanation"])})
