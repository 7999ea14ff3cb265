"""Who may do what on the tables of the members app.

Agents of ARS and CPAM read counts and the names of the board and mission leads, through pages made for them; the
tables with personal detail are closed to them (least detail by role).
"""

from cpts_portal.accounts.permissions import Rule
from cpts_portal.accounts.roles import ADMINISTRATORS, EVERY_ROLE, Role

COORDINATION = frozenset({Role.COORDINATOR})
INSIDE = frozenset({Role.COORDINATOR, Role.BOARD})

REFERENCE_DATA = Rule(view=EVERY_ROLE, add=ADMINISTRATORS, change=ADMINISTRATORS)
KEPT = Rule(view=INSIDE, add=COORDINATION, change=COORDINATION)
ERASABLE = Rule(view=INSIDE, add=COORDINATION, change=COORDINATION, delete=COORDINATION)
ADMINISTRATION = Rule(view=ADMINISTRATORS, add=ADMINISTRATORS)

PERMISSIONS = {
    "members.profession": REFERENCE_DATA,
    "members.specialty": REFERENCE_DATA,
    "members.directoryentry": Rule(view=INSIDE),
    "members.directorypractice": Rule(view=INSIDE),
    "members.directorycoverage": Rule(view=ADMINISTRATORS),
    "members.directorystructure": Rule(view=INSIDE),
    "members.structure": KEPT,
    "members.professional": KEPT,
    "members.contact": ERASABLE,
    "members.practice": ERASABLE,
    "members.college": ERASABLE,
    "members.membership": KEPT,
    "members.mandate": KEPT,
    "members.duescampaign": KEPT,
    "members.duesrate": ERASABLE,
    "members.due": KEPT,
    "members.payment": KEPT,
    "members.application": KEPT,
    "members.letterbatch": KEPT,
    "members.membershipsettings": KEPT,
    "members.customfield": KEPT,
    "members.notduplicate": KEPT,
    "members.refusedlink": KEPT,
    "members.savedfilter": Rule(view=INSIDE, add=INSIDE, change=INSIDE, delete=INSIDE),  # each reader's own
    "members.personaldataexport": Rule(view=INSIDE | ADMINISTRATORS, add=INSIDE),
    "members.registerimport": KEPT,
    "members.columnmapping": ERASABLE,
    "members.directoryimport": ADMINISTRATION,
    "members.directorymovement": Rule(view=EVERY_ROLE),
    "members.directorymove": Rule(view=INSIDE),  # names persons, where the figures above do not
}
