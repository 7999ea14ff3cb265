"""Meetings: list, card, form, cancellation."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import changes_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import plural
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, ListPage, Page
from missions.meetings.convening import add_meeting
from missions.meetings.filters import MeetingFilter
from missions.meetings.forms.meetings import MeetingForm
from missions.meetings.invitations import addresses, cancel_and_tell, change_and_tell, send_invitations
from missions.meetings.lists import counts_of, meetings_of, people_listed
from missions.meetings.tables import MEETING_TONES, MeetingTable
from missions.models import Attendance, AttendanceCorrection, Decision, Meeting, Task
from missions.shared.forms import ReasonForm
from missions.shared.links import meeting_url, meetings_crumbs

STALE = (
    "Quelqu’un d’autre a enregistré cette réunion pendant que vous la modifiiez. Rien de ce que vous avez tapé n’est "
    "perdu : ouvrez la fiche dans un autre onglet, comparez, puis enregistrez de nouveau : votre version l’emportera."
)


class MeetingList(CptsMixin, ListPage):
    needs = ("view", "missions.meeting")
    title = "Réunions"
    template_name = "missions/meetings/list.html"
    filterset_class = MeetingFilter
    table_class = MeetingTable
    export_name = "reunions"
    empty_title = "Aucune réunion ne correspond"

    def get_queryset(self) -> QuerySet:
        return meetings_of(self.cpts)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(filterset_class), "cpts": self.cpts}

    def get_table_kwargs(self) -> dict[str, Any]:
        return {"now": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            has_any=Meeting.objects.filter(cpts=self.cpts).exists(),
            may_edit=self.may("add", "missions.meeting"),
            **kwargs,
        )


class MeetingMixin(CptsMixin):
    """A page about one meeting (`pk`) of the CPTS."""

    @cached_property
    def meeting(self) -> Meeting:
        found = Meeting.objects.select_related("cpts", "group", "action", "series", "attendance_locked_by")
        return get_object_or_404(found, pk=self.kwargs["pk"], cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts, self.meeting)

    def back(self) -> str:
        return meeting_url(self.meeting)


class MeetingDetail(MeetingMixin, Page):
    needs = ("view", "missions.meeting")
    template_name = "missions/meetings/detail.html"

    def get_title(self) -> str:
        return self.meeting.title

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts)

    def others_of_the_series(self) -> list[Meeting]:
        if self.meeting.series_id is None:
            return []
        others = Meeting.objects.filter(series=self.meeting.series_id).exclude(pk=self.meeting.pk)
        return list(others.order_by("starts_at"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.meeting
        now = timezone.now()
        state = meeting.state_at(now)
        is_over = bool(meeting.cancelled_at or meeting.is_locked)
        rows = list(people_listed(meeting))
        waiting = AttendanceCorrection.objects.filter(attendance__meeting=meeting, decided_at__isnull=True)
        return super().get_context_data(
            rows=rows,
            decisions=list(meeting.decisions.all()),
            tasks=[(one, one.is_late_on(timezone.localdate())) for one in meeting.tasks.select_related("professional")],
            may_write=self.may("change", "missions.meeting"),
            to_invite=sum(row.invited_at is None for row in rows) if meeting.starts_at > now else 0,
            counts=counts_of(rows),
            waiting=waiting.select_related("attendance__professional", "asked_by"),
            may_unlock=meeting.is_locked and self.may("change", "missions.meeting"),
            may_correct=self.may("add", "missions.attendancecorrection"),
            meeting=meeting,
            state=state,
            tone=MEETING_TONES[state],
            missions=meeting.missions.select_related("mission"),
            in_series=self.others_of_the_series(),
            may_edit=self.may("change", "missions.meeting") and not is_over,
            events=changes_of(
                meeting.history,
                Attendance.history.filter(meeting_id=meeting.pk),
                Decision.history.filter(meeting_id=meeting.pk),
                Task.history.filter(meeting_id=meeting.pk),
            ),
            **kwargs,
        )


class MeetingFormPage(ActPage):
    template_name = "missions/meetings/form.html"
    form_class = MeetingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts}


class MeetingAdd(MeetingFormPage):
    """`?groupe=3` starts from a group, `?action=12` from an action."""

    needs = ("add", "missions.meeting")
    title = "Ajouter une réunion"
    submit_label = "Ajouter la réunion"
    made: Meeting | None = None

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts)

    def get_initial(self) -> dict[str, Any]:
        asked = {"group": self.request.GET.get("groupe", ""), "action": self.request.GET.get("action", "")}
        return {name: value for name, value in asked.items() if value.isdecimal()}

    def act(self, form: MeetingForm) -> str:
        self.made = add_meeting(self.cpts, form.sheet(), by=self.request.user)
        return f"La réunion « {self.made} » est ajoutée. Personne n’est encore invité."

    def back(self) -> str:
        return meeting_url(self.made) if self.made else reverse("missions:meetings", args=[self.cpts.pk])


class MeetingEdit(MeetingMixin, MeetingFormPage):
    needs = ("change", "missions.meeting")

    def get_title(self) -> str:
        return f"Modifier la réunion « {self.meeting} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.meeting}

    def act(self, form: MeetingForm) -> str:
        try:
            told = change_and_tell(
                self.meeting, form.sheet(), version=form.cleaned_data["version"], by=self.request.user
            )
        except StaleEdit:
            self.meeting.refresh_from_db()
            typed_over(form, self.meeting)
            raise NotPossible(STALE) from None
        return f"La réunion est enregistrée.{told_again(told)}"


class MeetingCancel(MeetingMixin, ActPage):
    needs = ("change", "missions.meeting")
    form_class = ReasonForm
    submit_label = "Annuler la réunion"

    def get_title(self) -> str:
        return f"Annuler la réunion « {self.meeting} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "label": "Motif de l’annulation",
            "help_text": "Les personnes invitées reçoivent ce motif. La réunion reste dans la liste.",
        }

    def act(self, form: ReasonForm) -> str:
        told = cancel_and_tell(self.meeting, **form.cleaned_data, moment=timezone.now(), by=self.request.user)
        return f"La réunion est annulée.{told_again(told)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(danger=True, **kwargs)


def told_again(count: int) -> str:
    told = plural(count, "personne invitée est prévenue", "personnes invitées sont prévenues")
    return f" {told} par courriel." if count else ""


class MeetingSend(MeetingMixin, ConfirmPage):
    """Send the invitations that did not leave yet."""

    needs = ("change", "missions.meeting")
    title = "Envoyer les invitations"
    submit_label = "Envoyer les invitations"
    danger = False

    def get_question(self) -> str:
        return f"Envoyer les invitations à « {self.meeting} » ?"

    def consequences(self) -> list[str]:
        waiting = list(Attendance.objects.filter(meeting=self.meeting, invited_at__isnull=True))
        without = len(waiting) - len(addresses(waiting))
        sent = plural(len(waiting) - without, "personne reçoit", "personnes reçoivent")
        missing = f"{plural(without, 'personne n’a', 'personnes n’ont')} pas d’adresse électronique."
        return [
            f"{sent} un courriel, avec la réunion à ajouter à son agenda et un lien pour répondre sans compte.",
            *([missing] if without else []),
        ]

    def act(self) -> str:
        done = send_invitations(self.meeting, moment=timezone.now(), by=self.request.user)
        names = ", ".join(str(row) for row in done.unreachable)
        missing = f" Sans adresse électronique, à prévenir autrement : {names}." if names else ""
        return f"{plural(done.sent, 'invitation envoyée', 'invitations envoyées')}.{missing}"
