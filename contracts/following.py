"""Who follows a review in her agency, and what is new since somebody last opened it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from contracts.models import AGENCIES, Assignment, Comment, Document, JournalEntry, Review, Submission, Visit
from contracts.parties import ROLES_OF
from contracts.talking import comments_on
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import Access, User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import NotPossible

ONE_VISIT = timedelta(minutes=30)  # opening the page again within it is the same visit


# --- Assignment -----------------------------------------------------------------------------------------------------
def colleagues(review: Review, party: str, day: date) -> QuerySet[User]:
    """Those to whom this agency may hand the review: its active agents."""
    held = Access.objects.active_on(day).filter(agency=review.agency(party), role__in=ROLES_OF[party])
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("last_name", "first_name", "pk")


@transaction.atomic
def assign(review: Review, agent: User | None, *, party: str, day: date, by: Any) -> Assignment | None:
    """Hand the review to an agent of this agency, one at a time; None: to nobody in particular."""
    if party not in AGENCIES:
        raise PermissionDenied("Seule une agence confie un dossier à l’un de ses agents.")
    Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    agency = review.agency(party)
    found = Assignment.objects.filter(review=review, agency=agency).first()
    if agent is None:
        if found:
            delete_as(found, by=by)
        return None
    if not colleagues(review, party, day).filter(pk=agent.pk).exists():
        raise NotPossible(f"{agent} n’est pas un agent actif de votre agence.")
    if found and found.agent_id == agent.pk:
        return found
    held = found or Assignment(review=review, agency=agency)
    held.agent = agent
    save_as(held, by=by)
    return held


def in_charge(review: Review) -> list[Assignment]:
    return list(Assignment.objects.filter(review=review).select_related("agency", "agent").order_by("agency__kind"))


# --- Visits ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def note_visit(review: Review, *, reader: User, moment: datetime) -> datetime | None:
    """Remember that she opens it now; answers when her previous visit ended (None: this is the first one)."""
    visit, is_first = Visit.objects.select_for_update(of=("self",)).get_or_create(
        review=review, reader=reader, defaults={"at": moment, "number": review.number}
    )
    if is_first:
        return None
    if moment - visit.at > ONE_VISIT:
        visit.before = visit.at
    visit.at, visit.number = max(moment, visit.at), review.number
    visit.save(update_fields=["at", "before", "number"])
    return visit.before


def previous_visit(review: Review, *, reader: User, moment: datetime) -> datetime | None:
    """The same answer, without remembering anything (an administrator lends her eyes)."""
    visit = Visit.objects.filter(review=review, reader=reader).first()
    if visit is None:
        return None
    return visit.at if moment - visit.at > ONE_VISIT else visit.before


@dataclass(frozen=True)
class News:
    """What the others did to a review since a moment."""

    since: datetime
    read: int  # the submission in force then; 0: none yet
    moves: list[JournalEntry]
    comments: list[Comment]
    documents: list[Document]

    @property
    def is_empty(self) -> bool:
        return not (self.moves or self.comments or self.documents)

    @property
    def has_submission(self) -> bool:
        return any(move.act == "submit" for move in self.moves)


def news_of(review: Review, actor: Actor, since: datetime) -> News:
    """Only what she may read, and nothing of what she did herself. The journal keeps whole seconds."""
    lines = JournalEntry.objects.filter(cpts=review.cpts, facts__review=review.pk, at__gte=since.replace(microsecond=0))
    comments = comments_on(review, actor).filter(at__gt=since).select_related("by", "agency")
    documents = Document.objects.filter(review=review, added_at__gt=since).select_related("added_by")
    return News(
        since=since,
        read=Submission.objects.filter(review=review, at__lte=since).count(),
        moves=[each for each in lines.order_by("rank") if each.by_id != actor.user.pk],
        comments=[each for each in comments if each.by_id != actor.user.pk],
        documents=[each for each in documents.order_by("added_at") if each.added_by_id != actor.user.pk],
    )
