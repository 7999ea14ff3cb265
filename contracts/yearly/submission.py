"""The yearly review opened before each anniversary, then presented: results are copied, proofs are locked.

What is submitted is a copy: a result entered afterwards changes nothing to what the agencies judge. The rule of each
target is copied too (in the content of the review), so that a corrected value is judged by the rule as it was.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.models import ContractYear, LineVerdict, Review, Verdict, YearLine
from contracts.papers.corrections import corrections_open
from contracts.terms.drafting import goal_in_words
from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, delete_as, update_many
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import next_versions
from cpts_portal.core.workflow import Act
from missions.indicators.achievement import Rule, Rung
from missions.indicators.proving import lock_proofs
from missions.indicators.results import YearState, year_states
from missions.indicators.rules import rule_of
from missions.models import Proof, Target

JUDGED = ("value", "goal", "most", "earned")  # a decision taken on other figures no longer holds
COPIED = (*JUDGED, "mission", "name", "unit", "explanation", "missing_proofs", "rank")


# --- Presented ------------------------------------------------------------------------------------------------------
def year_of(review: Review) -> ContractYear | None:
    return ContractYear.objects.filter(review=review).select_related("exercise__cpts", "contract").first()


def missing_from_the_year(review: Review, day: date) -> list[str]:
    """What the CPTS still has to enter before it submits its year. A missing proof is shown and judged: it stays."""
    year = year_of(review)
    states = year_states(review.cpts, year.exercise, day) if year else []
    if not states:
        return ["Aucun indicateur n’a de cible cette année."]
    return [f"Résultat à saisir : {state.indicator.name}." for state in states if state.due]


def present_year(review: Review, act: Act) -> set[str]:
    """Copy the results of the year, lock their proofs; answers the agencies whose decisions no longer hold.

    The first time, every indicator. After corrections, only the lines with an open correction: those an agency
    contested or corrected, or about which a request for correction is open. The rest stays as it was judged. When no
    line has one, the request was about the year as a whole, and every line is copied again.
    """
    year = year_of(review)
    if year is None:
        raise NotPossible("Ce dossier n’est rattaché à aucune année du contrat.")
    held = {line.target_id: line for line in YearLine.objects.filter(year=year)}
    reopened = lines_to_correct(review, held.values())
    ranked = list(enumerate(year_states(review.cpts, year.exercise, act.day), start=1))
    if reopened:
        ranked = [(rank, state) for rank, state in ranked if state.target.pk in reopened]
    else:
        for gone in held.keys() - {state.target.pk for _rank, state in ranked}:
            delete_as(held.pop(gone), by=act.by, reason="Indicateur qui n’est plus suivi")
    moved = _copy(year, ranked, held, by=act.by)
    targets = [state.target for _rank, state in ranked]
    _lock_proofs(targets, by=act.by)
    kept = review.content.get("rules", {}) if reopened else {}
    rules = {str(target.pk): rule_to_json(rule_of(target)) for target in targets}
    review.content = {"rules": {**kept, **rules}, "lines": _told(year)}
    return withdraw_decisions(moved, by=act.by)


def lines_to_correct(review: Review, lines: Iterable[YearLine]) -> set[int]:
    """The targets of the lines with an open correction."""
    by_pk = {line.pk: line.target_id for line in lines}
    judged = LineVerdict.objects.filter(line__in=by_pk, verdict__in=(Verdict.CONTESTED, Verdict.CORRECTED))
    anchors = set(corrections_open(review).values_list("anchor", flat=True))
    found = {by_pk[pk] for pk in judged.values_list("line", flat=True)}
    return found | {target for pk, target in by_pk.items() if f"line:{pk}" in anchors}


def _copy(
    year: ContractYear, ranked: list[tuple[int, YearState]], held: dict[int, YearLine], *, by: User | None
) -> list[YearLine]:
    """Write the lines; answers those whose figures moved since they were judged."""
    rows = [(held.get(state.target.pk), _line(year, state, rank)) for rank, state in ranked]
    create_many(YearLine, [new for line, new in rows if line is None], by=by)
    changed, moved = [], []
    for line, new in rows:
        if line is None:
            continue
        if any(getattr(line, name) != getattr(new, name) for name in JUDGED):
            moved.append(line)
        if any(getattr(line, name) != getattr(new, name) for name in COPIED):
            changed.append(line)
        for name in COPIED:
            setattr(line, name, getattr(new, name))
    update_many(YearLine, changed, list(COPIED), by=by, reason="Nouveau dépôt")
    next_versions(YearLine.objects.filter(pk__in=[line.pk for line in changed]))
    return moved


def _line(year: ContractYear, state: YearState, rank: int) -> YearLine:
    indicator = state.indicator
    return YearLine(
        year=year,
        target=state.target,
        mission=indicator.mission.mission,
        name=indicator.name,
        unit=indicator.unit,
        value=state.value,
        goal=goal_in_words(state.target)[:200],
        most=state.target.amount,
        earned=Decimal(state.achieved.earned),
        explanation=state.achieved.explanation,
        missing_proofs=list(state.missing_proofs),
        rank=rank,
    )


def _lock_proofs(targets: list[Target], *, by: User | None) -> None:
    """What proves a submitted result no longer changes; a correction unlocks it with a reason."""
    lock_proofs(Proof.objects.filter(target__in=targets, locked_at__isnull=True), by=by)


def _told(year: ContractYear) -> list[dict[str, Any]]:
    """The lines as the submission keeps them."""
    fields = ("target_id", "name", "unit", "value", "goal", "most", "earned", "explanation", "missing_proofs")
    rows = YearLine.objects.filter(year=year).order_by("rank", "pk").values(*fields)
    return [{name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in rows]


def withdraw_decisions(lines: list[YearLine], *, by: User | None) -> set[str]:
    """Decisions taken on figures that have changed; their history keeps them."""
    found = list(LineVerdict.objects.filter(line__in=lines))
    for verdict in found:
        delete_as(verdict, by=by, reason="Résultat déposé de nouveau")
    return {verdict.party for verdict in found}


# --- The rule of a target, kept with what was submitted --------------------------------------------------------------
def rule_to_json(rule: Rule) -> dict[str, Any]:
    kept = asdict(rule)
    kept["rungs"] = [[str(rung.bound), str(rung.amount)] for rung in rule.rungs]
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in kept.items()}


def rule_from_json(kept: dict[str, Any]) -> Rule:
    figures = {name: Decimal(kept[name]) if kept[name] is not None else None for name in ("target", "baseline")}
    rungs = tuple(Rung(Decimal(bound), Decimal(amount)) for bound, amount in kept["rungs"])
    return Rule(**{**kept, **figures, "amount": Decimal(kept["amount"]), "rungs": rungs})
