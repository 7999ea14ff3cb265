"""How the list of meetings is filtered."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cpts_portal.core.text import fold
from missions.meetings.lists import TO_COME, WHEN, at_time
from missions.models import Group, Meeting, OfficialMission
from territories.models import Cpts


class MeetingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Recherche",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "objet, lieu…"}),
    )
    quand = django_filters.ChoiceFilter(label="Quand", method="at", choices=WHEN, empty_label="Toutes")
    groupe = django_filters.ModelChoiceFilter(
        label="Groupe", field_name="group", queryset=Group.objects.none, empty_label="Tous"
    )
    mission = django_filters.ModelChoiceFilter(
        label="Mission", field_name="missions__mission", queryset=OfficialMission.objects.all(), empty_label="Toutes"
    )

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["groupe"].queryset = Group.objects.filter(cpts=cpts)

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in fold(value).split():
            queryset = queryset.filter(search__contains=word)
        return queryset

    def at(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        found = queryset.filter(at_time(value, timezone.now()))
        return found.order_by("starts_at", "pk") if value == TO_COME else found
