"""Personal data: one person's whole file on demand, and anonymisation after the retention period.

A person who left is kept for `MEMBER_RETENTION_YEARS` after her last membership ended, then anonymised: name, number,
contacts, places and their history are erased; profession, communes and dates stay, so that the counts of past years
do not change. Payment vouchers keep the payer's name for `PAYMENT_RETENTION_YEARS` (accounting law), then lose it.
Applications that led nowhere and the spreadsheets kept with their imports go after the same period as persons.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from cpts_portal.core.history import delete_as, save_as
from members.models import Application, Contact, Mandate, Membership, Payment, Practice, Professional, RegisterImport
from territories.models import Cpts

APPLICATION_FIELDS = (
    *("received_at", "civil_last_name", "civil_first_name", "last_name", "profession", "mode", "rpps", "place"),
    *("address", "commune", "email", "message", "charter_accepted_at"),
)
REASON = "Anonymisation après la durée de conservation"


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def to_anonymise(cpts: Cpts, *, today: date, years: int | None = None) -> QuerySet[Professional]:
    """Those who were members, are no longer, and whose last membership ended before the retention period."""
    limit = years_before(today, settings.MEMBER_RETENTION_YEARS if years is None else years)
    alive = Membership.objects.filter(professional=OuterRef("pk"), refused_on__isnull=True).filter(
        Q(end__isnull=True) | Q(end__gt=limit)
    )
    held = Mandate.objects.filter(professional=OuterRef("pk")).filter(Q(end__isnull=True) | Q(end__gt=limit))
    return (
        Professional.objects.filter(cpts=cpts, anonymised_on__isnull=True, merged_into__isnull=True)
        .annotate(left_on=Max("memberships__end"))
        .filter(~Exists(alive), ~Exists(held), left_on__isnull=False)
        .select_related("profession")
        .order_by("left_on", "pk")
    )


def payments_to_anonymise(cpts: Cpts, *, today: date, years: int | None = None) -> QuerySet[Payment]:
    """Vouchers older than the accounting period whose person is already anonymised."""
    limit = years_before(today, settings.PAYMENT_RETENTION_YEARS if years is None else years)
    return Payment.objects.filter(
        due__membership__cpts=cpts, due__membership__professional__anonymised_on__isnull=False, paid_on__lt=limit
    ).exclude(payer="")


def applications_to_erase(cpts: Cpts, *, today: date, years: int | None = None) -> QuerySet[Application]:
    """Those refused or set aside before the retention period; the others follow the person they led to."""
    limit = years_before(today, settings.MEMBER_RETENTION_YEARS if years is None else years)
    return Application.objects.filter(cpts=cpts, membership__isnull=True).filter(
        Q(decided_on__lt=limit) | Q(discarded_on__lt=limit)
    )


def imports_to_empty(cpts: Cpts, *, today: date, years: int | None = None) -> QuerySet[RegisterImport]:
    """Imports whose spreadsheet, full of names, is still kept after the retention period."""
    limit = years_before(today, settings.MEMBER_RETENTION_YEARS if years is None else years)
    return RegisterImport.objects.filter(cpts=cpts, created_at__date__lt=limit).exclude(file="")


@dataclass(frozen=True)
class Anonymised:
    """What was done, in figures."""

    persons: int = 0
    contacts: int = 0
    payments: int = 0
    applications: int = 0
    imports: int = 0


@transaction.atomic
def anonymise(people: Iterable[Professional], *, today: date, by: Any) -> Anonymised:
    """Erase who these persons are, and the history that would still tell."""
    persons = contacts = 0
    for person in list(people):
        contacts += _erase_belongings(person, by=by)
        _erase_identity(person, today=today, by=by)
        persons += 1
    return Anonymised(persons=persons, contacts=contacts)


@transaction.atomic
def anonymise_payments(payments: Iterable[Payment], *, by: Any) -> Anonymised:
    found = list(payments)
    for payment in found:
        payment.payer = ""
        save_as(payment, by=by, reason=REASON)
        _forget_history(payment)
    return Anonymised(payments=len(found))


@transaction.atomic
def erase_applications(applications: Iterable[Application], *, by: Any) -> Anonymised:
    found = list(applications)
    for application in found:
        _erase_with_history(application, by=by)
    return Anonymised(applications=len(found))


@transaction.atomic
def empty_imports(imports: Iterable[RegisterImport]) -> Anonymised:
    """The import keeps its figures and loses its file, its corrections and what would undo it."""
    found = list(imports)
    for imported in found:
        for kept in (imported.file, imported.table):
            if kept:
                transaction.on_commit(partial(kept.storage.delete, kept.name))
        imported.file = imported.table = ""
        imported.decisions = imported.corrections = imported.report = imported.undo = {}
        imported.save()
    return Anonymised(imports=len(found))


def _erase_with_history(instance: models.Model, *, by: Any) -> None:
    pk = instance.pk
    delete_as(instance, by=by, reason=REASON)
    type(instance).history.filter(id=pk).delete()  # type: ignore[attr-defined]


def _erase_identity(person: Professional, *, today: date, by: Any) -> None:
    person.civil_last_name = f"anonymisée n° {person.pk}"
    person.civil_first_name = "Personne"
    person.last_name = person.rpps = ""
    person.directory_entry = None
    person.extra = {}
    person.anonymised_on = today
    person.version += 1
    save_as(person, by=by, reason=REASON)
    for trace in Professional.objects.filter(merged_into=person):
        _erase_belongings(trace, by=by)
        trace.civil_last_name, trace.civil_first_name = person.civil_last_name, person.civil_first_name
        trace.last_name, trace.rpps, trace.extra, trace.anonymised_on = "", "", {}, today
        save_as(trace, by=by, reason=REASON)
        _forget_history(trace)
    _forget_history(person)


def _erase_belongings(person: Professional, *, by: Any) -> int:
    """Contacts disappear; practices keep their commune, mode and dates, which the statistics count."""
    contacts = list(Contact.objects.filter(professional=person))
    for contact in contacts:
        _erase_with_history(contact, by=by)
    for application in Application.objects.filter(membership__professional=person):
        _erase_with_history(application, by=by)
    for practice in Practice.objects.filter(professional=person):
        practice.place = practice.address = ""
        practice.structure = None
        save_as(practice, by=by, reason=REASON)
        _forget_history(practice)
    for membership in Membership.objects.filter(professional=person).exclude(leaving_reason="", refusal_reason=""):
        membership.leaving_reason = "Motif effacé" if membership.leaving_reason else ""
        membership.refusal_reason = "Motif effacé" if membership.refusal_reason else ""
        save_as(membership, by=by, reason=REASON)
        _forget_history(membership)
    return len(contacts)


def _forget_history(instance: models.Model) -> None:
    """Keep only the last history row: the earlier ones would still tell who it was."""
    rows = instance.history.order_by("-history_date", "-history_id")  # type: ignore[attr-defined]
    last = rows.first()
    if last is not None:
        rows.exclude(history_id=last.history_id).delete()


def person_file(person: Professional) -> dict[str, Any]:
    """Everything the register knows about a person, in French, for the person herself (access and portability)."""
    return {
        "identité": _fields(person, ["civil_last_name", "civil_first_name", "last_name", "rpps"])
        | {
            "profession": str(person.profession),
            "spécialités": ", ".join(str(specialty) for specialty in person.specialties.all()),
            "champs libres": person.extra,
        },
        "coordonnées": [
            _fields(contact, ["channel", "value", "consent", "consent_on"]) for contact in person.contacts.all()
        ],
        "lieux d’exercice": [
            _fields(practice, ["mode", "structure", "place", "address", "commune", "start", "end"])
            for practice in person.practices.select_related("structure", "commune")
        ],
        "adhésions": [_membership_file(membership) for membership in person.memberships.select_related("college")],
        "mandats": [_fields(mandate, ["office", "subject", "start", "end"]) for mandate in person.mandates.all()],
        "demandes par le formulaire": [
            _fields(application, APPLICATION_FIELDS) | {"coordonnées et accords": application.contacts}
            for application in Application.objects.filter(membership__professional=person)
        ],
    }


def _membership_file(membership: Membership) -> dict[str, Any]:
    names = [
        "college",
        "applied_on",
        "charter_accepted_on",
        "accepted_on",
        "refused_on",
        "refusal_reason",
        "start",
        "end",
        "leaving_reason",
    ]
    dues = membership.dues.select_related("campaign").prefetch_related("payments")
    return _fields(membership, names) | {
        "cotisations": [
            {
                "année": due.campaign.year,
                "montant": str(due.amount),
                "exonération": due.exemption_reason,
                "paiements": [
                    _fields(payment, ["amount", "paid_on", "method", "payer", "receipt_number", "cancelled_on"])
                    for payment in due.payments.all()
                ],
            }
            for due in dues
        ]
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
        found[str(field.verbose_name)] = value if isinstance(value, bool | int) else _text(value)  # type: ignore[union-attr]
    return found


def _text(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
