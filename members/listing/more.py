"""What only exports show of the rows: everything she would otherwise keep in her spreadsheet beside the register."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cpts_portal.core.periods import active_on
from members.listing.criteria import Criteria, Kind
from members.listing.details import Detail, Key
from members.models import Contact, Due, Mandate, Payment, Professional, Structure

PHONES = (Contact.Channel.PHONE, Contact.Channel.MOBILE)


@dataclass
class More:
    """`extra` holds the free fields as they are kept; the dues are those of the year asked, whoever paid them."""

    civil_name: str = ""
    specialties: list[str] = field(default_factory=list)
    mandates: list[str] = field(default_factory=list)
    siret: str = ""
    representative: str = ""
    representative_title: str = ""
    emails: list[str] = field(default_factory=list)
    secure_mails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    called: Decimal | None = None
    paid: Decimal | None = None
    paid_on: date | None = None
    receipts: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


def more_of(details: dict[Key, Detail], wanted: Criteria) -> dict[Key, More]:
    """Seven queries whatever the number of rows."""
    found = {key: More() for key in details}
    people = [pk for kind, pk in found if kind == Kind.PERSON]
    structures = [pk for kind, pk in found if kind == Kind.STRUCTURE]
    _add_people(found, people)
    _add_mandates(found, people, wanted.day)
    _add_structures(found, structures)
    _add_dues(found, details, wanted)
    return found


def _add_people(found: dict[Key, More], people: list[int]) -> None:
    rows = Professional.objects.filter(pk__in=people).prefetch_related("contacts", "specialties")
    for person in rows.only("pk", "civil_last_name", "extra"):
        more = found[Kind.PERSON, person.pk]
        more.civil_name, more.extra = person.civil_last_name, person.extra
        more.specialties = [specialty.name for specialty in person.specialties.all()]
        for contact in person.contacts.all():
            _contacts_like(more, contact.channel).append(contact.value)


def _contacts_like(more: More, channel: str) -> list[str]:
    if channel in PHONES:
        return more.phones
    return more.secure_mails if channel == Contact.Channel.SECURE_MAIL else more.emails


def _add_mandates(found: dict[Key, More], people: list[int], day: date) -> None:
    for mandate in Mandate.objects.filter(active_on(day), professional__in=people):
        subject = f" : {mandate.subject}" if mandate.subject else ""
        found[Kind.PERSON, mandate.professional_id].mandates.append(f"{mandate.get_office_display()}{subject}")


def _add_structures(found: dict[Key, More], structures: list[int]) -> None:
    for row in Structure.objects.filter(pk__in=structures):
        more = found[Kind.STRUCTURE, row.pk]
        more.siret, more.extra = row.siret, row.extra
        more.representative, more.representative_title = row.representative_name, row.representative_title
        more.emails = [row.email] if row.email else []
        more.phones = [row.phone] if row.phone else []


def _add_dues(found: dict[Key, More], details: dict[Key, Detail], wanted: Criteria) -> None:
    """The due of the membership shown, as the list does."""
    shown = {detail.membership_id: found[key] for key, detail in details.items() if detail.membership_id}
    dues = Due.objects.filter(campaign__cpts=wanted.cpts, campaign__year=wanted.year, membership__in=list(shown))
    by_due = {}
    for due in dues:
        more = by_due[due.pk] = shown[due.membership_id]
        more.called, more.paid = due.amount, due.paid
    payments = Payment.objects.filter(due__in=list(by_due), cancelled_on__isnull=True).order_by("paid_on", "pk")
    for due_id, paid_on, receipt in payments.values_list("due_id", "paid_on", "receipt_number"):
        by_due[due_id].paid_on = paid_on
        by_due[due_id].receipts.append(receipt)
