"""What the cards of a person and of a structure show: rows ready to print, read with a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from cpts_portal.core.periods import covers
from cpts_portal.core.text import NO_BREAK_SPACE, date_fr, number_fr
from members.models import (
    Contact,
    Due,
    DuesState,
    Mandate,
    Membership,
    Payment,
    Practice,
    Professional,
    Status,
    Structure,
)

TONES = {
    Status.MEMBER: "success",
    Status.APPLIED: "info",
    Status.UPCOMING: "info",
    Status.LEFT: "neutral",
    Status.REFUSED: "danger",
}


@dataclass(frozen=True)
class MembershipRow:
    """One period of membership: its state today, what happened to it, what may be done next."""

    membership: Membership
    status: Status
    steps: list[tuple[date, str]]
    actions: list[tuple[str, str]]  # label, URL

    @property
    def tone(self) -> str:
        return TONES[self.status]


def membership_rows(memberships: Iterable[Membership], *, today: date, may_change: bool) -> list[MembershipRow]:
    found = list(memberships)
    is_open = has_open(found, today)
    return [
        MembershipRow(
            membership=row,
            status=row.shown_status(today),
            steps=_steps(row, today),
            actions=_actions(row, row.shown_status(today), today, is_open=is_open) if may_change else [],
        )
        for row in found
    ]


def has_open(memberships: Iterable[Membership], today: date) -> bool:
    """Is there a membership or an application in course? Then no other begins, and no departure is taken back."""
    return any((row.end is None or row.end > today) and row.refused_on is None for row in memberships)


def _steps(row: Membership, today: date) -> list[tuple[date, str]]:
    refused = "Refusée par le bureau" + (f" : {row.refusal_reason}" if row.refusal_reason else "")
    is_planned = row.end is not None and row.end > today
    left = "Départ prévu" if is_planned else "Fin de l’adhésion"
    left += f" : {row.leaving_reason}" if row.leaving_reason else ""
    told = [
        (row.applied_on, "Demande d’adhésion"),
        (row.charter_accepted_on, "Charte acceptée"),
        (row.accepted_on, "Acceptée par le bureau"),
        (row.refused_on, refused),
        (row.start, "Début de l’adhésion"),
        (row.end, left),
    ]
    return sorted(((day, text) for day, text in told if day), key=lambda step: step[0])


def _actions(row: Membership, status: Status, today: date, *, is_open: bool) -> list[tuple[str, str]]:
    cpts = row.cpts_id
    offered: dict[Status, list[tuple[str, str]]] = {
        Status.APPLIED: [
            ("Enregistrer la décision du bureau", reverse("members:applications", args=[cpts])),
            ("Refuser la demande", reverse("members:membership-refuse", args=[cpts, row.pk])),
        ],
        Status.MEMBER: [
            ("Attestation d’adhésion", reverse("members:membership-certificate", args=[cpts, row.pk, today.year])),
            *_departure(row),
        ],
        Status.UPCOMING: _departure(row),
        Status.LEFT: []
        if is_open
        else [("Annuler le départ", reverse("members:membership-back", args=[cpts, row.pk]))],
    }
    return [(label, url) for label, url in offered.get(status, []) if url]


def _departure(row: Membership) -> list[tuple[str, str]]:
    """Of a membership that is not over: a departure to record, or the one planned to change or to give up."""
    leave = reverse("members:membership-leave", args=[row.cpts_id, row.pk])
    if row.end is None:
        return [("Enregistrer un départ", leave)]
    back = reverse("members:membership-back", args=[row.cpts_id, row.pk])
    return [("Changer le départ prévu", leave), ("Annuler le départ prévu", back)]


def current_status(rows: list[MembershipRow]) -> MembershipRow | None:
    """The membership that says where somebody stands today: the one in course, else the latest."""
    order = [Status.MEMBER, Status.UPCOMING, Status.APPLIED, Status.LEFT, Status.REFUSED]
    return min(rows, key=lambda row: order.index(row.status), default=None)


def dues_of(memberships: Iterable[Membership]) -> QuerySet[Due]:
    """The dues of these memberships, the latest year first, with what was paid and the payments."""
    return (
        Due.objects.filter(membership__in=[row.pk for row in memberships])
        .select_related("campaign")
        .prefetch_related(Prefetch("payments", queryset=Payment.objects.order_by("paid_on", "pk")))
        .order_by("-campaign__year", "-pk")
    )


def due_rows(dues: Iterable[Due], cpts_id: int, *, today: date) -> list[dict[str, Any]]:
    return [
        {
            "year": due.campaign.year,
            "url": reverse("members:due-detail", args=[cpts_id, due.pk]),
            "amount": euros(due.amount),
            "state": due_state(due, today),
            "payments": [
                {"text": payment_text(payment), "url": receipt_url(cpts_id, payment)} for payment in due.payments.all()
            ],
        }
        for due in dues
    ]


def due_state(due: Due, today: date) -> tuple[str, str]:
    """(words, tone) of a due."""
    remains = f"reste {euros(due.owed)}"
    return {
        DuesState.EXEMPT: (f"Exonérée : {due.exemption_reason}", "neutral"),
        DuesState.PAID: ("Réglée", "success"),
        DuesState.LATE: (f"En retard : {remains}", "danger"),
    }.get(due.state_on(today), (remains.capitalize(), "warning"))


def euros(amount: Decimal) -> str:
    return f"{number_fr(float(amount), 2)}{NO_BREAK_SPACE}€"


def payment_text(payment: Payment) -> str:
    text = f"{euros(payment.amount)} le {date_fr(payment.paid_on)}, {payment.get_method_display().lower()}"
    payer = f", par {payment.payer}" if payment.payer else ""
    gone = f" – annulé le {date_fr(payment.cancelled_on)}" if payment.cancelled_on else ""
    return f"{text}{payer}, reçu {payment.receipt_number}{gone}"


def receipt_url(cpts_id: int, payment: Payment) -> str:
    return "" if payment.cancelled_on else reverse("members:payment-receipt", args=[cpts_id, payment.pk])


def history_of(own: QuerySet, holder: str, keys: Sequence[int]) -> list[QuerySet]:
    """The history of a record (`own`), of the memberships, dues and payments of these records (`holder`: their column).

    `keys`: the record and those merged into it. What was moved or deleted since is found by what its history says.
    """
    memberships = Membership.history.filter(**{f"{holder}__in": keys})
    dues = Due.history.filter(membership_id__in=memberships.order_by().values("id"))
    payments = Payment.history.filter(due_id__in=dues.order_by().values("id"))
    return [own, memberships, dues, payments]


def practice_rows(practices: Iterable[Practice], today: date) -> list[dict[str, Any]]:
    """Those in course first; a practice without a beginning has always been."""
    rows = [{"practice": row, "is_current": row.end is None or row.end > today} for row in practices]
    return sorted(rows, key=lambda row: not row["is_current"])


def contact_rows(contacts: Iterable[Contact]) -> list[dict[str, Any]]:
    return [{"contact": row, "href": _href(row)} for row in contacts]


def _href(row: Contact) -> str:
    if row.channel in (Contact.Channel.EMAIL, Contact.Channel.SECURE_MAIL):
        return f"mailto:{row.value}"
    return f"tel:{row.value.replace(' ', '')}"


def mandate_rows(mandates: Iterable[Mandate], today: date) -> list[dict[str, Any]]:
    """`state` is empty for those held today."""
    return [
        {
            "mandate": row,
            "state": "" if covers(row, today) else "terminé" if row.is_over_on(today) else "à venir",
            "is_over": row.is_over_on(today),
        }
        for row in mandates
    ]


def represented_by(person: Professional) -> QuerySet[Structure]:
    """The structures that point to this person as their representative or, pointing to nobody, bear her name."""
    names = {f"{person.civil_first_name} {name}" for name in (person.civil_last_name, person.last_name) if name}
    turned = {" ".join(reversed(name.split(" ", 1))) for name in names}
    named = Q(representative__isnull=True, representative_name__in=[*names, *turned])
    return Structure.objects.filter(Q(representative=person) | named, cpts_id=person.cpts_id, merged_into__isnull=True)


def people_practising_at(structure: Structure, today: date) -> QuerySet[Practice]:
    return (
        Practice.objects.filter(structure=structure, professional__merged_into__isnull=True)
        .filter(Q(start__isnull=True) | Q(start__lte=today), Q(end__isnull=True) | Q(end__gt=today))
        .select_related("professional__profession")
        .order_by("professional__civil_last_name", "professional__civil_first_name", "pk")
    )
