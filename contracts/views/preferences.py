"""How each hears of the moves of her files."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from contracts.forms.talk import RhythmForm
from contracts.messages import choice_of, choose_rhythm
from contracts.parties import PARTY_ROLES
from cpts_portal.pages import Crumb, FormPage


class MailChoicePage(FormPage):
    roles = PARTY_ROLES
    title = "Messages des dossiers"
    template_name = "contracts/inbox/mail_choice.html"
    form_class = RhythmForm

    def breadcrumbs(self) -> list[Crumb]:
        return [("Mon compte", reverse("accounts:profile"))]

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "rhythm": choice_of(self.request.user).rhythm}

    def form_valid(self, form: Any) -> HttpResponse:
        choice = choose_rhythm(form.cleaned_data["rhythm"], by=self.request.user)
        messages.success(self.request, f"C’est noté : {choice.get_rhythm_display()}.")
        return redirect(reverse("contracts:mail-choice"))
