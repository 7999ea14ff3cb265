"""The members' directory: who agreed to be reached how. Nobody appears by a channel she did not agree to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from members.models import Contact, Membership, Practice, Professional
from territories.models import Cpts


@dataclass(frozen=True)
class ChannelConsent:
    """Members who have a contact of this kind, and those of them who agreed to show one."""

    label: str
    known: int
    agreed: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.agreed / self.known, 1) if self.known else None


def members_today(cpts: Cpts, day: date) -> QuerySet[Professional]:
    """Persons who are members on the day, each once."""
    alive = Membership.objects.filter(professional=OuterRef("pk")).members_on(day)
    return Professional.objects.filter(Exists(alive), cpts=cpts)


def consent_by_channel(cpts: Cpts, day: date) -> list[ChannelConsent]:
    """One query, every channel named even when nobody has it."""
    rows = (
        Contact.objects.filter(professional__in=members_today(cpts, day))
        .order_by()
        .values("channel")
        .annotate(
            known=Count("professional", distinct=True),
            agreed=Count("professional", distinct=True, filter=Q(consent=True)),
        )
    )
    found = {row["channel"]: row for row in rows}
    nothing = {"known": 0, "agreed": 0}
    return [
        ChannelConsent(channel.label, found.get(channel, nothing)["known"], found.get(channel, nothing)["agreed"])
        for channel in Contact.Channel
    ]


def directory_of_members(cpts: Cpts, day: date) -> QuerySet[Professional]:
    """Members of the day who agreed to at least one channel, with `shown_contacts` and `shown_practices`."""
    agreed = Contact.objects.filter(consent=True)
    practices = Practice.objects.filter(Q(start__isnull=True) | Q(start__lte=day), Q(end__isnull=True) | Q(end__gt=day))
    return (
        members_today(cpts, day)
        .filter(Exists(agreed.filter(professional=OuterRef("pk"))))
        .select_related("profession")
        .prefetch_related(
            Prefetch("contacts", agreed, to_attr="shown_contacts"),
            Prefetch("practices", practices.select_related("commune"), to_attr="shown_practices"),
        )
    )
