"""A request of somebody who is logged in, as the middleware prepares it: for types."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User, ViewingAs


class PortalRequest(HttpRequest):
    """The `request` of every page, and of the mixins of pages (they derive from `PortalView` or `CptsMixin`).

    A public page asks `request.user.is_authenticated` before anything else.
    """

    user: User
    actor: Actor
    viewing_as: ViewingAs | None
    htmx: HtmxDetails
