"""The columns of the files the money room gives: payments for the fund, the schedule for the CPTS, the grid."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone

from contracts.models import FundPayment, Rate
from missions.models import Confidence

SCHEDULE_HEADERS = ("Date", "Enveloppe", "Nature", "Montant (€)", "Fiabilité")
PAYMENT_HEADERS = (
    *("CPTS", "FINESS", "Année du contrat", "Mission", "Enveloppe", "Nature", "Montant (€)", "Échéance", "État"),
    *("Décidé le", "Versé le", "Référence du virement", "Reçu le", "Fiabilité du montant", "Motif"),
)
GRID_HEADERS = ("mission", "enveloppe", "taille", "montant", "debut", "fin", "source", "fiabilite")
_CONFIDENCE = {each.value: each.label for each in Confidence}


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


def grid_lines(rates: Sequence[Rate]) -> Iterator[tuple[Any, ...]]:
    """Lines that the import reads back: loading them again changes nothing."""
    for each in rates:
        yield (
            *(each.mission.code if each.mission else "", each.get_part_display(), each.size),
            *(
                f"{each.amount:.2f}".replace(".", ","),
                f"{each.start:%d/%m/%Y}",
                f"{each.end:%d/%m/%Y}" if each.end else "",
            ),
            *(each.source, each.get_confidence_display()),
        )
