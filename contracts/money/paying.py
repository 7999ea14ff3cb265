"""What the fund pays: proposed by the portal, decided by an agent of the fund, paid, received by the CPTS.

    proposed -> decided -> paid (-> received)
    proposed, decided -> set aside, with a reason

Proposals of a year are made while its row is held, moves while the row of the payment is: two agents at once make one
set of proposals and one decision. Every proposal, decision and payment stands in the chained journal. Nothing is
erased.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from contracts.models import ContractYear, FundPayment
from contracts.money.entitlements import YearMoney, money_of
from contracts.money.proposals import Proposal, held_in, outdated, proposals
from contracts.shared.journal import JournalLine, write_lines
from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import CPTS_ROLES, Role
from cpts_portal.core.history import create_many, save_as, update_many
from cpts_portal.core.refusals import NotPossible, refuse_any_invalid, refuse_invalid
from cpts_portal.core.text import date_fr, euros_fr, plural
from cpts_portal.core.versions import next_versions
from cpts_portal.core.workflow import Act, LifeCycle, Move
from missions.models import Confidence, OfficialMission
from territories.models import Cpts

Status, Kind = FundPayment.Status, FundPayment.Kind
FUND = frozenset({Role.FUND_AGENT})
AHEAD = timedelta(days=30)  # an advance is called for a month before its date, so that it can be paid on it
CHANGED = "Le montant dû a changé depuis cette proposition."


def payments_of(year: ContractYear) -> list[FundPayment]:
    return list(FundPayment.objects.filter(year=year).select_related("mission", "year__exercise"))


# --- Proposed -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Call:
    """What a year calls for now: the proposals, and those standing that they replace."""

    money: YearMoney
    rows: tuple[Proposal, ...]
    replaced: tuple[FundPayment, ...]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal("0.00"))


def call_of(year: ContractYear, day: date, money: YearMoney | None = None) -> Call:
    """What proposing now would do; writes nothing. `money`: what the year brings, for whoever has just read it."""
    money, standing = money or money_of(year, day), payments_of(year)
    replaced = outdated(money.found, standing, is_closed=money.is_closed)
    gone = {each.pk for each in replaced}
    held = held_in(each for each in standing if each.pk not in gone)
    rows = proposals(money.found, held, is_closed=money.is_closed, until=day + AHEAD, day=day)
    return Call(money, tuple(rows), tuple(replaced))


@transaction.atomic
def propose(year: ContractYear, *, moment: datetime, day: date, by: User | None) -> list[FundPayment]:
    """Write what the year calls for; nothing when everything is there already."""
    held = ContractYear.objects.select_for_update(of=("self",)).select_related("exercise", "contract__cpts")
    found = held.get(pk=year.pk)
    return write_call(found, call_of(found, day), moment=moment, by=by)


def write_call(year: ContractYear, call: Call, *, moment: datetime, by: User | None) -> list[FundPayment]:
    """Write what is called for, in sets, while the row of the year is held."""
    _set_all_aside(call.replaced, CHANGED, by=by)
    next_versions(FundPayment.objects.filter(pk__in=[old.pk for old in call.replaced]))
    missions = {each.code: each for each in OfficialMission.objects.all()}
    new = [_proposed(year, row, missions) for row in call.rows]
    with refuse_any_invalid(new):
        create_many(FundPayment, new, by=by)
    lines = [_line(old, "set_aside", f"Le portail a remplacé une proposition : {told(old)}.") for old in call.replaced]
    lines += [_line(each, "propose", f"Le portail a proposé : {told(each)}.") for each in new]
    write_lines(year.contract.cpts, lines, moment=moment, by=by)
    return new


def _set_all_aside(payments: Sequence[FundPayment], reason: str, *, by: User | None) -> None:
    for each in payments:
        each.status, each.reason = Status.SET_ASIDE, reason
    with refuse_any_invalid(payments, exclude=["decided_by"]):
        update_many(FundPayment, payments, ["status", "reason"], by=by, reason=reason)


def withdraw_proposals(year: ContractYear, *, reason: str, moment: datetime, by: User | None) -> int:
    """A closed year opens again: what its closing proposed and nobody decided is set aside; how many."""
    rows = FundPayment.objects.select_for_update(of=("self",)).select_related("mission", "year__exercise")
    found = list(rows.filter(year=year, status=Status.PROPOSED, kind__in=(Kind.BALANCE, Kind.RECOVERY)).order_by("pk"))
    _set_all_aside(found, reason, by=by)
    lines = [_line(each, "set_aside", f"Le portail a écarté une proposition : {told(each)}.") for each in found]
    write_lines(year.contract.cpts, lines, moment=moment, by=by)
    return len(found)


def _proposed(year: ContractYear, row: Proposal, missions: Mapping[str, OfficialMission]) -> FundPayment:
    code, part = row.key
    return FundPayment(
        year=year,
        mission=missions.get(code),
        part=part,
        kind=row.kind,
        amount=row.amount,
        due_on=row.due_on,
        explanation="\n".join(row.explanation),
        confidence=Confidence.VERIFIED if row.is_verified else Confidence.TO_CONFIRM,
        reason=row.reason,
    )


@dataclass(frozen=True)
class Line:
    """A line the fund adds by hand, outside of the calculation or against it, with its reason."""

    kind: str
    part: str
    mission: OfficialMission | None
    amount: Decimal
    due_on: date
    reason: str


@transaction.atomic
def add_line(year: ContractYear, line: Line, *, moment: datetime, by: User) -> FundPayment:
    """A correction of either sign, or a recovery typed as the positive sum to take back."""
    if line.kind not in (Kind.CORRECTION, Kind.RECOVERY):
        raise NotPossible("Les avances et les soldes viennent du calcul : proposez-les depuis l’année.")
    if not line.amount:
        raise NotPossible("Indiquez un montant.")
    ContractYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    amount = -abs(line.amount) if line.kind == Kind.RECOVERY else line.amount
    payment = FundPayment(
        year=year,
        mission=line.mission,
        part=line.part,
        kind=line.kind,
        amount=amount,
        due_on=line.due_on,
        reason=line.reason.strip(),
    )
    _write(payment, by=by)
    _journal(payment, "propose", f"{by} a ajouté : {told(payment)}.", moment=moment, by=by)
    return payment


def _write(payment: FundPayment, *, by: User | None, reason: str = "") -> None:
    refuse_invalid(payment, exclude=["decided_by"])
    save_as(payment, by=by, reason=reason)


# --- Decided, paid, received, set aside -----------------------------------------------------------------------------
def _decide(payment: FundPayment, act: Act) -> None:
    payment.decided_at, payment.decided_by = act.moment, act.by


def _pay(payment: FundPayment, act: Act) -> None:
    on, reference = act.data.get("on") or act.day, str(act.data.get("reference", "")).strip()
    if on > act.day:
        raise NotPossible("Un versement s’enregistre une fois fait.")
    if not reference:
        raise NotPossible("Indiquez la référence du virement.")
    payment.paid_on, payment.reference = on, reference


def _receive(payment: FundPayment, act: Act) -> None:
    on = act.data.get("on") or act.day
    if payment.received_on:
        raise NotPossible(f"Ce versement est déjà rapproché, reçu le {date_fr(payment.received_on)}.")
    if payment.paid_on and on < payment.paid_on:
        raise NotPossible(f"La caisse a versé cette somme le {date_fr(payment.paid_on)} : elle a été reçue ensuite.")
    if on > act.day:
        raise NotPossible("Un versement se rapproche une fois reçu.")
    payment.received_on = on


def _set_aside(payment: FundPayment, act: Act) -> None:
    payment.reason = act.reason.strip()


def _told_in_the_journal(payment: FundPayment, move: Move, act: Act) -> None:
    write_lines(payment.year.contract.cpts, [_moved_line(payment, move, act)], moment=act.moment, by=act.by)


def _moved_line(payment: FundPayment, move: Move, act: Act) -> JournalLine:
    who = payment.year.contract.cpts.full_name if move.name == "receive" else "La caisse"
    words = f"{who} {move.done} : {told(payment)}, le {date_fr(act.day)}."
    return _line(payment, move.name, words)


PAYMENTS = LifeCycle(
    [
        Move("decide", "Décider", "a décidé", (Status.PROPOSED,), FUND, Status.DECIDED, effect=_decide),
        Move("pay", "Enregistrer le versement", "a versé", (Status.DECIDED,), FUND, Status.PAID, effect=_pay),
        Move(
            "set_aside", "Écarter", "a écarté", (Status.PROPOSED, Status.DECIDED), FUND, Status.SET_ASIDE,
            needs_reason=True, effect=_set_aside, danger=True,
        ),
        Move("receive", "Constater la réception", "a reçu", (Status.PAID,), CPTS_ROLES, Status.PAID, effect=_receive),
    ],
    after=_told_in_the_journal,
)  # fmt: skip


@transaction.atomic
def move_all(name: str, acts: Mapping[int, Act]) -> list[FundPayment]:
    """The same move on several payments, each with its own act: all of them or none.

    The rows are held in one order before the first move, so that two agents with crossed choices do not block
    each other. Raises `StaleEdit` when one of them changed since the list was shown.
    """
    if not acts:
        raise NotPossible("Choisissez au moins un versement.")
    rows = FundPayment.objects.select_for_update(of=("self",)).filter(pk__in=acts).order_by("pk")
    found = list(rows.select_related("mission", "year__exercise", "year__contract__cpts"))
    if len(found) != len(acts):
        raise NotPossible("Un de ces versements n’existe plus.")
    moved = PAYMENTS.make_each(found, name, [acts[each.pk] for each in found])
    chains: dict[tuple[Cpts, datetime, User | None], list[JournalLine]] = defaultdict(list)
    for each in moved:
        act = acts[each.pk]
        chains[each.year.contract.cpts, act.moment, act.by].append(_moved_line(each, PAYMENTS.moves[name], act))
    for (cpts, moment, by), lines in chains.items():
        write_lines(cpts, lines, moment=moment, by=by)
    return moved


def sum_of(payments: Sequence[FundPayment]) -> Decimal:
    return sum((each.amount for each in payments), Decimal("0.00"))


def counted(payments: Sequence[FundPayment]) -> str:
    """« 3 versements, 120 000,00 € »."""
    return f"{plural(len(payments), 'versement')}, {euros_fr(sum_of(payments))}"


# --- The journal ----------------------------------------------------------------------------------------------------
def told(payment: FundPayment) -> str:
    doubt = ", montant à confirmer" if payment.confidence == Confidence.TO_CONFIRM else ""
    return f"{payment}, {str(payment.year).lower()}, {euros_fr(payment.amount)}{doubt}"


def _journal(payment: FundPayment, act: str, words: str, *, moment: datetime, by: User | None) -> None:
    write_lines(payment.year.contract.cpts, [_line(payment, act, words)], moment=moment, by=by)


def _line(payment: FundPayment, act: str, words: str) -> JournalLine:
    return JournalLine(
        f"payment_{act}",
        payment,
        words,
        {
            "payment": payment.pk,
            "year": payment.year.exercise.number,
            "mission": payment.mission.code if payment.mission else "",
            "part": payment.part,
            "kind": payment.kind,
            "amount": str(payment.amount),
            "due_on": payment.due_on,
            "status": payment.status,
            "confidence": payment.confidence,
            "paid_on": payment.paid_on,
            "reference": payment.reference,
            "received_on": payment.received_on,
            "reason": payment.reason,
        },
    )
