"""The terms a draft starts from, and how they are taken up again: what the portal knows on a day.

The territory, the size, the missions, the grid of that size and the targets come from the portal; an amount may be
typed instead, with its source: it is then « à confirmer ».
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from contracts.models import Part, envelope_name
from contracts.models.rates import OF_A_MISSION
from contracts.terms.grid import amounts_for, rules_on
from contracts.terms.terms import AmountTerm, CommuneTerm, IndicatorTerm, MissionTerm, Terms
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import short_number_fr
from missions.indicators.rules import rule_of
from missions.models import Confidence, CptsMission, OfficialMission, Target
from missions.plan.planning import terms_on
from territories.models import Cpts
from territories.perimeter import Perimeter, perimeter_of

AGREEMENT = "Accord conventionnel interprofessionnel du 20 juin 2019, avenant n° 2 du 20 décembre 2021"


def terms_today(cpts: Cpts, day: date) -> Terms:
    """What the portal knows on a day: the territory, its size, the missions, the grid of that size, the targets."""
    missions = mission_terms(cpts, day)
    rules = rules_on(day)
    terms = with_territory(Terms(text=AGREEMENT, missions=missions), perimeter_of(cpts, day=day))
    return replace(
        terms,
        amounts=amounts_for(terms.size, [each.code for each in missions], day),
        indicators=indicator_terms(cpts),
        advance_percent=rules.advance_percent,
        day_count=rules.day_count,
    )


def with_territory(terms: Terms, perimeter: Perimeter) -> Terms:
    """The communes, populations and size of this territory; the amounts are left as they are."""
    communes = tuple(
        CommuneTerm(row.commune.code, row.commune.name, row.population, row.is_shared) for row in perimeter.rows
    )
    return replace(terms, vintage=perimeter.vintage, size=perimeter.size.size, territory=communes)


def with_territory_of(terms: Terms, cpts: Cpts, day: date) -> Terms:
    """The territory of a day; another size brings the amounts of that size."""
    after = with_territory(terms, perimeter_of(cpts, day=day))
    return after if after.size == terms.size else with_grid(after, day)


def with_indicators_of(terms: Terms, cpts: Cpts) -> Terms:
    """The targets set in the missions today, for the missions that these terms hold."""
    held = {each.code for each in terms.missions}
    return replace(terms, indicators=tuple(each for each in indicator_terms(cpts) if each.mission in held))


# --- Missions and indicators ----------------------------------------------------------------------------------------
def mission_terms(cpts: Cpts, day: date) -> tuple[MissionTerm, ...]:
    """The missions the CPTS took on and did not stop; those of the core when it took on none."""
    rules = terms_on(day)
    held = CptsMission.objects.filter(cpts=cpts, stopped_on__isnull=True).select_related("mission")
    found = [(each.mission, each.started_on or each.planned_start) for each in held]
    if not found:
        found = [(each.mission, None) for each in rules.values() if each.is_core]
    return tuple(
        MissionTerm(mission.code, mission.name, bool(rules.get(mission.pk) and rules[mission.pk].is_core), start)
        for mission, start in found
    )


def chosen_missions(starts: Mapping[str, date | None], day: date) -> tuple[MissionTerm, ...]:
    """The official missions chosen by code, each with its start, in the order of the agreement."""
    core = {mission for mission, rules in terms_on(day).items() if rules.is_core}
    official = OfficialMission.objects.filter(code__in=starts)
    return tuple(MissionTerm(each.code, each.name, each.pk in core, starts[each.code]) for each in official)


def indicator_terms(cpts: Cpts) -> tuple[IndicatorTerm, ...]:
    """The targets of each year, in the words of the annex."""
    targets = (
        Target.objects.filter(indicator__mission__cpts=cpts, indicator__is_active=True)
        .select_related("indicator__mission__mission", "exercise")
        .prefetch_related("steps")
        .order_by("exercise__number", "indicator__mission__mission__rank", "indicator__rank", "pk")
    )
    return tuple(_indicator_term(target) for target in targets)


def _indicator_term(target: Target) -> IndicatorTerm:
    indicator = target.indicator
    baseline = "" if indicator.baseline is None else short_number_fr(indicator.baseline)
    return IndicatorTerm(
        indicator.mission.mission.code,
        indicator.name,
        indicator.unit,
        indicator.get_method_display(),
        target.exercise.number,
        goal_in_words(target),
        target.amount,
        baseline,
    )


def goal_in_words(target: Target) -> str:
    """« cible : 100 soirées », « paliers : 50, 80, 100 »."""
    rule = rule_of(target)
    if rule.rungs:
        return "paliers : " + ", ".join(f"{short_number_fr(rung.bound)}" for rung in rule.rungs)
    if rule.target is None:
        return "cible à fixer"
    return f"cible : {short_number_fr(rule.target)} {target.indicator.unit}"


# --- Amounts --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Envelope:
    """An envelope that a contract may hold, by mission code (empty: the CPTS as a whole) and part."""

    mission: str
    part: str
    mission_name: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.mission, self.part

    @property
    def label(self) -> str:
        return envelope_name(self.part, self.mission_name)


@dataclass(frozen=True)
class TypedAmount:
    """An amount typed for an envelope; `amount` None: as the grid says."""

    amount: Decimal | None
    source: str = ""


def envelopes_of(missions: Collection[OfficialMission]) -> list[Envelope]:
    """Functioning, then each mission: fixed, variable when it has one, crisis top-up for the answer to crises."""
    found = [Envelope("", Part.FUNCTIONING)]
    for mission in missions:
        parts = [Part.FIXED, Part.VARIABLE] if mission.has_result_part else [Part.FIXED, Part.CRISIS]
        found += [Envelope(mission.code, part, str(mission)) for part in OF_A_MISSION if part in parts]
    return found


def unknown_envelopes(terms: Terms) -> list[Envelope]:
    """The envelopes of these missions that neither the grid nor anybody gave an amount."""
    missions = OfficialMission.objects.filter(code__in=[each.code for each in terms.missions])
    known = {each.key for each in terms.amounts}
    return [each for each in envelopes_of(list(missions)) if each.key not in known]


def unknown_amounts(terms: Terms) -> list[str]:
    """« Aucun montant connu au barème pour Prévention : part variable (taille 2). »"""
    size = f"taille {terms.size}" if terms.size else "taille non déterminée"
    return [f"Aucun montant connu au barème pour « {each.label} » ({size})." for each in unknown_envelopes(terms)]


def with_grid(terms: Terms, day: date) -> Terms:
    """The amounts of the grid of a day for this size and these missions; what was typed by hand stays."""
    codes = [each.code for each in terms.missions]
    typed = {each.key: each for each in terms.amounts if each.by_hand and (not each.mission or each.mission in codes)}
    grid = amounts_for(terms.size, codes, day)
    read = {each.key for each in grid}
    others = tuple(each for key, each in typed.items() if key not in read)
    return replace(terms, amounts=(*(typed.get(each.key, each) for each in grid), *others))


def with_amounts(terms: Terms, typed: Mapping[tuple[str, str], TypedAmount], day: date) -> Terms:
    """Each envelope as typed, or as the grid of the day says when nothing was: see `_amount`."""
    missions = OfficialMission.objects.filter(code__in=[each.code for each in terms.missions])
    grid = {each.key: each for each in amounts_for(terms.size, [each.code for each in missions], day)}
    before = {each.key: each for each in terms.amounts}
    blank = TypedAmount(None)
    found = [
        _amount(each, typed.get(each.key, blank), before.get(each.key), grid.get(each.key))
        for each in envelopes_of(list(missions))
    ]
    return replace(terms, amounts=tuple(each for each in found if each))


def _amount(
    envelope: Envelope, typed: TypedAmount, before: AmountTerm | None, grid: AmountTerm | None
) -> AmountTerm | None:
    """Blank or as it was: what the terms or the grid say. Another amount is « à confirmer », with its own source."""
    if typed.amount is None:
        return grid
    source = typed.source.strip()
    for known in (before, grid):
        if known and known.amount == typed.amount and source in ("", known.source):
            return known
    if not source:
        raise NotPossible(f"Indiquez la source du montant « {envelope.label} » : il n’est pas celui du barème.")
    return AmountTerm(
        part=envelope.part,
        amount=typed.amount,
        source=source,
        confidence=Confidence.TO_CONFIRM,
        mission=envelope.mission,
        mission_name=envelope.mission_name,
        by_hand=True,
    )
