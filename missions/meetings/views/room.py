"""Check-in by the code shown in the room: the screen of the room, then the phone of who scans it."""

import hashlib
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe

from cpts_portal.core.scoping import scope
from cpts_portal.pages import ConfirmPage, Crumb, FormPage, Page
from missions.meetings.room import accepts, ask_link, code_at, confirm, entry_for, holds_entry, is_open, row_of_link
from missions.meetings.views.meetings import MeetingMixin
from missions.models import Attendance, Meeting
from missions.shared.links import meetings_crumbs

HOUR = 3600
TRIES_PER_HOUR = 300  # a whole assembly behind one connection
MAILS_PER_HOUR = 5  # to one person
TOO_MANY = "Trop d’essais depuis cette connexion : réessayez plus tard, ou signalez-vous à la coordination."


class MeetingRoom(MeetingMixin, Page):
    """Full screen in the room; htmx asks a new code every half minute."""

    needs = ("change", "missions.attendance")
    template_name = "missions/meetings/room.html"

    def get_title(self) -> str:
        return self.meeting.title

    def breadcrumbs(self) -> list[Crumb]:
        return meetings_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        code = reverse("invited:room", args=[self.meeting.pk, code_at(self.meeting, now)])
        address = settings.SITE_URL.rstrip("/") + code
        drawing = segno.make(address, error="m").svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
        return super().get_context_data(
            meeting=self.meeting,
            qr_code=mark_safe(drawing),  # noqa: S308 (drawn by segno from our own address)
            is_open=is_open(self.meeting, now),
            present=Attendance.objects.filter(meeting=self.meeting, presence="present").count(),
            **kwargs,
        )


class MeetingRoomCode(MeetingRoom):
    """The part of the screen that changes."""

    template_name = "missions/meetings/_code.html"


class InCptsMixin:
    """A public page about one meeting: it sees its CPTS and nothing else."""

    public = True
    meeting: Meeting

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with scope([self.meeting.cpts_id]):
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            return response.render() if hasattr(response, "render") and not response.is_rendered else response


class CheckInWhoForm(forms.Form):
    who = forms.CharField(
        label="Votre adresse électronique, ou votre prénom et votre nom",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    entry = forms.CharField(widget=forms.HiddenInput, required=False)


class RoomPage(InCptsMixin, FormPage):
    """What the code opens (`room_meeting`, `room_code`). The answer is the same for everybody."""

    template_name = "missions/meetings/scanned.html"
    form_class = CheckInWhoForm
    submit_label = "Recevoir le lien de confirmation"
    success_message = (
        "Si vous êtes sur la liste de cette réunion, un courriel vient de partir à l’adresse que la CPTS connaît : "
        "ouvrez-le et confirmez votre présence. Rien reçu ? Signalez-vous à la coordination."
    )
    title = "Pointer ma présence"

    @cached_property
    def meeting(self) -> Meeting:  # type: ignore[override]
        row = Attendance.by_link.select_related("meeting__cpts").filter(meeting_id=self.kwargs["room_meeting"]).first()
        if row is None:
            raise Http404("Ce code n’est plus valable : scannez de nouveau celui de l’écran.")
        return row.meeting

    @cached_property
    def is_fresh(self) -> bool:
        """Seen on the screen a moment ago, by this request or by the one that opened the form."""
        if self.request.method == "POST":
            return holds_entry(self.meeting, self.request.POST.get("entry", ""))
        return accepts(self.meeting, self.kwargs["room_code"], timezone.now())

    def get_initial(self) -> dict[str, Any]:
        return {"entry": entry_for(self.meeting)} if self.is_fresh else {}

    def get_success_url(self) -> str:
        return reverse("invited:asked")

    def form_valid(self, form: CheckInWhoForm) -> HttpResponse:
        if not self.is_fresh:
            return self.form_invalid(form)
        if too_many(f"room:{self.meeting.pk}:{self.request.META.get('REMOTE_ADDR', '')}", TRIES_PER_HOUR):
            form.add_error(None, TOO_MANY)
            return self.form_invalid(form)
        typed = form.cleaned_data["who"]
        if not too_many(f"room-who:{self.meeting.pk}:{typed.strip().casefold()}", MAILS_PER_HOUR):
            ask_link(self.meeting, typed, moment=timezone.now())
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_shown = self.is_fresh and is_open(self.meeting, timezone.now())
        return super().get_context_data(meeting=self.meeting, is_shown=is_shown, **kwargs)


class Asked(Page):
    """After the form: the sentence is in the message, the same for everybody."""

    public = True
    title = "Ouvrez votre messagerie"
    template_name = "missions/meetings/asked.html"


class Confirm(InCptsMixin, ConfirmPage):
    """The link of the mail (`check_in_link`): a button confirms, so that no mail scanner does it by opening it."""

    template_name = "missions/meetings/confirm.html"
    title = "Confirmer ma présence"
    submit_label = "Je suis dans la salle"
    danger = False

    @cached_property
    def row(self) -> Attendance:
        found = row_of_link(self.kwargs["check_in_link"])
        if found is None:
            raise Http404("Ce lien n’est plus valable : scannez de nouveau le code de l’écran.")
        return found

    @property
    def meeting(self) -> Meeting:  # type: ignore[override]
        return self.row.meeting

    def get_question(self) -> str:
        return f"{self.row}, confirmez-vous votre présence à « {self.meeting} » ?"

    def back(self) -> str:
        return self.request.path

    def act(self) -> str:
        confirm(self.row, moment=timezone.now())
        return "Votre présence est notée. Merci."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.row, meeting=self.meeting, **kwargs)


def too_many(what: str, limit: int) -> bool:
    """More than `limit` in an hour, counted under a fingerprint that is forgotten after the hour."""
    key = f"check-in:{hashlib.sha256(what.encode()).hexdigest()[:32]}"
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) > limit
    except ValueError:  # the hour ended between the two lines
        return False
