"""Payments and schedules as rows to download."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone

from contracts.models import FundPayment
from contracts.terms.exports import _CONFIDENCE

SCHEDULE_HEADERS = ("Date", "Enveloppe", "Nature", "Montant (€)", "Fiabilité")
PAYMENT_HEADERS = (
    *("CPTS", "FINESS", "Année du contrat", "Mission", "Enveloppe", "Nature", "Montant (€)", "Échéance", "État"),
    *("Décidé le", "Versé le", "Référence du virement", "Reçu le", "Fiabilité du montant", "Motif"),
)


def payment_lines(payments: Sequence[FundPayment]) -> Iterator[tuple[Any, ...]]:
    for each in payments:
        cpts = each.year.contract.cpts
        yield (
            *(cpts.full_name, cpts.finess, str(each.year), str(each.mission or ""), each.get_part_display()),
            *(each.get_kind_display(), each.amount, each.due_on, each.get_status_display()),
            *(
                timezone.localtime(each.decided_at).date() if each.decided_at else None,
                each.paid_on,
                each.reference,
                each.received_on,
            ),
            *(_CONFIDENCE.get(each.confidence, ""), each.reason),
        )
