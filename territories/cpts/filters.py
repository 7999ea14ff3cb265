"""Filters of the list of CPTS."""

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from territories.map.portfolio import near_a_threshold
from territories.map.sizing import SizeGrid
from territories.models import Agency, Cpts, Department, Region, Stage

SIZES = [(size, f"Taille {size}") for size in (1, 2, 3, 4)]


class CptsFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom, SIREN, RNA ou FINESS", method="search")
    region = django_filters.ModelChoiceFilter(
        label="Région", queryset=Region.objects.all(), method="in_region", empty_label="Toutes"
    )
    department = django_filters.ModelChoiceFilter(
        label="Département", queryset=Department.objects.all(), method="in_department", empty_label="Tous"
    )
    ars = django_filters.ModelChoiceFilter(
        label="ARS", queryset=Agency.objects.filter(kind=Agency.Kind.ARS), empty_label="Toutes"
    )
    lead_fund = django_filters.ModelChoiceFilter(
        label="Caisse pilote", queryset=Agency.objects.filter(kind__in=Agency.INSURANCE_KINDS), empty_label="Toutes"
    )
    stage = django_filters.ChoiceFilter(label="Étape", choices=Stage.choices, empty_label="Toutes")
    size = django_filters.ChoiceFilter(label="Taille", choices=SIZES, empty_label="Toutes")
    near = django_filters.ChoiceFilter(
        label="Seuil de taille",
        choices=[("yes", "À moins de 2 % d’un seuil"), ("no", "À plus de 2 % de tout seuil")],
        method="near_threshold",
        empty_label="Indifférent",
    )

    class Meta:
        model = Cpts
        fields: list[str] = []

    @cached_property
    def grid(self) -> SizeGrid:
        return SizeGrid.on(timezone.localdate())

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.matching(value)

    def in_region(self, queryset: QuerySet, name: str, value: Region) -> QuerySet:  # noqa: ARG002
        """Each CPTS once, even when several of its departments are in the region."""
        links = Cpts.departments.through.objects.filter(department__region=value)
        return queryset.filter(pk__in=links.values("cpts_id"))

    def in_department(self, queryset: QuerySet, name: str, value: Department) -> QuerySet:  # noqa: ARG002
        return queryset.filter(departments=value)

    def near_threshold(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        near = near_a_threshold(self.grid)
        return queryset.filter(near) if value == "yes" else queryset.exclude(near)
