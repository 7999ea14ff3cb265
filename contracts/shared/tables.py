"""The journal as a table, and the columns that several lists share."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from contracts.models import JournalEntry
from cpts_portal.core.text import date_fr

ON_ONE_LINE = {"td": {"class": "text-nowrap"}}
NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


def badge(label: str, tone: str) -> SafeString:
    return mark_safe(get_template("ui/badge.html").render({"label": label, "tone": tone}))  # noqa: S308 (drawn by our template, which escapes)


class JournalTable(tables.Table):
    rank = tables.Column("N°", attrs=NUMBER)
    at = tables.Column("Date")
    author = tables.Column("Par")
    words = tables.Column("Ce qui a été décidé", orderable=False)
    reason = tables.Column("Motif", accessor="facts", orderable=False, empty_values=())
    digest = tables.Column("Empreinte", orderable=False)
    previous = tables.Column("Empreinte précédente", visible=False, orderable=False)

    class Meta:
        model = JournalEntry
        fields = ("rank", "at", "author", "words", "reason", "digest", "previous")
        order_by = "-rank"
        attrs = {"caption": "Journal des décisions et des versements"}

    def render_at(self, value: datetime) -> str:
        local = timezone.localtime(value)
        return f"{date_fr(local.date())}, {local:%H:%M}"

    def value_at(self, value: datetime) -> str:
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M:%S}"

    def render_reason(self, value: dict[str, Any]) -> str:
        return str(value.get("reason") or "–")

    def value_reason(self, value: dict[str, Any]) -> str:
        return str(value.get("reason") or "")

    def render_digest(self, value: str) -> SafeString:
        return format_html('<code title="{}">{}…</code>', value, value[:12])

    def value_digest(self, value: str) -> str:
        return value
