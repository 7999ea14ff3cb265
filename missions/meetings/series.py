"""Series of meetings: one meeting repeated by a rule; each then lives its own life.

« Every month, the same day of the week » keeps the rank of the day: a second Tuesday stays a second Tuesday; a fifth
one becomes the last of its month. Hours are those of the clock, whatever the season.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta, weekday
from django.db import transaction
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.periods import local_moment
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr
from missions.meetings.convening import locked_meeting, refuse_over
from missions.meetings.invitations import cancel_and_tell
from missions.models import Meeting, MeetingSeries
from territories.models import Cpts

Rhythm = MeetingSeries.Rhythm
WEEKS = {Rhythm.WEEKLY: 1, Rhythm.FORTNIGHTLY: 2}
MONTHS = {Rhythm.MONTHLY_DAY: 1, Rhythm.QUARTERLY: 3}
MOST = 60
REPEATED = ("group", "action", "title", "place", "link", "agenda")


def days_after(first: date, rhythm: str, until: date) -> Iterator[date]:
    """The days of a series after its first meeting, `until` included."""
    rank, step = 0, Rhythm(rhythm)
    while True:
        rank += 1
        day = (
            first + timedelta(weeks=WEEKS[step] * rank) if step in WEEKS else _same_weekday(first, MONTHS[step] * rank)
        )
        if day > until:
            return
        yield day


def _same_weekday(first: date, months: int) -> date:
    nth = (first.day - 1) // 7 + 1
    month = first.replace(day=1) + relativedelta(months=months)
    if nth == 5:
        return month + relativedelta(day=31, weekday=weekday(first.weekday(), -1))
    return month + relativedelta(weekday=weekday(first.weekday(), nth))


@transaction.atomic
def repeat_meeting(meeting: Meeting, *, rhythm: str, until: date, by: User) -> list[Meeting]:
    """Create the following meetings; nobody is invited to them yet."""
    found = locked_meeting(meeting)
    refuse_over(found)
    if found.series_id:
        raise NotPossible("Cette réunion fait déjà partie d’une série.")
    start, end = timezone.localtime(found.starts_at), timezone.localtime(found.ends_at)
    days = list(days_after(start.date(), rhythm, until))
    if not days:
        raise NotPossible(f"Aucune réunion d’ici au {date_fr(until)} à ce rythme : choisissez une date plus lointaine.")
    if len(days) > MOST:
        raise NotPossible(f"Cette série compterait {len(days)} réunions, {MOST} au plus : rapprochez la date de fin.")
    series = MeetingSeries(cpts=found.cpts, rhythm=rhythm, until=until)
    save_as(series, by=by)
    found.series = series
    save_as(found, by=by)
    rows = [_copy(found, local_moment(day, start.time()), local_moment(day, end.time())) for day in days]
    made = create_many(Meeting, rows, by=by)
    missions = list(found.missions.all())
    for row in made:
        row.missions.set(missions)
    return made


def _copy(meeting: Meeting, starts_at: datetime, ends_at: datetime) -> Meeting:
    same = {name: getattr(meeting, name) for name in REPEATED}
    return Meeting(cpts=meeting.cpts, series=meeting.series, starts_at=starts_at, ends_at=ends_at, **same)


def coming_of(series: MeetingSeries, moment: datetime) -> list[Meeting]:
    """The meetings of a series that have not begun and still stand."""
    coming = Meeting.objects.filter(
        series=series, starts_at__gt=moment, cancelled_at__isnull=True, attendance_locked_at__isnull=True
    )
    return list(coming.order_by("starts_at"))


@transaction.atomic
def stop_series(series: MeetingSeries, *, reason: str, moment: datetime, by: User) -> int:
    """Cancel what has not begun; those invited are told. Meetings held stay."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=series.cpts_id)
    coming = coming_of(series, moment)
    if not coming:
        raise NotPossible("Il n’y a plus de réunion à venir dans cette série.")
    for meeting in coming:
        cancel_and_tell(meeting, reason=reason, moment=moment, by=by)
    return len(coming)
