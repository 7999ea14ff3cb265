"""Who is told of a move or of a comment, and how: at once, in a daily summary, or not at all, as each chose."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contracts.models import AGENCIES, Audience, Comment, MailChoice, Party, Review
from contracts.shared.parties import ROLES_OF
from cpts_portal.accounts.models import Access, User
from cpts_portal.core.emails import send_on_commit

Rhythm = MailChoice.Rhythm


def people_of(review: Review, party: str) -> list[User]:
    """Those who act for a party today; the agent in charge alone, when her agency named one who still works there."""
    place = Q(cpts=review.cpts) if party == Party.CPTS else Q(agency=review.agency(party))
    held = Access.objects.active_on(timezone.localdate()).filter(place, role__in=ROLES_OF[party])
    people = list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))
    if party == Party.CPTS:
        return people
    in_charge = {each.agent_id for each in review.assignments.all() if each.agency_id == review.agency(party).pk}
    return [person for person in people if person.pk in in_charge] or people


def tell_parties(review: Review, words: str, *, reason: str = "", by: User | None = None) -> int:
    """Write to all but the author; those who chose a summary find the move in it. The number of messages."""
    people = _at_once((person for party in Party for person in people_of(review, party)), but=by)
    return _write("review_moved", people, {"review": review, "words": words, "reason": reason})


def tell_readers(comment: Comment, *, by: User | None) -> int:
    """Write to those of the three parties who may read this comment, its author aside."""
    review = comment.review
    readers = {
        Audience.EVERYBODY: tuple(Party),
        Audience.AGENCIES: AGENCIES,
        Audience.OWN: tuple(party for party in AGENCIES if review.agency(party).pk == comment.agency_id),
    }[Audience(comment.audience)]
    people = _at_once((person for party in readers for person in people_of(review, party)), but=by)
    return _write("review_commented", people, {"review": review, "comment": comment})


def _at_once(people: Iterable[User], *, but: Any) -> list[User]:
    """Each once, in order, without those who chose otherwise."""
    found = {person.pk: person for person in people if person != but}
    others = MailChoice.objects.filter(user__in=found).exclude(rhythm=Rhythm.AT_ONCE)
    later = set(others.values_list("user_id", flat=True))
    return [person for key, person in found.items() if key not in later]


def _write(name: str, people: Iterable[User], context: dict[str, Any]) -> int:
    count = 0
    review = context["review"]
    for person in people:
        shared = {"url": review_address(review), "choice_url": choice_address(), "person": person}
        send_on_commit(name, person.email, {**context, **shared})
        count += 1
    return count


def review_address(review: Review) -> str:
    return f"{settings.SITE_URL}{reverse('contracts:review-detail', args=[review.cpts_id, review.pk])}"


def choice_address() -> str:
    """Where each chooses how she hears of her files."""
    return f"{settings.SITE_URL}{reverse('contracts:mail-choice')}"


def choice_of(user: User) -> MailChoice:
    return MailChoice.objects.filter(user=user).first() or MailChoice(user=user)


@transaction.atomic
def choose_rhythm(rhythm: str, *, by: User) -> MailChoice:
    """From now on; the first summary begins with what comes after this choice."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    choice = choice_of(by)
    if rhythm == Rhythm.DAILY and choice.rhythm != Rhythm.DAILY:
        choice.digest_at = timezone.now()
    choice.rhythm = rhythm
    choice.save()
    return choice
