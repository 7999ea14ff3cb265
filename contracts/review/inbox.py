"""What waits for somebody across the files of her CPTS and agencies: the rule of `standing.waits_for`, in SQL."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from contracts.models import OPEN, Assignment, Document, Party, Review, ReviewKind, ReviewStatus, Visit
from contracts.shared.parties import ROLES_OF
from contracts.shared.standing import CONTRACTS
from contracts.talk.comments import comments_anywhere
from cpts_portal.accounts.actor import Actor

S, K = ReviewStatus, ReviewKind
PAPERS = (K.LETTER, K.PROJECT)
NOBODY = Q(pk__in=[])
BEFORE_EVERYTHING = datetime(1970, 1, 1, tzinfo=UTC)
SOON = timedelta(days=7)


# --- Whom a review waits for ----------------------------------------------------------------------------------------
def waits_for_q(party: str) -> Q:
    """Condition « waits for this party »: the same answer as `standing.waits_for`."""
    visa = Q(status=S.SUBMITTED, **{f"{party}_agreed_at__isnull": True})
    signature = Q(
        status=S.AGREED,
        kind__in=CONTRACTS,
        contract_version__isnull=False,
        **{f"contract_version__{party}_signed_on__isnull": True},
    )
    if party == Party.CPTS:
        return Q(status__in=(S.DRAFT, S.RETURNED)) | visa & ~Q(kind__in=PAPERS) | signature
    if party == Party.FUND:
        return visa | signature | Q(status=S.AGREED) & (~Q(kind__in=CONTRACTS) | Q(contract_version__isnull=True))
    return visa | signature


def side_q(actor: Actor, party: str) -> Q:
    """The reviews about which this person acts for this party."""
    held = [access for access in actor.accesses if access.role in ROLES_OF[party]]
    places = {access.cpts_id if party == Party.CPTS else access.agency_id for access in held}
    column = {Party.CPTS: "cpts_id", Party.ARS: "cpts__ars_id", Party.FUND: "cpts__lead_fund_id"}[Party(party)]
    return Q(**{f"{column}__in": places}) if places else NOBODY


def own_q(actor: Actor) -> Q:
    return reduce(or_, (side_q(actor, party) for party in Party))


def mine_q(actor: Actor) -> Q:
    """What waits for her, on whichever side she sits."""
    return reduce(or_, (side_q(actor, party) & waits_for_q(party) for party in Party))


def late_q(day: date) -> Q:
    return Q(status__in=OPEN, due_on__lt=day)


def soon_q(day: date) -> Q:
    """Due within a week, today included."""
    return Q(status__in=OPEN, due_on__gte=day, due_on__lt=day + SOON)


# --- The list -------------------------------------------------------------------------------------------------------
def files_of(actor: Actor) -> QuerySet[Review]:
    """The reviews she is a party to, with whom they wait for, since when, what is new for her, and who follows them."""
    own_agencies = {access.agency_id for access in actor.accesses if access.agency_id}
    followed = Assignment.objects.filter(agency__in=own_agencies).select_related("agent")
    reviews: QuerySet[Any] = Review.objects.with_parties().filter(own_q(actor)).defer("content")
    return (
        reviews.annotate(
            **{f"waits_{party}": _is(waits_for_q(party)) for party in Party},
            is_mine=_is(mine_q(actor)),
            since=_since(),
            seen=_seen(actor.user),
        )
        .annotate(is_new=_is_new(actor))
        .prefetch_related(Prefetch("assignments", queryset=followed, to_attr="followed"))
        .order_by(F("due_on").asc(nulls_last=True), "since", "pk")
    )


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _since() -> Case:
    """Since when it waits: its submission for a visa, the agreement for a signature, else its last move."""
    return Case(
        When(status=S.SUBMITTED, then=F("submitted_on")),
        When(status=S.AGREED, decided_on__isnull=False, then=F("decided_on")),
        default=Coalesce(TruncDate("moved_at"), F("opened_on")),
        output_field=DateField(),
    )


def _seen(reader: Any) -> Coalesce:
    visits = Visit.objects.filter(review=OuterRef("pk"), reader=reader).values("at")[:1]
    return Coalesce(Subquery(visits), Value(BEFORE_EVERYTHING), output_field=DateTimeField())


def _is_new(actor: Actor) -> Case:
    """Somebody else moved it, joined a document or wrote a comment that she may read, after her last visit."""
    me = actor.user.pk
    moved = Q(moved_at__gt=F("seen")) & (Q(moved_by__isnull=True) | ~Q(moved_by=me))
    said = comments_anywhere(actor).filter(review=OuterRef("pk"), at__gt=OuterRef("seen")).exclude(by=me)
    joined = Document.objects.filter(review=OuterRef("pk"), added_at__gt=OuterRef("seen")).exclude(added_by=me)
    return _is(moved | Q(Exists(said)) | Q(Exists(joined)))


def waiting_parties(review: Review) -> list[Party]:
    """Whom an annotated row waits for."""
    return [party for party in Party if getattr(review, f"waits_{party}")]


# --- In figures -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ToDo:
    """What a home page says of the inbox: how many files wait for her, late ones, due within a week."""

    total: int
    late: int
    soon: int


def to_do(actor: Actor, day: date) -> ToDo:
    waiting = Review.objects.filter(mine_q(actor))
    rows = list(waiting.values_list("pk", "due_on"))
    due = [due_on for _pk, due_on in rows if due_on]
    return ToDo(len(rows), sum(on < day for on in due), sum(day <= on < day + SOON for on in due))
