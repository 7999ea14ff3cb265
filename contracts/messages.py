"""Who is told of a move, and how: at once, in a daily summary, or not at all, as each chose."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contracts.models import MailChoice, Party, Review
from contracts.parties import ROLES_OF
from cpts_portal.accounts.models import Access, User
from cpts_portal.core.emails import send_on_commit


def people_of(review: Review, party: str) -> list[User]:
    """Those who act for a party today; the agent in charge alone, when her agency named one."""
    if party != Party.CPTS:
        assigned = [each.agent for each in review.assignments.all() if each.agency_id == review.agency(party).pk]
        if assigned:
            return assigned
    place = Q(cpts=review.cpts) if party == Party.CPTS else Q(agency=review.agency(party))
    held = Access.objects.active_on(timezone.localdate()).filter(place, role__in=ROLES_OF[party])
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def tell_parties(review: Review, words: str, *, reason: str = "", by: Any = None) -> int:
    """Write to all but the author; those who chose a summary find the move in it. The number of messages."""
    chosen = dict(MailChoice.objects.values_list("user_id", "rhythm"))
    people = {person.pk: person for party in Party for person in people_of(review, party)}
    told = [
        person
        for person in people.values()
        if person != by and chosen.get(person.pk, MailChoice.Rhythm.AT_ONCE) == MailChoice.Rhythm.AT_ONCE
    ]
    return _write(told, {"review": review, "words": words, "reason": reason, "url": review_address(review)})


def _write(people: Iterable[User], context: dict[str, Any]) -> int:
    count = 0
    for person in people:
        send_on_commit("review_moved", person.email, {**context, "person": person})
        count += 1
    return count


def review_address(review: Review) -> str:
    return f"{settings.SITE_URL}{reverse('contracts:review-detail', args=[review.cpts_id, review.pk])}"
