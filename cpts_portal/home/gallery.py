"""Gallery of the components of `templates/ui/`, each with its variants: open to anybody in development only.

A guard test holds that every component of `templates/ui/` is shown here.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString

from cpts_portal.accounts.roles import ADMINISTRATORS
from cpts_portal.home.gallery_samples import Specimen, page_context, specimens
from cpts_portal.pages import Crumb, Page

_LEADING_COMMENT = re.compile(r"{% comment %}(.*?){% endcomment %}", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A specimen drawn for one request."""

    specimen: Specimen
    documentation: str
    drawings: list[tuple[str, SafeString]]


class Gallery(Page):
    """Every component with its variants; administrators may open it in production as well."""

    template_name = "home/gallery.html"
    roles = ADMINISTRATORS
    title = "Galerie des composants"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.public = settings.DEBUG
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = [draw(specimen, self.request) for specimen in specimens(self.request)]
        return super().get_context_data(shown=shown, **kwargs)


class GalleryPage(Gallery):
    """One of the whole pages of `templates/ui/`; sending its form shows the errors."""

    def get_template_names(self) -> list[str]:
        names = [specimen.template for specimen in specimens(self.request) if specimen.page == self.kwargs["page"]]
        if not names:
            raise Http404
        return names

    def breadcrumbs(self) -> list[Crumb]:
        return [("Galerie des composants", "../")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**page_context(self.get_template_names()[0], self.request), **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002 (signature fixed by Django)
        return self.render_to_response(self.get_context_data(), status=422)


def draw(specimen: Specimen, request: HttpRequest) -> Shown:
    drawings = [
        (variant.title, render_to_string(specimen.template, variant.context, request)) for variant in specimen.variants
    ]
    return Shown(specimen, documentation_of(specimen.template), drawings)


def documentation_of(template_name: str) -> str:
    """The leading comment of a component."""
    template: Any = get_template(template_name)  # Django's own engine, whose templates keep their source
    comment = _LEADING_COMMENT.search(template.template.source)
    text = re.sub(r"{% (end)?verbatim %}", "", comment.group(1)) if comment else ""
    return text.strip()
