"""What each order of the list compares, for persons and for structures; names settle the rest."""

from datetime import date

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from cpts_portal.core.text import fold
from members.listing.conditions import HOLDER
from members.listing.criteria import SHOWN_FIRST, Criteria, Kind, Situation
from members.models import Membership, Practice, StructureKind

ORDERS = ("name", "profession", "commune", "college", "since")
NOTHING = Value("", CharField())
KIND_NAMES = [When(kind=kind, then=Value(fold(kind.label))) for kind in StructureKind]


def order_key(order: str, wanted: Criteria, kind: Kind):
    """An expression of the same type for both kinds; rows without a value come first."""
    person = kind == Kind.PERSON
    if order == "profession":
        return F("profession__search") if person else Case(*KIND_NAMES, default=NOTHING)
    if order == "commune":
        return Coalesce(_first_commune(wanted), NOTHING) if person else Coalesce("commune__search", NOTHING)
    if order == "college":
        return Coalesce(Subquery(_memberships(wanted, kind).values("college__name")[:1]), NOTHING)
    if order == "since":
        return Coalesce(Subquery(_memberships(wanted, kind).values("start")[:1]), Value(date.min))
    return NOTHING


def _first_commune(wanted: Criteria) -> Subquery:
    practices = Practice.objects.filter(professional=OuterRef("pk"), commune__isnull=False).held_on(wanted.day)
    return Subquery(practices.order_by("commune__search").values("commune__search")[:1])


def _memberships(wanted: Criteria, kind: Kind) -> QuerySet[Membership]:
    """The memberships of a holder, the one the row shows first (see `details.shown_membership`)."""
    own = Membership.objects.filter(**{HOLDER[kind]: OuterRef("pk")})
    if wanted.situation == Situation.MEMBER:
        return own.members_on(wanted.day).order_by("-pk")
    rank = Case(*(When(status_value=status, then=Value(place)) for place, status in enumerate(SHOWN_FIRST)))
    return own.known_on(wanted.day).with_status_on(wanted.day).order_by(rank, "-pk")
