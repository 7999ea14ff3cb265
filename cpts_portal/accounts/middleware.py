"""Opens the scope of the person behind each request, and lends her eyes to an administrator who asked for them."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from cpts_portal.accounts import viewing
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import ViewingAs
from cpts_portal.accounts.permissions import keep_actor
from cpts_portal.accounts.requests import PortalRequest
from cpts_portal.core.scoping import opened

CHOSEN_ACCESS = "chosen_access"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Pages an administrator reaches as herself even while she looks as somebody else: the two ways out.
OWN_PAGES = frozenset({"accounts:viewing-stop", "account_logout"})
READ_ONLY = (
    "Vous voyez le portail comme {viewed}, en lecture seule : rien ne peut être enregistré à sa place. "
    "Arrêtez la consultation pour agir en votre nom."
)
SECRETS = (
    "Vous voyez le portail comme {viewed} : son mot de passe, ses codes de secours et ses clés restent à elle seule. "
    "Arrêtez la consultation pour ouvrir votre propre compte."
)


class ActorMiddleware:
    """Sets `request.actor` and opens her scope around the view and the rendering of its template.

    While an administrator sees the portal as somebody else, `request.user` and `request.actor` are that person's and
    `request.viewing_as` is the log entry (its `administrator` is the person at the keyboard). Nothing can be written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prepared = cast(PortalRequest, request)
        prepared.viewing_as = _viewing_of(request)
        refusal = _lend_eyes(request, prepared.viewing_as) if prepared.viewing_as else ""
        prepared.actor = keep_actor(Actor(request.user, request.session.get(CHOSEN_ACCESS)))
        with opened(prepared.actor.scope):
            if refusal:
                return render(request, "403.html", {"explanation": refusal}, status=403)
            return self.get_response(request)


def _viewing_of(request: HttpRequest) -> ViewingAs | None:
    key = request.session.get(viewing.SESSION_KEY)
    if key is None or not request.user.is_authenticated:
        return None
    entry = viewing.open_viewing(key, by=request.user)
    if entry is None:
        del request.session[viewing.SESSION_KEY]
    return entry


def _lend_eyes(request: HttpRequest, entry: ViewingAs) -> str:
    """Swap the user unless the page is a way out; answers the sentence that refuses the request, if any."""
    name = _view_name(request)
    if name in OWN_PAGES:
        return ""
    request.user = entry.user
    if request.method not in SAFE_METHODS:
        return READ_ONLY.format(viewed=entry.user)
    if name.startswith(("account_", "mfa_")):
        return SECRETS.format(viewed=entry.user)
    return ""


def _view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
