"""The schedule (« échéancier ») of a contract year, printed or exported by the CPTS."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from contracts.models import ContractYear
from contracts.money.entitlements import money_of
from contracts.money.paying import payments_of, sum_of
from contracts.money.three_figures import schedule

TEMPLATE = "pdf/contract_schedule.html"


def schedule_sheet(year: ContractYear, *, day: date) -> dict[str, Any]:
    """Everything the schedule says on a day; figures stay numbers, the template writes them."""
    money, cpts = money_of(year, day), year.contract.cpts
    paid = [each for each in payments_of(year) if each.status == "paid"]
    found, received = money.found, sum_of(paid)
    return {
        "title": f"Échéancier – {cpts.full_name}, {str(year).lower()}",
        "cpts": cpts,
        "year": year,
        "money": money,
        "found": found,
        "dates": schedule(money),
        "paid": paid,
        "received": received,
        "left": max(found.total - received, Decimal("0.00")),
        "printed_on": day,
    }


def schedule_lines(sheet: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for each in sheet["dates"]:
        yield each.on, each.label, each.kind, each.amount, "vérifié" if each.is_verified else "à confirmer"


def schedule_filename(year: ContractYear) -> str:
    return f"echeancier-{slugify(year.contract.cpts.name)[:40]}-annee-{year.exercise.number}"
