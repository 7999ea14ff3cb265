"""What each order of the list compares, for persons and for structures; names settle the rest."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from cpts_portal.core.text import fold
from members.listing.conditions import HOLDER, in_dues_state
from members.listing.criteria import SHOWN_FIRST, Criteria, Kind, Situation
from members.models import DuesState, Membership, Practice, StructureKind

ORDERS = ("name", "profession", "commune", "college", "since", "status", "dues")
DUES_ORDER = (DuesState.LATE, DuesState.OWING, DuesState.MISSING, DuesState.EXEMPT, DuesState.PAID)
NOTHING = Value("", CharField())
KIND_NAMES = [When(kind=kind, then=Value(fold(kind.label))) for kind in StructureKind]


def order_key(order: str, wanted: Criteria, kind: Kind):
    """An expression of the same type for both kinds; rows without a value come first."""
    made = KEYS.get(order)
    return made(wanted, kind) if made else NOTHING


def _profession(wanted: Criteria, kind: Kind):  # noqa: ARG001 (the same signature for all the orders)
    return F("profession__search") if kind == Kind.PERSON else Case(*KIND_NAMES, default=NOTHING)


def _commune(wanted: Criteria, kind: Kind):
    return Coalesce(_first_commune(wanted) if kind == Kind.PERSON else "commune__search", NOTHING)


def _college(wanted: Criteria, kind: Kind):
    return Coalesce(Subquery(_memberships(wanted, kind).values("college__name")[:1]), NOTHING)


def _since(wanted: Criteria, kind: Kind):
    return Coalesce(Subquery(_memberships(wanted, kind).values("start")[:1]), Value(date.min))


def _status(wanted: Criteria, kind: Kind):
    """Members first, then those to come, who asked, who left, who were refused, who never asked."""
    own = Membership.objects.filter(**{HOLDER[kind]: OuterRef("pk")}).known_on(wanted.day).with_status_on(wanted.day)
    ranks = own.annotate(place=_status_rank()).order_by("place").values("place")
    return Coalesce(Subquery(ranks[:1]), Value(len(SHOWN_FIRST)))


def _dues(wanted: Criteria, kind: Kind):
    """What is late first, what is settled last; no due of the year stands between."""
    places = {state: place for place, state in enumerate(DUES_ORDER)}
    missing = places.pop(DuesState.MISSING)
    known = [When(in_dues_state(wanted, kind, state), then=Value(place)) for state, place in places.items()]
    return Case(*known, default=Value(missing))


def _status_rank() -> Case:
    return Case(*(When(status_value=status, then=Value(place)) for place, status in enumerate(SHOWN_FIRST)))


def _first_commune(wanted: Criteria) -> Subquery:
    practices = Practice.objects.filter(professional=OuterRef("pk"), commune__isnull=False).held_on(wanted.day)
    return Subquery(practices.order_by("commune__search").values("commune__search")[:1])


def _memberships(wanted: Criteria, kind: Kind) -> QuerySet[Membership]:
    """The memberships of a holder, the one that the row shows first (read by `details.details_of`)."""
    own = Membership.objects.filter(**{HOLDER[kind]: OuterRef("pk")})
    if wanted.situation == Situation.MEMBER:
        return own.members_on(wanted.day).order_by("-pk")
    return own.known_on(wanted.day).with_status_on(wanted.day).order_by(_status_rank(), "-pk")


KEYS: dict[str, Callable[[Criteria, Kind], Any]] = {
    "profession": _profession,
    "commune": _commune,
    "college": _college,
    "since": _since,
    "status": _status,
    "dues": _dues,
}
