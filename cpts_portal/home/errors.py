"""Error pages that say what to do next."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cpts_portal.pages import NotInScope


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The exception says which roles may open the page, when a page raised it."""
    return render(request, "403.html", {"explanation": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An explanation written for the reader is shown; Django's own words (« No X matches… ») are not."""
    explanation = str(exception) if isinstance(exception, NotInScope) else ""
    return render(request, "404.html", {"explanation": explanation}, status=404)


class OwnNotFoundPage:
    """What a page does not find is told by the portal's own page, in development too.

    An address that no page has keeps Django's list of addresses there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return not_found(request, exception) if isinstance(exception, Http404) else None


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return render(request, "403.html", {"expired_form": True}, status=403)
