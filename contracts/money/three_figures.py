"""Three figures that are never the same: what the contract brings, what the fund paid, what the CPTS spent.

A contract year runs from anniversary to anniversary, the accounts of the association from January to December: the
same payments are told both ways. Spent is what the budgets of the actions say, for what the agreement (ACI) finances
only; an expense has no date of its own and counts in the year its action began.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.models import ContractYear, FundPayment, OtherResource
from contracts.money.entitlements import YearMoney, money_of_years, years_of
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import plural
from missions.models import BudgetLine, Envelope, OfficialMission
from territories.models import Cpts

FUNCTIONING = "Fonctionnement"
Kind, Status = FundPayment.Kind, FundPayment.Status


@dataclass(frozen=True)
class Figures:
    """One envelope: a mission with its fixed, variable and crisis parts, or the functioning of the CPTS."""

    label: str
    contractual: Decimal = ZERO
    paid: Decimal = ZERO
    spent: Decimal = ZERO

    @property
    def to_pay(self) -> Decimal:
        return self.contractual - self.paid

    @property
    def left(self) -> Decimal:
        """What was paid and not spent; negative when the CPTS spent ahead."""
        return self.paid - self.spent


@dataclass(frozen=True)
class YearFigures:
    money: YearMoney
    rows: tuple[Figures, ...]

    @property
    def year(self) -> ContractYear:
        return self.money.year

    @property
    def total(self) -> Figures:
        return Figures(
            "Total",
            sum((row.contractual for row in self.rows), ZERO),
            sum((row.paid for row in self.rows), ZERO),
            sum((row.spent for row in self.rows), ZERO),
        )


@dataclass(frozen=True)
class Money:
    """The years of a CPTS, and the expenses that belong to none because their action has no date."""

    years: tuple[YearFigures, ...]
    undated: Decimal


def figures_of(cpts: Cpts, years: Sequence[ContractYear], day: date) -> Money:
    """Envelope by envelope, year by year."""
    names = {mission.code: str(mission) for mission in OfficialMission.objects.all()}
    spent, undated = _spent(cpts, years)
    paid = _paid(years)
    found = []
    for money in money_of_years(years, day):
        due = _contractual(money)
        of_year = {key[1]: euros for key, euros in paid.items() if key[0] == money.year.pk}
        used = {key[1]: euros for key, euros in spent.items() if key[0] == money.year.pk}
        codes = [code for code in ("", *names) if code in due.keys() | of_year.keys() | used.keys()]
        rows = (
            Figures(names.get(code, FUNCTIONING), due.get(code, ZERO), of_year.get(code, ZERO), used.get(code, ZERO))
            for code in codes
        )
        found.append(YearFigures(money, tuple(rows)))
    return Money(tuple(found), undated)


def _contractual(money: YearMoney) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in money.found.lines:
        found[line.mission] = found.get(line.mission, ZERO) + line.due
    return found


def _paid(years: Sequence[ContractYear]) -> dict[tuple[int, str], Decimal]:
    found: dict[tuple[int, str], Decimal] = {}
    rows = FundPayment.objects.filter(year__in=years, status=Status.PAID).select_related("mission")
    for each in rows:
        key = (each.year_id, each.mission.code if each.mission else "")
        found[key] = found.get(key, ZERO) + each.amount
    return found


def _spent(cpts: Cpts, years: Sequence[ContractYear]) -> tuple[dict[tuple[int, str], Decimal], Decimal]:
    """Euros by year and mission; and what cannot be placed in a year."""
    found: dict[tuple[int, str], Decimal] = {}
    undated = ZERO
    financed = [envelope for envelope in Envelope if envelope.is_aci]
    lines = BudgetLine.objects.filter(action__cpts=cpts, envelope__in=financed, spent__gt=0)
    for line in lines.select_related("action", "mission__mission"):
        began = line.action.started_on or line.action.start
        year = next((each for each in years if began and each.exercise.covers(began)), None)
        if began is None:
            undated += line.spent
        elif year:
            code = line.mission.mission.code if line.mission and line.envelope == Envelope.MISSION else ""
            found[year.pk, code] = found.get((year.pk, code), ZERO) + line.spent
    return found, undated


# --- By date --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class DueDate:
    """A sum with its date, as the entitlement of a contract year says it."""

    on: date
    year: ContractYear
    label: str
    kind: str
    amount: Decimal
    is_verified: bool


def schedule(money: YearMoney) -> list[DueDate]:
    """The dates of a contract year, in order: each advance, then each balance."""
    found = []
    for line in money.found.lines:
        dates = (line.advance_on, Kind.ADVANCE.label, line.advance), (line.balance_on, Kind.BALANCE.label, line.balance)
        for on, kind, euros in dates:
            if euros:
                found.append(DueDate(on, money.year, line.label, kind, euros, line.is_verified))
    return sorted(found, key=lambda due: due.on)


@dataclass(frozen=True)
class CivilYear:
    """January to December, for the accounts: what falls due, what was paid, what came from elsewhere, by date."""

    number: int
    due: tuple[DueDate, ...]
    paid: tuple[FundPayment, ...]
    others: tuple[OtherResource, ...]

    @property
    def due_total(self) -> Decimal:
        return sum((each.amount for each in self.due), ZERO)

    @property
    def paid_total(self) -> Decimal:
        return sum((each.amount for each in self.paid), ZERO)

    @property
    def other_total(self) -> Decimal:
        return sum((each.amount or ZERO for each in self.others), ZERO)

    @property
    def not_received(self) -> list[FundPayment]:
        return [each for each in self.paid if each.received_on is None]

    @property
    def sentence(self) -> str:
        waiting = len(self.not_received)
        if not self.paid:
            return "Aucun versement n’est enregistré pour cette année civile."
        if not waiting:
            return f"{plural(len(self.paid), 'versement')}, tous rapprochés par la CPTS."
        return f"{plural(len(self.paid), 'versement')}, dont {waiting} à rapprocher par la CPTS."


def civil_year(cpts: Cpts, number: int, day: date) -> CivilYear:
    """The balance of a contract year is due at its end: it may fall in the civil year that follows."""
    near = [each for each in years_of(cpts) if each.exercise.start.year <= number <= each.exercise.end.year]
    due = [each for money in money_of_years(near, day) for each in schedule(money) if each.on.year == number]
    paid = FundPayment.objects.filter(year__contract__cpts=cpts, status=Status.PAID, paid_on__year=number)
    return CivilYear(
        number,
        tuple(sorted(due, key=lambda each: each.on)),
        tuple(paid.select_related("mission", "year__exercise", "year__contract").order_by("paid_on", "pk")),
        tuple(OtherResource.objects.filter(cpts=cpts, received_on__year=number).order_by("received_on", "pk")),
    )


def civil_years_of(years: Iterable[ContractYear], day: date) -> list[int]:
    """The civil years that a contract touches, the present one included."""
    held = [number for each in years for number in (each.exercise.start.year, each.exercise.end.year)]
    return list(range(min([*held, day.year]), max([*held, day.year]) + 1))
