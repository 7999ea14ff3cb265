"""What merging two records does to their memberships and dues, in words: shown before anything is written."""

from typing import Any

from django.utils import timezone

from cpts_portal.core.text import date_fr
from members.models import Due, Membership
from members.records.joined_memberships import JoinedDues, Union, holder_id, in_course, may_be_kept
from members.records.views.card_rows import euros


def membership_lines(record: Any) -> list[str]:
    """Every membership of a record, with its dues year by year."""
    rows = record.memberships.select_related("college").prefetch_related("dues__campaign")
    return [line for row in rows for line in (membership_text(row), *(due_text(due) for due in row.dues.all()))]


def membership_text(row: Membership) -> str:
    status = row.shown_status(timezone.localdate()).label
    day = row.start or row.applied_on
    since = f" {'depuis le' if row.start else 'du'} {date_fr(day)}" if day else ""
    until = f", jusqu’au {date_fr(row.end)}" if row.end else ""
    return f"{status}{since}{until}" + (f", {row.college}" if row.college else "")


def due_text(due: Due) -> str:
    return f"{due.campaign} : {euros(due.amount)} appelés, {euros(due.paid)} reçus"


def membership_choice(first: Any, second: Any) -> list[dict[str, Any]]:
    """When both are in course: the first of each record, the earliest that has begun being proposed."""
    found = in_course(first, second, on=timezone.localdate())
    own = {holder_id(row): row for row in reversed(found)}
    if len(own) < 2:
        return []
    return [
        {
            "record": record,
            "row": own[record.pk],
            "text": membership_text(own[record.pk]),
            "free": may_be_kept(own[record.pk], found),
            "proposed": own[record.pk] == found[0],
        }
        for record in (first, second)
    ]


def union_lines(union: Union) -> list[str]:
    lines = []
    if union.kept:
        others = " ; ".join(membership_text(row) for row in union.gone)
        lines.append(
            f"Adhésion gardée : {membership_text(union.kept)}. L’autre ({others}) s’y fond et ne compte plus à part."
        )
    if union.moved:
        names = ", ".join(str(due.campaign).lower() for due in union.moved)
        lines.append(f"Rejoint l’adhésion gardée : {names}.")
    return [*lines, *(_joined_line(dues) for dues in union.joined)]


def _joined_line(dues: JoinedDues) -> str:
    exempt = f", exonérée ({dues.exemption_reason})" if dues.exemption_reason else ""
    line = (
        f"{dues.kept.campaign} : les paiements des deux fiches se rejoignent sur une seule cotisation "
        f"({euros(dues.kept.amount)} appelés, {euros(dues.paid)} reçus{exempt})."
    )
    if not dues.too_much:
        return line
    more = f"{euros(dues.too_much)} ont été reçus en trop"
    return f"{line} {more} : à rembourser, ou paiement à annuler s’il a été saisi deux fois."
