"""Groups and their people; meetings called, changed, cancelled.

A meeting whose attendance is locked no longer changes: what it proves stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.periods import active_on
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr
from cpts_portal.core.versions import check_version, next_version
from members.models import Professional
from missions.models import CptsMission, Group, GroupMember, Meeting
from territories.models import Cpts


@dataclass(frozen=True)
class MeetingSheet:
    """What the form of a meeting says."""

    fields: dict[str, Any]
    missions: Sequence[CptsMission] = ()


@dataclass(frozen=True)
class GroupSheet:
    fields: dict[str, Any]
    missions: Sequence[CptsMission] = ()


# --- Groups ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_group(cpts: Cpts, sheet: GroupSheet, *, by: User) -> Group:
    return _write_group(Group(cpts=cpts), sheet, by=by)


@transaction.atomic
def change_group(group: Group, sheet: GroupSheet, *, by: User) -> Group:
    return _write_group(_locked_group(group), sheet, by=by)


def _write_group(group: Group, sheet: GroupSheet, *, by: User) -> Group:
    _refuse_foreign(group.cpts_id, sheet.missions)
    for name, value in sheet.fields.items():
        setattr(group, name, value)
    _save(group, by=by)
    group.missions.set(sheet.missions)
    return group


@transaction.atomic
def close_group(group: Group, *, on: date, by: User) -> Group:
    """Its meetings stay; its people leave it the same day."""
    found = _locked_group(group)
    _refuse_closed(found)
    found.closed_on = on
    _save(found, by=by)
    for member in GroupMember.objects.filter(group=found, end__isnull=True).select_for_update():
        member.end = max(on, member.start)
        if member.end > member.start:
            save_as(member, by=by, reason="Clôture du groupe")
    return found


def _locked_group(group: Group) -> Group:
    return Group.objects.select_for_update(of=("self",)).get(pk=group.pk)


def _refuse_closed(group: Group) -> None:
    if group.closed_on:
        raise NotPossible(f"Ce groupe est clos depuis le {date_fr(group.closed_on)}.")


# --- Their people ---------------------------------------------------------------------------------------------------
def people_of(group: Group, day: date) -> QuerySet[GroupMember]:
    found = GroupMember.objects.filter(active_on(day), group=group)
    return found.select_related("professional__profession").order_by("-is_lead", "professional__sort_name")


@transaction.atomic
def add_people(group: Group, people: Sequence[Professional], *, start: date, by: User) -> list[GroupMember]:
    """Several at once; those who already belong to the group are left as they are."""
    found = _locked_group(group)
    _refuse_closed(found)
    if any(person.cpts_id != found.cpts_id for person in people):
        raise NotPossible("Ces personnes ne sont pas au registre de la CPTS.")
    held = set(GroupMember.objects.filter(group=found, end__isnull=True).values_list("professional_id", flat=True))
    new = [person for person in dict.fromkeys(people) if person.pk not in held]
    if not new:
        raise NotPossible("Ces personnes font déjà partie du groupe.")
    rows = [GroupMember(group=found, professional=person, start=start) for person in new]
    return create_many(GroupMember, rows, by=by)


@transaction.atomic
def set_lead(member: GroupMember, *, is_lead: bool, by: User) -> GroupMember:
    found = _locked_member(member)
    found.is_lead = is_lead
    save_as(found, by=by)
    return found


@transaction.atomic
def end_participation(member: GroupMember, *, on: date, by: User) -> GroupMember:
    found = _locked_member(member)
    if on <= found.start:
        raise NotPossible(f"Cette personne est du groupe depuis le {date_fr(found.start)} : elle le quitte ensuite.")
    found.end = on
    _save(found, by=by)
    return found


def _locked_member(member: GroupMember) -> GroupMember:
    found = GroupMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if found.end is not None:
        raise NotPossible("Cette personne a déjà quitté le groupe.")
    return found


# --- Meetings -------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_meeting(cpts: Cpts, sheet: MeetingSheet, *, by: User) -> Meeting:
    return _write_meeting(Meeting(cpts=cpts), sheet, by=by)


@transaction.atomic
def change_meeting(meeting: Meeting, sheet: MeetingSheet, *, version: str, by: User) -> Meeting:
    """Raises `StaleEdit` when somebody else saved the meeting since the form was opened."""
    found = locked_meeting(meeting)
    check_version(found, version)
    refuse_over(found)
    return _write_meeting(found, sheet, by=by)


def _write_meeting(meeting: Meeting, sheet: MeetingSheet, *, by: User) -> Meeting:
    own = [sheet.fields.get("group"), sheet.fields.get("action")]
    _refuse_foreign(meeting.cpts_id, [*sheet.missions, *(each for each in own if each)])
    for name, value in sheet.fields.items():
        setattr(meeting, name, value)
    _save(meeting, by=by)
    meeting.missions.set(sheet.missions)
    next_version(meeting)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, moment: datetime, by: User) -> Meeting:
    found = locked_meeting(meeting)
    refuse_over(found)
    found.cancelled_at, found.cancel_reason = moment, reason.strip()
    _save(found, by=by, reason=found.cancel_reason)
    next_version(found)
    return found


def locked_meeting(meeting: Meeting) -> Meeting:
    """The row of the meeting, kept until the end of the transaction: whoever writes about it comes one by one."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("cpts").get(pk=meeting.pk)


def refuse_over(meeting: Meeting) -> None:
    if meeting.cancelled_at:
        raise NotPossible("Cette réunion est annulée.")
    if meeting.is_locked:
        raise NotPossible("Les présences de cette réunion sont verrouillées : elle ne change plus.")


def _refuse_foreign(cpts_id: int, things: Sequence[Any]) -> None:
    if any(thing.cpts_id != cpts_id for thing in things):
        raise NotPossible("Ces missions, ce groupe ou cette action ne sont pas ceux de la CPTS.")


def _save(row: Any, *, by: User, reason: str = "") -> None:
    refuse_invalid(row)
    save_as(row, by=by, reason=reason)
