"""The terms of a contract as one value: what is negotiated, then frozen by the signature.

Terms are stored as JSON in the content of the review and read back here. A signed text is never recomputed: its
population, size, amounts and targets are those of its day. `digest` is its print; `differences` compares two texts
field by field, in words.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.models import Part, envelope_name
from contracts.shared.journal import digest_of
from cpts_portal.core.frozen import freeze, thaw
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import date_fr, euros_fr, number_fr, short_number_fr


@dataclass(frozen=True)
class CommuneTerm:
    code: str
    name: str
    population: int | None  # None: unknown in the vintage
    is_shared: bool = False

    @property
    def label(self) -> str:
        return f"{self.name} ({self.code})"


@dataclass(frozen=True)
class MissionTerm:
    """A mission of the contract; `start` is when its fixed part begins to run."""

    code: str
    name: str
    is_core: bool
    start: date | None = None


@dataclass(frozen=True)
class AmountTerm:
    """What one envelope brings in a whole year, with the row of the grid it was read from."""

    part: str
    amount: Decimal
    source: str
    confidence: str  # « verified » or « to_confirm »
    mission: str = ""  # code; empty for the CPTS as a whole
    mission_name: str = ""
    by_hand: bool = False  # typed with its own source, instead of read from the grid

    @property
    def key(self) -> tuple[str, str]:
        return self.mission, self.part

    @property
    def label(self) -> str:
        return envelope_name(self.part, self.mission_name)

    @property
    def is_verified(self) -> bool:
        return self.confidence == "verified"


@dataclass(frozen=True)
class IndicatorTerm:
    """An indicator in one year of the contract, in the words of its annex."""

    mission: str
    name: str
    unit: str
    method: str
    year: int
    goal: str
    amount: Decimal
    baseline: str = ""


@dataclass(frozen=True)
class Terms:
    text: str = ""  # the agreement it applies: « ACI du 20 juin 2019, avenant 2 »
    vintage: int | None = None
    size: int | None = None
    territory: tuple[CommuneTerm, ...] = ()
    missions: tuple[MissionTerm, ...] = ()
    amounts: tuple[AmountTerm, ...] = ()
    indicators: tuple[IndicatorTerm, ...] = ()
    advance_percent: int = 75
    day_count: str = "days"
    clauses: Mapping[str, str] = field(default_factory=dict)  # free paragraphs, by title
    calendar: str = ""  # how the contract unfolds, in the words of the parties

    @property
    def population(self) -> int:
        return sum(commune.population or 0 for commune in self.territory)

    def amount_of(self, mission: str, part: str) -> AmountTerm | None:
        return next((each for each in self.amounts if each.key == (mission, part)), None)

    def mission(self, code: str) -> MissionTerm | None:
        return next((each for each in self.missions if each.code == code), None)

    @property
    def unconfirmed(self) -> list[AmountTerm]:
        return [each for each in self.amounts if not each.is_verified]

    @property
    def yearly_most(self) -> Decimal:
        """The most a whole year brings, without the crisis top-up nor the start-up money."""
        counted = (Part.FUNCTIONING, Part.FIXED, Part.VARIABLE)
        return sum((each.amount for each in self.amounts if each.part in counted), ZERO)


# --- Stored and read back -------------------------------------------------------------------------------------------
def to_json(terms: Terms) -> dict[str, Any]:
    """Dates as ISO text, euros as decimal text: the same JSON for the same terms."""
    return freeze(terms)


def from_json(stored: Mapping[str, Any]) -> Terms:
    """The terms of a stored text; an empty one gives empty terms."""
    return thaw(Terms, stored)


def print_of(terms: Terms) -> str:
    """The SHA-256 of the terms: two texts with the same print say the same."""
    return digest_of(to_json(terms))


# --- Compared -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """One difference between two texts: where, what stood before, what stands after (empty: absent)."""

    section: str
    label: str
    before: str
    after: str


def differences(before: Terms, after: Terms) -> list[Change]:
    """What changes from one text to the other, field by field, section by section, in the order of the contract."""
    old, new = _lines(before), _lines(after)
    keys = [*old, *(key for key in new if key not in old)]
    order = {section: rank for rank, section in enumerate(SECTIONS)}
    found = [Change(*key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key, "") != new.get(key, "")]
    return sorted(found, key=lambda change: order[change.section])


GENERAL, TERRITORY, MISSIONS = "Dispositions générales", "Territoire", "Missions"
FUNDING, INDICATORS, CLAUSES = "Financement", "Indicateurs", "Clauses particulières"
SECTIONS = (GENERAL, TERRITORY, MISSIONS, FUNDING, INDICATORS, CLAUSES)


def _lines(terms: Terms) -> dict[tuple[str, str], str]:
    return dict(_told(terms))


def _told(terms: Terms) -> Iterator[tuple[tuple[str, str], str]]:
    yield from _general(terms)
    for commune in terms.territory:
        inhabitants = "population inconnue" if commune.population is None else f"{number_fr(commune.population)} hab."
        yield (TERRITORY, commune.label), inhabitants + (", partagée" if commune.is_shared else "")
    for mission in terms.missions:
        start = f"à partir du {date_fr(mission.start)}" if mission.start else "date de démarrage à fixer"
        yield (MISSIONS, mission.name), f"{'socle' if mission.is_core else 'complémentaire'}, {start}"
    for each in terms.amounts:
        doubt = "" if each.is_verified else " (à confirmer)"
        yield (FUNDING, each.label), f"{euros_fr(each.amount)} par an{doubt}"
    for indicator in terms.indicators:
        label = f"{indicator.name}, année {indicator.year}"
        yield (INDICATORS, label), f"{indicator.goal}, {euros_fr(indicator.amount)} au plus"
    for title, text in terms.clauses.items():
        yield (CLAUSES, title), text


def _general(terms: Terms) -> Iterable[tuple[tuple[str, str], str]]:
    yield (GENERAL, "Accord appliqué"), terms.text
    yield (GENERAL, "Calendrier"), terms.calendar
    yield (TERRITORY, "Population"), f"{number_fr(terms.population)} habitants ({terms.vintage or 'millésime inconnu'})"
    yield (TERRITORY, "Nombre de communes"), str(len(terms.territory))
    yield (TERRITORY, "Taille"), f"taille {terms.size}" if terms.size else "non déterminée"
    yield (FUNDING, "Avance"), f"{short_number_fr(Decimal(terms.advance_percent))} %"
    yield (FUNDING, "Prorata"), "en jours" if terms.day_count == "days" else "en mois entiers"
