"""Results that are counts of dated objects: the number opens on what was counted.

Only meetings whose attendance is locked count. A person counts once over the period (« participants différents ») or at
each meeting (« participations »); members and others as they were on the day of the meeting (`was_member`). What
happened in a year is read once, whatever the number of indicators that count on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cpts_portal.core.periods import local_moment
from missions.models import Action, Attendance, Counted, Deliverable, Exercise, Indicator, Meeting
from territories.models import Cpts


@dataclass(frozen=True)
class Facts:
    """What a CPTS did over `[start, end[`: meetings held, who came, actions finished, deliverables handed over."""

    meetings: tuple[Meeting, ...]
    attendances: tuple[Attendance, ...]
    actions: tuple[Action, ...]
    deliverables: tuple[Deliverable, ...]

    @classmethod
    def of(cls, cpts: Cpts, start: date, end: date) -> "Facts":
        meetings = (
            Meeting.objects.filter(cpts=cpts, attendance_locked_at__isnull=False)
            .filter(starts_at__gte=local_moment(start), starts_at__lt=local_moment(end))
            .select_related("action")
            .prefetch_related("missions", "action__missions")
            .order_by("starts_at", "pk")
        )
        held = tuple(meetings)
        present = tuple(
            Attendance.objects.filter(meeting__in=held, presence=Attendance.Presence.PRESENT).order_by("pk")
        )
        by_pk = {meeting.pk: meeting for meeting in held}
        for each in present:
            each.meeting = by_pk[each.meeting_id]  # known without reading it again
        done = Action.objects.filter(cpts=cpts, done_on__gte=start, done_on__lt=end).order_by("done_on", "pk")
        handed = Deliverable.objects.filter(action__cpts=cpts, delivered_on__gte=start, delivered_on__lt=end)
        return cls(
            held,
            present,
            tuple(done.prefetch_related("missions")),
            tuple(handed.select_related("action").prefetch_related("action__missions").order_by("delivered_on", "pk")),
        )

    @classmethod
    def counted_by(cls, indicator: Indicator, exercise: Exercise) -> "Facts":
        """What this indicator counts in a year; nothing is read when its value is typed."""
        if not indicator.counted:
            return NO_FACTS
        return cls.of(exercise.cpts, exercise.start, exercise.end)

    def meetings_about(self, indicator: Indicator) -> list[Meeting]:
        return [each for each in self.meetings if _is_about(indicator, each.action, each.missions.all())]

    def attendances_about(self, indicator: Indicator) -> list[Attendance]:
        """Those present; members only or others only when the indicator says so."""
        meetings = {meeting.pk for meeting in self.meetings_about(indicator)}
        present = [each for each in self.attendances if each.meeting_id in meetings]
        if indicator.counted == Counted.MEMBERS:
            return [each for each in present if each.was_member]
        if indicator.counted == Counted.NON_MEMBERS:
            return [each for each in present if not each.was_member]
        return present

    def objects_of(self, indicator: Indicator) -> list[Any]:
        """What the number opens on, oldest first."""
        if indicator.counted == Counted.ACTIONS:
            return [each for each in self.actions if _is_about(indicator, each, ())]
        if indicator.counted == Counted.DELIVERABLES:
            return [each for each in self.deliverables if _is_about(indicator, each.action, ())]
        return list(self.meetings_about(indicator)) if indicator.counted else []

    def count(self, indicator: Indicator) -> Decimal | None:
        """The number of what the indicator counts; None when its value is typed."""
        if not indicator.counted:
            return None
        if indicator.counted in (Counted.MEETINGS, Counted.ACTIONS, Counted.DELIVERABLES):
            return Decimal(len(self.objects_of(indicator)))
        present = self.attendances_about(indicator)
        if indicator.counted == Counted.ATTENDANCES:
            return Decimal(len(present))
        return Decimal(len({person_of(each) for each in present}))


def person_of(attendance: Attendance) -> tuple[int | None, str]:
    """Who came, however often: a person of the register, or a guest known by a name and an organisation only."""
    return attendance.professional_id, "" if attendance.professional_id else attendance.search


NO_FACTS = Facts((), (), (), ())


def _is_about(indicator: Indicator, action: Action | None, missions: Iterable[Any]) -> bool:
    """On the action the indicator names; else on its mission, directly or through an action that serves it."""
    if indicator.action_id:
        return action is not None and action.pk == indicator.action_id
    served = {mission.pk for mission in missions}
    if action is not None:
        served |= {mission.pk for mission in action.missions.all()}
    return indicator.mission_id in served
