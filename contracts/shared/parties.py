"""Which side of the table somebody sits on: the CPTS, its ARS, its lead fund; or none (an observer)."""

from collections.abc import Iterable

from contracts.models import AGENCIES, Party, Review
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import CPTS_ROLES, Role
from cpts_portal.core.workflow import Act
from territories.models import Cpts

ROLES_OF: dict[str, frozenset[Role]] = {
    Party.CPTS: CPTS_ROLES,
    Party.ARS: frozenset({Role.ARS_AGENT}),
    Party.FUND: frozenset({Role.FUND_AGENT}),
}
PARTY_ROLES = frozenset().union(*ROLES_OF.values())


def party_of(roles: Iterable[str]) -> str:
    """The side these roles act for; the CPTS first for who holds several, none for an observer."""
    own_roles = set(roles)
    return next((party for party, of_party in ROLES_OF.items() if own_roles & of_party), "")


def party_on(actor: Actor, cpts: Cpts) -> str:
    return party_of(actor.roles_on(cpts))


def agencies_of(actor: Actor, cpts: Cpts) -> frozenset[int]:
    """The agencies this person acts for about this CPTS: whose internal notes she reads."""
    agencies = {access.agency_id for access in actor.accesses if access.agency_id}
    return frozenset(agencies & {cpts.ars_id, cpts.lead_fund_id})


def author_of(act: Act) -> User:
    """Whoever makes a move that the portal never makes by itself."""
    if not isinstance(act.by, User):
        raise TypeError("this move is made by somebody")
    return act.by


def author_if_any(act: Act) -> User | None:
    """The same; None when the portal moved."""
    return None if act.by is None else author_of(act)


def own_agency(review: Review, party: str) -> int | None:
    return review.agency(party).pk if party in AGENCIES else None
