"""What the browser proposes while one types the name of a commune, of a structure or of a person."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from cpts_portal.pages import CptsMixin, PortalView
from members.shared.forms.choosing import label_of, matching
from members.shared.known_records import known, known_structures
from territories.map.directory import find_communes
from territories.models import Cpts

MOST = 10
SHORTEST = 2


def communes(cpts: Cpts, text: str) -> Iterable[str]:  # noqa: ARG001 (the same signature for the three kinds)
    return [str(commune) for commune in find_communes(text).current()[:MOST]]


def structures(cpts: Cpts, text: str) -> Iterable[str]:
    return [label_of(record) for record in matching(known_structures(cpts), text)[:MOST]]


def people(cpts: Cpts, text: str) -> Iterable[str]:
    return [label_of(record) for record in matching(known(cpts), text)[:MOST]]


KINDS: dict[str, Callable[[Cpts, str], Iterable[str]]] = {
    "communes": communes,
    "structures": structures,
    "personnes": people,
}


class Suggestions(CptsMixin, PortalView):
    """`<option>` lines for the box that asks; its text comes under its own name."""

    needs = ("view", "members.professional")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, kind: str, **_kwargs: object) -> HttpResponse:
        text = str(next(iter(request.GET.values()), "")).strip()
        found = KINDS[kind](self.cpts, text) if len(text) >= SHORTEST else []
        return HttpResponse(format_html_join("", '<option value="{}"></option>', ((label,) for label in found)))
