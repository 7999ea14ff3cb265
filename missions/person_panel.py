"""What the card of a person says about her meetings."""

from django.utils import timezone

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.permissions import may
from members.card_panels import Panel
from members.models import Professional
from missions.models import Attendance, GroupMember

SHOWN = 10


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
        "missions/meetings/_person_panel.html",
        {"groups": groups, "rows": [(row, row.meeting.starts_at > now) for row in rows], "cpts_id": person.cpts_id},
    )
