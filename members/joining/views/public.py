"""The public application form: no account, the secret link of a CPTS, a decoy and a limit against robots."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.scoping import scope
from cpts_portal.pages import FormPage, Page, PortalView
from members.joining.applications import PublicForm, public_form, submit
from members.joining.forms import FORMS
from members.models import Application

SENDINGS_PER_HOUR = 20
HOUR = 3600
STRUCTURE = "structure"


class PublicFormMixin(PortalView):
    """A page reached by the link of a CPTS (`form_token`): it sees that CPTS and nothing else."""

    public = True

    @cached_property
    def public_form(self) -> PublicForm:
        found = public_form(self.kwargs["form_token"])
        if found is None:
            raise Http404("Ce formulaire n’existe pas ou n’est plus ouvert : adressez-vous à votre CPTS.")
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with scope([self.public_form.cpts.pk]):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                return response.render()
            return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(applied_to=self.public_form.cpts, settings=self.public_form.settings, **kwargs)

    def get_title(self) -> str:
        return f"Rejoindre la {self.public_form.cpts.full_name}"


class Join(PublicFormMixin, FormPage):
    """`?pour=structure` shows the form of structures."""

    template_name = "members/joining/join.html"
    submit_label = "Envoyer ma demande"

    @property
    def kind(self) -> str:
        asked = self.request.GET.get("pour")
        return Application.Kind.STRUCTURE if asked == STRUCTURE else Application.Kind.PERSON

    def get_form_class(self) -> Any:
        return FORMS[Application.Kind(self.kind)]

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"cpts": self.public_form.cpts, "charter": self.public_form.settings.charter}
        return {**super().get_form_kwargs(), **own}

    def form_valid(self, form: Any) -> HttpResponse:
        """A robot that filled the decoy is thanked like anybody, and nothing is kept."""
        if not form.is_decoyed:
            if too_many(self.request):
                form.add_error(
                    None, "Trop de demandes ont été envoyées depuis cette connexion : réessayez dans une heure."
                )
                return self.form_invalid(form)
            submit(
                self.public_form,
                submission=form.cleaned_data["submission"],
                values=form.values(),
                now=timezone.now(),
            )
        return redirect(reverse("joining:thanks", args=[self.kwargs["form_token"]]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.request.path
        is_structure = self.kind == Application.Kind.STRUCTURE
        return super().get_context_data(
            tabs=[
                ("Une personne", here, not is_structure),
                ("Une structure", f"{here}?pour={STRUCTURE}", is_structure),
            ],
            **kwargs,
        )


def too_many(request: HttpRequest) -> bool:
    """More than twenty applications in an hour from one address (kept as a fingerprint, forgotten after the hour)."""
    address = hashlib.sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()[:32]
    key = f"applications:{address}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > SENDINGS_PER_HOUR
    except ValueError:  # the hour ended between the two lines
        return False


class Thanks(PublicFormMixin, Page):
    template_name = "members/joining/thanks.html"
