"""The grid of a day: which amounts a CPTS of a size may expect for its missions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from contracts.models import FundingRules, GridTotal, Part, Rate, Review, ReviewKind, envelope_name
from contracts.models.rates import WHOLE_CPTS_FIRST
from contracts.terms.terms import AmountTerm, from_json
from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.periods import active_on
from cpts_portal.core.refusals import NotPossible, refuse_invalid
from cpts_portal.core.text import date_fr, euros_fr
from missions.models import Confidence, OfficialMission

UNKNOWN = FundingRules(
    advance_percent=75, day_count="days", source="Valeurs par défaut", confidence=Confidence.TO_CONFIRM
)


def rules_on(day: date) -> FundingRules:
    """The rules of payment of a day; the usual ones, to be confirmed, when none is loaded."""
    return FundingRules.objects.filter(active_on(day)).order_by("-start").first() or UNKNOWN


def amounts_for(size: int | None, missions: Collection[str], day: date) -> tuple[AmountTerm, ...]:
    """Every envelope of this size and of these missions (codes); nothing for an unknown size."""
    rates = Rate.objects.in_force_on(day).filter(size=size).order_by(WHOLE_CPTS_FIRST, "part") if size else []
    wanted = [rate for rate in rates if rate.mission is None or rate.mission.code in missions]
    return tuple(_term(rate) for rate in wanted if rate.part != Part.START_UP)


def _term(rate: Rate) -> AmountTerm:
    code, name = (rate.mission.code, str(rate.mission)) if rate.mission else ("", "")
    return AmountTerm(rate.part, rate.amount, rate.source, rate.confidence, code, name)


def total(rates: Iterable[Rate], parts: Collection[str]) -> Decimal:
    return sum((rate.amount for rate in rates if rate.part in parts), Decimal("0.00"))


# --- The grid on a page ---------------------------------------------------------------------------------------------
SIZES = (1, 2, 3, 4)
YEARLY = (Part.FUNCTIONING, Part.FIXED, Part.VARIABLE)  # what the totals announced count


@dataclass(frozen=True)
class GridRow:
    """One envelope, with its amount for each size (None: the grid does not know it)."""

    part: str
    mission: OfficialMission | None
    cells: tuple[tuple[Rate | None, int], ...]  # with the rank of its source

    @property
    def label(self) -> str:
        return envelope_name(self.part, self.mission)


@dataclass(frozen=True)
class TotalRow:
    """A total that a text announces, for each size, beside the sum of the rows: a gap is shown, never adjusted."""

    label: str
    cells: tuple["TotalCell", ...]


@dataclass(frozen=True)
class TotalCell:
    announced: GridTotal | None
    source: int  # the rank of its source
    summed: Decimal | None  # None: the rows do not say it (the part of unscheduled care has no row of its own)

    @property
    def gap(self) -> Decimal | None:
        if self.announced is None or self.summed is None:
            return None
        return self.summed - self.announced.amount

    @property
    def gap_words(self) -> str:
        """« écart : +5 000,00 € »."""
        gap = self.gap or Decimal(0)
        return f"écart : {'+' if gap > 0 else ''}{euros_fr(gap)}"


@dataclass(frozen=True)
class Grid:
    """The grid of a day."""

    rows: tuple[GridRow, ...]
    sums: tuple[Decimal, ...]
    totals: tuple[TotalRow, ...]
    rules: FundingRules
    sources: tuple[tuple[str, bool], ...]  # each source, and whether what it says is verified; ranks start at 1

    @property
    def lowest_and_highest(self) -> tuple[GridTotal, GridTotal] | None:
        """The range announced without unscheduled care: what leaflets quote (185 000 to 380 000 €)."""
        without = [cell.announced for row in self.totals[1:] for cell in row.cells if cell.announced]
        amounts = sorted(without, key=lambda total: total.amount)
        return (amounts[0], amounts[-1]) if amounts else None


def grid_on(day: date) -> Grid:
    """Every envelope and every size in force on a day, with the totals announced."""
    rates = list(Rate.objects.in_force_on(day))
    held = {(rate.mission_id, rate.part, rate.size): rate for rate in rates}
    order = {part: rank for rank, part in enumerate(Part.values)}
    envelopes = sorted(
        {(rate.mission, rate.part) for rate in rates},
        key=lambda each: (each[0].rank if each[0] else 0, order[each[1]]),
    )
    announced = list(GridTotal.objects.filter(active_on(day)))
    sources = tuple(dict.fromkeys(_source(each) for each in (*rates, *announced)))
    ranks = {source: rank for rank, source in enumerate(sources, start=1)}
    rows = tuple(
        GridRow(part, mission, tuple(_cell(held.get((mission and mission.pk, part, size)), ranks) for size in SIZES))
        for mission, part in envelopes
    )
    sums = tuple(total((rate for rate in rates if rate.size == size), YEARLY) for size in SIZES)
    return Grid(rows, sums, _totals(announced, sums, ranks), rules_on(day), sources)


Source = tuple[str, bool]


def _source(row: Rate | GridTotal) -> Source:
    return row.source, row.confidence == Confidence.VERIFIED


def _cell(rate: Rate | None, ranks: dict[Source, int]) -> tuple[Rate | None, int]:
    return rate, ranks[_source(rate)] if rate else 0


def _totals(announced: list[GridTotal], sums: tuple[Decimal, ...], ranks: dict[Source, int]) -> tuple[TotalRow, ...]:
    held = {(each.size, each.with_unscheduled_care): each for each in announced}

    def cell(size: int, with_care: bool, summed: Decimal | None) -> TotalCell:
        found = held.get((size, with_care))
        return TotalCell(found, ranks[_source(found)] if found else 0, summed)

    return (
        TotalRow(
            "Total annoncé, soins non programmés compris",
            tuple(cell(size, True, euros) for size, euros in zip(SIZES, sums, strict=True)),
        ),
        TotalRow("Total annoncé, sans les soins non programmés", tuple(cell(size, False, None) for size in SIZES)),
    )


def grid_days() -> list[date]:
    """The days on which something of the grid changes, the latest first."""
    return sorted(set(Rate.objects.values_list("start", flat=True)), reverse=True)


# --- Rows that contracts use ----------------------------------------------------------------------------------------
def used_keys() -> set[tuple[int, str, str, Decimal]]:
    """(size, mission code, part, amount) of every amount written in the terms of a contract, signed or negotiated."""
    kinds = (ReviewKind.CONTRACT, ReviewKind.AMENDMENT)
    found = set()
    for content in Review.objects.filter(kind__in=kinds).values_list("content", flat=True):
        terms = from_json(content)
        found |= {(terms.size, each.mission, each.part, each.amount) for each in terms.amounts if terms.size}
    return found


def use_key(rate: Rate) -> tuple[int, str, str, Decimal]:
    return rate.size, rate.mission.code if rate.mission else "", rate.part, rate.amount


@transaction.atomic
def end_rate(rate: Rate, *, end: date, by: User) -> Rate:
    """From that day on, no new contract takes this amount; those signed keep it."""
    found = Rate.objects.select_for_update(of=("self",)).get(pk=rate.pk)
    if found.end and found.end <= end:
        raise NotPossible(f"Ce montant s’arrête déjà le {date_fr(found.end)}.")
    found.end = end
    refuse_invalid(found)
    save_as(found, by=by, reason="Fin du montant")
    return found
