"""Tables of the lists of the missions app."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from cpts_portal.core.text import date_fr, euros_fr
from missions.models import Action, ActionState

TONES = {
    ActionState.PLANNED: "neutral",
    ActionState.RUNNING: "info",
    ActionState.DONE: "success",
    ActionState.DROPPED: "warning",
}


class ActionTable(tables.Table):
    title = tables.Column(verbose_name="Action")
    missions = tables.Column(verbose_name="Missions", orderable=False)
    theme = tables.Column(verbose_name="Thème")
    state_value = tables.Column(verbose_name="État")
    progress = tables.Column(verbose_name="Avancement")
    start = tables.Column(verbose_name="Début")
    end = tables.Column(verbose_name="Fin")
    planned = tables.Column(verbose_name="Budget prévu")
    spent = tables.Column(verbose_name="Dépensé")

    class Meta:
        model = Action
        fields = ("title", "missions", "theme", "state_value", "progress", "start", "end", "planned", "spent")
        order_by = ("start", "title")

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def render_title(self, record: Action) -> str:
        link = reverse("missions:action-detail", args=[record.cpts_id, record.pk])
        return format_html('<a href="{}">{}</a>', link, record.title)

    def value_title(self, record: Action) -> str:
        return record.title

    def render_missions(self, record: Action) -> str:
        return ", ".join(str(mission) for mission in record.missions.all())

    def render_state_value(self, record: Action) -> str:
        state = ActionState(vars(record)["state_value"])
        label = f"{state.label}, en retard" if record.is_late_on(self.today) else state.label
        tone = "danger" if record.is_late_on(self.today) else TONES[state]
        return render_to_string("ui/badge.html", {"label": label, "tone": tone})

    def value_state_value(self, record: Action) -> str:
        return ActionState(vars(record)["state_value"]).label

    def render_progress(self, value: int) -> str:
        return f"{value}\u00a0%"

    def value_progress(self, value: int) -> int:
        return value

    def render_start(self, value: Any) -> str:
        return date_fr(value)

    def render_end(self, value: Any) -> str:
        return date_fr(value)

    def render_planned(self, value: Any) -> str:
        return euros_fr(value)

    def value_planned(self, value: Any) -> Any:
        return value

    def render_spent(self, value: Any) -> str:
        return euros_fr(value)

    def value_spent(self, value: Any) -> Any:
        return value
