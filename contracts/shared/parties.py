"""Which side of the table somebody sits on: the CPTS, its ARS, its lead fund; or none (an observer)."""

from collections.abc import Iterable

from contracts.models import AGENCIES, Party, Review
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.roles import CPTS_ROLES, Role
from territories.models import Cpts

ROLES_OF: dict[str, frozenset[Role]] = {
    Party.CPTS: CPTS_ROLES,
    Party.ARS: frozenset({Role.ARS_AGENT}),
    Party.FUND: frozenset({Role.FUND_AGENT}),
}
PARTY_ROLES = frozenset().union(*ROLES_OF.values())


def party_of(roles: Iterable[str]) -> str:
    """The side these roles act for; the CPTS first for who holds several, none for an observer."""
    held = set(roles)
    return next((party for party, own in ROLES_OF.items() if held & own), "")


def party_on(actor: Actor, cpts: Cpts) -> str:
    return party_of(actor.roles_on(cpts))


def agencies_of(actor: Actor, cpts: Cpts) -> frozenset[int]:
    """The agencies this person acts for about this CPTS: whose internal notes she reads."""
    held = {access.agency_id for access in actor.accesses if access.agency_id}
    return frozenset(held & {cpts.ars_id, cpts.lead_fund_id})


def own_agency(review: Review, party: str) -> int | None:
    return review.agency(party).pk if party in AGENCIES else None
