"""Who is invited, who was there: check-in, lock, unlock, correction by two people.

Whoever writes about the attendance of a meeting first holds its row: a check-in and the lock never cross.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, delete_as, save_as, update_many
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import plural
from members.models import Membership, Professional
from missions.meetings.convening import locked_meeting, people_of, refuse_over
from missions.models import Attendance, AttendanceCorrection, Meeting, PayLine, PayStatus

Presence = Attendance.Presence


@dataclass(frozen=True)
class Guest:
    """Somebody who is not in the register."""

    name: str
    organisation: str = ""
    email: str = ""


@dataclass(frozen=True)
class Mark:
    """What is noted about one person: there or not, arrived late, left early."""

    presence: str
    arrived_at: time | None = None
    left_at: time | None = None


# --- The list -------------------------------------------------------------------------------------------------------
@transaction.atomic
def invite(
    meeting: Meeting, *, people: Iterable[Professional] = (), guests: Sequence[Guest] = (), by: User
) -> list[Attendance]:
    """Put people on the list of a meeting; those already on it stay as they are. Nothing is sent yet."""
    found = locked_meeting(meeting)
    refuse_over(found)
    people = list(dict.fromkeys(people))
    if any(person.cpts_id != found.cpts_id for person in people):
        raise NotPossible("Ces personnes ne sont pas au registre de la CPTS.")
    listed = set(Attendance.objects.filter(meeting=found).values_list("professional_id", "guest_name"))
    rows = [Attendance(meeting=found, professional=person) for person in people if (person.pk, "") not in listed]
    rows += [
        Attendance(meeting=found, guest_name=guest.name, guest_organisation=guest.organisation, guest_email=guest.email)
        for guest in dict.fromkeys(guests)
        if (None, guest.name) not in listed
    ]
    if not rows:
        already = len(people) + len(guests)
        raise NotPossible(f"{'Cette personne est' if already == 1 else 'Ces personnes sont'} déjà sur la liste.")
    return create_many(Attendance, rows, by=by)


def group_people(meeting: Meeting) -> list[Professional]:
    """Who belongs to the group of the meeting on its day."""
    if meeting.group is None:
        return []
    return [member.professional for member in people_of(meeting.group, day_of(meeting))]


def day_of(meeting: Meeting) -> Any:
    return timezone.localtime(meeting.starts_at).date()


@transaction.atomic
def take_off(attendance: Attendance, *, by: User) -> None:
    """Somebody put on the list by mistake; whoever received an invitation stays, to be excused or absent."""
    found, _meeting = _held(attendance)
    if found.invited_at or found.presence:
        raise NotPossible("Cette personne a été invitée ou pointée : notez-la excusée ou absente.")
    delete_as(found, by=by)


# --- Check-in -------------------------------------------------------------------------------------------------------
@transaction.atomic
def check_in(
    attendance: Attendance, mark: Mark, *, moment: datetime, by: User | None, means: str = "list"
) -> Attendance:
    """Note one person. Nobody is present before the day of the meeting."""
    found, meeting = _held(attendance)
    if mark.presence == Presence.PRESENT and timezone.localtime(moment).date() < day_of(meeting):
        raise NotPossible("La réunion n’a pas encore eu lieu : une présence se note à partir de ce jour.")
    _apply(found, mark, meeting)
    found.means = means if mark.presence else ""
    found.confirmed_at = moment if means == Attendance.Means.CODE else None
    save_as(found, by=by)
    return found


@transaction.atomic
def welcome(meeting: Meeting, guest: Guest, *, moment: datetime, by: User) -> Attendance:
    """Somebody who came unannounced and is not in the register: on the list and present at once."""
    [row] = invite(meeting, guests=[guest], by=by)
    return check_in(row, Mark(Presence.PRESENT), moment=moment, by=by)


def _apply(attendance: Attendance, mark: Mark, meeting: Meeting) -> None:
    """Hours are kept for somebody present only, and inside the meeting."""
    is_present = mark.presence == Presence.PRESENT
    attendance.presence = mark.presence
    attendance.arrived_at = mark.arrived_at if is_present else None
    attendance.left_at = mark.left_at if is_present else None
    starts, ends = timezone.localtime(meeting.starts_at).time(), timezone.localtime(meeting.ends_at).time()
    came, left = attendance.arrived_at or starts, attendance.left_at or ends
    if not starts <= came < left <= ends:
        raise NotPossible(
            f"L’arrivée puis le départ se suivent pendant la réunion, entre {starts:%H:%M} et {ends:%H:%M}."
        )


def _held(attendance: Attendance) -> tuple[Attendance, Meeting]:
    meeting = locked_meeting(attendance.meeting)
    refuse_over(meeting)
    found = Attendance.objects.select_for_update(of=("self",)).select_related("professional").get(pk=attendance.pk)
    return found, meeting


# --- Lock -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def lock_attendance(meeting: Meeting, *, moment: datetime, by: User) -> Meeting:
    """From now on the list is evidence. Nobody noted is absent; who was a member that day is written down."""
    found = locked_meeting(meeting)
    refuse_over(found)
    if found.starts_at > moment:
        raise NotPossible("La réunion n’a pas commencé : ses présences se verrouillent ensuite.")
    rows = list(Attendance.objects.filter(meeting=found).select_for_update(of=("self",)))
    if not any(row.is_present for row in rows):
        raise NotPossible("Personne n’est pointé présent : pointez les présents, ou annulez la réunion.")
    members = members_among(found, [row.professional_id for row in rows if row.professional_id])
    for row in rows:
        row.presence = row.presence or Presence.ABSENT
        row.was_member = row.professional_id in members
    update_many(Attendance, rows, ["presence", "was_member"], by=by, reason="Verrouillage des présences")
    found.attendance_locked_at, found.attendance_locked_by = moment, by
    save_as(found, by=by)
    return found


def members_among(meeting: Meeting, people: Sequence[int]) -> set[int | None]:
    """Those of these people who were members of the CPTS on the day of the meeting."""
    held = Membership.objects.filter(cpts_id=meeting.cpts_id, professional__in=people).members_on(day_of(meeting))
    return set(held.values_list("professional_id", flat=True))


@transaction.atomic
def unlock_attendance(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Open the list again, with a reason; refused once somebody is paid for having come."""
    found = locked_meeting(meeting)
    if not found.is_locked:
        raise NotPossible("Les présences de cette réunion ne sont pas verrouillées.")
    if not reason.strip():
        raise NotPossible("Indiquez pourquoi les présences sont rouvertes.")
    paid = _pay_lines().filter(attendance__meeting=found).count()
    if paid:
        raise NotPossible(
            f"{plural(paid, 'ligne de paiement repose', 'lignes de paiement reposent')} sur ces présences : "
            "demandez plutôt la correction de la personne concernée."
        )
    found.attendance_locked_at = found.attendance_locked_by = None
    save_as(found, by=by, reason=reason.strip())
    return found


def _pay_lines() -> Any:
    return PayLine.objects.exclude(status=PayStatus.REFUSED)


# --- Corrections of a locked list -----------------------------------------------------------------------------------
@transaction.atomic
def ask_correction(attendance: Attendance, mark: Mark, *, reason: str, by: User) -> AttendanceCorrection:
    meeting = locked_meeting(attendance.meeting)
    if not meeting.is_locked:
        raise NotPossible("Les présences ne sont pas verrouillées : pointez directement cette personne.")
    found = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    _refuse_same(found, mark)
    _apply(found, mark, meeting)  # judged now, written when somebody else accepts
    made = AttendanceCorrection(
        attendance=found,
        presence=found.presence,
        arrived_at=found.arrived_at,
        left_at=found.left_at,
        reason=reason.strip(),
        asked_by=by,
    )
    refuse_invalid(made)
    made.save()
    return made


def _refuse_same(attendance: Attendance, mark: Mark) -> None:
    if (attendance.presence, attendance.arrived_at, attendance.left_at) == (
        mark.presence,
        mark.arrived_at,
        mark.left_at,
    ):
        raise NotPossible("C’est déjà ce que dit la liste.")


@transaction.atomic
def decide_correction(
    correction: AttendanceCorrection, *, is_accepted: bool, moment: datetime, by: User
) -> AttendanceCorrection:
    """Decided by somebody else than who asked; the database refuses the same person too."""
    meeting = locked_meeting(correction.attendance.meeting)
    found = AttendanceCorrection.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if found.decided_at:
        raise NotPossible("Cette correction est déjà décidée.")
    if found.asked_by_id == by.pk:
        raise NotPossible("Vous avez demandé cette correction : une autre personne la décide.")
    if not meeting.is_locked:
        raise NotPossible("Les présences ont été rouvertes : pointez directement cette personne.")
    found.decided_at, found.decided_by, found.is_accepted = moment, by, is_accepted
    found.save()
    if is_accepted:
        _correct(found, meeting, by=by)
    return found


def _correct(correction: AttendanceCorrection, meeting: Meeting, *, by: User) -> None:
    row = Attendance.objects.select_for_update(of=("self",)).get(pk=correction.attendance_id)
    if correction.presence != Presence.PRESENT and _pay_lines().filter(attendance=row).exists():
        raise NotPossible("Cette personne est payée pour cette réunion : refusez d’abord la ligne de paiement.")
    _apply(row, Mark(correction.presence, correction.arrived_at, correction.left_at), meeting)
    row.means = Attendance.Means.CORRECTION
    save_as(row, by=by, reason=correction.reason)
