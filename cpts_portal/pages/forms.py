"""Pages that do something: a form, an act in a CPTS, a question before a consequence."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, TemplateView

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages.portal import CptsMixin, PortalView


class FormPage(PortalView, FormView):
    """A page with a form: comes back filled when refused, says what was done when accepted."""

    template_name = "ui/form_page.html"
    submit_label: Any = "Enregistrer"
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
    """A form that does something in one CPTS: a refusal of the rules comes back on the form, filled as it was.

    When somebody else saved the same object meanwhile, the form comes back as typed on the version saved now, with
    the sentence `stale`: sending it again is then a choice.
    """

    stale = "Quelqu’un d’autre vient de modifier cette fiche. Vos réponses sont restées : relisez, puis confirmez."

    def act(self, form: Any) -> str:
        """Do it and answer the sentence that says what was done; raises `NotPossible`, `StaleEdit`."""
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def edited(self) -> models.Model:
        """What the form changes: it is read again when somebody else saved it. For acts that check a version."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.act(form)
        except StaleEdit:
            return self.edited_meanwhile(form)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(self.back())

    def edited_meanwhile(self, form: Any) -> HttpResponse:
        """`stale` may name what was saved: « Quelqu’un d’autre vient de saisir {saved.value}. »"""
        saved = self.edited()
        saved.refresh_from_db()
        typed_over(form, saved)
        form.add_error(None, self.stale.format(saved=saved))
        return self.form_invalid(form)

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
