"""Tables and filters of the payments room."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html

from cpts_portal.core.text import date_fr, euros_fr, fold, number_fr
from missions.models import Nature, PayLine, PayStatus
from missions.shared.links import line_url

BULK_FORM = "bulk-form"
TONES = {
    PayStatus.DECLARED: "neutral",
    PayStatus.CHECKED: "info",
    PayStatus.APPROVED: "success",
    PayStatus.IN_BATCH: "info",
    PayStatus.PAID: "success",
    PayStatus.REFUSED: "danger",
}


class LineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Recherche",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "personne…"}),
    )
    etat = django_filters.ChoiceFilter(label="État", field_name="status", choices=PayStatus.choices, empty_label="Tous")
    nature = django_filters.ChoiceFilter(label="Nature", choices=Nature.choices, empty_label="Toutes")
    annee = django_filters.ChoiceFilter(label="Année", field_name="day__year", empty_label="Toutes")

    class Meta:
        model = PayLine
        fields: list[str] = []

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["annee"].extra["choices"] = [(str(year), str(year)) for year in years]

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in fold(value).split():
            queryset = queryset.filter(professional__search__contains=word)
        return queryset


class LineTable(tables.Table):
    """`ticked`: the states of the lines this person may move; no column of boxes when there is none."""

    tick = tables.Column("Choisir", accessor="pk", orderable=False, exclude_from_export=True)
    professional = tables.Column(verbose_name="Personne", order_by=("professional__sort_name",))
    day = tables.Column(verbose_name="Date")
    activity = tables.Column(verbose_name="Activité")
    nature = tables.Column(verbose_name="Nature")
    hours = tables.Column(verbose_name="Heures")
    amount = tables.Column(verbose_name="Montant")
    status = tables.Column(verbose_name="État")

    class Meta:
        model = PayLine
        fields = ("tick", "professional", "day", "activity", "nature", "hours", "amount", "status")

    def __init__(self, *args: Any, ticked: Sequence[PayStatus] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticked = ticked

    def render_tick(self, value: int, record: PayLine) -> str:
        if record.status not in self.ticked:
            return ""
        return format_html(
            '<input class="form-check-input" type="checkbox" name="row" value="{}" form="{}" aria-label="Choisir {}">',
            value,
            BULK_FORM,
            f"{record}, {date_fr(record.day)}",
        )

    def render_professional(self, record: PayLine) -> str:
        return format_html('<a href="{}">{}</a>', line_url(record), record.professional)

    def value_professional(self, record: PayLine) -> str:
        return str(record.professional)

    def render_day(self, value: date) -> str:
        return date_fr(value)

    def value_day(self, value: date) -> date:
        return value

    def render_hours(self, value: Any) -> str:
        return number_fr(value, 2) if value else "–"

    def value_hours(self, value: Any) -> Any:
        return value

    def render_amount(self, value: Any) -> str:
        return euros_fr(value)

    def value_amount(self, value: Any) -> Any:
        return value

    def render_status(self, record: PayLine) -> str:
        tone = TONES[PayStatus(record.status)]
        return render_to_string("ui/badge.html", {"label": record.get_status_display(), "tone": tone})

    def value_status(self, record: PayLine) -> str:
        return record.get_status_display()
