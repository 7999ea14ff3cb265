"""The daily summary of those who asked for one: what happened on the CPTS they follow since the last one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from contracts.models import Assignment, Comment, JournalEntry, MailChoice
from contracts.shared.parties import PARTY_ROLES
from contracts.talk.comments import comments_anywhere
from contracts.talk.messages import Rhythm, choice_address, review_address
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import Access
from cpts_portal.core.emails import compose
from territories.models import Cpts

FIRST = timedelta(days=1)  # what a first summary looks back at
MARGIN = timedelta(minutes=1)  # a line written just now may not be committed yet: it comes in the next summary


@dataclass(frozen=True)
class CptsNews:
    """What one CPTS lived through: the lines of its journal, the comments that the reader may read."""

    cpts: Cpts
    moves: Sequence[JournalEntry]
    comments: Sequence[tuple[Comment, str]]  # with the address of its review

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{reverse('contracts:file', args=[self.cpts.pk])}"


@dataclass(frozen=True)
class Digest:
    choice: MailChoice
    since: datetime
    until: datetime
    news: Sequence[CptsNews]

    @property
    def count(self) -> int:
        return sum(len(each.moves) + len(each.comments) for each in self.news)


def daily_choices() -> QuerySet[MailChoice]:
    return MailChoice.objects.filter(rhythm=Rhythm.DAILY, user__is_active=True).select_related("user").order_by("pk")


def digest_for(choice: MailChoice, moment: datetime) -> Digest:
    """What happened in `[last summary, now[`, on whole seconds as the journal keeps them; her own acts left out."""
    until = moment.replace(microsecond=0) - MARGIN
    since = choice.digest_at or until - FIRST
    actor = Actor(choice.user)
    during = {"at__gte": since.replace(microsecond=0), "at__lt": until}
    cpts = list(followed(actor).select_related("ars", "lead_fund"))
    handed = _handed_to_others(actor, timezone.localdate(moment))
    moves = JournalEntry.objects.filter(cpts__in=cpts, **during).exclude(by=choice.user).order_by("at", "rank")
    read = comments_anywhere(actor).filter(review__cpts__in=cpts, **during).exclude(by=choice.user)
    comments = [each for each in read.select_related("review", "by", "agency") if each.review_id not in handed]
    kept = [each for each in moves if each.facts.get("review") not in handed]
    return Digest(choice, since, until, _by_cpts(cpts, kept, comments))


def _by_cpts(cpts: list[Cpts], moves: list[JournalEntry], comments: list[Comment]) -> list[CptsNews]:
    found = []
    for each in cpts:
        own = [(comment, review_address(comment.review)) for comment in comments if comment.review.cpts_id == each.pk]
        found.append(CptsNews(each, [move for move in moves if move.cpts_id == each.pk], own))
    return [each for each in found if each.moves or each.comments]


def followed(actor: Actor) -> QuerySet[Cpts]:
    """The CPTS whose parties she is one of; a national role follows none."""
    held = [access for access in actor.accesses if access.role in PARTY_ROLES]
    agencies = {access.agency_id for access in held if access.agency_id}
    own = {access.cpts_id for access in held if access.cpts_id}
    return Cpts.objects.filter(Q(pk__in=own) | Q(ars__in=agencies) | Q(lead_fund__in=agencies)).order_by("name")


def _handed_to_others(actor: Actor, day: date) -> set[int]:
    """Reviews that her agency entrusted to a colleague who still works there: the messages go to the latter."""
    agencies = {access.agency_id for access in actor.accesses if access.agency_id}
    others = Assignment.objects.filter(agency__in=agencies, agent__is_active=True).exclude(agent=actor.user)
    at_work = Access.objects.active_on(day).filter(user=OuterRef("agent"), agency=OuterRef("agency"))
    return set(others.filter(Exists(at_work)).values_list("review_id", flat=True))


@transaction.atomic
def send_digest(choice: MailChoice, moment: datetime) -> int:
    """Write to her when something happened, and remember until when; the number of lines told."""
    held = MailChoice.objects.select_for_update(of=("self",)).select_related("user").get(pk=choice.pk)
    if held.rhythm != Rhythm.DAILY:
        return 0
    digest = digest_for(held, moment)
    if digest.until <= digest.since:
        return 0
    if digest.count:
        compose("contract_digest", held.user.email, {"digest": digest, "choice_url": choice_address()}).send()
    held.digest_at = digest.until
    held.save(update_fields=["digest_at"])
    return digest.count
