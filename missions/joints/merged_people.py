"""What a person did and was paid follows her when two records of hers become one.

Two records on the list of one meeting contradict each other (one person is there once): the merger waits until the
list is corrected. The yearly ceiling is counted again under the key of the record that stays: a merger frees nothing.
"""

from typing import Any

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as, update_many
from cpts_portal.core.refusals import NotPossible
from members.models import Professional
from missions.models import Attendance, BankAccount, GroupMember, PayCap, PayLine, Task, UserRecord
from missions.pay.ceiling import hold_account, person_key, recount


def move_work(keep: Professional, drop: Professional, *, by: User, reason: str) -> None:
    _refuse_same_meeting(keep, drop)
    models: tuple[Any, ...] = (Attendance, Task, PayCap)
    for model in models:
        rows = list(model.objects.filter(professional=drop))
        for row in rows:
            row.professional = keep
        update_many(model, rows, ["professional"], by=by, reason=reason)
    _move_groups(keep, drop, by=by, reason=reason)
    for table in (BankAccount, UserRecord):
        _move_the_only_one(table, keep, drop, by=by, reason=reason)
    for action in drop.led_actions.all():
        action.leads.add(keep)
        action.leads.remove(drop)
    _move_pay(keep, drop, by=by, reason=reason)


def _refuse_same_meeting(keep: Professional, drop: Professional) -> None:
    meetings = Attendance.objects.filter(professional=keep).values("meeting")
    both = Attendance.objects.filter(professional=drop, meeting__in=meetings).select_related("meeting").first()
    if both:
        raise NotPossible(
            f"Les deux fiches sont sur la liste de la réunion « {both.meeting} » : retirez l’une des deux de cette "
            "liste, puis recommencez la fusion."
        )


def _move_groups(keep: Professional, drop: Professional, *, by: User, reason: str) -> None:
    held = set(GroupMember.objects.filter(professional=keep, end__isnull=True).values_list("group_id", flat=True))
    for row in GroupMember.objects.filter(professional=drop):
        if row.end is None and row.group_id in held:
            delete_as(row, by=by, reason=reason)
        else:
            row.professional = keep
            save_as(row, by=by, reason=reason)


def _move_the_only_one(model: Any, keep: Professional, drop: Professional, *, by: User, reason: str) -> None:
    """An account, a user: the one of the record that stays wins."""
    row = model.objects.filter(professional=drop).first()
    if row is None:
        return
    if model.objects.filter(professional=keep).exists():
        delete_as(row, by=by, reason=reason)
        return
    row.professional = keep
    save_as(row, by=by, reason=reason)


def _move_pay(keep: Professional, drop: Professional, *, by: User, reason: str) -> None:
    lines = list(PayLine.objects.filter(professional__in=[keep, drop]))
    for line in lines:
        line.professional, line.person_key = keep, person_key(keep)
    update_many(PayLine, lines, ["professional", "person_key"], by=by, reason=reason)
    for year in sorted({line.day.year for line in lines}):
        recount(hold_account(keep, year), keep)
