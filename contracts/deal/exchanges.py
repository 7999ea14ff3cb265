"""The quarterly exchanges of a contract: planned, prepared, held, told."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta
from django.db import transaction

from contracts.models import Contract, ContractState, Exchange
from cpts_portal.accounts.models import User
from cpts_portal.core.history import create_many, delete_as, save_as
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.versions import check_version, next_version

QUARTERS, SATURDAY = 4, 5


@dataclass(frozen=True)
class ExchangeSheet:
    planned_on: date
    held_on: date | None = None
    agenda: str = ""
    minutes: str = ""
    decisions: str = ""


def next_exchange(contract: Contract) -> Exchange | None:
    """The first one that was not held; a date that has passed says that it is late."""
    return contract.exchanges.filter(held_on__isnull=True).order_by("planned_on").first()


def quarters_of(contract: Contract, day: date) -> list[tuple[date, date]]:
    """The four quarters `[start, end[` of the year of the contract that is running."""
    years = relativedelta(day, contract.starts_on).years
    first = contract.starts_on + relativedelta(years=years)
    bounds = [first + relativedelta(months=3 * rank) for rank in range(QUARTERS + 1)]
    return list(pairwise(bounds))


def quarters_left(contract: Contract, day: date) -> list[date]:
    """The day to plan for each quarter to come that has no exchange: its last one, or the Friday before."""
    if contract.state_on(day) != ContractState.IN_FORCE:
        return []
    planned = list(contract.exchanges.values_list("planned_on", flat=True))
    return [
        _working_day(end - timedelta(days=1))
        for start, end in quarters_of(contract, day)
        if end - timedelta(days=1) >= day and not any(start <= each < end for each in planned)
    ]


@transaction.atomic
def plan_exchanges(contract: Contract, *, day: date, by: User) -> list[Exchange]:
    """One for each quarter of the running year that is left without."""
    found = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if found.state_on(day) != ContractState.IN_FORCE:
        raise NotPossible("Seul un contrat en vigueur a des échanges trimestriels.")
    new = [Exchange(contract=found, planned_on=each) for each in quarters_left(found, day)]
    if not new:
        raise NotPossible("Chaque trimestre de cette année a déjà son échange.")
    return create_many(Exchange, new, by=by)


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


@transaction.atomic
def add_exchange(contract: Contract, sheet: ExchangeSheet, *, day: date, by: User) -> Exchange:
    exchange = Exchange(contract=contract)
    return _written(exchange, sheet, day=day, by=by)


@transaction.atomic
def write_exchange(exchange: Exchange, sheet: ExchangeSheet, *, version: str, day: date, by: User) -> Exchange:
    """Agenda, minutes, decisions; raises `StaleEdit` when somebody else saved meanwhile."""
    found = Exchange.objects.select_for_update(of=("self",)).select_related("contract").get(pk=exchange.pk)
    check_version(found, version)
    return _written(found, sheet, day=day, by=by)


def _written(exchange: Exchange, sheet: ExchangeSheet, *, day: date, by: User) -> Exchange:
    if sheet.held_on and sheet.held_on > day:
        raise NotPossible("Un échange se note tenu une fois passé.")
    if (sheet.minutes.strip() or sheet.decisions.strip()) and sheet.held_on is None:
        raise NotPossible("Indiquez le jour où l’échange s’est tenu, avec son compte rendu.")
    for name in ExchangeSheet.__dataclass_fields__:
        value = getattr(sheet, name)
        setattr(exchange, name, value.strip() if isinstance(value, str) else value)
    is_new = exchange.pk is None
    refuse_invalid(exchange)
    save_as(exchange, by=by)
    if not is_new:
        next_version(exchange)
    return exchange


@transaction.atomic
def drop_exchange(exchange: Exchange, *, by: User) -> None:
    """One planned by mistake; what was held stays."""
    found = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
    if found.held_on:
        raise NotPossible("Cet échange s’est tenu : son compte rendu reste au dossier.")
    delete_as(found, by=by)
