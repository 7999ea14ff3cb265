"""The yearly statement of a person: what the CPTS paid her in a calendar year, the two legal natures apart.

A sum belongs to the year it was paid in; the yearly ceiling counts the year of the activity, hence the last section.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from cpts_portal.core.money import ZERO
from members.models import Professional
from missions.models import Nature, PayLine, PayStatus
from missions.pay.ceiling import GRANTED

TEMPLATE = "pdf/pay_statement.html"


@dataclass(frozen=True)
class StatementSection:
    """One nature: its lines and their sum."""

    title: str
    why: str
    lines: list[PayLine]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


WORDS = {
    Nature.INDEMNITY: ("Indemnités", "compensation de la perte de revenu due aux fonctions tenues dans la CPTS"),
    Nature.REMUNERATION: ("Rémunérations", "contrepartie de la participation aux missions de la CPTS"),
}


def pay_statement(person: Professional, year: int, *, day: date) -> dict[str, Any]:
    """Everything the statement says on a day; figures stay numbers, the template writes them."""
    lines = PayLine.objects.filter(cpts_id=person.cpts_id, professional=person).order_by("day", "pk")
    paid = list(lines.filter(status=PayStatus.PAID, paid_on__year=year).select_related("batch"))
    sections = [
        StatementSection(*words, [line for line in paid if line.nature == nature]) for nature, words in WORDS.items()
    ]
    return {
        "title": f"Relevé {year} – {person}",
        "person": person,
        "cpts": person.cpts,
        "year": year,
        "sections": sections,
        "total": sum((section.total for section in sections), ZERO),
        "waiting": list(lines.filter(status__in=GRANTED, day__year=year, paid_on__isnull=True)),
        "printed_on": day,
    }


def statement_filename(person: Professional, year: int) -> str:
    return f"releve-{year}-{slugify(str(person))[:50]}.pdf"
