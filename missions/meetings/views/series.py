"""A meeting repeated, and the coming meetings of a series cancelled together."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from cpts_portal.core.text import date_fr, plural
from cpts_portal.pages import ActPage
from missions.meetings.forms.series import SeriesForm
from missions.meetings.series import coming_of, repeat_meeting, stop_series
from missions.meetings.views.meetings import MeetingMixin
from missions.shared.forms import ReasonForm


class MeetingRepeat(MeetingMixin, ActPage):
    needs = ("add", "missions.meeting")
    form_class = SeriesForm
    title = "Répéter la réunion"
    submit_label = "Créer les réunions suivantes"

    def act(self, form: SeriesForm) -> str:
        made = repeat_meeting(self.meeting, **form.cleaned_data, by=self.request.user)
        days = ", ".join(date_fr(timezone.localtime(each.starts_at).date()) for each in made)
        return f"{plural(len(made), 'réunion ajoutée', 'réunions ajoutées')} : {days}. Personne n’y est encore invité."


class MeetingStopSeries(MeetingMixin, ActPage):
    needs = ("change", "missions.meeting")
    form_class = ReasonForm
    title = "Annuler les réunions à venir de la série"
    submit_label = "Annuler ces réunions"

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.meeting.series is None:
            raise Http404
        days = [date_fr(timezone.localtime(each.starts_at).date()) for each in self.coming()]
        told = "Les personnes déjà invitées reçoivent ce motif. Les réunions tenues restent."
        listed = f"À annuler : {', '.join(days)}. " if days else "Plus aucune réunion à venir. "
        return {**super().get_form_kwargs(), "label": "Motif de l’annulation", "help_text": listed + told}

    def coming(self) -> list[Any]:
        return coming_of(self.meeting.series, timezone.now()) if self.meeting.series else []

    def act(self, form: ReasonForm) -> str:
        series = self.meeting.series
        if series is None:  # the page answers 404 before it comes here
            raise Http404
        count = stop_series(series, **form.cleaned_data, moment=timezone.now(), by=self.request.user)
        return f"{plural(count, 'réunion annulée', 'réunions annulées')}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)
