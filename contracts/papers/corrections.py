"""Which parts of a text under negotiation are open while corrections are asked: those that a request names.

Sent back as a whole (no request names a part), everything opens. A part brings what follows from it: another territory
may change the size, another mission its amounts.
"""

from django.db.models import QuerySet

from contracts.models import Comment, Review, ReviewStatus
from contracts.terms.terms import CLAUSES, FUNDING, GENERAL, INDICATORS, MISSIONS, TERRITORY, Terms, differences

# What each anchor of a comment opens, in the sections that `differences` tells.
OPENS: dict[str, frozenset[str]] = {
    "terms:territory": frozenset({TERRITORY, FUNDING}),
    "terms:missions": frozenset({MISSIONS, FUNDING}),
    "terms:amounts": frozenset({FUNDING}),
    "terms:advance": frozenset({FUNDING}),
    "terms:indicators": frozenset({INDICATORS}),
    "terms:clauses": frozenset({CLAUSES, GENERAL}),
}


def corrections_open(review: Review) -> QuerySet[Comment]:
    """The requests for correction that the CPTS reads and that nobody settled."""
    asked = Comment.objects.read_by(frozenset())
    return asked.filter(review=review, kind=Comment.Kind.CORRECTION, settled_at__isnull=True)


def requests_on_terms(review: Review) -> list[Comment]:
    """Those on parts of the terms."""
    return list(corrections_open(review).filter(anchor__in=OPENS).select_related("agency", "by"))


def closed_parts_changed(review: Review, before: Terms, after: Terms) -> list[str]:
    """The parts that this text changes although no request opens them; nothing outside of a correction."""
    if review.status != ReviewStatus.RETURNED:
        return []
    requests = requests_on_terms(review)
    if not requests:
        return []
    opened = frozenset().union(*(OPENS[each.anchor] for each in requests))
    changed = dict.fromkeys(change.section for change in differences(before, after))
    return [section for section in changed if section not in opened]
