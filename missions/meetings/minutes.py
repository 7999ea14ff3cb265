"""Minutes of a meeting, its decisions, and the tasks that follow. Published minutes do not change until taken back."""

from datetime import date, datetime

from django.db import transaction

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.versions import check_version, next_version
from members.models import Professional
from missions.meetings.convening import locked_meeting
from missions.models import Decision, Meeting, Task


@transaction.atomic
def write_minutes(meeting: Meeting, text: str, *, version: str, by: User) -> Meeting:
    """Raises `StaleEdit` when somebody else saved the meeting since the form was opened."""
    found = _open(meeting)
    check_version(found, version)
    found.minutes = text.strip()
    save_as(found, by=by)
    next_version(found)
    return found


@transaction.atomic
def publish_minutes(meeting: Meeting, *, moment: datetime, by: User) -> Meeting:
    found = _open(meeting)
    if not found.minutes:
        raise NotPossible("Le compte rendu est vide : rédigez-le d’abord.")
    if found.starts_at > moment:
        raise NotPossible("La réunion n’a pas eu lieu : son compte rendu se publie ensuite.")
    found.minutes_published_at = moment
    save_as(found, by=by)
    return found


@transaction.atomic
def take_back_minutes(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    found = locked_meeting(meeting)
    if not found.minutes_published_at:
        raise NotPossible("Le compte rendu n’est pas publié.")
    found.minutes_published_at = None
    save_as(found, by=by, reason=reason.strip())
    return found


@transaction.atomic
def add_decision(meeting: Meeting, *, text: str, votes: str, by: User) -> Decision:
    made = Decision(meeting=_open(meeting), text=text, votes=votes)
    save_as(made, by=by)
    return made


@transaction.atomic
def remove_decision(decision: Decision, *, by: User) -> None:
    _open(decision.meeting)
    delete_as(decision, by=by)


@transaction.atomic
def add_task(meeting: Meeting, *, what: str, professional: Professional | None, due_on: date | None, by: User) -> Task:
    if professional and professional.cpts_id != meeting.cpts_id:
        raise NotPossible("Cette personne n’est pas au registre de la CPTS.")
    made = Task(cpts_id=meeting.cpts_id, meeting=meeting, what=what, professional=professional, due_on=due_on)
    refuse_invalid(made)
    save_as(made, by=by)
    return made


@transaction.atomic
def finish_task(task: Task, *, on: date, by: User) -> Task:
    found = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if found.done_on:
        raise NotPossible("Cette tâche est déjà faite.")
    found.done_on = on
    save_as(found, by=by)
    return found


def _open(meeting: Meeting) -> Meeting:
    found = locked_meeting(meeting)
    if found.cancelled_at:
        raise NotPossible("Cette réunion est annulée.")
    if found.minutes_published_at:
        raise NotPossible("Le compte rendu est publié : reprenez-le avant de le changer.")
    return found
