"""Opens the scope of the person behind each request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cpts_portal.accounts.actor import Actor
from cpts_portal.core.scoping import opened

CHOSEN_ACCESS = "chosen_access"


class ActorMiddleware:
    """Sets `request.actor` and opens her scope around the view and the rendering of its template."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = Actor(request.user, request.session.get(CHOSEN_ACCESS))
        request.actor = request.user._actor = actor
        with opened(actor.scope):
            return self.get_response(request)
