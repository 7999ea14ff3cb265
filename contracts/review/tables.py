"""Tables of the lists of the contracts app (the same for the screen and the export)."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from contracts.models import OPEN, Review, ReviewStatus
from contracts.review.inbox import SOON, waiting_parties
from contracts.shared.standing import TONES, status_label
from contracts.shared.tables import ON_ONE_LINE, badge
from cpts_portal.core.text import date_fr, plural


class InboxTable(tables.Table):
    """`has_agents`: the column of the agent in charge is shown to agencies only."""

    cpts = tables.Column("CPTS", accessor="cpts__name")
    title = tables.Column("Dossier")
    status = tables.Column("État")
    waits = tables.Column("En attente de", empty_values=(), orderable=False)
    since = tables.Column("Depuis le", attrs=ON_ONE_LINE)
    due_on = tables.Column("À rendre avant le", default="–")
    agent = tables.Column("Suivi par", empty_values=(), orderable=False)
    is_new = tables.Column("Nouveautés", visible=False, orderable=False)

    class Meta:
        model = Review
        fields = ("cpts", "title", "status", "waits", "since", "due_on", "agent", "is_new")
        attrs = {"caption": "Dossiers"}

    def __init__(self, *args: Any, today: date, has_agents: bool, **kwargs: Any) -> None:
        self.today, self.has_agents = today, has_agents
        super().__init__(*args, exclude=() if has_agents else ("agent",), **kwargs)

    def order_due_on(self, queryset: Any, is_descending: bool) -> tuple[Any, bool]:
        """Files without a term come last, either way."""
        due = F("due_on").desc(nulls_last=True) if is_descending else F("due_on").asc(nulls_last=True)
        return queryset.order_by(due, "since", "pk"), True

    def render_cpts(self, record: Review) -> str:
        return record.cpts.full_name

    def render_title(self, record: Review) -> SafeString:
        link = reverse("contracts:review-detail", args=[record.cpts_id, record.pk])
        mark = badge("nouveau", "info") if getattr(record, "is_new", False) else ""
        return format_html('<span><a href="{}">{}</a> {}</span>', link, record.title, mark)

    def value_title(self, record: Review) -> str:
        return record.title

    def render_status(self, record: Review) -> SafeString:
        return badge(status_label(record), TONES.get(ReviewStatus(record.status), ""))

    def value_status(self, record: Review) -> str:
        return status_label(record)

    def render_waits(self, record: Review) -> str:
        return ", ".join(record.holder(party) for party in waiting_parties(record)) or "–"

    def render_since(self, value: date) -> str:
        return date_fr(value)

    def value_since(self, value: date) -> date:
        return value

    def render_due_on(self, value: date, record: Review) -> SafeString | str:
        left = (value - self.today).days
        if record.status not in OPEN or left >= SOON.days:
            return date_fr(value)
        if left < 0:
            return format_html(
                "<span>{} {}</span>", date_fr(value), badge(f"dépassée de {plural(-left, 'jour')}", "danger")
            )
        soon = f"dans {plural(left, 'jour')}" if left else "aujourd’hui"
        return format_html("<span>{} {}</span>", date_fr(value), badge(soon, "warning"))

    def value_due_on(self, value: date) -> date | str:
        return value

    def render_agent(self, record: Review) -> SafeString:
        link = reverse("contracts:review-assign", args=[record.cpts_id, record.pk])
        about = f" : {record.title}, {record.cpts.full_name}"
        words = self.value_agent(record) or "Confier"
        return format_html('<a href="{}">{}<span class="visually-hidden">{}</span></a>', link, words, about)

    def value_agent(self, record: Review) -> str:
        return ", ".join(str(each.agent) for each in getattr(record, "followed", ()))

    def value_is_new(self, value: bool) -> str:
        return "oui" if value else "non"
