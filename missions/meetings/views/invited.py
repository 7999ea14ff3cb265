"""What somebody invited opens without an account: her answer to an invitation."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import scope
from cpts_portal.pages import FormPage
from missions.meetings.invitations import answer
from missions.models import Attendance

ANSWERS = [(each.value, each.label) for each in Attendance.Answer if each.value]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(label="Votre réponse", choices=ANSWERS, widget=forms.RadioSelect)


class Answer(FormPage):
    """The link of one invitation (`answer_token`): it sees that meeting and nothing else."""

    public = True
    template_name = "missions/meetings/answer.html"
    form_class = AnswerForm
    submit_label = "Enregistrer ma réponse"
    success_message = "Votre réponse est enregistrée. Vous pouvez la changer jusqu’au début de la réunion."

    @cached_property
    def invited(self) -> Attendance:
        rows = Attendance.by_link.select_related("meeting__cpts", "professional")
        found = rows.filter(token=self.kwargs["answer_token"]).first()
        if found is None:
            raise Http404("Cette invitation n’existe pas ou n’est plus valable.")
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with scope([self.invited.meeting.cpts_id]):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                return response.render()
            return response

    def get_title(self) -> str:
        return self.invited.meeting.title

    def get_initial(self) -> dict[str, Any]:
        return {"answer": self.invited.answer or None}

    def get_success_url(self) -> str:
        return self.request.path

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            answer(self.invited, form.cleaned_data["answer"], moment=timezone.now())
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.invited.meeting
        is_open = not meeting.cancelled_at and not meeting.is_locked and meeting.starts_at > timezone.now()
        return super().get_context_data(invited=self.invited, meeting=meeting, is_open=is_open, **kwargs)
