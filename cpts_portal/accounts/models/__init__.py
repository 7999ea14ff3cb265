"""Users and what they may act for."""

from cpts_portal.accounts.models.accesses import Access
from cpts_portal.accounts.models.invitations import Invitation, default_expiry, new_token
from cpts_portal.accounts.models.users import User
from cpts_portal.accounts.models.viewing import ViewingAs

__all__ = ["Access", "Invitation", "User", "ViewingAs", "default_expiry", "new_token"]
