"""Base pages: what every screen of the portal shares.

A page declares who may come, in one of three ways, and a guard test refuses a URL that declares nothing:

    needs = ("change", "territories.cpts")    # a row of the permission table (the usual way)
    roles = ADMINISTRATORS                    # a set of roles, for pages that belong to no table
    public = True                             # anybody, without login

No login answers with a redirect to the login page, a wrong role 403, an object of another CPTS 404 with an
explanation. At most two levels of inheritance from here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.permissions import may, roles_for
from cpts_portal.accounts.roles import NOBODY, Role
from cpts_portal.core.exports import FORMATS, export_response
from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import place_with_article
from cpts_portal.core.versions import StaleEdit, check_version  # noqa: F401 (screens take them from here)
from territories.models import Cpts

Crumb = tuple[str, str]  # label, URL ("" for the page itself)


class NotInScope(Http404):
    """The object exists but is not this person's to see; the message tells her what she acts for."""


class PortalView(View):
    """Login, roles and the explained 404; the root of every page."""

    needs: tuple[str, str] | None = None
    roles: frozenset[Role] = NOBODY
    public = False
    title = ""
    http_method_names = ["get", "head", "options", "post"]  # Django's forms also take PUT for POST
    request: HttpRequest

    @classmethod
    def allowed_roles(cls) -> frozenset[Role]:
        return roles_for(cls.needs[1], cls.needs[0]) if cls.needs else cls.roles

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
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


class CptsMixin:
    """A page about one CPTS (`cpts_id` in its URL): finds it in the scope, checks the role held on it."""

    needs: tuple[str, str] | None
    actor: Actor
    kwargs: dict[str, Any]

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
        return super().get_context_data(cpts=self.cpts, may_change=self.may("change"), **kwargs)  # type: ignore[misc]

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


class FiguresPage(PortalView, TemplateView):
    """Figures of one CPTS, and the three ways to take them away: `?export=csv`, `xlsx`, `pdf`. They name nobody.

    Set `figures` (with `export_rows`), `filename`, `export_headers`, `pdf_template`, `pdf_title`.
    """

    export_headers: Sequence[str] = ()
    pdf_template = ""
    pdf_title = ""
    figures: Any
    filename: str
    cpts: Cpts

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("export")
        if wanted in FORMATS:
            return export_response(self.filename, self.export_headers, self.figures.export_rows(), wanted)
        return (self.pdf() if wanted == "pdf" else None) or super().get(request, *args, **kwargs)

    def pdf(self) -> HttpResponse | None:
        """None, with a message, when no PDF can be made here."""
        title = f"{self.pdf_title} – {self.cpts.full_name}"
        context = {"cpts": self.cpts, "figures": self.figures, "title": title, "printed_on": timezone.localdate()}
        try:
            content = render_pdf(self.pdf_template, context)
        except PdfUnavailable as problem:
            messages.error(self.request, str(problem))
            return None
        return pdf_response(content, f"{self.filename}.pdf")


class FormPage(PortalView, FormView):
    """A page with a form: comes back filled when refused, says what was done when accepted."""

    template_name = "ui/form_page.html"
    submit_label = "Enregistrer"
    success_message = ""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if self.success_message:
            messages.success(self.request, self.success_message)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """422, so that enhanced submissions know that nothing was saved."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"submit_label": self.submit_label, **kwargs})


class ActPage(CptsMixin, FormPage):
    """A form that does something in one CPTS: a refusal of the rules comes back on the form, filled as it was."""

    def act(self, form: Any) -> str:
        """Do it and answer the sentence that says what was done; raises `NotPossible`."""
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.act(form)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.back(), **kwargs)


class ConfirmPage(PortalView, TemplateView):
    """Asks before an act with consequences: GET shows the question, POST acts, a refusal is shown on the same page.

    `act()` does it through the activity module and answers the sentence that says what was done; it raises
    `ValidationError` or `NotPossible` with the reason when it may not be done. `back`: the address before and after.
    """

    template_name = "ui/confirm_page.html"
    question = ""
    submit_label = "Confirmer"
    danger = True

    def act(self) -> str:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def consequences(self) -> list[str]:
        return []

    def get_question(self) -> str:
        return self.question

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            done = self.act()
        except (ValidationError, NotPossible) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        messages.success(request, done)
        return redirect(self.back())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "question": self.get_question(),
            "consequences": self.consequences(),
            "submit_label": self.submit_label,
            "danger": self.danger,
            "cancel_url": self.back(),
        }
        return super().get_context_data(**{**own, **kwargs})


class ListPage(PortalView, SingleTableMixin, FilterView):
    """One filtered queryset feeds the table, the count and the export, so that they cannot disagree.

    Set `queryset`, `filterset_class`, `table_class`, `export_name`; `?export=csv` or `xlsx` downloads what is shown,
    all pages, in the order shown.
    """

    template_name = "ui/list_page.html"
    paginate_by = 50
    export_name = "export"
    strict = False
    is_scoped = False  # True on a list of CPTS or of what belongs to them: says whose rows appear
    empty_title = "Rien à afficher"
    empty_hint = "Élargissez la recherche ou effacez les filtres."

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        wanted = request.GET.get("export")
        if wanted in FORMATS:
            return self.export(wanted)
        return response

    def export(self, file_format: str) -> HttpResponse:
        table = self.get_table(**self.get_table_kwargs())
        values = table.as_values()
        headers = next(values)
        return export_response(self.export_name, headers, values, file_format)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            "empty_title": self.empty_title,
            "empty_hint": self.empty_hint,
            "scope_sentence": self.actor.scope_sentence if self.is_scoped else "",
            "total": context["table"].paginator.count if context.get("is_paginated") else len(context["table"].rows),
            **context,
        }
