"""Table of the meetings of a CPTS."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from cpts_portal.core.text import date_fr
from missions.models import Meeting, MeetingState
from missions.shared.links import meeting_url

MEETING_TONES = {
    MeetingState.DRAFT: "neutral",
    MeetingState.CALLED: "info",
    MeetingState.TO_CLOSE: "warning",
    MeetingState.HELD: "success",
    MeetingState.CANCELLED: "danger",
}


def moment_fr(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{date_fr(local.date())}, {local:%H:%M}"


class MeetingTable(tables.Table):
    title = tables.Column(verbose_name="Réunion")
    starts_at = tables.Column(verbose_name="Date")
    group = tables.Column(verbose_name="Groupe", accessor="group__name")
    missions = tables.Column(verbose_name="Missions", orderable=False)
    state = tables.Column(verbose_name="État", empty_values=(), orderable=False)
    invited = tables.Column(verbose_name="Invités")
    coming = tables.Column(verbose_name="Ont dit venir")
    present = tables.Column(verbose_name="Présents")

    class Meta:
        model = Meeting
        fields = ("title", "starts_at", "group", "missions", "state", "invited", "coming", "present")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def render_title(self, record: Meeting) -> str:
        return format_html('<a href="{}">{}</a>', meeting_url(record), record.title)

    def value_title(self, record: Meeting) -> str:
        return record.title

    def render_starts_at(self, value: datetime) -> str:
        return moment_fr(value)

    def render_missions(self, record: Meeting) -> str:
        return ", ".join(str(mission) for mission in record.missions.all())

    def render_state(self, record: Meeting) -> str:
        state = record.state_at(self.now)
        return render_to_string("ui/badge.html", {"label": state.label, "tone": MEETING_TONES[state]})

    def value_state(self, record: Meeting) -> str:
        return str(record.state_at(self.now).label)
