"""The three parties are written to twelve, six and three months before a contract expires.

Run each night by `manage.py watch_contract_ends`. What was told stands in the journal, so that each warning is sent
once; a night that was missed loses nothing, the next run sends the warning of the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from contracts.ending import expiry_of, first_review, months_left
from contracts.journal import is_told, write_journal
from contracts.messages import tell_parties
from contracts.models import Contract
from territories.models import Cpts

WARNING = "expiry_warning"


@dataclass(frozen=True)
class Due:
    """A contract to warn about, by the last threshold that it reached."""

    contract: Contract
    months: int
    words: str

    def __str__(self) -> str:
        return f"{self.contract.cpts.full_name}, {self.contract} : rappel des {self.months} mois"


def due_on(day: date) -> Iterator[Due]:
    """The contracts in force that reached a threshold nobody was told of, the nearest end first."""
    running = Contract.objects.filter(starts_on__lte=day, ends_on__gt=day, ended_on__isnull=True)
    for contract in running.select_related("cpts", "renewal").order_by("ends_on", "pk"):
        expiry, months = expiry_of(contract, day), months_left(contract, day)
        if expiry and months and not was_told(contract, months):
            yield Due(contract, months, expiry.sentence)


def was_told(contract: Contract, months: int) -> bool:
    return is_told(contract.cpts_id, WARNING, contract=contract.pk, months=months)


@transaction.atomic
def warn(due: Due, *, moment: datetime) -> bool:
    """Write to the parties and to the journal; False when another run did it meanwhile."""
    Cpts.objects.select_for_update(of=("self",)).get(pk=due.contract.cpts_id)
    if was_told(due.contract, due.months):
        return False
    write_journal(
        due.contract.cpts,
        act=WARNING,
        subject=due.contract,
        words=due.words,
        moment=moment,
        by=None,
        facts={"contract": due.contract.pk, "months": due.months, "on": timezone.localtime(moment).date()},
    )
    tell_parties(first_review(due.contract), due.words)
    return True
