"""Who may do what on the tables of the contracts app.

The three parties read the same file; what each may do to it is the business of the life cycle
(`contracts/review/lifecycle.py`).
Comments are read through `Comment.objects.read_by`: neither the CPTS nor an observer reads what is internal.
"""

from cpts_portal.accounts.permissions import Rule
from cpts_portal.accounts.roles import ADMINISTRATORS, EVERY_ROLE, Role
from members.permissions import COORDINATION, INSIDE, REFERENCE_DATA

PARTIES = INSIDE | {Role.ARS_AGENT, Role.FUND_AGENT}
AGENTS = frozenset({Role.ARS_AGENT, Role.FUND_AGENT})
FUND = frozenset({Role.FUND_AGENT})

PERMISSIONS = {
    "contracts.rate": REFERENCE_DATA,
    "contracts.gridtotal": REFERENCE_DATA,
    "contracts.fundingrules": REFERENCE_DATA,
    "contracts.review": Rule(view=EVERY_ROLE, add=COORDINATION, change=PARTIES),
    "contracts.submission": Rule(view=EVERY_ROLE),
    "contracts.contract": Rule(view=EVERY_ROLE, add=COORDINATION, change=PARTIES),
    "contracts.contractversion": Rule(view=EVERY_ROLE, add=PARTIES, change=COORDINATION),
    "contracts.journalentry": Rule(view=EVERY_ROLE),
    "contracts.exchange": Rule(view=EVERY_ROLE, add=PARTIES, change=PARTIES, delete=PARTIES),
    "contracts.contractyear": Rule(view=EVERY_ROLE, add=PARTIES, change=PARTIES),
    "contracts.closing": Rule(view=EVERY_ROLE),
    "contracts.yearline": Rule(view=EVERY_ROLE, add=COORDINATION, change=COORDINATION),
    "contracts.lineverdict": Rule(view=EVERY_ROLE, add=AGENTS, change=AGENTS),
    "contracts.fundpayment": Rule(view=EVERY_ROLE, add=FUND, change=FUND),
    "contracts.otherresource": Rule(view=EVERY_ROLE, add=COORDINATION, change=COORDINATION, delete=COORDINATION),
    "contracts.comment": Rule(view=PARTIES, add=PARTIES, change=PARTIES),
    "contracts.document": Rule(view=EVERY_ROLE, add=PARTIES, change=PARTIES),
    "contracts.assignment": Rule(view=AGENTS, add=AGENTS, change=AGENTS, delete=AGENTS),
    "contracts.visit": Rule(view=ADMINISTRATORS),
    "contracts.mailchoice": Rule(view=ADMINISTRATORS),  # each changes her own on its page
}
