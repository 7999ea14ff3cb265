"""Seeing the portal as another user: start, stop, and the log for administrators."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cpts_portal.accounts import viewing
from cpts_portal.accounts.filters import ViewingFilter
from cpts_portal.accounts.forms import ViewingForm
from cpts_portal.accounts.models import ViewingAs
from cpts_portal.accounts.roles import EVERY_ROLE
from cpts_portal.accounts.tables import ViewingTable
from cpts_portal.accounts.views.users import OneUser, users_crumb
from cpts_portal.pages import Crumb, FormPage, ListPage, PortalView


class ViewingStart(OneUser, FormPage):
    needs = ("add", "accounts.viewingas")
    title = "Voir le portail comme cette personne"
    template_name = "accounts/viewing_start.html"
    form_class = ViewingForm
    submit_label = "Voir le portail à sa place"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refusal = viewing.reason_not_to_view(self.person, by=self.request.user)
        return super().get_context_data(refusal=refusal, **kwargs)

    def get_success_url(self) -> str:
        return reverse("home:dashboard")

    def carry_out(self, form: ViewingForm) -> None:
        entry = viewing.start_viewing(user=self.person, reason=form.cleaned_data["reason"], by=self.request.user)
        self.request.session[viewing.SESSION_KEY] = entry.pk


class ViewingStop(PortalView):
    """Back to oneself. Any role, because a page left open in another tab must find its way out without an error."""

    roles = EVERY_ROLE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        entry = self.request.viewing_as
        request.session.pop(viewing.SESSION_KEY, None)
        if entry is None:
            return redirect("home:dashboard")
        viewing.stop_viewings(by=self.request.user)
        messages.success(
            request, f"Vous agissez de nouveau en votre nom ; la consultation comme {entry.user} est finie."
        )
        return redirect(entry.user.get_absolute_url())


class ViewingList(ListPage):
    needs = ("view", "accounts.viewingas")
    title = "Consultations au nom d’un utilisateur"
    filterset_class = ViewingFilter
    table_class = ViewingTable
    export_name = "consultations"
    empty_title = "Aucune consultation"
    empty_hint = "Elles se lancent depuis la fiche d’un utilisateur ; chacune laisse ici son motif et ses heures."

    def get_queryset(self) -> QuerySet[ViewingAs]:
        return ViewingAs.objects.select_related("administrator", "user")

    def breadcrumbs(self) -> list[Crumb]:
        return [users_crumb()]
