"""Anonymisation of one CPTS: what it would do today, shown before; then done, to what was shown and nothing more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from members.models import Professional
from members.privacy import (
    Anonymised,
    anonymise,
    anonymise_payments,
    applications_to_erase,
    empty_imports,
    erase_applications,
    imports_to_empty,
    payments_to_anonymise,
    to_anonymise,
)
from territories.models import Cpts

AT_A_TIME = 200


@dataclass(frozen=True)
class ErasurePlan:
    """The persons of this round (the longest gone first), and how many there are in all."""

    people: list[Professional]
    persons: int
    payments: int
    applications: int
    imports: int

    @property
    def is_empty(self) -> bool:
        return not (self.persons or self.payments or self.applications or self.imports)

    @property
    def waiting(self) -> int:
        """Persons left for another round."""
        return self.persons - len(self.people)


def plan_for(cpts: Cpts, *, today: date) -> ErasurePlan:
    people = to_anonymise(cpts, today=today)
    return ErasurePlan(
        people=list(people[:AT_A_TIME]),
        persons=people.count(),
        payments=payments_to_anonymise(cpts, today=today).count(),
        applications=applications_to_erase(cpts, today=today).count(),
        imports=imports_to_empty(cpts, today=today).count(),
    )


@transaction.atomic
def carry_out(cpts: Cpts, *, people: Iterable[int], today: date, by: Any) -> Anonymised:
    """Anonymise those of these persons who are still concerned, and the vouchers, applications and files due.

    Somebody who came back since the list was shown is left alone; somebody who was not shown waits for the next list.
    """
    wanted = sorted(people)
    list(Professional.objects.select_for_update().filter(cpts=cpts, pk__in=wanted).order_by("pk").values_list("pk"))
    vouchers = list(payments_to_anonymise(cpts, today=today))
    erased = anonymise(to_anonymise(cpts, today=today).filter(pk__in=wanted), today=today, by=by)
    return Anonymised(
        persons=erased.persons,
        contacts=erased.contacts,
        payments=anonymise_payments(vouchers, by=by).payments,
        applications=erase_applications(applications_to_erase(cpts, today=today), by=by).applications,
        imports=empty_imports(imports_to_empty(cpts, today=today)).imports,
    )
