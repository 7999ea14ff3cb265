"""The list of a meeting: invited, there or not, locked, corrected."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.pdf import PdfUnavailable, pdf_response, render_pdf
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import de, plural
from cpts_portal.pages import ActPage, ConfirmPage, CptsMixin, Crumb, PortalView
from members.shared.exports_log import log_export
from missions.meetings.attendance_sheet import BY_PROFESSION, BY_STRUCTURE, TEMPLATE, attendance_sheet, sheet_filename
from missions.meetings.attending import (
    Guest,
    Mark,
    ask_correction,
    check_in,
    decide_correction,
    group_people,
    invite,
    lock_attendance,
    take_off,
    unlock_attendance,
    welcome,
)
from missions.meetings.forms.attendance import NOTED, CorrectionForm, GuestForm, InviteForm, MarkForm, TapForm
from missions.meetings.lists import people_listed
from missions.meetings.views.meetings import MeetingMixin
from missions.models import Attendance, AttendanceCorrection
from missions.shared.forms import ReasonForm
from missions.shared.links import meeting_url, meetings_crumbs


class MeetingInvite(MeetingMixin, ActPage):
    needs = ("add", "missions.attendance")
    form_class = InviteForm
    template_name = "missions/meetings/invite.html"
    submit_label = "Mettre sur la liste"

    def get_title(self) -> str:
        return f"Inviter à « {self.meeting} »"

    @cached_property
    def of_group(self) -> list[Any]:
        return group_people(self.meeting)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "cpts": self.cpts, "group_size": len(self.of_group)}

    def get_initial(self) -> dict[str, Any]:
        return {"whole_group": not self.meeting.attendances.exists()}

    def act(self, form: InviteForm) -> str:
        people = [*(self.of_group if form.cleaned_data.get("whole_group") else []), *form.people]
        made = invite(self.meeting, people=people, guests=list(form.typed_guests()), by=self.request.user)
        return f"{plural(len(made), 'personne ajoutée', 'personnes ajoutées')} à la liste. Aucun courriel n’est parti."


class MeetingCheckIn(MeetingMixin, ActPage):
    """One tap per person, on a phone; its form welcomes a guest nobody expected."""

    needs = ("change", "missions.attendance")
    form_class = GuestForm
    submit_label = "Ajouter et noter présent"
    template_name = "missions/meetings/check_in.html"

    def get_title(self) -> str:
        return f"Pointer « {self.meeting} »"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(people_listed(self.meeting))
        is_open = not (self.meeting.cancelled_at or self.meeting.is_locked)
        return super().get_context_data(meeting=self.meeting, rows=rows, choices=NOTED, is_open=is_open, **kwargs)

    def back(self) -> str:
        return reverse("missions:meeting-check-in", args=[self.cpts.pk, self.meeting.pk])

    def act(self, form: GuestForm) -> str:
        row = welcome(self.meeting, Guest(**form.cleaned_data), moment=timezone.now(), by=self.request.user)
        return f"La présence {de(row)} est notée."


class AttendanceMixin(CptsMixin):
    """A page about one line of a list (`pk`)."""

    needs = ("change", "missions.attendance")

    @cached_property
    def attendance(self) -> Attendance:
        found = Attendance.objects.select_related("meeting__cpts", "professional__profession")
        return get_object_or_404(found, pk=self.kwargs["pk"], meeting__cpts=self.cpts)

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts, self.attendance.meeting)

    def back(self) -> str:
        return reverse("missions:meeting-check-in", args=[self.cpts.pk, self.attendance.meeting_id])


class AttendanceTap(AttendanceMixin, PortalView):
    """Answers the line drawn again for htmx, the whole page otherwise."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form, problem, row = TapForm(request.POST), "", self.attendance
        if not form.is_valid():
            return HttpResponse("Choix inconnu.", status=422)
        mark = Mark(form.cleaned_data["presence"], row.arrived_at, row.left_at)
        try:
            row = check_in(row, mark, moment=timezone.now(), by=self.request.user)
        except NotPossible as refusal:
            problem = str(refusal)
        if getattr(request, "htmx", False):
            context = {"row": row, "choices": NOTED, "cpts": self.cpts, "problem": problem, "is_open": True}
            return render(request, "missions/meetings/_row.html", context, status=422 if problem else 200)
        if problem:
            messages.error(request, problem)
        return redirect(self.back())


class AttendanceHours(AttendanceMixin, ActPage):
    form_class = MarkForm

    def get_title(self) -> str:
        return f"Présence : {self.attendance}"

    def get_initial(self) -> dict[str, Any]:
        row = self.attendance
        return {"presence": row.presence or "present", "arrived_at": row.arrived_at, "left_at": row.left_at}

    def act(self, form: MarkForm) -> str:
        check_in(self.attendance, form.mark, moment=timezone.now(), by=self.request.user)
        return f"La présence {de(self.attendance)} est notée."


class AttendanceRemove(AttendanceMixin, ConfirmPage):
    needs = ("delete", "missions.attendance")
    title = "Retirer de la liste"
    submit_label = "Retirer"

    def get_question(self) -> str:
        return f"Retirer {self.attendance} de la liste ?"

    def act(self) -> str:
        take_off(self.attendance, by=self.request.user)
        return "La personne est retirée de la liste."


class MeetingLock(MeetingMixin, ConfirmPage):
    needs = ("change", "missions.meeting")
    title = "Verrouiller les présences"
    submit_label = "Verrouiller les présences"
    danger = False

    def get_question(self) -> str:
        return f"Verrouiller les présences de « {self.meeting} » ?"

    def consequences(self) -> list[str]:
        unknown = Attendance.objects.filter(meeting=self.meeting, presence="").count()
        absent = plural(
            unknown, "personne non pointée sera notée absente", "personnes non pointées seront notées absentes"
        )
        return [
            *([f"{absent}."] if unknown else []),
            "La liste devient une preuve : elle compte dans les indicateurs et ne change plus sans motif.",
            "La qualité d’adhérent ce jour-là est écrite sur chaque ligne.",
        ]

    def act(self) -> str:
        lock_attendance(self.meeting, moment=timezone.now(), by=self.request.user)
        return "Les présences sont verrouillées."


class MeetingUnlock(MeetingMixin, ActPage):
    needs = ("change", "missions.meeting")
    form_class = ReasonForm
    submit_label = "Rouvrir les présences"

    def get_title(self) -> str:
        return f"Rouvrir les présences de « {self.meeting} »"

    def get_form_kwargs(self) -> dict[str, Any]:
        told = "Gardé dans l’historique. La réunion ne compte plus dans les indicateurs jusqu’au prochain verrou."
        return {**super().get_form_kwargs(), "label": "Pourquoi rouvrir la liste", "help_text": told}

    def act(self, form: ReasonForm) -> str:
        unlock_attendance(self.meeting, reason=form.cleaned_data["reason"], by=self.request.user)
        return "Les présences sont rouvertes : verrouillez-les de nouveau ensuite."


class AttendanceCorrect(AttendanceMixin, ActPage):
    needs = ("add", "missions.attendancecorrection")
    form_class = CorrectionForm
    submit_label = "Demander la correction"

    def get_title(self) -> str:
        return f"Corriger la présence {de(self.attendance)}"

    def get_initial(self) -> dict[str, Any]:
        row = self.attendance
        return {"presence": row.presence, "arrived_at": row.arrived_at, "left_at": row.left_at}

    def back(self) -> str:
        return meeting_url(self.attendance.meeting)

    def act(self, form: CorrectionForm) -> str:
        ask_correction(self.attendance, form.mark, reason=form.cleaned_data["reason"], by=self.request.user)
        return "La correction est demandée : une autre personne de la CPTS la décide."


class CorrectionPage(CptsMixin, ConfirmPage):
    """Decide a correction (`pk`) that somebody else asked."""

    needs = ("change", "missions.attendancecorrection")
    is_accepted = True
    danger = False

    @cached_property
    def correction(self) -> AttendanceCorrection:
        found = AttendanceCorrection.objects.select_related("attendance__meeting__cpts", "attendance__professional")
        return get_object_or_404(
            found.select_related("asked_by"),
            pk=self.kwargs["pk"],
            attendance__meeting__cpts=self.cpts,
        )

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts, self.correction.attendance.meeting)

    def back(self) -> str:
        return meeting_url(self.correction.attendance.meeting)

    def consequences(self) -> list[str]:
        one = self.correction
        return [
            f"Liste actuelle : {one.attendance.get_presence_display()}.",
            f"Correction demandée par {one.asked_by} : {one.get_presence_display()}.",
            f"Motif : {one.reason}",
        ]

    def act(self) -> str:
        decide_correction(self.correction, is_accepted=self.is_accepted, moment=timezone.now(), by=self.request.user)
        return "La correction est acceptée." if self.is_accepted else "La correction est refusée."


class CorrectionAccept(CorrectionPage):
    title = "Accepter une correction"
    submit_label = "Accepter la correction"

    def get_question(self) -> str:
        return f"Corriger la présence {de(self.correction.attendance)} ?"


class CorrectionRefuse(CorrectionPage):
    title = "Refuser une correction"
    submit_label = "Refuser la correction"
    is_accepted = False

    def get_question(self) -> str:
        return f"Garder la présence {de(self.correction.attendance)} telle quelle ?"


class MeetingSheetPdf(MeetingMixin, PortalView):
    """`?par=structure` groups the lines by structure; by profession otherwise. Leaves a line in the log."""

    needs = ("view", "missions.attendance")
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        grouped_by = BY_STRUCTURE if request.GET.get("par") == BY_STRUCTURE else BY_PROFESSION
        sheet = attendance_sheet(self.meeting, grouped_by=grouped_by, printed_on=timezone.localdate())
        try:
            content = render_pdf(TEMPLATE, sheet)
        except PdfUnavailable as problem:
            messages.error(request, str(problem))
            return redirect(self.back())
        what = f"Feuille de présence de la réunion n° {self.meeting.pk}"
        log_export(self.request, self.cpts, what=what, persons=sheet["expected"], file_format="pdf")
        return pdf_response(content, sheet_filename(self.meeting))
