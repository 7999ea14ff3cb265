"""What is left to pay once a year is closed, envelope by envelope; what was paid too much is asked back.

What counts as given is what the fund decided or paid. An advance that nobody had decided by then is set aside: the
balance carries the whole of what is left. Start-up money is not part of the yearly accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.funding import Entitlement, EntitlementLine
from contracts.models import ContractYear, FundPayment, Part
from cpts_portal.core.history import create_many, save_as
from cpts_portal.core.text import euros_fr
from cpts_portal.core.versions import next_version
from missions.models import Confidence, OfficialMission

ZERO = Decimal("0.00")
STATUS, KIND = FundPayment.Status, FundPayment.Kind
GIVEN = (STATUS.DECIDED, STATUS.PAID)
Key = tuple[str, str]  # mission code, part
TOO_MUCH = "Les sommes déjà versées ou décidées dépassent ce qui est dû à la clôture de l’année."


@dataclass(frozen=True)
class Settlement:
    """One envelope at the closing: due, already given, and what remains (negative: to recover)."""

    key: Key
    due: Decimal
    given: Decimal
    words: tuple[str, ...]
    is_verified: bool

    @property
    def rest(self) -> Decimal:
        return self.due - self.given

    @property
    def explanation(self) -> str:
        given = (
            f"Déjà versé ou décidé : {euros_fr(self.given)}." if self.given else "Rien n’a été versé ni décidé avant."
        )
        return " ".join((*self.words, f"Dû pour l’année : {euros_fr(self.due)}.", given))


def settlements(found: Entitlement, given: dict[Key, Decimal]) -> list[Settlement]:
    """Every envelope of the year, and those that received money without being due any more."""
    known = {(line.mission, line.part): line for line in found.lines}
    return [_settlement(key, known.get(key), given.get(key, ZERO)) for key in dict.fromkeys([*known, *given])]


def _settlement(key: Key, line: EntitlementLine | None, given: Decimal) -> Settlement:
    if line is None:
        return Settlement(key, ZERO, given, ("Cette enveloppe n’est pas due cette année.",), True)
    return Settlement(key, line.due, given, line.explanation, line.is_verified)


def given_by_envelope(payments: Iterable[FundPayment]) -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = {}
    for payment in payments:
        if payment.status in GIVEN and payment.part != Part.START_UP:
            key = (payment.mission.code if payment.mission else "", payment.part)
            found[key] = found.get(key, ZERO) + payment.amount
    return found


def propose_balances(year: ContractYear, found: Entitlement, *, due_on: date, by: Any) -> list[FundPayment]:
    """A balance for each envelope with something left, a recovery where too much was given."""
    payments = list(FundPayment.objects.filter(year=year).select_related("mission"))
    waiting = [each for each in payments if each.status == STATUS.PROPOSED and each.part != Part.START_UP]
    set_aside(waiting, reason="Remplacé par le solde, à la clôture de l’année.", by=by)
    missions = {mission.code: mission for mission in OfficialMission.objects.all()}
    rows = [
        _proposal(year, each, missions.get(each.key[0]), due_on)
        for each in settlements(found, given_by_envelope(payments))
        if each.rest
    ]
    return create_many(FundPayment, rows, by=by, reason="Clôture de l’année")


def _proposal(year: ContractYear, each: Settlement, mission: OfficialMission | None, due_on: date) -> FundPayment:
    too_much = each.rest < 0
    return FundPayment(
        year=year,
        mission=mission,
        part=each.key[1],
        kind=KIND.RECOVERY if too_much else KIND.BALANCE,
        amount=each.rest,
        due_on=due_on,
        explanation=each.explanation,
        confidence=Confidence.VERIFIED if each.is_verified else Confidence.TO_CONFIRM,
        reason=TOO_MUCH if too_much else "",
    )


def set_aside_proposals(year: ContractYear, *, reason: str, by: Any) -> int:
    """The proposals that the fund had not decided when the year was opened again."""
    kinds = (KIND.BALANCE, KIND.RECOVERY)
    found = list(FundPayment.objects.filter(year=year, status=STATUS.PROPOSED, kind__in=kinds))
    set_aside(found, reason=reason, by=by)
    return len(found)


def set_aside(payments: Iterable[FundPayment], *, reason: str, by: Any) -> None:
    for payment in payments:
        payment.status, payment.reason = STATUS.SET_ASIDE, payment.reason or reason
        save_as(payment, by=by, reason=reason)
        next_version(payment)
