"""Who did not renew: settled the dues of the year before, and nothing of this year. Read by holder, not by membership.

Those who left are among them, with the date: the coordinator calls the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from members.dues.dues import HolderKey, holder_key
from members.models import Due, DuesCampaign, DuesState, Membership
from territories.models import Cpts


@dataclass(frozen=True)
class NotRenewed:
    """`due`: the one of the year before; `owed`: what this year still asks (None: nothing was called)."""

    due: Due
    owed: Decimal | None
    left_on: date | None

    @property
    def membership(self) -> Membership:
        return self.due.membership


def not_renewed(cpts: Cpts, *, year: int, today: date) -> list[NotRenewed]:
    """In no order; five queries whatever the number."""
    before, now = (DuesCampaign.objects.filter(cpts=cpts, year=each) for each in (year - 1, year))
    renewed = set(Due.objects.settled(now).values_list(*HOLDER))
    found = {
        holder_key(due.membership): due
        for due in _whole(Due.objects.settled(before)).order_by("pk")
        if holder_key(due.membership) not in renewed
    }
    owed = {
        holder_key(due.membership): due.owed
        for due in Due.objects.filter(campaign__in=now).select_related("membership")
    }
    left = _departures(cpts, found, today)
    return [NotRenewed(due, owed.get(holder), left.get(holder)) for holder, due in found.items()]


def owing_not_renewed(dues: QuerySet[Due], campaign: DuesCampaign, *, today: date) -> QuerySet[Due]:
    """Of the dues of a campaign, those still owed by who had settled the year before."""
    settled = Due.objects.settled(DuesCampaign.objects.filter(cpts_id=campaign.cpts_id, year=campaign.year - 1))
    this_year = DuesCampaign.objects.filter(pk=campaign.pk)
    people, structures = (settled.filter(**{f"{name}__isnull": False}).order_by().values(name) for name in HOLDER)
    owing = dues.in_state(DuesState.OWING, today, campaigns=this_year)  # type: ignore[attr-defined]
    return owing.of_holders(people=people, structures=structures)


HOLDER = ("membership__professional", "membership__structure")


def _whole(dues: QuerySet[Due]) -> QuerySet[Due]:
    return dues.select_related("campaign", "membership__structure", "membership__professional__profession")


def _departures(cpts: Cpts, holders: Iterable[HolderKey], today: date) -> dict[HolderKey, date]:
    """The end of the last membership of those who have none in course or to come."""
    wanted, ends = set(holders), {}
    rows = Membership.objects.filter(cpts=cpts, start__isnull=False).order_by("start")
    for membership in rows.filter(~Q(start__gt=today)):
        if holder_key(membership) in wanted:
            ends[holder_key(membership)] = membership.end
    return {holder: end for holder, end in ends.items() if end and end <= today}
