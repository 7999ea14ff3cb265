"""What concerns the person herself: her account, the access she acts with, pages about having no access."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme

from cpts_portal.accounts import administration
from cpts_portal.accounts.forms import OwnNamesForm
from cpts_portal.accounts.middleware import CHOSEN_ACCESS
from cpts_portal.accounts.models import Access
from cpts_portal.accounts.roles import EVERY_ROLE
from cpts_portal.core.text import place_with_article
from cpts_portal.pages import FormPage, PortalView


def safe_next(request: HttpRequest, default: str) -> str:
    """The address to go back to, when it is one of ours."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else default


def same_page_for(access: Access, address: str) -> str:
    """The page one stood on, about the CPTS chosen; her home when it showed something of the other CPTS.

    Staying on the first CPTS while the header names the second would have people write in the wrong one.
    """
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return address
    of_cpts = match.kwargs.get("cpts_id")
    if of_cpts is None or str(of_cpts) == str(access.cpts_id):
        return address
    if access.cpts_id is None or set(match.kwargs) != {"cpts_id"}:
        return reverse("home:dashboard")
    return reverse(match.view_name, kwargs={"cpts_id": access.cpts_id})


class AccessChoose(PortalView):
    """POST `access` (id of one of my active accesses) and `next`: from now on I act with this access."""

    roles = EVERY_ROLE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("access", "")
        back = safe_next(request, reverse("home:dashboard"))
        chosen = next((access for access in self.actor.accesses if str(access.pk) == key), None)
        if chosen is None:
            messages.error(request, "Cet accès n’est pas le vôtre, ou il est terminé : rien n’a changé.")
            return redirect(back)
        request.session[CHOSEN_ACCESS] = chosen.pk
        messages.success(
            request,
            f"Vous agissez maintenant pour {place_with_article(chosen.place)} ({chosen.get_role_display()}).",
        )
        return redirect(same_page_for(chosen, back))


class Profile(FormPage):
    """« Mon compte »: my names, my accesses, the ways to my password and second factor."""

    template_name = "accounts/profile.html"
    roles = EVERY_ROLE
    title = "Mon compte"
    form_class = OwnNamesForm
    success_url = reverse_lazy("accounts:profile")
    success_message = "Vos nom et prénom sont enregistrés."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": administration.user_for_edit(self.request.user.pk)}

    def carry_out(self, form: OwnNamesForm) -> None:
        administration.save_user(user=form.instance, by=self.request.user)
