"""Who may do what on the tables of the missions app.

Agencies and the national observer read what a contract is about: missions, actions, indicators, results and proofs.
Names of participants and money paid to persons stay inside the CPTS (least detail by role).
"""

from cpts_portal.accounts.permissions import Rule
from cpts_portal.accounts.roles import ADMINISTRATORS, EVERY_ROLE
from members.permissions import COORDINATION, INSIDE, REFERENCE_DATA

SHARED = Rule(view=EVERY_ROLE, add=COORDINATION, change=COORDINATION)
SHARED_ERASABLE = Rule(view=EVERY_ROLE, add=COORDINATION, change=COORDINATION, delete=COORDINATION)
INTERNAL = Rule(view=INSIDE, add=COORDINATION, change=COORDINATION)
INTERNAL_ERASABLE = Rule(view=INSIDE, add=COORDINATION, change=COORDINATION, delete=COORDINATION)

PERMISSIONS = {
    "missions.officialmission": REFERENCE_DATA,
    "missions.submission": REFERENCE_DATA,
    "missions.missionterms": REFERENCE_DATA,
    "missions.actiontemplate": REFERENCE_DATA,
    "missions.indicatortemplate": REFERENCE_DATA,
    "missions.ceilingvalue": REFERENCE_DATA,
    "missions.exercise": SHARED,
    "missions.cptsmission": SHARED,
    "missions.action": SHARED_ERASABLE,
    "missions.deliverable": SHARED_ERASABLE,
    "missions.budgetline": SHARED_ERASABLE,
    "missions.indicator": SHARED,
    "missions.expectedproof": SHARED_ERASABLE,
    "missions.target": SHARED,
    "missions.step": SHARED_ERASABLE,
    "missions.resultenvelope": SHARED,
    "missions.result": SHARED_ERASABLE,
    "missions.proof": SHARED_ERASABLE,
    "missions.group": INTERNAL,
    "missions.groupmember": INTERNAL,
    "missions.meetingseries": INTERNAL,
    "missions.meeting": INTERNAL,
    "missions.decision": INTERNAL_ERASABLE,
    "missions.task": INTERNAL_ERASABLE,
    "missions.attendance": INTERNAL_ERASABLE,
    "missions.attendancecorrection": Rule(view=INSIDE, add=INSIDE, change=INSIDE),
    "missions.paysettings": INTERNAL,
    "missions.payrate": INTERNAL,
    "missions.paycap": INTERNAL_ERASABLE,
    "missions.payline": Rule(view=INSIDE, add=INSIDE, change=INSIDE),
    "missions.paybatch": Rule(view=INSIDE, add=INSIDE, change=INSIDE),
    "missions.bankaccount": Rule(view=INSIDE, add=INSIDE, change=INSIDE),
    "missions.userrecord": Rule(view=INSIDE, add=COORDINATION, change=COORDINATION, delete=COORDINATION),
    "missions.ceilingaccount": Rule(view=ADMINISTRATORS),
}
