"""Invitations: the list of those one may handle, sending, resending, cancelling, and the page of the link."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cpts_portal.accounts import invitations
from cpts_portal.accounts.filters import InvitationFilter
from cpts_portal.accounts.forms import AcceptForm, InvitationForm
from cpts_portal.accounts.middleware import CHOSEN_ACCESS
from cpts_portal.accounts.models import Access, Invitation, User
from cpts_portal.accounts.roles import ADMINISTRATORS
from cpts_portal.accounts.tables import InvitationTable
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import de, place_with_article
from cpts_portal.pages import ConfirmPage, Crumb, FormPage, ListPage

LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class InvitationList(ListPage):
    needs = ("view", "accounts.invitation")
    title = "Invitations"
    filterset_class = InvitationFilter
    table_class = InvitationTable
    template_name = "accounts/invitation_list.html"
    export_name = "invitations"
    empty_title = "Aucune invitation"
    empty_hint = "Une personne invitée reçoit un lien par courriel et choisit son mot de passe."

    def get_queryset(self) -> QuerySet[Invitation]:
        return Invitation.objects.manageable_by(self.actor).select_related("cpts", "agency", "invited_by")


class InvitationNew(FormPage):
    needs = ("add", "accounts.invitation")
    title = "Inviter quelqu’un"
    template_name = "accounts/invitation_new.html"
    form_class = InvitationForm
    submit_label = "Envoyer l’invitation"
    success_url = reverse_lazy("accounts:invitation-list")

    def breadcrumbs(self) -> list[Crumb]:
        return [("Invitations", reverse("accounts:invitation-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        everywhere = self.actor.has_any(ADMINISTRATORS)
        coordinated = None if everywhere else invitations.coordinated_by(self.actor)
        return {**super().get_form_kwargs(), "coordinated": coordinated}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.success_url, **kwargs)

    def carry_out(self, form: InvitationForm) -> None:
        sent = invitations.invite(invitation=form.instance, by=self.request.user)
        messages.success(self.request, f"L’invitation est envoyée à {sent.email}.")


class OneInvitation(ConfirmPage):
    """A confirmation about one invitation (`pk` in its URL)."""

    needs = ("change", "accounts.invitation")

    @cached_property
    def invitation(self) -> Invitation:
        invitation = get_object_or_404(Invitation.objects.select_related("cpts", "agency"), pk=self.kwargs["pk"])
        if not invitations.may_handle(self.actor, invitation):
            raise PermissionDenied("Seules les personnes qui coordonnent cette CPTS gèrent ses invitations.")
        return invitation

    def back(self) -> str:
        return reverse("accounts:invitation-list")

    def breadcrumbs(self) -> list[Crumb]:
        return [("Invitations", self.back())]


class InvitationResend(OneInvitation):
    title = "Renvoyer l’invitation"
    submit_label = "Renvoyer"
    danger = False

    def get_question(self) -> str:
        return f"Renvoyer l’invitation à {self.invitation.email} ({self.invitation.offer}) ?"

    def consequences(self) -> list[str]:
        return ["Un nouveau lien est envoyé ; le lien précédent ne fonctionnera plus."]

    def act(self) -> str:
        invitations.resend(invitation=self.invitation, by=self.request.user)
        return f"L’invitation est renvoyée à {self.invitation.email}."


class InvitationCancel(OneInvitation):
    title = "Annuler l’invitation"
    submit_label = "Annuler l’invitation"

    def get_question(self) -> str:
        return f"Annuler l’invitation {de(self.invitation.email)} ({self.invitation.offer}) ?"

    def consequences(self) -> list[str]:
        return ["Le lien reçu par courriel ne fonctionnera plus.", "Vous pourrez inviter de nouveau cette personne."]

    def act(self) -> str:
        invitations.cancel(invitation=self.invitation, by=self.request.user)
        return f"L’invitation {de(self.invitation.email)} est annulée."


@method_decorator([never_cache, sensitive_post_parameters("password", "confirmation")], name="dispatch")
class InvitationAccept(FormPage):
    """The page of the link: public, because the secret in its address says who may come."""

    public = True
    title = "Votre invitation"
    template_name = "accounts/invitation_accept.html"
    form_class = AcceptForm
    submit_label = "Créer mon compte"
    success_url = reverse_lazy("home:dashboard")

    @cached_property
    def invitation(self) -> Invitation | None:
        return invitations.by_token(self.kwargs["token"])

    @cached_property
    def situation(self) -> str:
        """Which of the cases of this page the visitor is in."""
        if self.invitation is None:
            return "unknown"
        if invitations.why_closed(self.invitation):
            return "closed"
        if self.request.user.is_authenticated:
            return "confirm" if self.request.user.email == self.invitation.email else "somebody_else"
        account = invitations.account_of(self.invitation.email)
        if account is None:
            return "new"
        return "login" if account.is_active else "inactive"

    def get_form_kwargs(self) -> dict[str, Any]:
        known = self.invitation
        email = known.email if known else ""
        initial = {"first_name": known.first_name, "last_name": known.last_name} if known else {}
        return {**super().get_form_kwargs(), "email": email, "initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            invitation=self.invitation,
            situation=self.situation,
            explanation=invitations.why_closed(self.invitation) if self.invitation else "",
            **kwargs,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        status = {"unknown": 404, "closed": 410}.get(self.situation)
        return super().render_to_response(context, **({"status": status} if status else {}) | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.situation == "confirm":
            return self._accepted(by=self.request.user)
        if self.situation == "new":
            return super().post(request, *args, **kwargs)
        return self.render_to_response(self.get_context_data(), status=409)

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        data = form.cleaned_data
        account = invitations.NewAccount(data["first_name"], data["last_name"], data["password"])
        return self._accepted(account=account)

    def _accepted(self, **who: Any) -> HttpResponse:
        invitation = self.invitation
        if invitation is None:
            raise Http404
        try:
            user = invitations.accept(invitation=invitation, **who)
        except NotPossible as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.request.get_full_path())
        if not self.request.user.is_authenticated:
            login(self.request, user, backend=LOGIN_BACKEND)
        self._act_with_it(user, invitation)
        messages.success(self.request, f"Bienvenue ! Vous agissez pour {place_with_article(invitation.place)}.")
        return redirect(self.success_url)

    def _act_with_it(self, user: User, invitation: Invitation) -> None:
        given = Access.objects.filter(user=user, role=invitation.role, end=None)
        access = given.filter(cpts=invitation.cpts_id, agency=invitation.agency_id).first()
        if access:
            self.request.session[CHOSEN_ACCESS] = access.pk
