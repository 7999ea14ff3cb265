"""The root of every page: who may come, in which CPTS, and what an absence is answered."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View
from django.views.generic.base import TemplateResponseMixin

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.permissions import may, roles_for
from cpts_portal.accounts.requests import PortalRequest
from cpts_portal.accounts.roles import NOBODY, Role
from cpts_portal.core.text import place_with_article
from territories.models import Cpts

Crumb = tuple[str, str]  # label, URL ("" for the page itself)


class NotInScope(Http404):
    """The object exists but is not this person's to see; the message tells her what she acts for."""


class PortalView(TemplateResponseMixin, View):
    """Login, roles and the explained 404; the root of every page."""

    needs: tuple[str, str] | None = None
    roles: frozenset[Role] = NOBODY
    public = False
    title = ""
    http_method_names = ["get", "head", "options", "post"]  # Django's forms also take PUT for POST
    request: PortalRequest

    @classmethod
    def allowed_roles(cls) -> frozenset[Role]:
        return roles_for(cls.needs[1], cls.needs[0]) if cls.needs else cls.roles

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.public:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.actor.accesses:
                return render(request, "accounts/no_access.html", {"page_title": "Aucun accès actif"}, status=403)
            if not self.actor.has_any(self.allowed_roles()):
                raise PermissionDenied(who_may_open(self.allowed_roles(), self.actor))
        try:
            self.check_subject()
            return super().dispatch(request, *args, **kwargs)
        except NotInScope as error:
            return render(request, "404.html", {"explanation": str(error)}, status=404)

    def check_subject(self) -> None:
        """Refuses what the page is about, before anything sent is read (a CPTS out of scope, see `CptsMixin`)."""

    def breadcrumbs(self) -> list[Crumb]:
        """The way from the home page to this one, without the home page and without the page itself."""
        return []

    def get_title(self) -> str:
        return self.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parent = getattr(super(), "get_context_data", None)
        context = parent(**kwargs) if parent else kwargs
        return {"page_title": self.get_title(), "breadcrumbs": self.breadcrumbs(), **context}


class CptsMixin(PortalView):
    """A page about one CPTS (`cpts_id` in its URL): finds it in the scope, checks the role held on it.

    Named before the kind of page (`class Dues(CptsMixin, ListPage)`), and a page itself: what it needs is one fact.
    """

    @cached_property
    def cpts(self) -> Cpts:
        found = Cpts.objects.select_related("ars", "lead_fund").filter(pk=self.kwargs["cpts_id"]).first()
        if found is None:
            raise explained_absence(self.actor, self.kwargs["cpts_id"])
        if self.needs:
            action, label = self.needs
            if self.actor.roles_on(found).isdisjoint(roles_for(label, action)):
                raise PermissionDenied(who_may_open(roles_for(label, action), self.actor))
        return found

    def check_subject(self) -> None:
        _ = self.cpts  # finds it, or refuses

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cpts=self.cpts, may_change=self.may("change"), **kwargs)

    def may(self, action: str, label: str = "territories.cpts") -> bool:
        return may(self.actor, action, label, self.cpts)


def who_may_open(roles: Iterable[Role], actor: Actor) -> str:
    """« Cette page est réservée à : … Vous agissez pour l’ARS Bretagne (Agent d’ARS). »"""
    allowed = ", ".join(role.label for role in Role if role in set(roles)) or "personne"
    return f"Cette page est réservée à : {allowed}. Vous agissez pour {actor.description}."


def explained_absence(actor: Actor, cpts_id: int) -> NotInScope:
    """« Vous agissez pour l’ARS Bretagne ; la CPTS X est rattachée à … »: names and agencies are public facts."""
    other = Cpts.directory.select_related("ars", "lead_fund").filter(pk=cpts_id).first()
    if other is None:
        return NotInScope("Cette CPTS n’existe pas, ou plus.")
    return NotInScope(
        f"Vous agissez pour {actor.places}. La {other.full_name} est rattachée à "
        f"{place_with_article(str(other.ars))} et à {place_with_article(str(other.lead_fund))} : "
        "seules ces agences et ses propres responsables voient son dossier."
    )


class Page(PortalView, TemplateView):
    """A page that shows something."""
