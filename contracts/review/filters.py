"""Filters of the lists of the contracts app."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from contracts.models import OPEN, Assignment, Review, ReviewKind, ReviewStatus
from contracts.review.inbox import late_q, soon_q
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.roles import AGENCY_ROLES
from cpts_portal.core.text import fold
from territories.cpts.filters import SIZES
from territories.map.portfolio import with_territory
from territories.models import Cpts, Department

OTHERS, OPEN_ONES, DECIDED = "autres", "ouverts", "decides"
LATE, SOON, WITHOUT = "depassee", "semaine", "sans"
ME, NOBODY, SOMEBODY = "moi", "personne", "collegue"
OF_AGENTS = ("department", "taille", "suivi")


class InboxFilter(django_filters.FilterSet):
    """Without a choice, the list shows what waits for the person herself."""

    q = django_filters.CharFilter(
        label="Recherche",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "CPTS, dossier…"}),
    )
    attente = django_filters.ChoiceFilter(
        label="En attente",
        method="waiting",
        choices=[(OTHERS, "d’une autre partie"), (OPEN_ONES, "tous les dossiers ouverts"), (DECIDED, "rien : décidés")],
        empty_label="de votre part",
    )
    nature = django_filters.ChoiceFilter(
        label="Nature", field_name="kind", choices=ReviewKind.choices, empty_label="Toutes"
    )
    etat = django_filters.ChoiceFilter(
        label="État", field_name="status", choices=ReviewStatus.choices, empty_label="Tous"
    )
    echeance = django_filters.ChoiceFilter(
        label="Échéance",
        method="due",
        choices=[(LATE, "dépassée"), (SOON, "dans les 7 jours"), (WITHOUT, "sans échéance")],
        empty_label="Toutes",
    )
    department = django_filters.ModelChoiceFilter(
        label="Département", queryset=Department.objects.all(), method="in_department", empty_label="Tous"
    )
    taille = django_filters.ChoiceFilter(
        label="Taille de la CPTS", choices=SIZES, method="of_size", empty_label="Toutes"
    )
    suivi = django_filters.ChoiceFilter(
        label="Suivi",
        method="followed_by",
        choices=[(ME, "qui me sont confiés"), (SOMEBODY, "confiés à un collègue"), (NOBODY, "confiés à personne")],
        empty_label="Tous",
    )

    class Meta:
        model = Review
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data or {}, *args, **kwargs)  # bound even without a choice, which is one
        self.actor = actor
        self.agencies = {access.agency_id for access in actor.accesses if access.role in AGENCY_ROLES}
        if not self.agencies:
            for name in OF_AGENTS:
                self.filters.pop(name)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("attente") else found.filter(is_mine=True)

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        for word in value.split():
            queryset = queryset.filter(Q(cpts__search__contains=fold(word)) | Q(title__icontains=word))
        return queryset

    def waiting(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        if value == DECIDED:
            return queryset.exclude(status__in=OPEN)
        found = queryset.filter(status__in=OPEN)
        return found.filter(is_mine=False) if value == OTHERS else found

    def due(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        day = timezone.localdate()
        return queryset.filter({LATE: late_q(day), SOON: soon_q(day), WITHOUT: Q(due_on__isnull=True)}[value])

    def in_department(self, queryset: QuerySet, _name: str, value: Department) -> QuerySet:
        links = Cpts.departments.through.objects.filter(department=value)
        return queryset.filter(cpts__in=links.values("cpts_id"))

    def of_size(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        sized = with_territory(Cpts.objects.all(), day=timezone.localdate()).filter(communes__gt=0, size=value)
        return queryset.filter(cpts__in=sized.values("pk"))

    def followed_by(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        held = Assignment.objects.filter(agency__in=self.agencies)
        mine = Q(pk__in=held.filter(agent=self.actor.user).values("review"))
        anybody = Q(pk__in=held.values("review"))
        return queryset.filter({ME: mine, SOMEBODY: anybody & ~mine, NOBODY: ~anybody}[value])
