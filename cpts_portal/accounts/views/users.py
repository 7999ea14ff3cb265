"""Users and their accesses, for administrators."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.accounts import administration, viewing
from cpts_portal.accounts.filters import UserFilter
from cpts_portal.accounts.forms import AccessForm, EndAccessForm, UserForm
from cpts_portal.accounts.models import Access, User
from cpts_portal.accounts.tables import UserTable
from cpts_portal.core.changes import changes_of
from cpts_portal.core.text import date_fr, de
from cpts_portal.pages import ConfirmPage, Crumb, FormPage, ListPage, Page, PortalView


def users_crumb() -> Crumb:
    return ("Utilisateurs", reverse("accounts:user-list"))


class UserList(ListPage):
    needs = ("view", "accounts.user")
    title = "Utilisateurs"
    filterset_class = UserFilter
    table_class = UserTable
    template_name = "accounts/user_list.html"
    export_name = "utilisateurs"
    empty_title = "Aucun utilisateur ne correspond"

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.with_accesses_on(timezone.localdate())


class OneUser(PortalView):
    """A page about one user (`pk` in its URL)."""

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def back(self) -> str:
        return self.person.get_absolute_url()

    get_success_url = back

    def breadcrumbs(self) -> list[Crumb]:
        return [users_crumb(), (str(self.person), self.back())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, cancel_url=self.back(), **kwargs)


class UserDetail(OneUser, Page):
    needs = ("view", "accounts.user")
    template_name = "accounts/user_detail.html"

    def get_title(self) -> str:
        return str(self.person)

    def breadcrumbs(self) -> list[Crumb]:
        return [users_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accesses = self.person.accesses.select_related("cpts", "agency").order_by("-start", "role", "pk")
        today = timezone.localdate()
        return super().get_context_data(
            rows=[(access, _standing(access, today)) for access in accesses],
            viewing_refusal=viewing.reason_not_to_view(self.person, by=self.request.user),
            description=_description(self.person),
            events=changes_of(
                User.history.filter(id=self.person.pk), Access.history.filter(user_id=self.person.pk), limit=50
            ),
            **kwargs,
        )


def _standing(access: Access, today: date) -> tuple[str, str]:
    """Label and tone of an access: does it count today?"""
    if access.end is not None and access.end <= today:
        return "terminé", "neutral"
    return ("actif", "success") if access.start <= today else ("à venir", "info")


def _description(person: User) -> list[tuple[str, Any]]:
    last = timezone.localtime(person.last_login) if person.last_login else None
    return [
        ("Adresse électronique", person.email),
        ("Compte", "Actif" if person.is_active else "Désactivé"),
        ("Créé le", _day(timezone.localtime(person.date_joined))),
        ("Dernière connexion", _day(last) if last else "Jamais"),
    ]


def _day(moment: datetime) -> str:
    return date_fr(moment.date())


class UserEdit(OneUser, FormPage):
    needs = ("change", "accounts.user")
    title = "Modifier le compte"
    form_class = UserForm
    success_message = "Le compte est enregistré."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": administration.user_for_edit(self.person.pk)}

    def carry_out(self, form: UserForm) -> None:
        administration.save_user(user=form.instance, by=self.request.user, seen=form.cleaned_data["seen"])


class AccessAdd(OneUser, FormPage):
    needs = ("add", "accounts.access")
    title = "Donner un accès"
    form_class = AccessForm
    submit_label = "Donner cet accès"
    success_message = "L’accès est donné."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.person}

    def carry_out(self, form: AccessForm) -> None:
        administration.add_access(access=form.instance, by=self.request.user)


class AccessEnd(FormPage):
    """An access is ended on a date, never deleted: who could see what, and when, can always be told."""

    needs = ("change", "accounts.access")
    title = "Terminer un accès"
    template_name = "accounts/access_end.html"
    form_class = EndAccessForm
    submit_label = "Terminer cet accès"
    success_message = "La date de fin de l’accès est enregistrée."

    @cached_property
    def access(self) -> Access:
        return get_object_or_404(Access.objects.select_related("user", "cpts", "agency"), pk=self.kwargs["pk"])

    def get_success_url(self) -> str:
        return self.access.user.get_absolute_url()

    def breadcrumbs(self) -> list[Crumb]:
        return [users_crumb(), (str(self.access.user), self.get_success_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(access=self.access, cancel_url=self.get_success_url(), **kwargs)

    def carry_out(self, form: EndAccessForm) -> None:
        administration.end_access(access=self.access, on=form.cleaned_data["on"], by=self.request.user)


class UserDeactivate(OneUser, ConfirmPage):
    needs = ("change", "accounts.user")
    title = "Désactiver le compte"
    submit_label = "Désactiver ce compte"

    def get_question(self) -> str:
        return f"Désactiver le compte {de(self.person)} ?"

    def consequences(self) -> list[str]:
        return [
            "La personne ne pourra plus se connecter ; ses sessions ouvertes s’arrêtent à la page suivante.",
            "Ses accès et tout ce qu’elle a fait restent dans l’historique.",
            "Le compte pourra être réactivé à tout moment.",
        ]

    def act(self) -> str:
        administration.deactivate(user=self.person, by=self.request.user)
        return f"Le compte {de(self.person)} est désactivé."


class UserReactivate(OneUser, ConfirmPage):
    needs = ("change", "accounts.user")
    title = "Réactiver le compte"
    submit_label = "Réactiver ce compte"
    danger = False

    def get_question(self) -> str:
        return f"Réactiver le compte {de(self.person)} ?"

    def consequences(self) -> list[str]:
        return ["La personne pourra de nouveau se connecter, avec ceux de ses accès qui ne sont pas terminés."]

    def act(self) -> str:
        administration.reactivate(user=self.person, by=self.request.user)
        return f"Le compte {de(self.person)} est réactivé."
