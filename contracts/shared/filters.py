"""How the journal is filtered."""

import django_filters
from django import forms

from contracts.models import JournalEntry


class JournalFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Recherche",
        field_name="words",
        lookup_expr="icontains",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "dépôt, visa, versement…"}),
    )
    du = django_filters.DateFilter(
        label="Depuis le", field_name="at", lookup_expr="date__gte", widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = JournalEntry
        fields: list[str] = []
