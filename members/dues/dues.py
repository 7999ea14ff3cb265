"""Dues of a calendar year: opening the campaign, what each member owes, payments and their receipts.

Amounts are fixed by the general assembly. They are annual (no pro rata) and frozen on each due when it is created, so
that a later change of rate never rewrites what somebody was asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cpts_portal.accounts.models import User
from cpts_portal.core.bulk import Among
from cpts_portal.core.history import create_many, save_as, update_many
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import euros_fr
from members.dues.received import count_received, lock_dues
from members.models import Due, DuesCampaign, DuesRate, DuesState, Membership, MembershipSettings, Payment
from territories.models import Cpts

HolderKey = tuple[int | None, int | None]  # professional, structure


@dataclass(frozen=True)
class Amount:
    """What a membership owes and why nothing, when it owes nothing."""

    euros: Decimal
    exemption_reason: str = ""


@dataclass(frozen=True)
class Holder:
    """What the choice of a rate looks at; plain values, so that the rule needs neither query nor clock."""

    is_structure: bool
    college_id: int | None
    profession_id: int | None
    structure_kind: str = ""


def holder_key(membership: Membership) -> HolderKey:
    return membership.professional_id, membership.structure_id


def holder_of(membership: Membership) -> Holder:
    return Holder(
        is_structure=membership.structure_id is not None,
        college_id=membership.college_id,
        profession_id=membership.professional.profession_id if membership.professional else None,
        structure_kind=membership.structure.kind if membership.structure else "",
    )


def amount_for(holder: Holder, rates: Iterable[DuesRate]) -> Amount | None:
    """What the rate that applies asks for; None when no rate fits."""
    best = rate_for(holder, rates)
    return Amount(best.amount, best.reason if best.amount == 0 else "") if best else None


def rate_for(holder: Holder, rates: Iterable[DuesRate]) -> DuesRate | None:
    """The most precise rate that fits (see `DuesRate.precision`); None when none does."""
    return max((rate for rate in rates if _fits(rate, holder)), key=lambda rate: rate.precision, default=None)


def _fits(rate: DuesRate, holder: Holder) -> bool:
    kind = DuesRate.Kind.STRUCTURE if holder.is_structure else DuesRate.Kind.PERSON
    return (
        rate.kind in (DuesRate.Kind.ANYBODY, kind)
        and rate.college_id in (None, holder.college_id)
        and rate.profession_id in (None, holder.profession_id)
        and rate.structure_kind in ("", holder.structure_kind)
    )


def members_of_year(cpts: Cpts, year: int) -> QuerySet[Membership]:
    """Memberships in force at least one day of the year."""
    return (
        Membership.objects.filter(cpts=cpts, start__lt=date(year + 1, 1, 1))
        .filter(Q(end__isnull=True) | Q(end__gt=date(year, 1, 1)))
        .select_related("professional", "structure")
        .order_by("-start", "-pk")
    )


@transaction.atomic
def open_campaign(
    cpts: Cpts,
    *,
    year: int,
    due_on: date,
    rates: Sequence[DuesRate],
    by: User,
    voted_on: date | None = None,
    message: str = "",
) -> DuesCampaign:
    """Open the dues of a year in one action: the campaign, its rates, one due per member of the year."""
    if not rates:
        raise NotPossible("Indiquez au moins un montant avant d’ouvrir la campagne.")
    campaign = DuesCampaign(cpts=cpts, year=year, due_on=due_on, voted_on=voted_on, message=message)
    try:
        with transaction.atomic():
            save_as(campaign, by=by)
    except IntegrityError as error:
        raise NotPossible(f"La campagne de cotisation {year} est déjà ouverte.") from error
    for rate in rates:
        rate.campaign = campaign
        save_as(rate, by=by)
    create_missing_dues(campaign, by=by)
    return campaign


def one_per_holder(memberships: Iterable[Membership], known: Iterable[HolderKey] = ()) -> list[Membership]:
    """Somebody who left and came back in the year has two memberships and owes once, for the latest of them."""
    seen = set(known)
    kept = []
    for membership in memberships:
        key = holder_key(membership)
        if key not in seen:
            seen.add(key)
            kept.append(membership)
    return kept


def members_without_due(campaign: DuesCampaign) -> list[Membership]:
    """The members of the year for whom the campaign asks nothing yet: those accepted after it was opened."""
    known = campaign.dues.values_list("membership__professional_id", "membership__structure_id")
    return one_per_holder(members_of_year(campaign.cpts, campaign.year), known)


@transaction.atomic
def create_missing_dues(campaign: DuesCampaign, *, by: User) -> int:
    """One due for each member of the year who has none yet (after late acceptances); how many were created."""
    rates = list(campaign.rates.all())
    missing = members_without_due(campaign)
    dues = [due for due in (_due(campaign, membership, rates) for membership in missing) if due]
    create_many(Due, dues, by=by, reason=f"Campagne {campaign.year}")
    return len(dues)


def _due(campaign: DuesCampaign, membership: Membership, rates: Sequence[DuesRate]) -> Due | None:
    found = amount_for(holder_of(membership), rates)
    if found is None:
        return None
    return Due(campaign=campaign, membership=membership, amount=found.euros, exemption_reason=found.exemption_reason)


@transaction.atomic
def exempt(due: Due, *, reason: str, by: User) -> Due:
    """Forgive what remains of a due, with a reason; the amount called and the payments received stay."""
    if not reason.strip():
        raise NotPossible("Indiquez le motif de l’exonération.")
    found = Due.objects.select_for_update(of=("self",)).get(pk=due.pk)
    found.forgiven = found.amount - found.paid
    found.exemption_reason = reason.strip()
    save_as(found, by=by, reason="Exonération")
    return found


@dataclass(frozen=True)
class PaymentOrder:
    """A payment to record: which due, how much, when, how and by whom."""

    due: Due
    amount: Decimal
    paid_on: date
    method: str
    payer: str = ""


@transaction.atomic
def record_payments(orders: Sequence[PaymentOrder], *, by: User) -> list[Payment]:
    """Record one or many payments, all or none; each gets its receipt number. Too much money is refused."""
    owed = _lock_what_is_owed([order.due.pk for order in orders])
    for order in orders:
        remaining = owed[order.due.pk]
        if order.amount <= 0:
            raise NotPossible(f"{order.due.membership.holder} : le montant doit être supérieur à zéro.")
        if order.amount > remaining:
            raise NotPossible(
                f"{order.due.membership.holder} : {euros_fr(order.amount)} dépassent ce qui reste dû "
                f"({euros_fr(remaining)})."
            )
        owed[order.due.pk] -= order.amount
    campaigns = sorted({order.due.campaign for order in orders}, key=lambda campaign: campaign.pk)
    numbers = {campaign.pk: receipt_numbers(campaign) for campaign in campaigns}
    payments = [_payment(order, next(numbers[order.due.campaign_id]), by=by) for order in orders]
    made = create_many(Payment, payments, by=by)
    count_received(owed)
    return made


def _lock_what_is_owed(ids: Sequence[int]) -> dict[int, Decimal]:
    """What remains of each due, read once they are locked."""
    lock_dues(ids)
    return dict(Due.objects.filter(Among("pk", ids)).values_list("pk", "owed"))


def _payment(order: PaymentOrder, receipt_number: str, *, by: User) -> Payment:
    return Payment(
        due=order.due,
        amount=order.amount,
        paid_on=order.paid_on,
        method=order.method,
        payer=order.payer or str(order.due.membership.holder),
        recorded_by=by,
        receipt_number=receipt_number,
    )


def receipt_numbers(campaign: DuesCampaign) -> Iterator[str]:
    """« R12-2027-0004 »: prefix of the CPTS, its number, year, then a series without gap (payments stay for ever).

    They are counted under the lock of the campaign's row, so that two treasurers never take the same number.
    """
    DuesCampaign.objects.select_for_update().get(pk=campaign.pk)
    prefixes = MembershipSettings.objects.filter(cpts_id=campaign.cpts_id).values_list("receipt_prefix", flat=True)
    start = f"{(list(prefixes) or ['R'])[0]}{campaign.cpts_id}-{campaign.year}-"
    taken = Payment.objects.filter(due__campaign=campaign, receipt_number__startswith=start).count()
    return (f"{start}{number:04d}" for number in count(taken + 1))


@transaction.atomic
def cancel_payment(payment: Payment, *, reason: str, on: date, by: User) -> Payment:
    """A payment recorded by mistake is cancelled, never deleted; its receipt number is not used again."""
    lock_dues([payment.due_id])
    found = Payment.objects.select_for_update().get(pk=payment.pk)
    if found.due_id != payment.due_id:
        raise NotPossible("Ce paiement vient de rejoindre une autre cotisation : rechargez la page.")
    if found.cancelled_on:
        raise NotPossible("Ce paiement est déjà annulé.")
    if not reason.strip():
        raise NotPossible("Indiquez le motif de l’annulation.")
    found.cancelled_on = on
    found.cancellation_reason = reason.strip()
    save_as(found, by=by, reason="Paiement annulé")
    count_received([found.due_id])
    return found


def late(cpts: Cpts, *, year: int, today: date) -> QuerySet[Due]:
    """Dues of the year that are past their date and not fully paid."""
    campaigns = DuesCampaign.objects.filter(cpts=cpts, year=year)
    return Due.objects.in_state(DuesState.LATE, today, campaigns=campaigns).select_related(
        "membership__professional", "membership__structure", "campaign"
    )


@transaction.atomic
def mark_called(dues: Sequence[Due], *, by: User) -> None:
    """Stamp the dues whose call was just sent."""
    now = timezone.now()
    for due in dues:
        due.called_at = now
    update_many(Due, dues, ["called_at"], by=by, reason="Appel à cotisation envoyé")


@transaction.atomic
def mark_reminded(dues: Sequence[Due], *, by: User) -> None:
    now = timezone.now()
    for due in dues:
        due.reminded_at = now
        due.reminders += 1
    update_many(Due, dues, ["reminded_at", "reminders"], by=by, reason="Rappel envoyé")
