"""Lists taken to a meeting: who signs at the general assembly, who did not renew."""

from datetime import date
from itertools import groupby
from typing import Any

from members.dues.campaigns import holder_order
from members.dues.documents.letterhead import letterhead
from members.dues.renewals import not_renewed
from members.models import Contact, Due, Membership
from territories.models import Cpts

NO_COLLEGE = "Sans collège"
ATTENDANCE_TEMPLATE = "pdf/attendance_list.html"
NOT_RENEWED_TEMPLATE = "pdf/not_renewed.html"


def attendance_list(cpts: Cpts, *, day: date, title: str, printed_on: date) -> dict[str, Any]:
    """The members of the day by college (each votes apart), one line to sign each."""
    members = (
        Membership.objects.filter(cpts=cpts)
        .members_on(day)
        .select_related("college", "structure", "professional__profession")
    )
    ordered = sorted(members, key=lambda one: (*_college_order(one), *holder_order(one)))
    groups = [
        {"name": name, "rows": [_row(member) for member in found]}
        for name, found in ((key[2], list(rows)) for key, rows in groupby(ordered, key=_college_order))
    ]
    return {
        "title": f"Feuille de présence – {title}",
        "meeting": title,
        "head": letterhead(cpts, day=day),
        "day": day,
        "printed_on": printed_on,
        "groups": groups,
        "total": len(ordered),
    }


def _college_order(membership: Membership) -> tuple[int, int, str]:
    """Colleges in their own order; those who have none come last."""
    college = membership.college
    return (0, college.rank, college.name) if college else (1, 0, NO_COLLEGE)


def _row(membership: Membership) -> dict[str, str]:
    person, structure = membership.professional, membership.structure
    if person is not None:
        name = f"{(person.last_name or person.civil_last_name).upper()} {person.civil_first_name}"
        return {"name": name, "quality": str(person.profession)}
    quality = structure.get_kind_display()  # type: ignore[union-attr]
    represented = structure.representative_name  # type: ignore[union-attr]
    return {"name": structure.name, "quality": f"{quality}, représentée par {represented}" if represented else quality}  # type: ignore[union-attr]


def not_renewed_list(cpts: Cpts, *, year: int, printed_on: date) -> dict[str, Any]:
    """Those who settled the year before and nothing of this one: what they owe, when they left, how to reach them."""
    rows = not_renewed_rows(cpts, year=year, today=printed_on)
    return {
        "title": f"Cotisations {year} non renouvelées",
        "head": letterhead(cpts, day=printed_on),
        "year": year,
        "printed_on": printed_on,
        "rows": rows,
        "total": sum(row["owed"] or 0 for row in rows),
    }


def not_renewed_rows(cpts: Cpts, *, year: int, today: date) -> list[dict[str, Any]]:
    """In the order of the names; the same for the page, its exports and the PDF."""
    found = sorted(not_renewed(cpts, year=year, today=today), key=lambda row: holder_order(row.membership))
    reach = _reach([row.due for row in found])
    return [
        {
            **_row(row.membership),
            "membership": row.membership,
            "owed": row.owed,
            "left_on": row.left_on,
            "reach": reach.get(row.due.pk, ""),
        }
        for row in found
    ]


def _reach(dues: list[Due]) -> dict[int, str]:
    """due -> e-mail and telephone numbers, in two queries whatever the number."""
    people = {due.membership.professional_id: due.pk for due in dues if due.membership.professional_id}
    found: dict[int, list[str]] = {}
    for person, value in (
        Contact.objects.filter(professional__in=people)
        .exclude(channel=Contact.Channel.SECURE_MAIL)
        .values_list("professional_id", "value")
    ):
        found.setdefault(people[person], []).append(value)
    for due in dues:
        structure = due.membership.structure
        if structure is not None:
            found[due.pk] = [value for value in (structure.email, structure.phone) if value]
    return {pk: " · ".join(values) for pk, values in found.items()}
