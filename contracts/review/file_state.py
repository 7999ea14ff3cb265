"""A CPTS at the level of its contracts: what is open, what is in force, what is past."""

from dataclasses import dataclass
from datetime import date

from contracts.deal.contracting import is_abandoned
from contracts.deal.exchanges import next_exchange
from contracts.models import (
    OPEN,
    Contract,
    ContractState,
    ContractYear,
    Exchange,
    Review,
)
from contracts.yearly.opening import due_year


# --- The whole file of a CPTS ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class FileState:
    """A CPTS at the level of its contracts: what is open, the contract in force, what came before."""

    open_reviews: tuple[Review, ...]
    past_reviews: tuple[Review, ...]
    current: Contract | None
    contracts: tuple[Contract, ...]
    exchange: Exchange | None = None  # the next one of the contract in force
    due_year: ContractYear | None = None  # whose yearly review may be opened now


def file_of(cpts_id: int, day: date) -> FileState:
    """A negotiation given up before any signature is a past review, not a contract."""
    reviews = list(Review.objects.with_parties().filter(cpts_id=cpts_id).select_related("contract_version"))
    found = Contract.objects.filter(cpts_id=cpts_id).select_related("renewal").prefetch_related("versions__review")
    contracts = [each for each in found if not is_abandoned(each)]
    in_force = [each for each in contracts if each.state_on(day) == ContractState.IN_FORCE]
    open_ones = tuple(each for each in reviews if each.status in OPEN)
    return FileState(
        open_reviews=open_ones,
        past_reviews=tuple(each for each in reviews if each.status not in OPEN),
        current=in_force[0] if in_force else None,
        contracts=tuple(contracts),
        exchange=next_exchange(in_force[0]) if in_force else None,
        due_year=due_year(cpts_id, day),
    )
