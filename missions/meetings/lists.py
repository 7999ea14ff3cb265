"""Meetings as lists read them: their state, how many were invited, come, came."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from missions.models import Attendance, Meeting
from territories.models import Cpts

TO_COME, PAST, TO_CLOSE, CANCELLED = "a-venir", "passees", "a-clore", "annulees"
WHEN = [
    (TO_COME, "À venir"),
    (PAST, "Passées"),
    (TO_CLOSE, "Présences à verrouiller"),
    (CANCELLED, "Annulées"),
]


def meetings_of(cpts: Cpts) -> QuerySet[Meeting]:
    """With `invited`, `coming` and `present` counted."""
    return (
        Meeting.objects.filter(cpts=cpts)
        .select_related("group")
        .prefetch_related("missions__mission")
        .annotate(invited=_count(Q()), coming=_count(Q(answer="yes")), present=_count(Q(presence="present")))
    )


def _count(condition: Q) -> Coalesce:
    rows = Attendance.objects.filter(condition, meeting=OuterRef("pk")).order_by().values("meeting")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def at_time(which: str, moment: datetime) -> Q:
    """The same rule as `Meeting.state_at`."""
    going_on = Q(cancelled_at__isnull=True)
    return {
        TO_COME: going_on & Q(ends_at__gt=moment),
        PAST: going_on & Q(ends_at__lte=moment),
        TO_CLOSE: going_on & Q(ends_at__lte=moment, attendance_locked_at__isnull=True),
        CANCELLED: Q(cancelled_at__isnull=False),
    }[which]


def people_listed(meeting: Meeting) -> QuerySet[Attendance]:
    """People of the register by name, then guests."""
    found = Attendance.objects.filter(meeting=meeting).select_related("professional__profession")
    return found.order_by(F("professional__sort_name").asc(nulls_last=True), "guest_name", "pk")


def counts_of(rows: Sequence[Attendance]) -> dict[str, int]:
    """What the list of one meeting says: answers, presence, members and others among those present."""
    present = [row for row in rows if row.is_present]
    return {
        "invited": len(rows),
        **{answer: sum(row.answer == answer for row in rows) for answer in ("yes", "maybe", "no")},
        "silent": sum(row.answer == "" for row in rows),
        "present": len(present),
        "excused": sum(row.presence == "excused" for row in rows),
        "absent": sum(row.presence == "absent" for row in rows),
        "members": sum(row.was_member is True for row in present),
        "others": sum(row.was_member is False for row in present),
    }
