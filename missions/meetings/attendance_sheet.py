"""The attendance sheet of a meeting: who is expected, by profession or by structure, one line to sign each."""

from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.utils.text import slugify

from cpts_portal.core.periods import active_on
from members.models import Practice, Professional
from missions.meetings.attending import day_of
from missions.models import Attendance, Meeting

TEMPLATE = "pdf/attendance_sheet.html"
BY_PROFESSION, BY_STRUCTURE = "profession", "structure"
GUESTS, NO_STRUCTURE = "Invités", "Sans structure"
BLANK_LINES = 6


def attendance_sheet(meeting: Meeting, *, grouped_by: str, printed_on: date) -> dict[str, Any]:
    rows = expected(meeting)
    people = [(section_of(row, grouped_by), row) for row in rows if row.professional_id]
    people.sort(key=lambda pair: (pair[0] == NO_STRUCTURE, pair[0], member_of(pair[1]).sort_name))
    sections = [
        {"name": name, "rows": [line_of(row, grouped_by) for _, row in found]}
        for name, found in groupby(people, key=lambda pair: pair[0])
    ]
    guests = [{"name": row.guest_name, "quality": row.guest_organisation} for row in rows if not row.professional_id]
    if guests:
        sections.append({"name": GUESTS, "rows": guests})
    return {
        "title": f"Feuille de présence – {meeting.title}",
        "meeting": meeting,
        "cpts": meeting.cpts,
        "day": day_of(meeting),
        "quality": "Structure" if grouped_by == BY_PROFESSION else "Profession",
        "sections": sections,
        "blanks": range(BLANK_LINES),
        "expected": len(rows),
        "printed_on": printed_on,
    }


def expected(meeting: Meeting) -> list[Attendance]:
    """Everybody on the list, with where they practise that day."""
    places = Practice.objects.filter(active_on(day_of(meeting))).select_related("structure")
    found = Attendance.objects.filter(meeting=meeting).select_related("professional__profession")
    return list(found.prefetch_related(Prefetch("professional__practices", queryset=places, to_attr="places_now")))


def member_of(row: Attendance) -> Professional:
    """The person of the register on this line: guests stand apart."""
    if row.professional is None:
        raise ValueError(f"Attendance {row.pk} is that of a guest.")
    return row.professional


def structures_of(row: Attendance) -> str:
    places: list[Practice] = vars(member_of(row))["places_now"]
    names = [practice.structure.name for practice in places if practice.structure]
    return ", ".join(dict.fromkeys(names))


def section_of(row: Attendance, grouped_by: str) -> str:
    if grouped_by == BY_STRUCTURE:
        return structures_of(row) or NO_STRUCTURE
    return str(member_of(row).profession)


def line_of(row: Attendance, grouped_by: str) -> dict[str, str]:
    person = member_of(row)
    name = f"{(person.last_name or person.civil_last_name).upper()} {person.civil_first_name}"
    quality = structures_of(row) if grouped_by == BY_PROFESSION else str(person.profession)
    return {"name": name, "quality": quality}


def sheet_filename(meeting: Meeting) -> str:
    return f"feuille-de-presence-{day_of(meeting):%Y-%m-%d}-{slugify(meeting.title)[:50]}.pdf"
