"""When a mission must have started and be deployed, and how close that is: pure functions of dates.

Delays in months run from the signature of the contract (`agreed_on`), under the rules in force that day.
"""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from cpts_portal.core.text import date_fr, plural
from missions.models import CptsMission, MissionState, MissionTerms

WARNED_MONTHS = 3  # a delay that ends within three months is worth a warning


@dataclass(frozen=True)
class Deadline:
    """One promise: « à démarrer avant le », « à déployer avant le »; met on a day, or not yet."""

    what: str
    due_on: date
    met_on: date | None

    def is_late(self, day: date) -> bool:
        return (self.met_on is None and self.due_on < day) or (self.met_on is not None and self.met_on > self.due_on)

    def is_near(self, day: date) -> bool:
        return self.met_on is None and self.due_on - relativedelta(months=WARNED_MONTHS) <= day <= self.due_on

    def tone(self, day: date) -> str:
        if self.met_on is None:
            return "danger" if self.is_late(day) else "warning" if self.is_near(day) else ""
        return "warning" if self.is_late(day) else "success"

    def sentence(self, day: date) -> str:
        """« à démarrer avant le 1er juillet 2026 : encore 12 jours »."""
        if self.met_on is not None:
            late = (self.met_on - self.due_on).days
            after = f", {plural(late, 'jour')} après l’échéance" if late > 0 else ""
            return f"{self.what.capitalize()} le {date_fr(self.met_on)}{after}"
        left = (self.due_on - day).days
        when = f"encore {plural(left, 'jour')}" if left >= 0 else f"échéance dépassée de {plural(-left, 'jour')}"
        return f"À {_TO_DO[self.what]} avant le {date_fr(self.due_on)} : {when}"


STARTED, DEPLOYED = "démarrée", "déployée"
_TO_DO = {STARTED: "démarrer", DEPLOYED: "déployer"}


def deadlines(mission: CptsMission, terms: MissionTerms | None) -> list[Deadline]:
    """The promises of a mission; none without contract, without delay (optional missions), or once stopped."""
    if mission.agreed_on is None or terms is None or mission.stopped_on:
        return []
    found = []
    if terms.start_within is not None:
        found.append(_deadline(STARTED, mission.agreed_on, terms.start_within, mission.started_on))
    if terms.deployed_within is not None:
        found.append(_deadline(DEPLOYED, mission.agreed_on, terms.deployed_within, mission.deployed_on))
    return found


def _deadline(what: str, agreed_on: date, months: int, met_on: date | None) -> Deadline:
    return Deadline(what, agreed_on + relativedelta(months=months), met_on)


def pressing(mission: CptsMission, terms: MissionTerms | None, day: date) -> list[Deadline]:
    """The promises that need somebody now: late and not met, or due within three months."""
    found = deadlines(mission, terms)
    return [each for each in found if each.met_on is None and (each.is_late(day) or each.is_near(day))]


STATE_TONES = {
    MissionState.PLANNED: "",
    MissionState.STARTED: "info",
    MissionState.DEPLOYED: "success",
    MissionState.STOPPED: "neutral",
}
