"""The missions of a CPTS at a glance: state, promises, actions and indicators of each, in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from missions.models import Action, CptsMission, Exercise, Indicator, MissionState, MissionTerms
from missions.plan.deadlines import STATE_TONES, Deadline, deadlines, pressing
from missions.plan.planning import terms_on
from territories.models import Cpts


@dataclass(frozen=True)
class MissionLine:
    """One mission as a list shows it."""

    mission: CptsMission
    is_core: bool
    state: MissionState
    promises: list[Deadline]
    pressing: list[Deadline]
    actions: int
    indicators: int
    day: date

    @property
    def tone(self) -> str:
        return STATE_TONES[self.state]

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """(sentence, tone) of each promise."""
        return [(each.sentence(self.day), each.tone(self.day)) for each in self.promises]


def terms_for(missions: list[CptsMission], day: date) -> dict[int, MissionTerms | None]:
    """The rules of each mission on the day its contract was signed (one query per different day)."""
    by_day = {when: terms_on(when) for when in {each.agreed_on or day for each in missions}}
    return {each.pk: by_day[each.agreed_on or day].get(each.mission_id) for each in missions}


def _is_core(terms: MissionTerms | None) -> bool:
    return terms is not None and terms.is_core


def mission_lines(cpts: Cpts, day: date) -> list[MissionLine]:
    missions = list(CptsMission.objects.filter(cpts=cpts).select_related("mission"))
    terms = terms_for(missions, day)
    actions = Counter(Action.objects.filter(cpts=cpts, dropped_on__isnull=True).values_list("missions", flat=True))
    indicators = Counter(
        Indicator.objects.filter(mission__cpts=cpts, is_active=True).values_list("mission_id", flat=True)
    )
    return [
        MissionLine(
            mission=each,
            is_core=_is_core(terms[each.pk]),
            state=each.state_on(day),
            promises=deadlines(each, terms[each.pk]),
            pressing=pressing(each, terms[each.pk], day),
            actions=actions[each.pk],
            indicators=indicators[each.pk],
            day=day,
        )
        for each in missions
    ]


def exercises_of(cpts: Cpts) -> list[Exercise]:
    return list(Exercise.objects.filter(cpts=cpts))
