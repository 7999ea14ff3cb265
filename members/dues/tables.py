"""The list of the dues of a campaign: its filters and its columns (the same for the screen and the export)."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpts_portal.core.text import date_fr, euros_fr, fold
from members.dues.renewals import owing_not_renewed
from members.models import College, Due, DuesCampaign, DuesState
from territories.map.views.ui_parts import badge

FIGURES = {"td": {"class": "num"}, "th": {"class": "num"}}
TONES = {
    DuesState.PAID: "success",
    DuesState.EXEMPT: "neutral",
    DuesState.LATE: "danger",
    DuesState.OWING: "warning",
}
STATES = [choice for choice in DuesState.choices if choice[0] != DuesState.MISSING]
NOT_RENEWED = "not_renewed"


class DueFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom, RPPS ou FINESS", method="search")
    state = django_filters.ChoiceFilter(
        label="État",
        choices=[*STATES, (NOT_RENEWED, "À jour l’an passé, plus cette année")],
        method="in_state",
        empty_label="Tous",
    )
    kind = django_filters.ChoiceFilter(
        label="Adhérents",
        choices=[("person", "Personnes"), ("structure", "Structures")],
        method="of_kind",
        empty_label="Tous",
    )
    college = django_filters.ModelChoiceFilter(
        label="Collège",
        field_name="membership__college",
        queryset=lambda request: College.objects.filter(cpts_id=request.resolver_match.kwargs["cpts_id"]),
        empty_label="Tous",
    )
    called = django_filters.ChoiceFilter(
        label="Appel",
        choices=[("yes", "Envoyé"), ("no", "Pas encore envoyé")],
        method="was_called",
        empty_label="Indifférent",
    )

    class Meta:
        model = Due
        fields: list[str] = []

    def __init__(self, *args: Any, campaign: DuesCampaign, today: date, **kwargs: Any) -> None:
        self.campaign, self.today = campaign, today
        super().__init__(*args, **kwargs)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        for word in fold(value).split():
            queryset = queryset.filter(
                Q(membership__professional__search__contains=word) | Q(membership__structure__search__contains=word)
            )
        return queryset

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet:  # noqa: ARG002
        if value == NOT_RENEWED:
            return owing_not_renewed(queryset, self.campaign, today=self.today)
        return queryset.in_state(value, self.today, campaigns=DuesCampaign.objects.filter(pk=self.campaign.pk))

    def of_kind(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(membership__structure__isnull=value == "person")

    def was_called(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.filter(called_at__isnull=value == "no")


class DueTable(tables.Table):
    choose = tables.Column("Choisir", accessor="pk", orderable=False, exclude_from_export=True)
    member = tables.Column(
        "Adhérent",
        accessor="membership__holder",
        order_by=("holder_name", "pk"),
        linkify=("members:due-detail", {"cpts_id": tables.A("campaign__cpts_id"), "due_id": tables.A("pk")}),
    )
    quality = tables.Column("Profession ou type", accessor="membership", orderable=False)
    college = tables.Column(
        "Collège", accessor="membership__college__name", order_by=("membership__college__name", "pk")
    )
    amount = tables.Column("Appelé", attrs=FIGURES)
    forgiven = tables.Column("Remis", attrs=FIGURES, visible=False)
    paid = tables.Column("Reçu", attrs=FIGURES)
    owed = tables.Column("Reste", attrs=FIGURES)
    state = tables.Column("État", accessor="pk", orderable=False)
    reason = tables.Column("Motif d’exonération", accessor="exemption_reason", visible=False)
    called = tables.Column("Appel envoyé", accessor="called_at")

    class Meta:
        model = Due
        fields = ["choose", "member", "quality", "college", "amount", "forgiven", "paid", "owed"]
        fields += ["state", "reason", "called"]
        order_by = "member"

    def __init__(self, *args: Any, today: date, may_record: bool, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, exclude=() if may_record else ("choose",), **kwargs)

    def render_choose(self, value: int, record: Any) -> SafeString | str:
        if record.owed <= 0:
            return ""
        return format_html(
            '<input class="form-check-input" type="checkbox" name="due" value="{}" aria-label="Choisir {}">',
            value,
            record.membership.holder,
        )

    def render_quality(self, value: Any) -> str:
        return str(value.professional.profession) if value.professional else value.structure.get_kind_display()

    def render_amount(self, value: Any) -> str:
        return euros_fr(value)

    def value_amount(self, value: Any) -> Any:
        return value

    def render_paid(self, value: Any) -> str:
        return euros_fr(value)

    def value_paid(self, value: Any) -> Any:
        return value

    def render_owed(self, value: Any) -> str:
        return euros_fr(value)

    def value_owed(self, value: Any) -> Any:
        return value

    def render_state(self, record: Any) -> SafeString:
        state = record.state_on(self.today)
        return badge(state.label, TONES[state])

    def value_state(self, record: Any) -> str:
        return record.state_on(self.today).label

    def render_called(self, value: Any, record: Any) -> str:
        reminders = {0: "", 1: ", 1 rappel"}.get(record.reminders, f", {record.reminders} rappels")
        return f"{date_fr(value.date())}{reminders}"

    def value_called(self, value: Any) -> str:
        return f"{value:%d/%m/%Y}"
