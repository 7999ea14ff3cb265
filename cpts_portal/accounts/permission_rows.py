"""Permission rows of the accounts app (see `cpts_portal/accounts/permissions.py`)."""

from cpts_portal.accounts.permissions import Rule
from cpts_portal.accounts.roles import ADMINISTRATORS, Role

# A coordinator opens her own CPTS to her board and to a second coordinator; an agency opens no access.
INVITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

PERMISSIONS = {
    "accounts.user": Rule(view=ADMINISTRATORS, change=ADMINISTRATORS),  # born from an invitation
    "accounts.access": Rule(view=ADMINISTRATORS, add=ADMINISTRATORS, change=ADMINISTRATORS),
    "accounts.invitation": Rule(view=INVITERS, add=INVITERS, change=INVITERS),
    "admin.logentry": Rule(view=ADMINISTRATORS),
    "accounts.viewingas": Rule(view=ADMINISTRATORS, add=ADMINISTRATORS),
}
