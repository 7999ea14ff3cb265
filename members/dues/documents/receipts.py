"""The receipt of a payment of dues."""

from datetime import date
from typing import Any

from members.dues.campaigns import holder_order
from members.dues.documents.letterhead import Letterhead, letterhead
from members.models import Mandate, Payment
from territories.models import Cpts

TEMPLATE = "pdf/payment_receipt.html"


def receipt(payment: Payment, *, printed_on: date, head: Letterhead) -> dict[str, Any]:
    """Everything the receipt says; a cancelled payment keeps its receipt, which says so and why."""
    due = payment.due
    return {
        "title": f"Reçu {payment.receipt_number} – {payment.payer}",
        "head": head,
        "printed_on": printed_on,
        "number": payment.receipt_number,
        "year": due.campaign.year,
        "payer": payment.payer,
        "holder": str(due.membership.holder),
        "amount": payment.amount,
        "paid_on": payment.paid_on,
        "method": payment.get_method_display(),
        "cancelled_on": payment.cancelled_on,
        "cancellation_reason": payment.cancellation_reason,
    }


def receipt_head(cpts: Cpts, *, day: date) -> Letterhead:
    """Receipts are signed by the treasurer."""
    return letterhead(cpts, day=day, signing=Mandate.Office.TREASURER)


def receipts(cpts: Cpts, *, year: int, printed_on: date) -> list[dict[str, Any]]:
    """The receipts of all payments of the dues of a year, cancelled ones left out, in the order of the names."""
    head = receipt_head(cpts, day=printed_on)
    found = Payment.objects.filter(
        due__campaign__cpts=cpts, due__campaign__year=year, cancelled_on__isnull=True
    ).select_related("due__campaign", "due__membership__structure", "due__membership__professional")
    ordered = sorted(found, key=lambda payment: (holder_order(payment.due.membership), payment.receipt_number))
    return [receipt(payment, printed_on=printed_on, head=head) for payment in ordered]


def receipt_filename(payment: Payment) -> str:
    return f"recu-{payment.receipt_number}.pdf"
