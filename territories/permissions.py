"""Who may do what on the tables of the territories app."""

from cpts_portal.accounts.permissions import Rule
from cpts_portal.accounts.roles import ADMINISTRATORS, EVERY_ROLE, Role

COORDINATION = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
REFERENCE_DATA = Rule(view=EVERY_ROLE, add=ADMINISTRATORS, change=ADMINISTRATORS)
READ_ONLY = Rule(view=EVERY_ROLE)

PERMISSIONS = {
    "territories.region": REFERENCE_DATA,
    "territories.department": REFERENCE_DATA,
    "territories.epci": REFERENCE_DATA,
    # Written by imports only: they check, carry the territories over, keep what changed and can be undone.
    "territories.commune": READ_ONLY,
    "territories.population": READ_ONLY,
    "territories.communemovement": READ_ONLY,
    "territories.sizeclass": REFERENCE_DATA,
    "territories.agency": REFERENCE_DATA,
    "territories.cpts": Rule(view=EVERY_ROLE, add=ADMINISTRATORS, change=COORDINATION),
    "territories.cptscommune": Rule(view=EVERY_ROLE, add=COORDINATION, change=COORDINATION),
    "territories.declaredfigures": Rule(view=EVERY_ROLE, add=COORDINATION, change=COORDINATION, delete=COORDINATION),
    "territories.communeimport": Rule(view=ADMINISTRATORS, add=ADMINISTRATORS),
    "territories.communechange": READ_ONLY,
}
