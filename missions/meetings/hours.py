"""The hours of a presence."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from missions.models import Attendance

HOURS_IN_A_DAY = Decimal(24)


def hours_of(attendance: Attendance) -> Decimal:
    """The time spent at the meeting, late arrival and early departure taken off."""
    starts, ends = (timezone.localtime(at) for at in (attendance.meeting.starts_at, attendance.meeting.ends_at))
    came = _at(starts, attendance.arrived_at) if attendance.arrived_at else starts
    left = _at(starts, attendance.left_at) if attendance.left_at else ends
    return (Decimal(int((left - came) / timedelta(minutes=1))) / 60).quantize(Decimal("0.01"))


def _at(day: datetime, hour: Any) -> datetime:
    return datetime.combine(day.date(), hour, day.tzinfo)
