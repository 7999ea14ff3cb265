"""The periods at which an indicator is recorded: months, quarters or the whole of a year of the contract."""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from cpts_portal.core.text import date_fr
from missions.models import Cadence, Exercise

MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}


@dataclass(frozen=True)
class Period:
    """`[start, end[`, with what it is called: « 2e trimestre (du 1er avril au 30 juin 2026) »."""

    start: date
    end: date
    rank: int
    cadence: str

    @property
    def label(self) -> str:
        names = {Cadence.MONTH: f"Mois {self.rank}", Cadence.QUARTER: f"Trimestre {self.rank}"}
        name = names.get(Cadence(self.cadence), "Année")
        return f"{name} (du {date_fr(self.start)} au {date_fr(self.end - relativedelta(days=1))})"

    def is_over(self, day: date) -> bool:
        return self.end <= day


def periods_of(exercise: Exercise, cadence: str) -> list[Period]:
    """Counted from the first day of the year, as the contract runs; the last one ends with the year."""
    months = MONTHS[Cadence(cadence)]
    found: list[Period] = []
    while not found or found[-1].end < exercise.end:
        start = exercise.start + relativedelta(months=months * len(found))
        stop = min(exercise.start + relativedelta(months=months * (len(found) + 1)), exercise.end)
        found.append(Period(start, stop, len(found) + 1, cadence))
    return found
