"""Filters of the lists of accounts, invitations and agencies."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from cpts_portal.accounts.models import Access, Invitation, User, ViewingAs
from cpts_portal.accounts.models.invitations import InvitationQuerySet
from cpts_portal.accounts.models.users import UserQuerySet
from cpts_portal.accounts.roles import Role
from cpts_portal.core.text import fold
from territories.models import Agency, Cpts, Department


class UserFilter(django_filters.FilterSet):
    """Role, agency and CPTS are asked of the same access, active today."""

    q = django_filters.CharFilter(label="Nom ou adresse électronique", method="search")
    role = django_filters.ChoiceFilter(label="Rôle", choices=Role.choices, method="later", empty_label="Tous")
    agency = django_filters.ModelChoiceFilter(
        label="Agence", queryset=Agency.objects.all(), method="later", empty_label="Toutes"
    )
    cpts = django_filters.ModelChoiceFilter(
        label="CPTS", queryset=lambda _request: Cpts.objects.all(), method="later", empty_label="Toutes"
    )
    state = django_filters.ChoiceFilter(
        label="Compte",
        choices=[("active", "Actif"), ("inactive", "Désactivé"), ("without", "Sans accès aujourd’hui")],
        method="in_state",
        empty_label="Tous",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, queryset: UserQuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.matching(value)

    def later(self, queryset: QuerySet, name: str, value: object) -> QuerySet:  # noqa: ARG002
        """Taken together in `filter_queryset`."""
        return queryset

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        if value == "without":
            return queryset.exclude(pk__in=Access.objects.active_on(timezone.localdate()).values("user"))
        return queryset.filter(is_active=value == "active")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        matching = super().filter_queryset(queryset)
        asked = {name: self.form.cleaned_data[name] for name in ("role", "agency", "cpts")}
        asked = {name: value for name, value in asked.items() if value}
        if asked:
            accesses = Access.objects.active_on(timezone.localdate()).filter(**asked)
            matching = matching.filter(pk__in=accesses.values("user"))
        return matching


class InvitationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom ou adresse électronique", method="search")
    state = django_filters.ChoiceFilter(
        label="État", choices=Invitation.State.choices, method="in_state", empty_label="Tous"
    )

    class Meta:
        model = Invitation
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        words = fold(value).split()
        rows = queryset.values_list("pk", "email", "first_name", "last_name")
        matching = [pk for pk, *texts in rows if all(word in fold(" ".join(texts)) for word in words)]
        return queryset.filter(pk__in=matching)

    def in_state(self, queryset: InvitationQuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        return queryset.in_state(value, timezone.now())


class ViewingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Administrateur ou personne", method="search")

    class Meta:
        model = ViewingAs
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        users = User.objects.matching(value).values("pk")
        return queryset.filter(Q(administrator__in=users) | Q(user__in=users))


class AgencyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom", method="search")
    kind = django_filters.ChoiceFilter(label="Type", choices=Agency.Kind.choices, empty_label="Tous")
    departments = django_filters.ModelChoiceFilter(
        label="Département", queryset=Department.objects.all(), empty_label="Tous"
    )

    class Meta:
        model = Agency
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:  # noqa: ARG002
        words = fold(value).split()
        rows = queryset.values_list("pk", "name")
        return queryset.filter(pk__in=[pk for pk, text in rows if all(word in fold(text) for word in words)])
