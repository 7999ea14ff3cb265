"""Filters of the lists of the missions app."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cpts_portal.core.text import fold
from missions.models import Action, ActionState, OfficialMission
from missions.plan.portfolio import late_on

LATE = "late"


class ActionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Recherche",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "titre, thème, public…"}),
    )
    mission = django_filters.ModelChoiceFilter(
        label="Mission", field_name="missions__mission", queryset=OfficialMission.objects.all(), empty_label="Toutes"
    )
    etat = django_filters.ChoiceFilter(
        label="État",
        method="in_state",
        choices=[*ActionState.choices, (LATE, "En retard")],
        empty_label="Tous",
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in fold(value).split():
            queryset = queryset.filter(search__contains=word)
        return queryset

    def in_state(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        if value == LATE:
            return queryset.filter(late_on(timezone.localdate()))
        return queryset.filter(state_value=value)
