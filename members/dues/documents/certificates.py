"""The « attestation d’adhésion » of a person or a structure for a year."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from cpts_portal.core.text import fold
from members.dues.campaigns import holder_order
from members.dues.documents.letterhead import Letterhead, letterhead
from members.dues.dues import HolderKey, holder_key, members_of_year, one_per_holder
from members.models import Due, DuesCampaign, Membership
from territories.models import Cpts

TEMPLATE = "pdf/membership_certificate.html"


def certificate(membership: Membership, *, year: int, printed_on: date, head: Letterhead) -> dict[str, Any]:
    """Everything the certificate says. The due of the year is said only when nothing of it remains to be paid."""
    people, structures = ([key] if key else [] for key in holder_key(membership))
    dues = Due.objects.of_holders(people=people, structures=structures)
    due = dues.filter(campaign__year=year).order_by("owed", "pk").first()
    return _context(membership, due, year=year, printed_on=printed_on, head=head)


def certificates(
    cpts: Cpts, *, year: int, printed_on: date, chosen: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """The certificates of all who settled the dues of the year (paid, or exempt), in the order of their names.

    With `chosen` (memberships of the year): of these, whatever they paid.
    """
    head = letterhead(cpts, day=printed_on)
    settled = _settled(cpts, year)
    found = members_to_certify(cpts, year=year) if chosen is None else _among_chosen(cpts, year, chosen)
    return [
        _context(membership, settled.get(holder_key(membership)), year=year, printed_on=printed_on, head=head)
        for membership in sorted(found, key=holder_order)
    ]


def members_to_certify(cpts: Cpts, *, year: int) -> list[Membership]:
    """Those who settled the dues of the year: the last membership of each in it, whichever one the due was asked on."""
    settled = _settled(cpts, year)
    return [row for row in one_per_holder(_members(cpts, year)) if holder_key(row) in settled]


def _among_chosen(cpts: Cpts, year: int, chosen: Collection[int]) -> list[Membership]:
    wanted = set(chosen)
    return [row for row in one_per_holder(_members(cpts, year)) if row.pk in wanted]


def _members(cpts: Cpts, year: int) -> QuerySet[Membership]:
    return members_of_year(cpts, year).select_related("college", "structure", "professional__profession")


def _settled(cpts: Cpts, year: int) -> dict[HolderKey, Due]:
    campaigns = DuesCampaign.objects.filter(cpts=cpts, year=year)
    dues = Due.objects.settled(campaigns).select_related("membership")
    return {holder_key(due.membership): due for due in dues}


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
        "college": _college_words(membership),
        "since": membership.start,
        "from_day": max(first, membership.start or first),
        "to_day": min(last, left) if left else last,
        "is_exempt": bool(due and due.owed <= 0 and due.exemption_reason),
        "paid": due.paid if due and due.owed <= 0 and due.paid else None,
    }


def _college_words(membership: Membership) -> str:
    """« collège « Libéraux » »; a name that says already that it is a college is not said twice."""
    name = str(membership.college or "")
    if not name:
        return ""
    quoted = f"«\N{NO-BREAK SPACE}{name}\N{NO-BREAK SPACE}»"
    return quoted if fold(name).startswith("college") else f"collège {quoted}"


def certificate_filename(membership: Membership, year: int) -> str:
    return f"attestation-{year}-{slugify(str(membership.holder))}.pdf"
