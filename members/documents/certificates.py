"""The « attestation d’adhésion » of a person or a structure for a year."""

from datetime import date, timedelta
from typing import Any

from django.utils.text import slugify

from members.campaigns import by_name
from members.documents.letterhead import Letterhead, letterhead
from members.models import Due, Membership
from territories.models import Cpts

TEMPLATE = "pdf/membership_certificate.html"


def certificate(membership: Membership, *, year: int, printed_on: date, head: Letterhead) -> dict[str, Any]:
    """Everything the certificate says. The due of the year is said only when nothing of it remains to be paid."""
    due = Due.objects.with_paid().filter(membership=membership, campaign__year=year).first()
    return _context(membership, due, year=year, printed_on=printed_on, head=head)


def certificates(cpts: Cpts, *, year: int, printed_on: date) -> list[dict[str, Any]]:
    """The certificates of all who settled the dues of the year (paid, or exempt), in the order of their names."""
    head = letterhead(cpts, day=printed_on)
    dues = (
        Due.objects.with_paid()
        .filter(campaign__cpts=cpts, campaign__year=year, owed__lte=0)
        .select_related("membership__college", "membership__structure", "membership__professional__profession")
    )
    return [_context(due.membership, due, year=year, printed_on=printed_on, head=head) for due in by_name(dues)]


def _context(
    membership: Membership, due: Due | None, *, year: int, printed_on: date, head: Letterhead
) -> dict[str, Any]:
    person, structure = membership.professional, membership.structure
    first, last = date(year, 1, 1), date(year, 12, 31)
    left = membership.end - timedelta(days=1) if membership.end else None
    return {
        "title": f"Attestation d’adhésion {year} – {membership.holder}",
        "head": head,
        "year": year,
        "printed_on": printed_on,
        "holder": str(membership.holder),
        "quality": str(person.profession) if person else structure.get_kind_display(),  # type: ignore[union-attr]
        "rpps": person.rpps if person else "",
        "represented_by": "" if person else structure.representative_name,  # type: ignore[union-attr]
        "college": str(membership.college or ""),
        "since": membership.start,
        "from_day": max(first, membership.start or first),
        "to_day": min(last, left) if left else last,
        "is_exempt": bool(due and due.owed <= 0 and due.exemption_reason),
        "paid": due.paid if due and due.owed <= 0 and due.paid else None,
    }


def certificate_filename(membership: Membership, year: int) -> str:
    return f"attestation-{year}-{slugify(str(membership.holder))}.pdf"
