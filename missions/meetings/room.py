"""Check-in by the code shown in the room: a QR code that changes, confirmed by e-mail, no account.

The code proves that somebody saw the screen less than a minute ago. What she then types finds her on the list, and the
mail sent to the address the CPTS knows proves who she is. The page answers the same whether she was found or not, so
that it tells nobody who is invited.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.emails import send_on_commit
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import fold
from missions.meetings.attending import Mark, check_in
from missions.meetings.invitations import addresses
from missions.models import Attendance, Meeting

WINDOW = 30
ENTRY_SECONDS = 10 * 60  # to type one's address once the code was seen
LINK_SECONDS = 60 * 60  # to open the mail
LATE_AFTER = timedelta(minutes=10)
OPENS_BEFORE = timedelta(minutes=30)
ENTRY, LINK = "missions.meetings.room.entry", "missions.meetings.room.link"


# --- The code -------------------------------------------------------------------------------------------------------
def code_at(meeting: Meeting, moment: datetime) -> str:
    return _code(meeting, int(moment.timestamp()) // WINDOW)


def accepts(meeting: Meeting, code: str, moment: datetime) -> bool:
    """The code of this half minute, or of the one before it."""
    window = int(moment.timestamp()) // WINDOW
    return any(hmac.compare_digest(_code(meeting, each).encode(), code.encode()) for each in (window, window - 1))


def _code(meeting: Meeting, window: int) -> str:
    return hmac.new(meeting.check_in_secret.encode(), f"{meeting.pk}:{window}".encode(), hashlib.sha256).hexdigest()[
        :20
    ]


def is_open(meeting: Meeting, moment: datetime) -> bool:
    """From half an hour before the meeting until its end, while its list may change."""
    going_on = meeting.starts_at - OPENS_BEFORE <= moment <= meeting.ends_at
    return going_on and not meeting.cancelled_at and not meeting.is_locked


def entry_for(meeting: Meeting) -> str:
    """Kept by the page of who scanned the code: she has ten minutes to say who she is."""
    return signing.dumps(meeting.pk, salt=ENTRY)


def holds_entry(meeting: Meeting, entry: str) -> bool:
    try:
        return signing.loads(entry, salt=ENTRY, max_age=ENTRY_SECONDS) == meeting.pk
    except signing.BadSignature:
        return False


# --- Who she is -----------------------------------------------------------------------------------------------------
def ask_link(meeting: Meeting, typed: str, *, moment: datetime) -> Attendance | None:
    """Send the link to the one person of the list whom this address or this name means; nothing otherwise."""
    if not is_open(meeting, moment):
        return None
    rows = list(Attendance.objects.filter(meeting=meeting).select_related("professional"))
    reach = addresses(rows)
    wanted, name = typed.strip().casefold(), sorted(fold(typed).split())
    found = [row for row in rows if row.pk in reach and (reach[row.pk].casefold() == wanted or _named(row, name))]
    if len(found) != 1:
        return None
    row = found[0]
    url = settings.SITE_URL.rstrip("/") + reverse("invited:confirm", args=[signing.dumps(row.pk, salt=LINK)])
    with transaction.atomic():
        send_on_commit("meeting_check_in", reach[row.pk], {"meeting": meeting, "row": row, "url": url})
    return row


def _named(row: Attendance, words: list[str]) -> bool:
    if row.professional is None:
        return bool(words) and sorted(fold(row.guest_name).split()) == words
    person = row.professional
    names = [name for name in (person.civil_last_name, person.last_name) if name]
    return any(sorted(fold(f"{person.civil_first_name} {name}").split()) == words for name in names)


def row_of_link(link: str) -> Attendance | None:
    """The line that a mailed link confirms; None when it is forged or older than an hour."""
    try:
        pk = signing.loads(link, salt=LINK, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return None
    return Attendance.by_link.select_related("meeting__cpts", "professional").filter(pk=pk).first()


def confirm(attendance: Attendance, *, moment: datetime) -> Attendance:
    """Present; late when the meeting began more than ten minutes ago. What was already noted stays."""
    meeting = attendance.meeting
    if not is_open(meeting, moment):
        raise NotPossible("La réunion n’est pas en cours, ou ses présences sont closes : adressez-vous à la CPTS.")
    if attendance.is_present:
        return attendance
    is_late = moment > meeting.starts_at + LATE_AFTER
    arrived: Any = timezone.localtime(moment).time().replace(second=0, microsecond=0) if is_late else None
    return check_in(attendance, Mark("present", arrived), moment=moment, by=None, means=Attendance.Means.CODE)
