"""Everything the register knows about a person, in French, for the person herself (access and portability)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from cpts_portal.core.text import euros_fr
from members.membership.custom_fields import readable_value
from members.models import Application, CustomField, Due, Payment, Professional
from territories.models import Cpts

CONTACT_FIELDS = ("channel", "value", "consent", "consent_on")
PRACTICE_FIELDS = ("mode", "structure", "place", "address", "commune", "start", "end")
MEMBERSHIP_FIELDS = (
    *("college", "applied_on", "charter_accepted_on", "accepted_on", "refused_on", "refusal_reason"),
    *("start", "end", "leaving_reason"),
)
DUE_FIELDS = ("amount", "exemption_reason", "called_at", "reminded_at")
PAYMENT_FIELDS = ("amount", "paid_on", "method", "payer", "receipt_number", "cancelled_on", "cancellation_reason")
APPLICATION_FIELDS = (
    *("received_at", "civil_last_name", "civil_first_name", "last_name", "profession", "mode", "rpps", "place"),
    *("address", "commune", "email", "message", "charter_accepted_at"),
)


def person_file(person: Professional) -> dict[str, Any]:
    """Field label -> value, block by block; amounts and dates as a French reader writes them."""
    dues = list(Due.objects.filter(membership__professional=person).select_related("campaign"))
    payments = Payment.objects.filter(due__in=dues).select_related("due__campaign")
    return {
        "identité": _fields(person, ["civil_last_name", "civil_first_name", "last_name", "rpps"])
        | {
            "profession": str(person.profession),
            "spécialités": ", ".join(str(specialty) for specialty in person.specialties.all()),
            "champs libres": _free_fields(person.cpts, person.extra),
        },
        "coordonnées": [_fields(contact, CONTACT_FIELDS) for contact in person.contacts.all()],
        "lieux d’exercice": [
            _fields(practice, PRACTICE_FIELDS) for practice in person.practices.select_related("structure", "commune")
        ],
        "structures représentées": [
            _fields(structure, ["name", "representative_title"]) for structure in person.represented_structures.all()
        ],
        "adhésions": [_fields(row, MEMBERSHIP_FIELDS) for row in person.memberships.select_related("college")],
        "cotisations": [{"année": due.campaign.year} | _fields(due, _due_fields(due)) for due in dues],
        "paiements": [{"année": row.due.campaign.year} | _fields(row, PAYMENT_FIELDS) for row in payments],
        "mandats": [_fields(mandate, ["office", "subject", "start", "end"]) for mandate in person.mandates.all()],
        "demandes par le formulaire": [
            _fields(row, APPLICATION_FIELDS)
            | {"champs libres": _free_fields(person.cpts, row.extra), "coordonnées et accords": row.contacts}
            for row in Application.objects.filter(membership__professional=person)
        ],
    }


def _due_fields(due: Due) -> Sequence[str]:
    return ("amount", "forgiven", *DUE_FIELDS[1:]) if due.forgiven else DUE_FIELDS


def _free_fields(cpts: Cpts, extra: dict[str, Any]) -> dict[str, Any]:
    """Under their titles; what no field explains any more under its key."""
    titles = {field.key: field for field in CustomField.objects.filter(cpts=cpts, target=CustomField.Target.PERSON)}
    return {
        titles[key].label if key in titles else key: readable_value(titles[key], value) if key in titles else value
        for key, value in extra.items()
        if value not in (None, "")
    }


def _fields(instance: models.Model, names: Sequence[str]) -> dict[str, Any]:
    """Field label -> readable value; empty ones left out."""
    found: dict[str, Any] = {}
    for name in names:
        field = instance._meta.get_field(name)
        display = getattr(instance, f"get_{name}_display", None)
        value = display() if display else getattr(instance, name)
        if value in (None, ""):
            continue
        label = str(field.verbose_name).removesuffix(" (€)")  # type: ignore[union-attr]
        found[label] = value if isinstance(value, bool | int) else _text(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return euros_fr(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
