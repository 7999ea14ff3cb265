"""Who follows a review in her agency, and what is new since somebody last opened it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from contracts.models import Comment, Document, JournalEntry, Review, Submission, Visit
from contracts.talk.comments import comments_on
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User

ONE_VISIT = timedelta(minutes=30)  # opening the page again within it is the same visit


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
