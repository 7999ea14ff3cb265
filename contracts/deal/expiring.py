"""When a contract expires: the three parties are warned twelve, six and three months before its last day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from contracts.deal.renewal import is_renewed
from contracts.deal.termination import first_review
from contracts.models import Contract, ContractState, SignedPeriod
from contracts.shared.journal import is_told, write_journal
from contracts.talk.messages import tell_parties
from cpts_portal.core.text import date_fr, plural
from territories.models import Cpts

WARNED_MONTHS = {3: "danger", 6: "warning", 12: "info"}  # before a contract expires, the nearest first


# --- Expiry and renewal ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Expiry:
    """« Ce contrat prend fin le 31 décembre 2030, dans 5 mois. »"""

    sentence: str
    tone: str


def expiry_of(contract: Contract, day: date) -> Expiry | None:
    """The warning of the day: nothing before the last twelve months, nor once the contract is renewed or terminated."""
    state, period = contract.state_on(day), contract.period
    if period is None or state not in (ContractState.IN_FORCE, ContractState.EXPIRED):
        return None
    if period.ended_on or is_renewed(contract):
        return None
    if state == ContractState.EXPIRED:
        return Expiry(f"Ce contrat est échu depuis le {date_fr(period.end)} et n’est pas renouvelé.", "danger")
    months = months_left(period, day)
    if months is None:
        return None
    left = plural((period.end - day).days, "jour")
    sentence = f"Ce contrat prend fin le {date_fr(contract.last_day)} : moins de {months} mois pour le renouveler"
    return Expiry(f"{sentence} ({left}).", WARNED_MONTHS[months])


def months_left(period: SignedPeriod, day: date) -> int | None:
    """The nearest threshold reached: 6 between six and three months before the end."""
    reached = [months for months in WARNED_MONTHS if day >= period.end - relativedelta(months=months)]
    return min(reached, default=None)


WARNING = "expiry_warning"


@dataclass(frozen=True)
class ExpiryDue:
    """A contract to warn about, by the last threshold that it reached."""

    contract: Contract
    months: int
    words: str

    def __str__(self) -> str:
        return f"{self.contract.cpts.full_name}, {self.contract} : rappel des {self.months} mois"


def due_on(day: date) -> Iterator[ExpiryDue]:
    """The contracts in force that reached a threshold nobody was told of, the nearest end first."""
    running = Contract.objects.filter(starts_on__lte=day, ends_on__gt=day, ended_on__isnull=True)
    for contract in running.select_related("cpts", "renewal").order_by("ends_on", "pk"):
        expiry = expiry_of(contract, day)
        months = months_left(contract.period, day) if contract.period else None
        if expiry and months and not was_told(contract, months):
            yield ExpiryDue(contract, months, expiry.sentence)


def was_told(contract: Contract, months: int) -> bool:
    return is_told(contract.cpts_id, WARNING, contract=contract.pk, months=months)


@transaction.atomic
def warn(due: ExpiryDue, *, moment: datetime) -> bool:
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
