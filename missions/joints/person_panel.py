"""What the card of a person says about her meetings and the money she is paid."""

from django.utils import timezone

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.permissions import may
from members.models import Professional
from members.shared.card_panels import Panel
from missions.models import Attendance, GroupMember
from missions.pay.ceiling import room_of
from missions.pay.lists import last_lines, sums_by_nature

SHOWN = 10
LINES_SHOWN = 5


def meetings_panel(person: Professional, actor: Actor) -> Panel | None:
    """Her groups and her last meetings; two queries."""
    if not may(actor, "view", "missions.attendance", person.cpts):
        return None
    groups = list(GroupMember.objects.filter(professional=person, end__isnull=True).select_related("group"))
    found = Attendance.objects.filter(professional=person, meeting__cancelled_at__isnull=True)
    rows = list(found.select_related("meeting").order_by("-meeting__starts_at")[:SHOWN])
    if not groups and not rows:
        return None
    now = timezone.now()
    return Panel(
        "reunions",
        "Réunions",
        "missions/joints/_meetings_panel.html",
        {"groups": groups, "rows": [(row, row.meeting.starts_at > now) for row in rows], "cpts_id": person.cpts_id},
    )


def payments_panel(person: Professional, actor: Actor) -> Panel | None:
    """What she is paid this calendar year, the room left under the ceiling, her last declarations; four queries."""
    if not may(actor, "view", "missions.payline", person.cpts):
        return None
    rows = list(last_lines(person)[:LINES_SHOWN])
    if not rows:
        return None
    year = timezone.localdate().year
    return Panel(
        "indemnites",
        "Indemnités",
        "missions/joints/_payments_panel.html",
        {
            "rows": rows,
            "year": year,
            "sums": sums_by_nature(person, year),
            "room": room_of(person, year),
            "person": person,
            "cpts_id": person.cpts_id,
        },
    )
