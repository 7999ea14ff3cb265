"""The agent to whom a party entrusts a review."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from contracts.models import AGENCIES, Assignment, Review
from contracts.shared.parties import ROLES_OF
from cpts_portal.accounts.models import Access, User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import NotPossible


# --- Assignment -----------------------------------------------------------------------------------------------------
def colleagues(review: Review, party: str, day: date) -> QuerySet[User]:
    """Those to whom this agency may hand the review: its active agents."""
    held = Access.objects.active_on(day).filter(agency=review.agency(party), role__in=ROLES_OF[party])
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("last_name", "first_name", "pk")


@transaction.atomic
def assign(review: Review, agent: User | None, *, party: str, day: date, by: User) -> Assignment | None:
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
