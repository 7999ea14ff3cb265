"""Minutes, decisions and tasks of a meeting."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb
from missions.meetings.forms.minutes import DecisionForm, MinutesForm, TaskForm
from missions.meetings.minutes import (
    add_decision,
    add_task,
    finish_task,
    publish_minutes,
    remove_decision,
    take_back_minutes,
    write_minutes,
)
from missions.meetings.views.meetings import STALE, MeetingMixin
from missions.models import Decision, Task
from missions.shared.forms import OnForm, ReasonForm
from missions.shared.links import meeting_url, meetings_crumbs


class MeetingMinutes(MeetingMixin, ActPage):
    needs = ("change", "missions.meeting")
    form_class = MinutesForm
    submit_label = "Enregistrer le compte rendu"

    def get_title(self) -> str:
        return f"Compte rendu de « {self.meeting} »"

    def get_initial(self) -> dict[str, Any]:
        return {"minutes": self.meeting.minutes or self.meeting.agenda, "version": self.meeting.version}

    def act(self, form: MinutesForm) -> str:
        data = form.cleaned_data
        try:
            write_minutes(self.meeting, data["minutes"], version=data["version"], by=self.request.user)
        except StaleEdit:
            self.meeting.refresh_from_db()
            typed_over(form, self.meeting)
            raise NotPossible(STALE) from None
        return "Le compte rendu est enregistré ; il n’est pas encore publié."


class MeetingPublish(MeetingMixin, ConfirmPage):
    needs = ("change", "missions.meeting")
    title = "Publier le compte rendu"
    submit_label = "Publier"
    danger = False

    def get_question(self) -> str:
        return f"Publier le compte rendu de « {self.meeting} » ?"

    def consequences(self) -> list[str]:
        return ["Le texte et les décisions ne changent plus, sauf à le reprendre avec un motif."]

    def act(self) -> str:
        publish_minutes(self.meeting, moment=timezone.now(), by=self.request.user)
        return "Le compte rendu est publié."


class MeetingTakeBack(MeetingMixin, ActPage):
    needs = ("change", "missions.meeting")
    form_class = ReasonForm
    submit_label = "Reprendre le compte rendu"

    def get_title(self) -> str:
        return f"Reprendre le compte rendu de « {self.meeting} »"

    def act(self, form: ReasonForm) -> str:
        take_back_minutes(self.meeting, **form.cleaned_data, by=self.request.user)
        return "Le compte rendu peut être corrigé ; publiez-le de nouveau ensuite."


class MeetingDecision(MeetingMixin, ActPage):
    needs = ("add", "missions.decision")
    form_class = DecisionForm
    submit_label = "Noter la décision"

    def get_title(self) -> str:
        return f"Noter une décision de « {self.meeting} »"

    def act(self, form: DecisionForm) -> str:
        add_decision(self.meeting, **form.cleaned_data, by=self.request.user)
        return "La décision est notée."


class DecisionRemove(CptsMixin, ConfirmPage):
    needs = ("delete", "missions.decision")
    title = "Retirer une décision"
    submit_label = "Retirer"

    @cached_property
    def decision(self) -> Decision:
        found = Decision.objects.select_related("meeting__cpts")
        return get_object_or_404(found, pk=self.kwargs["pk"], meeting__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts, self.decision.meeting)

    def get_question(self) -> str:
        return f"Retirer la décision « {self.decision} » ?"

    def back(self) -> str:
        return meeting_url(self.decision.meeting)

    def act(self) -> str:
        remove_decision(self.decision, by=self.request.user)
        return "La décision est retirée ; l’historique la garde."


class MeetingTask(MeetingMixin, ActPage):
    needs = ("add", "missions.task")
    form_class = TaskForm
    submit_label = "Ajouter la tâche"

    def get_title(self) -> str:
        return f"Ajouter une tâche à « {self.meeting} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}

    def act(self, form: TaskForm) -> str:
        add_task(self.meeting, **form.cleaned_data, by=self.request.user)
        return "La tâche est ajoutée."


class TaskDone(ActPage):
    needs = ("change", "missions.task")
    form_class = OnForm
    submit_label = "Enregistrer"

    @cached_property
    def task(self) -> Task:
        found = Task.objects.select_related("meeting__cpts")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts, meeting__isnull=False)

    def get_title(self) -> str:
        return f"Tâche faite : {self.task}"

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts, self.task.meeting)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": "Faite le"}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def back(self) -> str:
        return meeting_url(self.task.meeting)  # type: ignore[arg-type]

    def act(self, form: OnForm) -> str:
        finish_task(self.task, **form.cleaned_data, by=self.request.user)
        return "La tâche est faite."
