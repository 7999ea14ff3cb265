"""Who takes part in the meetings of a CPTS, as sections that a page, a PDF and an export show alike.

Only locked attendances count, and nothing here names a person: agents of ARS and CPAM read the same sections as the
coordination. Members and others are as they were on the day of each meeting, as indicators count them
(`missions/indicators/counting.py`): who joined between two meetings counts once in each quality, and once in the total.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.formats import date_format

from cpts_portal.core.charts import Chart, Point, bar_chart, column_chart
from cpts_portal.core.text import NO_BREAK_SPACE, date_fr, number_fr, plural, short_number_fr
from members.figures.figures import percent_text
from members.models import Membership, Professional
from missions.indicators.counting import Facts, person_of
from missions.meetings.hours import hours_of
from missions.models import Attendance, CptsMission, Exercise, Group, Meeting
from territories.models import Cpts

MEMBERS, OTHERS, GUESTS = "Adhérents", "Non-adhérents du registre", "Invités"
NO_GROUP, NO_MISSION = "Sans groupe", "Sans mission"
CHARTED_ROWS, CHARTED_MONTHS = 12, 12


@dataclass(frozen=True)
class Span:
    """The days `[start, end[` that figures are about."""

    start: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def text(self) -> str:
        return f"du {date_fr(self.start)} au {date_fr(self.last_day)}"


def usual_span(exercises: Sequence[Exercise], today: date) -> Span:
    """The running year of the contract; the civil year when no year of a contract runs."""
    running = next((each for each in exercises if each.covers(today)), None)
    if running:
        return Span(running.start, running.end)
    return Span(date(today.year, 1, 1), date(today.year + 1, 1, 1))


@dataclass(frozen=True)
class Row:
    """What some presences amount to; `people` are different persons, `hours` those they spent there together."""

    label: str
    meetings: int
    presences: int
    members: int
    others: int
    guests: int
    people: int
    hours: Decimal

    @property
    def hours_text(self) -> str:
        return hours_text(self.hours)

    @property
    def cells(self) -> list[object]:
        counts = [self.meetings, self.presences, self.members, self.others, self.guests, self.people]
        return [self.label, *counts, self.hours]


@dataclass(frozen=True)
class Section:
    """A table and its chart; `has_statuses` adds the columns that tell members, others and guests apart."""

    key: str
    title: str
    head: str
    rows: tuple[Row, ...]
    chart: Chart
    total: Row | None = None
    note: str = ""
    has_statuses: bool = True
    is_over_time: bool = False


@dataclass(frozen=True)
class Reach:
    """How many of the members of a day came to a meeting of the period at least once."""

    day: date
    members: int
    came: int

    @property
    def percent(self) -> float | None:
        return None if not self.members else round(100 * self.came / self.members, 1)

    @property
    def percent_text(self) -> str:
        return percent_text(self.percent)

    @property
    def sentence(self) -> str:
        return f"{number_fr(self.came)} sur {plural(self.members, 'adhérent')} au {date_fr(self.day)}"


@dataclass(frozen=True)
class Names:
    """Words of what meetings and presences point to, by primary key."""

    groups: Mapping[int, str]
    missions: Mapping[int, str]
    professions: Mapping[int, str]


@dataclass(frozen=True)
class Participation:
    """Everything the page says about one CPTS over a period."""

    span: Span
    total: Row
    reach: Reach
    sections: tuple[Section, ...]

    def export_rows(self) -> list[list[object]]:
        return [
            [section.title, *row.cells]
            for section in self.sections
            for row in (*section.rows, *([section.total] if section.total else []))
        ]


EXPORT_HEADERS = [
    "Tableau",
    "Ligne",
    "Réunions",
    "Présences",
    "dont adhérents",
    "dont non-adhérents",
    "dont invités",
    "Personnes différentes",
    "Heures de participation",
]


def hours_text(hours: Decimal) -> str:
    """« 12,5 h »: a tenth of an hour when it says something."""
    return f"{short_number_fr(hours.quantize(Decimal('0.1')))}{NO_BREAK_SPACE}h"


def participation_over(cpts: Cpts, span: Span, *, today: date) -> Participation:
    """The same number of queries whatever the number of meetings."""
    facts = Facts.of(cpts, span.start, span.end)
    reach = reach_of(cpts, facts, min(span.last_day, today))
    return Participation(
        span,
        row_of("Total", facts.attendances, len(facts.meetings)),
        reach,
        sections_of(facts, names_of(cpts, facts), Span(span.start, min(span.end, today + timedelta(days=1)))),
    )


def reach_of(cpts: Cpts, facts: Facts, day: date) -> Reach:
    """Persons only: a structure does not come to a meeting."""
    members = set(
        Membership.objects.filter(cpts=cpts, professional__isnull=False)
        .members_on(day)
        .values_list("professional_id", flat=True)
    )
    return Reach(day, len(members), len(members & {each.professional_id for each in facts.attendances}))


def names_of(cpts: Cpts, facts: Facts) -> Names:
    people = {each.professional_id for each in facts.attendances if each.professional_id}
    missions = CptsMission.objects.filter(cpts=cpts).select_related("mission")
    return Names(
        dict(Group.objects.filter(cpts=cpts).values_list("pk", "name")),
        {each.pk: str(each) for each in missions},
        dict(Professional.objects.filter(pk__in=people).values_list("pk", "profession__name")),
    )


# --- Pure -----------------------------------------------------------------------------------------------------------
def row_of(label: str, present: Sequence[Attendance], meetings: int | None = None) -> Row:
    """`meetings`: how many were held; those where somebody of these presences came when it is not said."""
    qualities = [quality_of(each) for each in present]
    return Row(
        label,
        len({each.meeting_id for each in present}) if meetings is None else meetings,
        len(present),
        qualities.count(MEMBERS),
        qualities.count(OTHERS),
        qualities.count(GUESTS),
        len({person_of(each) for each in present}),
        sum((hours_of(each) for each in present), Decimal(0)),
    )


def quality_of(attendance: Attendance) -> str:
    if attendance.professional_id is None:
        return GUESTS
    return MEMBERS if attendance.was_member else OTHERS


def sections_of(facts: Facts, names: Names, shown: Span) -> tuple[Section, ...]:
    """`shown`: the days whose months are drawn. Nothing when no meeting was held."""
    if not facts.meetings:
        return ()
    return (
        _by_quality(facts),
        _by_profession(facts, names),
        _by_group(facts, names),
        _by_mission(facts, names),
        _by_month(facts, shown),
    )


def _by_quality(facts: Facts) -> Section:
    came = _sorted_out(facts.attendances, quality_of)
    rows = tuple(row_of(label, came.get(label, [])) for label in (MEMBERS, OTHERS, GUESTS))
    note = (
        "La qualité est celle du jour de chaque réunion. Une personne qui a adhéré entre deux réunions compte dans les "
        "deux premières lignes, et une seule fois dans le total."
    )
    total = row_of("Total", facts.attendances, len(facts.meetings))
    title = "Adhérents, non-adhérents et invités"
    return _section("qualities", title, "Qualité", rows, note, total=total, has_statuses=False)


def _by_profession(facts: Facts, names: Names) -> Section:
    def profession(attendance: Attendance) -> str:
        return names.professions.get(attendance.professional_id or 0, GUESTS)

    came = _sorted_out(facts.attendances, profession)
    rows = sorted(
        (row_of(label, present) for label, present in came.items()),
        key=lambda row: (row.label == GUESTS, -row.presences, row.label),
    )
    note = "Réunions : celles où au moins une personne de la profession est venue."
    return _section("professions", "Participation par profession", "Profession", tuple(rows), note)


def _by_group(facts: Facts, names: Names) -> Section:
    def groups(meeting: Meeting) -> list[str]:
        return [names.groups.get(meeting.group_id or 0, NO_GROUP)]

    rows = _most_attended(facts, groups, last=NO_GROUP)
    return _section("groups", "Participation par groupe ou instance", "Groupe ou instance", rows)


def _by_mission(facts: Facts, names: Names) -> Section:
    def missions(meeting: Meeting) -> list[str]:
        return [names.missions[pk] for pk in sorted(missions_served(meeting))] or [NO_MISSION]

    note = "Une réunion qui sert deux missions, elle-même ou par son action, compte dans chacune."
    return _section(
        "missions", "Participation par mission", "Mission", _most_attended(facts, missions, last=NO_MISSION), note
    )


def missions_served(meeting: Meeting) -> set[int]:
    """Those the meeting names and those of its action, as indicators count them."""
    served = {mission.pk for mission in meeting.missions.all()}
    return served | ({mission.pk for mission in meeting.action.missions.all()} if meeting.action else set())


def _by_month(facts: Facts, shown: Span) -> Section:
    """Every month of the period that has begun, with or without a meeting."""
    held = _held_by(facts, lambda meeting: [_month_name(timezone.localtime(meeting.starts_at).date())])
    months = _months(shown)
    rows = tuple(_row_of_meetings(name, held.get(name, []), facts) for name in map(_month_name, months))
    points = [
        Point(date_format(month, "M"), row.presences, number_fr(row.presences))
        for month, row in zip(months, rows, strict=True)
    ][-CHARTED_MONTHS:]
    title = "Participation par mois"
    note = f"Le graphique montre les {CHARTED_MONTHS} derniers mois." if len(months) > CHARTED_MONTHS else ""
    chart = column_chart("months", f"{title} : présences", points)
    return Section("months", title, "Mois", rows, chart, note=note, is_over_time=True)


def _month_name(day: date) -> str:
    return date_format(day, "F Y").capitalize()


def _months(span: Span) -> list[date]:
    first, last = span.start.replace(day=1), span.last_day
    number = (last.year - first.year) * 12 + last.month - first.month + 1
    return [first + relativedelta(months=rank) for rank in range(number)]


def _section(
    key: str,
    title: str,
    head: str,
    rows: tuple[Row, ...],
    note: str = "",
    *,
    total: Row | None = None,
    has_statuses: bool = True,
) -> Section:
    points = [Point(row.label, row.presences, number_fr(row.presences)) for row in rows[:CHARTED_ROWS]]
    return Section(key, title, head, rows, bar_chart(key, f"{title} : présences", points), total, note, has_statuses)


def _most_attended(facts: Facts, labels: Callable[[Meeting], list[str]], *, last: str) -> tuple[Row, ...]:
    rows = [_row_of_meetings(label, meetings, facts) for label, meetings in _held_by(facts, labels).items()]
    return tuple(sorted(rows, key=lambda row: (row.label == last, -row.presences, row.label)))


def _row_of_meetings(label: str, meetings: Sequence[Meeting], facts: Facts) -> Row:
    wanted = {meeting.pk for meeting in meetings}
    return row_of(label, [each for each in facts.attendances if each.meeting_id in wanted], len(meetings))


def _held_by(facts: Facts, labels: Callable[[Meeting], list[str]]) -> dict[str, list[Meeting]]:
    found: defaultdict[str, list[Meeting]] = defaultdict(list)
    for meeting in facts.meetings:
        for label in labels(meeting):
            found[label].append(meeting)
    return found


def _sorted_out(present: Iterable[Attendance], label: Callable[[Attendance], str]) -> dict[str, list[Attendance]]:
    found: defaultdict[str, list[Attendance]] = defaultdict(list)
    for each in present:
        found[label(each)].append(each)
    return found
