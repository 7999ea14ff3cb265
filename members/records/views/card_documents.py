"""The documents of a member as her card lists them: what was received from her, sent to her, and made on demand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.text import date_fr
from members.models import Application, Due, Membership
from members.records.views.card_rows import euros, receipt_url


@dataclass(frozen=True)
class Document:
    """A line: its name, what tells it from the others, where it is (empty: it was sent and is not kept)."""

    label: str
    hint: str = ""
    url: str = ""


@dataclass(frozen=True)
class Documents:
    certificates: list[Document]
    receipts: list[Document]
    letters: list[Document]
    applications: list[Document]

    @property
    def groups(self) -> list[tuple[str, list[Document]]]:
        all_groups = [
            ("Attestations d’adhésion", self.certificates),
            ("Reçus", self.receipts),
            ("Courriers", self.letters),
            ("Demandes reçues", self.applications),
        ]
        return [(title, rows) for title, rows in all_groups if rows]


def documents_of(memberships: Sequence[Membership], dues: Sequence[Due], cpts_id: int, today: date) -> Documents:
    """`dues` with their campaign and payments, as `card_rows.dues_of` reads them; one query more."""
    received = Application.objects.filter(membership__in=[row.pk for row in memberships]).order_by("-received_at")
    return Documents(
        certificates=_certificates(memberships, cpts_id, today),
        receipts=[row for due in dues for row in _receipts(due, cpts_id)],
        letters=[row for due in dues for row in _letters(due, cpts_id)],
        applications=[_application(row, cpts_id) for row in received],
    )


def _certificates(memberships: Iterable[Membership], cpts_id: int, today: date) -> list[Document]:
    """One a year of membership until this one, made when it is opened."""
    by_year: dict[int, Membership] = {}
    for row in memberships:
        if row.start is None or row.start > today:
            continue
        last = min(row.end.year, today.year) if row.end else today.year
        for year in range(row.start.year, last + 1):
            by_year.setdefault(year, row)
    return [
        Document(str(year), url=reverse("members:membership-certificate", args=[cpts_id, row.pk, year]))
        for year, row in sorted(by_year.items(), reverse=True)
    ]


def _receipts(due: Due, cpts_id: int) -> list[Document]:
    return [
        Document(
            payment.receipt_number,
            f"{euros(payment.amount)}, payés le {date_fr(payment.paid_on)}",
            receipt_url(cpts_id, payment),
        )
        for payment in due.payments.all()
        if payment.cancelled_on is None
    ]


def _letters(due: Due, cpts_id: int) -> list[Document]:
    """The calls and the last reminder sent by e-mail; the due is where the next one is prepared."""
    url, year = reverse("members:due-detail", args=[cpts_id, due.pk]), due.campaign.year
    found = []
    if due.reminded_at:
        times = f", {due.reminders} rappels en tout" if due.reminders > 1 else ""
        found.append(Document(f"Rappel de cotisation {year}", f"envoyé le {_day(due.reminded_at)}{times}", url))
    if due.called_at:
        found.append(Document(f"Appel à cotisation {year}", f"envoyé le {_day(due.called_at)}", url))
    return found


def _application(row: Application, cpts_id: int) -> Document:
    charter = ", charte acceptée" if row.charter_accepted_at else ""
    url = reverse("members:application-detail", args=[cpts_id, row.pk])
    return Document("Demande d’adhésion", f"reçue le {_day(row.received_at)} par le formulaire public{charter}", url)


def _day(moment: Any) -> str:
    return date_fr(timezone.localtime(moment).date())
