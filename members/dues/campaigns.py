"""Reading the dues of a year: what opening a campaign would ask of whom, what was called, received and remains."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cpts_portal.accounts.models import User
from cpts_portal.core.history import save_as
from cpts_portal.core.money import ZERO
from cpts_portal.core.text import fold
from members.dues.dues import holder_of, members_of_year, one_per_holder, rate_for
from members.models import Due, DuesCampaign, DuesRate, Membership
from territories.models import Cpts


@dataclass(frozen=True)
class RateShare:
    """One line of the preview: this rate applies to so many members."""

    rate: DuesRate
    members: int

    @property
    def total(self) -> Decimal:
        return self.rate.amount * self.members


@dataclass(frozen=True)
class Preview:
    """What opening the campaign would create."""

    shares: Sequence[RateShare]
    without_rate: Sequence[Membership] = field(default_factory=tuple)

    @property
    def members(self) -> int:
        return sum(share.members for share in self.shares)

    @property
    def exempt(self) -> int:
        return sum(share.members for share in self.shares if share.rate.amount == 0)

    @property
    def total(self) -> Decimal:
        return sum((share.total for share in self.shares), ZERO)


def preview_campaign(
    cpts: Cpts, *, year: int, rates: Sequence[DuesRate], memberships: Iterable[Membership] | None = None
) -> Preview:
    """How many members owe how much, with the very rule that will create the dues; one query."""
    if memberships is None:
        memberships = one_per_holder(members_of_year(cpts, year))
    counts = [0] * len(rates)
    without = []
    for membership in memberships:
        best = rate_for(holder_of(membership), rates)
        if best is None:
            without.append(membership)
        else:
            counts[next(place for place, rate in enumerate(rates) if rate is best)] += 1
    return Preview([RateShare(rate, count) for rate, count in zip(rates, counts, strict=True)], tuple(without))


def rates_of_last_campaign(cpts: Cpts, *, before: int) -> list[DuesRate]:
    """The amounts of the latest campaign before this year, to start from."""
    last = DuesCampaign.objects.filter(cpts=cpts, year__lt=before).first()
    return list(last.rates.all()) if last else []


def dues_of(campaign: DuesCampaign) -> QuerySet[Due]:
    """The dues of a campaign with what was paid, everything a list shows read at once."""
    return (
        Due.objects.filter(campaign=campaign)
        .annotate(holder_name=Coalesce("membership__structure__name", "membership__professional__civil_last_name"))
        .select_related(
            "campaign", "membership__college", "membership__structure", "membership__professional__profession"
        )
    )


def by_name(dues: Iterable[Due]) -> Sequence[Due]:
    return sorted(dues, key=lambda due: holder_order(due.membership))


def holder_order(membership: Membership) -> tuple[str, str]:
    """Persons by family name, structures by name, mixed; « Éluard » stands between « Dupont » and « Martin »."""
    person = membership.professional
    if person is None:
        return fold(membership.structure.name), ""  # type: ignore[union-attr]
    return fold(person.last_name or person.civil_last_name), fold(person.civil_first_name)


@dataclass(frozen=True)
class Totals:
    """A campaign in figures; amounts in euros."""

    dues: int = 0
    called: Decimal = ZERO
    forgiven: Decimal = ZERO
    received: Decimal = ZERO
    paid: int = 0
    exempt: int = 0
    owing: int = 0

    @property
    def remaining(self) -> Decimal:
        return self.called - self.forgiven - self.received

    @property
    def percent(self) -> float:
        return float(100 * self.received / self.called) if self.called else 0.0


def totals(campaign: DuesCampaign) -> Totals:
    """One query whatever the number of members."""
    due, settled = Q(exemption_reason=""), Q(owed__lte=0)
    found = (
        Due.objects.filter(campaign=campaign)
        .order_by()
        .aggregate(
            dues=Count("pk"),
            called=Sum("amount"),
            forgiven=Sum("forgiven"),
            received=Sum("paid"),
            paid_count=Count("pk", filter=due & settled),
            exempt=Count("pk", filter=settled & ~due),
            owing=Count("pk", filter=~settled),
        )
    )
    return Totals(
        dues=found["dues"],
        called=found["called"] or ZERO,
        forgiven=found["forgiven"] or ZERO,
        received=found["received"] or ZERO,
        paid=found["paid_count"],
        exempt=found["exempt"],
        owing=found["owing"],
    )


@transaction.atomic
def change_campaign(
    campaign: DuesCampaign, *, due_on: date, voted_on: date | None, message: str, by: User
) -> DuesCampaign:
    """Dates and text of an open campaign; the amounts already asked for stay as they are."""
    found = DuesCampaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    found.due_on, found.voted_on, found.message = due_on, voted_on, message
    save_as(found, by=by)
    return found
