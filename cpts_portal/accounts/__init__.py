"""Users, roles, accesses, invitations, and the permission table that pages and admin read."""
