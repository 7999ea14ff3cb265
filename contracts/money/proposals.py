"""Which payments a year still calls for: a pure comparison of what it brings with what is already there.

Envelope by envelope, what is proposed, decided or paid counts, what was set aside does not. Before the year is closed,
only the advance is called for; once it is closed, the whole. The difference is proposed, never the amount again, so
that asking twice adds nothing. When more stands than the year brings, the difference is a recovery with its reason; an
advance that proved too large, but not larger than the year, waits for the balance.

A correction is a decision of the fund outside of this calculation (arrears, a penalty): it does not count here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.models import FundPayment, Part
from contracts.money.funding import Entitlement, EntitlementLine
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import euros_fr

Key = tuple[str, str]  # mission code (empty for the CPTS as a whole), part
Kind = FundPayment.Kind
NO_LONGER = "Cette enveloppe n’est plus due pour cette année."


@dataclass(frozen=True)
class Proposal:
    """One payment to make; its amount is negative for a recovery."""

    key: Key
    kind: str
    amount: Decimal
    due_on: date
    explanation: tuple[str, ...]
    is_verified: bool
    reason: str = ""
    label: str = ""

    @property
    def kind_label(self) -> str:
        return Kind(self.kind).label


def proposals(
    found: Entitlement, held: Mapping[Key, Decimal], *, is_closed: bool, until: date, day: date
) -> list[Proposal]:
    """What is missing, or too much, in each envelope.

    `held`: euros already proposed, decided or paid. `until`: advances due later are not called for yet.
    """
    rows = [each for line in found.lines for each in _of_line(line, held.get(line.key, ZERO), is_closed, until, day)]
    known = {line.key for line in found.lines}
    gone = [(key, euros) for key, euros in held.items() if euros > 0 and key not in known]
    return [*rows, *(_gone(key, euros, day) for key, euros in gone)]


def _gone(key: Key, euros: Decimal, day: date) -> Proposal:
    return Proposal(key, Kind.RECOVERY, -euros, day, (), True, NO_LONGER, Part(key[1]).label)


def _of_line(line: EntitlementLine, held: Decimal, is_closed: bool, until: date, day: date) -> Iterator[Proposal]:
    if held > line.due:
        reason = f"{euros_fr(held)} pour {euros_fr(line.due)} dus."
        yield _row(line, Kind.RECOVERY, line.due - held, day, reason)
        return
    advance = max(line.advance - held, ZERO)
    if advance and (is_closed or line.advance_on <= until):
        yield _row(line, Kind.ADVANCE, advance, line.advance_on)
    if is_closed and (balance := line.due - held - advance):
        yield _row(line, Kind.BALANCE, balance, line.balance_on)


def _row(line: EntitlementLine, kind: str, amount: Decimal, due_on: date, reason: str = "") -> Proposal:
    return Proposal(line.key, kind, amount, due_on, line.explanation, line.is_verified, reason, line.label)


def held_in(payments: Iterable[FundPayment]) -> dict[Key, Decimal]:
    """Euros by envelope that still stand; corrections and what was set aside left out."""
    found: dict[Key, Decimal] = {}
    for each in payments:
        if each.status != FundPayment.Status.SET_ASIDE and each.kind != Kind.CORRECTION:
            found[key_of(each)] = found.get(key_of(each), ZERO) + each.amount
    return found


def key_of(payment: FundPayment) -> Key:
    return (payment.mission.code if payment.mission else "", payment.part)


def outdated(found: Entitlement, payments: Iterable[FundPayment], *, is_closed: bool) -> list[FundPayment]:
    """The proposals nobody decided yet that the year no longer calls for: too much stands, or a recovery too many."""
    standing = list(payments)
    held = held_in(standing)
    expected = {line.key: line.due if is_closed else line.advance for line in found.lines}
    return [
        each
        for each in standing
        if each.status == FundPayment.Status.PROPOSED
        and each.kind != Kind.CORRECTION
        and _goes_the_wrong_way(each.amount, held[key_of(each)], expected.get(key_of(each), ZERO))
    ]


def _goes_the_wrong_way(amount: Decimal, held: Decimal, expected: Decimal) -> bool:
    return (amount > 0 and held > expected) or (amount < 0 and held < expected)
