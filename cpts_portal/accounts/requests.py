"""A request of somebody who is logged in, as the middleware prepares it: for types."""

from django.http import HttpRequest

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User, ViewingAs


class PortalRequest(HttpRequest):
    """Pages declare it as their `request`; a public page asks `request.user.is_authenticated` before anything else."""

    user: User
    actor: Actor
    viewing_as: ViewingAs | None
