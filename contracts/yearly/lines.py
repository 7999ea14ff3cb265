"""The indicators of a year as they stand: what was submitted, both decisions side by side, what is retained."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from contracts.models import AGENCIES, ContractYear, LineVerdict, Party, Review, Verdict, YearLine
from contracts.yearly.retained import Decision, Outcome, Presented, Retained, amount_under, retained
from contracts.yearly.submission import rule_from_json
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import euros_fr, plural, short_number_fr
from missions.indicators.achievement import Rule
from missions.indicators.rules import rule_of
from missions.models import OfficialMission, Target

AGENCY_NAMES = {Party.ARS: "l’ARS", Party.FUND: "la caisse"}
TONES = {
    Outcome.SETTLED: "success",
    Outcome.DIFFERENT: "warning",
    Outcome.CONTESTED: "danger",
    Outcome.CARRIED: "info",
}
VERDICT_TONES = {
    Verdict.VALIDATED: "success",
    Verdict.CORRECTED: "warning",
    Verdict.CONTESTED: "danger",
    Verdict.CARRIED: "info",
}


@dataclass(frozen=True)
class LineOpinion:
    """One agency's decision on a line (none yet: `verdict` is None), what it alone would bring."""

    party: str
    verdict: LineVerdict | None
    amount: Decimal

    @property
    def tone(self) -> str:
        return VERDICT_TONES[Verdict(self.verdict.verdict)] if self.verdict else ""


@dataclass(frozen=True)
class LineState:
    line: YearLine
    opinions: tuple[LineOpinion, ...]  # ARS, then fund
    retained: Retained

    @property
    def anchor(self) -> str:
        """Where the page shows it."""
        return f"line-{self.line.pk}"

    @property
    def tone(self) -> str:
        return TONES.get(self.retained.outcome, "")

    @property
    def value_text(self) -> str:
        value = self.line.value
        return "aucun résultat" if value is None else f"{short_number_fr(value)} {self.line.unit}"

    @property
    def is_proven(self) -> bool:
        return self.line.value is not None and not self.line.missing_proofs

    def of(self, party: str) -> LineVerdict | None:
        return next((each.verdict for each in self.opinions if each.party == party), None)

    def waits_for(self, party: str) -> bool:
        """Does this side still have something to decide here? For the CPTS and observers: does anybody."""
        if party in AGENCIES:
            return self.of(party) is None
        return self.retained.outcome == Outcome.PENDING

    def stamp(self, party: str) -> str:
        """What an agent of this agency was looking at: sent back with her decision."""
        return stamp_of(self.line, self.of(party))


def stamp_of(line: YearLine, verdict: LineVerdict | None) -> str:
    """The version of the line, and of the agency's own decision on it."""
    return f"{line.version}.{verdict.pk if verdict else 0}.{verdict.version if verdict else 0}"


@dataclass(frozen=True)
class MissionLines:
    mission: OfficialMission
    states: Sequence[LineState]

    @property
    def most(self) -> Decimal:
        return sum((state.line.most for state in self.states), ZERO)

    @property
    def presented(self) -> Decimal:
        return sum((state.line.earned for state in self.states), ZERO)

    @property
    def retained(self) -> Decimal:
        return sum((state.retained.amount for state in self.states), ZERO)

    @property
    def sentence(self) -> str:
        asked = f"{euros_fr(self.presented)} présentés ({euros_fr(self.most)} au plus)"
        return f"Retenu : {euros_fr(self.retained)}, pour {asked}."


@dataclass(frozen=True)
class YearBoard:
    missions: Sequence[MissionLines]

    @property
    def states(self) -> list[LineState]:
        return [state for each in self.missions for state in each.states]

    @property
    def most(self) -> Decimal:
        return sum((each.most for each in self.missions), ZERO)

    @property
    def presented(self) -> Decimal:
        return sum((each.presented for each in self.missions), ZERO)

    @property
    def retained(self) -> Decimal:
        return sum((each.retained for each in self.missions), ZERO)

    @property
    def earned(self) -> dict[str, Decimal]:
        """What is retained, by mission code: what the entitlement of the year counts."""
        return {each.mission.code: each.retained for each in self.missions}

    @property
    def is_settled(self) -> bool:
        return all(state.retained.is_final for state in self.states)

    @property
    def most_hint(self) -> str:
        return f"{euros_fr(self.most)} au plus, tous indicateurs atteints"

    @property
    def settled_hint(self) -> str:
        done = sum(state.retained.is_final for state in self.states)
        return f"{plural(done, 'indicateur réglé', 'indicateurs réglés')} sur {len(self.states)}"

    def with_outcome(self, outcome: Outcome) -> list[LineState]:
        return [state for state in self.states if state.retained.outcome == outcome]

    def waiting_for(self, party: str) -> list[LineState]:
        return [state for state in self.states if state.waits_for(party)]

    def find(self, line_pk: int) -> tuple[MissionLines, LineState]:
        return next((each, state) for each in self.missions for state in each.states if state.line.pk == line_pk)


def board_of(year: ContractYear) -> YearBoard:
    """Mission by mission, in the official order; the same number of queries whatever the number of lines."""
    rows = (
        YearLine.objects.filter(year=year)
        .select_related("mission", "target", "year__exercise")
        .prefetch_related("verdicts__by")
    )
    lines = list(rows.order_by("mission__rank", "rank", "pk"))
    rules = rules_of(year.review, lines)
    states = [_state(line, rules[line.target_id]) for line in lines]
    return YearBoard(
        [MissionLines(mission, list(own)) for mission, own in groupby(states, lambda each: each.line.mission)]
    )


def rules_of(review: Review | None, lines: Sequence[YearLine]) -> dict[int, Rule]:
    """The rules as submitted; those of the targets today for a line that was entered without a submission."""
    kept = review.content.get("rules", {}) if review else {}
    found = {int(pk): rule_from_json(rule) for pk, rule in kept.items()}
    missing = [line.target_id for line in lines if line.target_id not in found]
    if missing:
        targets = Target.objects.filter(pk__in=missing).select_related("indicator").prefetch_related("steps")
        found |= {target.pk: rule_of(target) for target in targets}
    return found


def _state(line: YearLine, rule: Rule) -> LineState:
    presented = Presented(line.value, line.earned, line.explanation, rule)
    held = {verdict.party: verdict for verdict in line.verdicts.all()}
    decisions = {party: Decision(verdict.verdict, verdict.value) for party, verdict in held.items()}
    opinions = tuple(
        LineOpinion(party, held.get(party), amount_under(presented, decisions[party]) if party in held else ZERO)
        for party in AGENCIES
    )
    return LineState(line, opinions, retained(presented, decisions))


# --- What still prevents the parties from agreeing ------------------------------------------------------------------
def unsettled(board: YearBoard) -> list[str]:
    """Each reason in one sentence."""
    found = [
        f"{plural(count, 'indicateur')} sans décision de {AGENCY_NAMES[party]}."
        for party in AGENCIES
        if (count := len(board.waiting_for(party)))
    ]
    if count := len(board.with_outcome(Outcome.DIFFERENT)):
        found.append(f"{plural(count, 'indicateur')} à trancher : les deux agences n’ont pas décidé la même chose.")
    if count := len(board.with_outcome(Outcome.CONTESTED)):
        found.append(f"{plural(count, 'indicateur contesté', 'indicateurs contestés')}.")
    return found
