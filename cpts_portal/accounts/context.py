"""What every page needs: the actor, and the name of the place she acts for."""

from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    return {"actor": getattr(request, "actor", None)}
