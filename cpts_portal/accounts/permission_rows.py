"""Permission rows of the accounts app (see `cpts_portal/accounts/permissions.py`)."""

from cpts_portal.accounts.permissions import Rule
from cpts_portal.accounts.roles import ADMINISTRATORS

PERMISSIONS = {
    "accounts.user": Rule(view=ADMINISTRATORS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts.access": Rule(view=ADMINISTRATORS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts.invitation": Rule(view=ADMINISTRATORS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts.viewingas": Rule(view=ADMINISTRATORS),
}
