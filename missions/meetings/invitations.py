"""Invitations by e-mail with a calendar event, and the answers to them, without an account.

Each person receives her own event: nobody reads in it who else is invited. The event keeps its UID for life; each new
sending to those already invited raises its SEQUENCE, so that calendars replace it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.mime.text import MIMEText
from email.utils import parseaddr
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.urls import reverse
from icalendar import Calendar, Event, vCalAddress, vText

from cpts_portal.accounts.models import User
from cpts_portal.core.emails import compose
from cpts_portal.core.history import save_as, update_many
from cpts_portal.core.refusals import NotPossible
from members.models import Contact
from missions.meetings.convening import MeetingSheet, cancel_meeting, change_meeting, locked_meeting, refuse_over
from missions.models import Attendance, Meeting

REQUEST, CANCEL = "REQUEST", "CANCEL"
TOLD_AGAIN = ("title", "starts_at", "ends_at", "place", "link")


@dataclass(frozen=True)
class Sending:
    """How many invitations leave, and who has no address."""

    sent: int
    unreachable: list[Attendance]


def addresses(rows: Iterable[Attendance]) -> dict[int, str]:
    """attendance -> the first e-mail address of the person; one query. No secure health mail."""
    rows = list(rows)
    people = [row.professional_id for row in rows if row.professional_id]
    found: dict[int, str] = {}
    contacts = Contact.objects.filter(channel=Contact.Channel.EMAIL, professional__in=people).order_by("pk")
    for person, value in contacts.values_list("professional_id", "value"):
        found.setdefault(person, value)
    known = {row.pk: row.guest_email or found.get(row.professional_id or 0, "") for row in rows}
    return {pk: address for pk, address in known.items() if address}


@transaction.atomic
def send_invitations(meeting: Meeting, *, moment: datetime, by: User) -> Sending:
    """To those on the list who have not received one yet."""
    found = locked_meeting(meeting)
    refuse_over(found)
    if found.ends_at <= moment:
        raise NotPossible("Cette réunion est passée : il n’y a plus personne à inviter.")
    waiting = list(_rows(found).filter(invited_at__isnull=True))
    reach = addresses(waiting)
    reached = [row for row in waiting if row.pk in reach]
    if not reached:
        raise NotPossible("Personne n’est à inviter : tous l’ont été, ou n’ont pas d’adresse électronique.")
    for row in reached:
        row.invited_at = moment
    update_many(Attendance, reached, ["invited_at"], by=by)
    if found.called_at is None:
        found.called_at = moment
        save_as(found, by=by)
    _send("meeting_invitation", found, reached, reach, REQUEST)
    return Sending(len(reached), [row for row in waiting if row.pk not in reach])


@transaction.atomic
def change_and_tell(meeting: Meeting, sheet: MeetingSheet, *, version: str, by: User) -> int:
    """Change a meeting; those already invited receive the new event when the hour or the place moved."""
    before = {name: getattr(meeting, name) for name in TOLD_AGAIN}
    found = change_meeting(meeting, sheet, version=version, by=by)
    if all(getattr(found, name) == value for name, value in before.items()):
        return 0
    return _tell_invited("meeting_changed", found, REQUEST)


@transaction.atomic
def cancel_and_tell(meeting: Meeting, *, reason: str, moment: datetime, by: User) -> int:
    found = cancel_meeting(meeting, reason=reason, moment=moment, by=by)
    return _tell_invited("meeting_cancelled", found, CANCEL) if found.ends_at > moment else 0


def _tell_invited(template: str, meeting: Meeting, method: str) -> int:
    rows = list(_rows(meeting).filter(invited_at__isnull=False))
    reach = addresses(rows)
    if not reach:
        return 0
    meeting.sequence += 1
    meeting.save_without_historical_record(update_fields=["sequence"])  # type: ignore[attr-defined]
    _send(template, meeting, [row for row in rows if row.pk in reach], reach, method)
    return len(reach)


def _rows(meeting: Meeting) -> Any:
    return Attendance.objects.filter(meeting=meeting).select_related("professional")


# --- Messages -------------------------------------------------------------------------------------------------------
def _send(template: str, meeting: Meeting, rows: list[Attendance], reach: dict[int, str], method: str) -> None:
    messages = [message(template, meeting, row, reach[row.pk], method) for row in rows]
    transaction.on_commit(partial(_send_all, messages))


def _send_all(messages: list[EmailMultiAlternatives]) -> None:
    get_connection().send_messages(messages)


def message(template: str, meeting: Meeting, row: Attendance, address: str, method: str) -> EmailMultiAlternatives:
    url = settings.SITE_URL.rstrip("/") + reverse("invited:answer", args=[row.token])
    composed = compose(template, address, {"meeting": meeting, "row": row, "url": url})
    event = MIMEText(calendar_event(meeting, address, method).decode(), "calendar", "utf-8")
    event.set_param("method", method)
    event.add_header("Content-Disposition", "attachment", filename="reunion.ics")
    composed.attach(event)
    return composed


def calendar_event(meeting: Meeting, address: str, method: str) -> bytes:
    """The .ics file sent to one person."""
    calendar = Calendar()
    calendar.add("prodid", "-//Portail CPTS//Reunions//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", uid_of(meeting))
    event.add("sequence", meeting.sequence)
    event.add("summary", f"{meeting.title} – {meeting.cpts.full_name}")
    for name, value in (("dtstamp", meeting.called_at or meeting.starts_at), ("dtstart", meeting.starts_at)):
        event.add(name, value)
    event.add("dtend", meeting.ends_at)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("location", meeting.place or meeting.link)
    event.add("description", "\n\n".join(part for part in (meeting.link, meeting.agenda) if part))
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = vText(meeting.cpts.full_name)
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["rsvp"] = vText("FALSE")  # the answer is given on the page of the link
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return calendar.to_ical()


def uid_of(meeting: Meeting) -> str:
    return f"reunion-{meeting.pk}@{urlsplit(settings.SITE_URL).hostname or 'portail-cpts'}"


# --- Answers --------------------------------------------------------------------------------------------------------
@transaction.atomic
def answer(attendance: Attendance, choice: str, *, moment: datetime) -> Attendance:
    """Given by who holds the link of her invitation; she may change her mind until the meeting begins."""
    meeting = locked_meeting(attendance.meeting)
    refuse_over(meeting)
    if meeting.starts_at <= moment:
        raise NotPossible("La réunion a commencé : on ne répond plus à l’invitation.")
    found = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    found.answer, found.answered_at = choice, moment
    save_as(found, by=None)
    return found
